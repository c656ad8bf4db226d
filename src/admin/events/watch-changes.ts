import { Injectable } from '@nestjs/common';
import { CallEnded, CallStarted, CallUnconnected, ConversationNoted, PinChecked } from '../../call-routing/index.js';
import { CallbackTried } from '../../callbacks/index.js';
import { NumberAssigned, NumberReleased, PoolRanLow } from '../../number-pool/index.js';
import { RecordingFailed, RecordingReady } from '../../recording/index.js';
import { SessionEnded, SessionOpened, SessionsImported, SessionUpdated } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Events, type EventClass } from '../../platform/events/events.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { Notice } from './notice.js';

type Changed = Omit<Notice, 'at'>;

/** A call and what belongs to it. */
const ofCall = ({ callId, accountId }: { callId: string; accountId: string }): Changed => ({
  kind: 'call',
  id: callId,
  account: accountId,
});
const ofSession = ({ sessionId, accountId }: { sessionId: string; accountId: string }): Changed => ({
  kind: 'session',
  id: sessionId,
  account: accountId,
});
/** A pool is told of as a whole: a session that is opened and another that ends change it alike. */
const ofPool = ({ accountId }: { accountId: string }): Changed => ({ kind: 'pool', id: accountId, account: accountId });

/** Tells of what is committed in this process. While nobody wants to know nothing is subscribed to: publishing costs what it did before. */
@Injectable()
export class WatchChanges {
  private readonly changes = new WeakMap<Tx, Changed[]>();
  private ends: (() => void)[] = [];
  private tell: (notice: Notice) => void = () => undefined;

  constructor(
    private readonly events: Events,
    private readonly database: Database,
    private readonly clock: Clock,
    jobs: Jobs,
  ) {
    // There is no way out of this list; jobs are given up rarely.
    jobs.onParked(async (tx, { id, payload }) => {
      if (this.ends.length > 0) this.note(tx, { kind: 'job', id, account: accountIn(payload) });
    });
  }

  start(tell: (notice: Notice) => void): void {
    this.tell = tell;
    this.ends = [
      this.on(CallStarted, ({ session, callId }) => ofCall({ callId, accountId: session.accountId })),
      ...[CallUnconnected, ConversationNoted, CallEnded, PinChecked, RecordingReady, RecordingFailed].map((event) =>
        this.on(event as EventClass<{ callId: string; accountId: string }>, ofCall),
      ),
      this.on(SessionOpened, ({ session }) => ofSession({ sessionId: session.id, accountId: session.accountId })),
      ...[SessionUpdated, SessionEnded].map((event) =>
        this.on(event as EventClass<{ sessionId: string; accountId: string }>, ofSession),
      ),
      ...[NumberAssigned, NumberReleased, PoolRanLow, SessionsImported].map((event) =>
        this.on(event as EventClass<{ accountId: string }>, ofPool),
      ),
      this.on(CallbackTried, ({ accountId, callbackId }) => ({ kind: 'callback', id: callbackId, account: accountId })),
      this.database.onCommit((tx) => this.committed(tx)),
    ];
  }

  stop(): void {
    for (const end of this.ends) end();
    this.ends = [];
  }

  private on<E>(event: EventClass<E>, inWords: (event: E) => Changed): () => void {
    return this.events.subscribe(event, async (tx, one: E) => this.note(tx, inWords(one)));
  }

  private note(tx: Tx, changed: Changed): void {
    const all = this.changes.get(tx);
    if (all) all.push(changed);
    else this.changes.set(tx, [changed]);
  }

  private committed(tx: Tx): void {
    for (const changed of this.changes.get(tx) ?? []) this.tell({ ...changed, at: this.clock.now() });
  }
}

function accountIn(payload: unknown): string | null {
  const { accountId } = (payload ?? {}) as { accountId?: unknown };
  return typeof accountId === 'string' ? accountId : null;
}
