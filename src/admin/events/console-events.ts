import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { refusal } from '../../platform/errors.js';
import { Clock } from '../../platform/clock.js';
import { Processes } from '../../platform/processes/processes.js';
import { inLines, KINDS, type Notice } from './notice.js';
import { WatchChanges } from './watch-changes.js';

/** Changes of one moment are told together, each thing once. */
const TOLD_AFTER_MS = 100;
/** Things told in one go. In a rush the rest is left out: who hears that one call has changed reads the list, whichever it was. */
const MOST_AT_ONCE = 200;
/** What other processes on the same database do is not seen from here: as often each kind is told of, without saying which. */
const OTHERS_EVERY_MS = 5_000;
const MOST_LISTENERS = 200;
const MOST_OF_ONE = 20;

export class TooManyListeners extends refusal(
  'too_many_listeners',
  'too-many',
  `expected at most ${MOST_OF_ONE} listeners of one operator and ${MOST_LISTENERS} in all: close other pages of the console`,
) {
  constructor() {
    super(undefined, { retryAfterSeconds: 10 });
  }
}

export interface Listener {
  /** Of the operator. */
  operatorId: string;
  /** Events as they are sent. */
  tell(lines: string): void;
  close(): void;
}

/** Who listens to what happens. The first starts the watching, the last ends it. */
@Injectable()
export class ConsoleEvents implements OnModuleDestroy {
  private readonly listeners = new Set<Listener>();
  private readonly untold = new Map<string, Notice>();
  private timer: NodeJS.Timeout | null = null;
  private ofOthers: NodeJS.Timeout | undefined;

  constructor(
    private readonly watchChanges: WatchChanges,
    private readonly processes: Processes,
    private readonly clock: Clock,
  ) {}

  /** Returns what ends it. */
  listen(listener: Listener): () => void {
    const own = [...this.listeners].filter(({ operatorId }) => operatorId === listener.operatorId);
    if (this.listeners.size >= MOST_LISTENERS || own.length >= MOST_OF_ONE) throw new TooManyListeners();
    if (this.listeners.size === 0) this.start();
    this.listeners.add(listener);
    return () => this.forget(listener);
  }

  onModuleDestroy(): void {
    for (const listener of this.listeners) listener.close();
    this.stop();
    if (this.timer) clearTimeout(this.timer);
  }

  private start(): void {
    this.watchChanges.start((notice) => this.note(notice));
    this.ofOthers = setInterval(() => this.noteOthers(), OTHERS_EVERY_MS).unref();
  }

  private stop(): void {
    this.watchChanges.stop();
    clearInterval(this.ofOthers);
  }

  private noteOthers(): void {
    if (!this.processes.hasOthers()) return;
    for (const kind of KINDS) this.note({ kind, id: null, account: null, at: this.clock.now() });
  }

  private forget(listener: Listener): void {
    if (this.listeners.delete(listener) && this.listeners.size === 0) this.stop();
  }

  private note(notice: Notice): void {
    const key = `${notice.kind} ${notice.id}`;
    if (this.untold.has(key) || this.untold.size < MOST_AT_ONCE) this.untold.set(key, notice);
    this.timer ??= setTimeout(() => this.tellAll(), TOLD_AFTER_MS);
  }

  private tellAll(): void {
    this.timer = null;
    const lines = [...this.untold.values()].map(inLines).join('');
    this.untold.clear();
    for (const listener of this.listeners) listener.tell(lines);
  }
}
