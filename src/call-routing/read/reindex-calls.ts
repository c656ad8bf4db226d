import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { SessionRecords, virtualNumbersOf } from '../../sessions/index.js';
import { Clock, DAY_MS, HOUR_MS } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { orStartOver } from '../../platform/database/key-races.js';
import { Batches } from '../../platform/database/purge-in-batches.js';
import { exists, selection, type Selected } from '../../platform/database/rows.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Log } from '../../platform/logging/logger.js';
import { IDENTITY_VERSION } from '../../telephony/identity.js';
import { callerPlace, CALLS, dialledPlace, type MaskedCall } from '../call.entity.js';
import { outcomeOf } from '../facts/call-outcome.js';
import { legsOfCalls, type Leg } from '../facts/legs.js';
import { CALL_REINDEX, type CallReindex, type CallReindexStage } from './call-reindex.entity.js';

const REINDEX_CALLS = 'calls.reindex';
const LEASE_SECONDS = 300;
/** As many as a statement names at once; how many are taken goes by how long they take. */
const MOST = 256;
/** After every uuid. */
const END_OF_IDS = 'g';

/** The last two digits are raised when calls are to be found by something that their rows do not have; the rest is that of the rules of who is one phone. */
const CALL_INDEX_VERSION = IDENTITY_VERSION * 100 + 1;

const STATE = selection(CALL_REINDEX.fields());
const CALL = selection(
  CALLS.pick([
    'id',
    'accountId',
    'sessionId',
    'promptSessionId',
    'caller',
    'dialled',
    'callerIndex',
    'dialledIndex',
    'virtualNumber',
    'decision',
    'reason',
    'createdAt',
    'endedAt',
    'dialStatus',
    'outcome',
  ]),
);
type StoredCall = Selected<typeof CALL>;

/** What a call is found by, besides its outcome. */
type Found = Pick<MaskedCall, 'callerIndex' | 'dialledIndex' | 'virtualNumber'>;

/**
 * Gives the calls of earlier versions, and all calls when the rules of who is one phone change, what they are found by. While the service runs: a start does not
 * wait for it. In batches, each a transaction that also keeps how far it came: killed, it goes on there; two processes share it batch by batch.
 * Whom an earlier version refused was not kept, and stays unknown.
 */
