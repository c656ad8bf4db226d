import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import { forgetParty, holderOf, NumberReleased, type Place, releaseHold, renameParty } from '../number-pool/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { IDENTITY_VERSION } from '../telephony/identity.js';
import { type PartyReindex, REINDEX, type ReindexStage } from './party-reindex.entity.js';
import { type MaskingSession, SESSIONS } from './session.entity.js';
import { isOnePhone } from './session-parties.js';
import { isLive, SessionRecords, WHOLE, type SessionRecord } from './session-record.js';
import { PartyReindexed, SessionEnded, SessionsExpired } from './sessions.events.js';

const REINDEX_PARTIES = 'sessions.reindex-parties';
const LEASE_SECONDS = 300;
/** 20 ms or so of a transaction: a caller whose session is in it waits no longer. */
const BATCH = 200;
/** After every uuid. */
const END_OF_IDS = 'g';

const STATE = selection(REINDEX.fields());
const ROLES = ['first', 'second'] as const;

/** A live session that had to give way to a newer one. */
interface Ended {
  session: string;
  account: string;
  /** The newer one; its own id when it has one phone as both parties. */
  kept: string;
}

/**
 * Makes what earlier versions stored follow today's rules of who is one phone: the indexes of parties and pairs, places on numbers, wrong PINs.
 * In batches, each a transaction that also keeps how far it came: killed, it goes on there; two processes share it batch by batch. Where two live
 * sessions turn out to have one phone on one number, or to be of one pair, the older one ends: of two that claim a phone, none can be right for
 * both, and the newer is what its customer wanted last. Its customer is told by `SessionTimeout`, the operator by a warning and a counter.
 */
