import { setImmediate } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '../platform/logging/logger.js';
import { within } from '../platform/within.js';
import { CHECK_NAMES, examine, type CheckName, type CheckResult } from './examine.js';
import type { Finding } from './finding.js';
import { Patient } from './patient.js';

/** What may be wrong around a process that runs and serves, and does not show in its answers. Looked at from the start on, and told. */
const WATCHED: readonly CheckName[] = [
  'disk',
  'database-settings',
  'public-url',
  'clock',
  'plivo-credentials',
  'signature',
  'recordings',
];
const AGAIN_MS = 10 * 60_000;
/** Who looks at the page that shows them may ask every second; Plivo and the own address need not be asked each time. */
const FRESH_MS = 15_000;
/** Others may be slow to answer: the start does not wait longer for them. */
const START_LIMIT_MS = 5_000;

/** What is known of a check at this moment. One that has found several things stands there once for each. */
export interface KnownCheck {
  name: CheckName;
  /** Of the last look; null before its first one has ended. */
  result: Finding | null;
  at: number | null;
  /** It is being looked at anew. */
  isRunning: boolean;
}

interface Look {
  results: CheckResult[];
  at: number;
}

/**
 * The checks of `masking doctor`, made by a process that serves: at its start and every ten minutes those that go on around it, all of them when somebody wants to
 * know. Nobody waits for them: what was found last is told, and what comes is there for who asks again.
 */
@Injectable()
export class Examination implements OnModuleDestroy {
  private readonly last = new Map<CheckName, Look>();
  private readonly running = new Map<CheckName, Promise<void>>();
  /** Of the watched checks, as the log was told last. */
  private told: CheckResult[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly patient: Patient,
    private readonly log: Log,
  ) {}

  /** All checks as they are known; a look at what is older than a quarter of a minute is begun. */
  known(): KnownCheck[] {
    for (const name of CHECK_NAMES) if (this.isOld(name)) void this.look(name);
    return CHECK_NAMES.flatMap((name): KnownCheck[] => {
      const isRunning = this.running.has(name);
      const last = this.last.get(name);
      if (last === undefined) return [{ name, result: null, at: null, isRunning }];
      return last.results.map(({ name: _, ...result }) => ({ name, result, at: last.at, isRunning }));
    });
  }

  /** What was found when the watched checks were last made; nothing before the first time. */
  get lastWatched(): readonly CheckResult[] {
    return WATCHED.flatMap((name) => this.last.get(name)?.results ?? []);
  }

  /** From the start on. Resolves with what is wrong then, or after five seconds with what is known by then. */
  async watch(): Promise<CheckResult[]> {
    this.schedule();
    await within(START_LIMIT_MS, this.lookAround(), () => undefined);
    return this.lastWatched.filter(isTrouble);
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private schedule(): void {
    this.timer ??= setInterval(() => void this.lookAround(), AGAIN_MS).unref();
  }

  private isOld(name: CheckName): boolean {
    const last = this.last.get(name);
    return last === undefined || this.patient.clock.now() - last.at > FRESH_MS;
  }

  /** Who asks for one that is under way waits for that one. */
  private look(name: CheckName): Promise<void> {
    const running = this.running.get(name) ?? this.makeAnew(name);
    this.running.set(name, running);
    return running;
  }

  private async makeAnew(name: CheckName): Promise<void> {
    // Some read files first, and whoever asks for what is known does not wait for that.
    await setImmediate();
    const results = await examine(this.patient, [name]);
    this.last.set(name, { results, at: this.patient.clock.now() });
    this.running.delete(name);
  }

  private async lookAround(): Promise<void> {
    await Promise.all(WATCHED.map((name) => this.look(name)));
    const before = this.told;
    this.told = [...this.lastWatched];
    for (const { name, verdict, found, remedy } of this.told.filter(isTrouble))
      if (!before.some((known) => known.name === name && known.verdict === verdict))
        this.log.warn('doctor.found', { check: name, verdict, found, remedy });
    for (const { name } of before.filter(isTrouble))
      if (!this.told.some((known) => known.name === name && isTrouble(known)))
        this.log.info('doctor.mended', { check: name });
  }
}

function isTrouble({ verdict }: CheckResult): boolean {
  return verdict === 'warning' || verdict === 'failed';
}