@Injectable()
export class ReindexCalls implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly records: SessionRecords,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ stage: CallReindexStage }>(REINDEX_CALLS, { leaseSeconds: LEASE_SECONDS }, async ({ stage }) => {
      await this.run(stage);
    });
  }

  /** One read when there is nothing to do. */
  async onApplicationBootstrap(): Promise<void> {
    const [state] = await this.database.read((manager) => STATE.read(manager, 'FROM call_reindex WHERE id = 1'));
    if (!state || state.version < CALL_INDEX_VERSION) await this.database.transaction((tx) => this.begin(tx));
  }

  /** Goes through what is left of a stage; returns how many calls changed. */
  async run(stage: CallReindexStage): Promise<number> {
    const batches = new Batches(this.database, MOST);
    for (let changed = 0; ;) {
      let some = 0;
      const { isLast } = await batches.next(async (tx, size) => {
        const batch = await this.batch(tx, stage, size);
        some = batch.changed;
        return batch.count;
      });
      changed += some;
      if (!isLast) continue;
      if (changed > 0) this.log.info('calls.reindexed', { stage, calls: changed });
      return changed;
    }
  }

  /** Rules of a later version are not undone by a process that does not know them. */
  private async begin(tx: Tx): Promise<void> {
    const [state] = await STATE.read(tx, `FROM call_reindex WHERE id = 1 ${this.database.forUpdate}`);
    if (state && state.version >= CALL_INDEX_VERSION) return;
    const stage: CallReindexStage = (await exists(tx, 'FROM masked_call LIMIT 1')) ? 'all' : 'done';
    const start = { version: CALL_INDEX_VERSION, stage, begunAt: this.clock.now(), callId: END_OF_IDS };
    if (state) await CALL_REINDEX.update(tx, start, 'WHERE id = 1');
    else await orStartOver(CALL_REINDEX.insert(tx, { id: 1, ...start }));
    if (stage === 'all') await this.jobs.enqueue(tx, REINDEX_CALLS, { stage });
  }

  private async batch(tx: Tx, stage: CallReindexStage, size: number): Promise<{ count: number; changed: number }> {
    // Others that want to go on wait here until this batch is committed.
    const [state] = await STATE.read(tx, `FROM call_reindex WHERE id = 1 ${this.database.forUpdate}`);
    if (state?.version !== CALL_INDEX_VERSION || state.stage !== stage) return { count: 0, changed: 0 };
    const calls = await this.next(tx, state, size);
    const changed = await this.reindex(tx, calls);

    const last = calls.at(-1);
    if (last !== undefined && calls.length === size) {
      await CALL_REINDEX.update(tx, { callId: last.id }, 'WHERE id = 1');
    } else if (stage === 'all') {
      await CALL_REINDEX.update(tx, { stage: 'late', callId: END_OF_IDS }, 'WHERE id = 1');
      await this.jobs.enqueue(tx, REINDEX_CALLS, { stage: 'late' }, { runAt: this.clock.now() + HOUR_MS });
    } else await CALL_REINDEX.update(tx, { stage: 'done' }, 'WHERE id = 1');
    return { count: calls.length, changed };
  }

  private async next(tx: Tx, { stage, begunAt, callId }: CallReindex, size: number): Promise<StoredCall[]> {
    const calls = await CALL.read(tx, `FROM masked_call WHERE id < ? ORDER BY id DESC LIMIT ${size}`, [callId]);
    // What was on at the beginning may have been ended by a process of an earlier version; no call lasts longer than a day.
    return stage === 'late' ? calls.filter(({ createdAt }) => createdAt >= begunAt - DAY_MS) : calls;
  }

  private async reindex(tx: Tx, calls: StoredCall[]): Promise<number> {
    const without = calls.filter(({ virtualNumber }) => virtualNumber === null);
    const numbers = await virtualNumbersOf(
      tx,
      without.flatMap(({ sessionId, promptSessionId }) => sessionId ?? promptSessionId ?? []),
    );
    const open = calls.filter(({ outcome }) => outcome === null).map(({ id }) => id);
    const legs = await legsOfCalls(tx, open);
    let changed = 0;
    for (const call of calls) {
      const number = call.virtualNumber ?? numbers.get(call.sessionId ?? call.promptSessionId ?? '') ?? null;
      const own = legs.filter(({ callId }) => callId === call.id);
      if (await this.write(tx, call, this.foundBy(call, number), own)) changed += 1;
    }
    return changed;
  }

  private foundBy(call: StoredCall, virtualNumber: string | null): Found {
    const { accountId, caller, dialled } = call;
    const place = { callId: call.id, accountId };
    const indexOf = (at: typeof callerPlace, sealed: string): string | null =>
      this.records.partyIndex(accountId, this.crypto.open(at(place), sealed));
    return {
      callerIndex: caller === null ? call.callerIndex : indexOf(callerPlace, caller),
      dialledIndex: dialled === null ? call.dialledIndex : indexOf(dialledPlace, dialled),
      virtualNumber,
    };
  }

  private async write(tx: Tx, call: StoredCall, found: Found, legs: Leg[]): Promise<boolean> {
    const names = ['callerIndex', 'dialledIndex', 'virtualNumber'] as const;
    const isStale = names.some((name) => call[name] !== found[name]);
    if (isStale) await CALLS.update(tx, found, 'WHERE id = ?', [call.id]);
    const outcome = call.outcome ?? outcomeOf(call, legs).outcome;
    if (outcome === call.outcome) return isStale;
    // A webhook may have told more since the call was read, and has the last word.
    await CALLS.update(tx, { outcome }, 'WHERE id = ? AND outcome IS NULL', [call.id]);
    return true;
  }
}