@Injectable()
export class ReindexParties implements OnModuleInit, OnApplicationBootstrap {
  private readonly collisions: Counter;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly records: SessionRecords,
    metrics: Metrics,
  ) {
    this.collisions = new Counter({
      name: 'masking_identity_sessions_ended_total',
      help: 'Live sessions that ended because a newer one has the same phone on the same number, or the same pair, in another spelling.',
      registers: [metrics.registry],
    });
  }

  onModuleInit(): void {
    this.jobs.handle<{ stage: ReindexStage }>(REINDEX_PARTIES, { leaseSeconds: LEASE_SECONDS }, async ({ stage }) => {
      await this.run(stage);
    });
  }

  /** Before the service listens, and after everybody has subscribed to events. One read when there is nothing to do. */
  async onApplicationBootstrap(): Promise<void> {
    const [state] = await this.database.read((manager) => STATE.read(manager, 'FROM party_reindex WHERE id = 1'));
    // Rules of a later version are not undone by a process that does not know them.
    if (state && (state.version > IDENTITY_VERSION || (state.version === IDENTITY_VERSION && state.stage !== 'live')))
      return;
    await this.run('live');
  }

  /** Goes through what is left of a stage; returns how many sessions changed. */
  async run(stage: ReindexStage): Promise<number> {
    let changed = 0;
    for (;;) {
      const batch = await this.database.transaction((tx) => this.batch(tx, stage));
      for (const { session, account, kept } of batch.ended) {
        this.collisions.inc();
        this.log.warn('session.ended_for_identity', { session, account, kept });
      }
      changed += batch.changed;
      if (!batch.isOver) continue;
      if (changed > 0) this.log.info('sessions.parties_reindexed', { stage, sessions: changed });
      return changed;
    }
  }

  private async batch(tx: Tx, stage: ReindexStage): Promise<{ isOver: boolean; changed: number; ended: Ended[] }> {
    const ended: Ended[] = [];
    const state = await this.lockState(tx);
    if (state.version !== IDENTITY_VERSION || state.stage !== stage) return { isOver: true, changed: 0, ended };

    const rows = await this.next(tx, state);
    let changed = 0;
    for (const row of rows) {
      if (!this.isStale(row)) continue;
      await this.reindex(tx, row.id, ended);
      changed += 1;
    }

    const last = rows.at(-1);
    const isOver = last === undefined || rows.length < BATCH;
    if (!isOver) {
      await this.keep(tx, { stage, at: stage === 'ended' ? 0 : last.expiresAt, sessionId: last.id });
    } else if (stage === 'live') {
      await this.keep(tx, { stage: 'ended', at: 0, sessionId: END_OF_IDS });
      await this.jobs.enqueue(tx, REINDEX_PARTIES, { stage: 'ended' });
    } else if (stage === 'ended') {
      await this.keep(tx, { stage: 'late', at: 0, sessionId: '' });
      await this.jobs.enqueue(tx, REINDEX_PARTIES, { stage: 'late' }, { runAt: this.clock.now() + HOUR_MS });
    } else await this.keep(tx, { stage: 'done', at: 0, sessionId: '' });
    return { isOver, changed, ended };
  }

  /** Others that want to go on wait here until this batch is committed. */
  private async lockState(tx: Tx): Promise<PartyReindex> {
    const start = { version: IDENTITY_VERSION, stage: 'live', at: 0, sessionId: '' } as const;
    const [state] = await STATE.read(tx, `FROM party_reindex WHERE id = 1 ${this.database.forUpdate}`);
    if (!state) {
      await orStartOver(REINDEX.insert(tx, { id: 1, ...start }));
      return { id: 1, ...start };
    }
    if (state.version >= IDENTITY_VERSION) return state;
    await REINDEX.update(tx, start, 'WHERE id = 1');
    return { id: 1, ...start };
  }

  private async keep(tx: Tx, place: Pick<PartyReindex, 'stage' | 'at' | 'sessionId'>): Promise<void> {
    await REINDEX.update(tx, place, 'WHERE id = 1');
  }

  /** Ended ones newest first, because the last of them may be cooling off still. */
  private next(tx: Tx, { stage, at, sessionId }: PartyReindex): Promise<MaskingSession[]> {
    if (stage === 'ended')
      return WHOLE.read(
        tx,
        `FROM masking_session WHERE id < ? AND status = 'expired' ORDER BY id DESC LIMIT ${BATCH}`,
        [sessionId],
      );
    return WHOLE.read(
      tx,
      `FROM masking_session WHERE status = 'active' AND expires_at >= ? AND (expires_at > ? OR id > ?)
       ORDER BY expires_at, id LIMIT ${BATCH}`,
      [at, at, sessionId],
    );
  }

  /** Read again, and kept: a newer session of the same batch may have ended it. */
  private async reindex(tx: Tx, id: string, ended: Ended[]): Promise<void> {
    const [locked] = await WHOLE.read(tx, `FROM masking_session WHERE id = ? ${this.database.forUpdate}`, [id]);
    if (!locked) return;

    let session = this.records.fromRow(locked);
    const now = this.clock.now();
    if (isLive(session, now)) {
      const newer = await this.settle(tx, session, ended);
      if (newer !== null) {
        await this.end(tx, session, newer, ended);
        session = { ...session, status: 'expired', expiresAt: now };
      }
    }
    await this.write(tx, session, now);
  }

  private isStale(row: MaskingSession): boolean {
    const session = this.records.fromRow(row);
    const { accountId, parties } = session;
    return (
      row.firstIndex !== this.records.partyIndex(accountId, parties.first) ||
      row.secondIndex !== this.records.partyIndex(accountId, parties.second) ||
      (row.pairIndex !== null && row.pairIndex !== this.records.pairIndex(session))
    );
  }

  /** Ends the older sessions that collide with this one; tells the newer one for which this one has to end, or null. */
  private async settle(tx: Tx, session: SessionRecord, ended: Ended[]): Promise<string | null> {
    const { id, accountId, parties } = session;
    if (isOnePhone(parties)) return id;
    const rivals = new Map<string, SessionRecord>();
    for (const role of ROLES) {
      const index = this.records.partyIndex(accountId, parties[role]);
      const rival = index === null ? null : await this.liveHolder(tx, session, index);
      if (rival) rivals.set(rival.id, rival);
    }
    const pairIndex = this.records.pairIndex(session);
    const ofPair = pairIndex === null ? null : await this.liveRival(tx, session, 'pair_index = ?', pairIndex);
    if (ofPair) rivals.set(ofPair.id, ofPair);

    const newest = [...rivals.values()].find((rival) => isNewer(rival, session));
    if (newest) return newest.id;
    for (const rival of rivals.values()) await this.end(tx, rival, id, ended);
    return null;
  }

  /** Another live session that has this party on the session's number. One whose party was replaced has but a memory there. */
  private async liveHolder(tx: Tx, session: SessionRecord, index: string): Promise<SessionRecord | null> {
    const holder = await holderOf(tx, { virtualNumberId: session.virtualNumberId, index });
    const rival = holder && (await this.liveRival(tx, session, 'id = ?', holder.sessionId));
    const isParty = ROLES.some(
      (role) => rival && this.records.partyIndex(rival.accountId, rival.parties[role]) === index,
    );
    return isParty ? rival : null;
  }

  private async liveRival(tx: Tx, { id }: SessionRecord, where: string, value: string): Promise<SessionRecord | null> {
    const [row] = await WHOLE.read(tx, `FROM masking_session WHERE ${where} ${this.database.forUpdate}`, [value]);
    if (!row || row.id === id) return null;
    const rival = this.records.fromRow(row);
    if (isLive(rival, this.clock.now())) return rival;
    // Its time has passed and the tick has not come yet: it makes way.
    await SESSIONS.update(tx, { pairIndex: null }, 'WHERE id = ?', [rival.id]);
    return null;
  }

  /** Now, without cooling off: its place is the newer session's. A call that is on goes on. */
  private async end(tx: Tx, session: SessionRecord, kept: string, ended: Ended[]): Promise<void> {
    const { id, accountId } = session;
    const now = this.clock.now();
    await SESSIONS.update(tx, { status: 'expired', pairIndex: null, expiresAt: now }, 'WHERE id = ?', [id]);
    await releaseHold(tx, id, now);
    await this.records.moveCount(tx, session, now);
    await this.events.publish(tx, new NumberReleased(accountId, id, now));
    await this.events.publish(tx, new SessionEnded(accountId, id, 'expired', now));
    await this.events.publish(tx, new SessionsExpired([{ ...session, endedAt: now }]));
    ended.push({ session: id, account: accountId, kept });
  }

  private async write(tx: Tx, session: SessionRecord, now: number): Promise<void> {
    const { id, accountId, parties, virtualNumberId } = session;
    const indexes = { first: session.firstIndex, second: session.secondIndex };
    for (const role of ROLES) {
      const before = indexes[role];
      const index = this.records.partyIndex(accountId, parties[role]);
      indexes[role] = index;
      if (before === null || index === null || before === index) continue;
      await this.movePlace(tx, session, { virtualNumberId, index: before }, index);
      await this.events.publish(tx, new PartyReindexed(accountId, before, index));
    }
    const pairIndex = isLive(session, now) ? this.records.pairIndex(session) : null;
    const changed = { firstIndex: indexes.first, secondIndex: indexes.second, pairIndex };
    await SESSIONS.update(tx, changed, 'WHERE id = ?', [id]);
  }

  /** A live session's place is its own now; of an ended one the row that is held longer stays as the memory, unless a live session has the place. */
  private async movePlace(tx: Tx, session: SessionRecord, from: Place, index: string): Promise<void> {
    const own = await holderOf(tx, from);
    // It has gone to another session, which takes it along itself.
    if (own?.sessionId !== session.id) return;
    const other = await holderOf(tx, { ...from, index });
    const isLeft =
      other !== null &&
      !isLive(session, this.clock.now()) &&
      (other.freeAfter > own.freeAfter || (await this.liveHolder(tx, session, index)) !== null);
    if (isLeft) await forgetParty(tx, from);
    else await renameParty(tx, from, index);
  }
}

function isNewer(one: SessionRecord, other: SessionRecord): boolean {
  return one.createdAt > other.createdAt || (one.createdAt === other.createdAt && one.id > other.id);
}
