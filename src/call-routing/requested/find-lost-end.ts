import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess, Spend } from '../../accounts/index.js';
import { PlivoClient, type CallRecord } from '../../plivo/index.js';
import { FindSessionById, lockSession, SessionRecords, type SessionRecord } from '../../sessions/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { Events } from '../../platform/events/events.js';
import { Defer, Jobs, Park } from '../../platform/jobs/jobs.js';
import { parseCaller, type E164 } from '../../telephony/phone.js';
import { CALL_REQUESTS } from '../call-request.entity.js';
import { addALeg, noteLegFacts } from '../facts/legs.js';
import { CallFigured } from '../call-routing.events.js';
import { factsOfRecord } from '../records/join-records.js';
import { lockRequest } from './lock-request.js';
import { FOLLOW_REQUEST } from './follow-request.js';
import { isKnownCall, recordLoneLeg, type LoneRequest } from './record-lone-leg.js';
import { rungNumber } from './rung-party.js';
import { tellInteraction } from '../facts/tell-interaction.js';

const LEASE_SECONDS = 60;
const ASK_EVERY_SECONDS = 60;
/** As for calls that were connected: `records/reconcile-call.ts`. */
const GIVE_UP_MS = 25 * HOUR_MS;
const MAX_ATTEMPTS = 10_000;

const FOLLOWED = selection(CALL_REQUESTS.pick(['id', 'accountId', 'sessionId', 'status', 'placedAt', 'rung']));
type FollowedRequest = Selected<typeof FOLLOWED> & { placedAt: number };

/**
 * Finds how a requested call ended whose webhooks were lost before it became a conversation. What the first party answered, or did not, is told
 * from Plivo's record as a conversation of one leg; one that became a conversation is reconciled as every other.
 */
@Injectable()
export class FindLostEnd implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly findSessionById: FindSessionById,
    private readonly spend: Spend,
    private readonly records: SessionRecords,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ requestId: string }>(
      FOLLOW_REQUEST,
      { leaseSeconds: LEASE_SECONDS, maxAttempts: MAX_ATTEMPTS, retryDelaySeconds: () => ASK_EVERY_SECONDS },
      ({ requestId }) => this.run(requestId),
    );
  }

  async run(requestId: string): Promise<void> {
    const followed = await this.database.transaction(async (tx) => {
      const [request] = await FOLLOWED.read(tx, 'FROM call_request WHERE id = ?', [requestId]);
      if (request?.status !== 'placed') return null;
      const session = await this.findSessionById.run(tx, request.accountId, request.sessionId);
      return session && { request: { ...request, placedAt: request.placedAt ?? 0 }, session };
    });
    if (!followed) return;
    const { request, session } = followed;

    const isLate = this.clock.now() >= request.placedAt + GIVE_UP_MS;
    const records = await this.recordsOf(request, session).catch((error: unknown) => {
      if (!isLate) throw error;
      return [];
    });
    const isSettled = await this.database.transaction((tx) => this.settle(tx, request, records));
    if (isSettled) return;
    if (!isLate) throw new Defer(ASK_EVERY_SECONDS, 'no record yet');
    await this.database.transaction((tx) => this.giveUp(tx, request));
    throw new Park('Plivo has no record of this call');
  }

  private async recordsOf(request: FollowedRequest, session: SessionRecord): Promise<CallRecord[]> {
    return this.plivo.findCalls(await this.plivoAccess.of(request.accountId, session.subaccountId), {
      from: session.virtualNumber as E164,
      to: rungNumber(this.crypto, request) ?? (session.parties.first as E164),
      direction: 'outbound',
      endedFrom: request.placedAt - 1000,
    });
  }

  /** Nobody knows the call, so there is nothing to bill or to tell; what was reserved for it is free again. */
  private async giveUp(tx: Tx, { id, accountId }: FollowedRequest): Promise<void> {
    const { status } = await lockRequest(tx, this.database, accountId, id);
    if (status !== 'placed') return;
    await CALL_REQUESTS.update(tx, { status: 'over', rung: null }, 'WHERE id = ?', [id]);
    await this.spend.release(tx, accountId, id);
  }

  /** The first record since the request that is no other call's. */
  private async settle(tx: Tx, request: FollowedRequest, records: CallRecord[]): Promise<boolean> {
    const { id: requestId, accountId, sessionId, placedAt } = request;
    await lockSession(tx, this.database, sessionId);
    const { status } = await lockRequest(tx, this.database, accountId, requestId);
    if (status !== 'placed') return true;
    const since = records.filter(
      (record) => record.parentCallUuid === null && (record.startedAt ?? 0) >= placedAt - 1000,
    );
    for (const record of since.sort((left, right) => (left.startedAt ?? 0) - (right.startedAt ?? 0))) {
      const { callUuid } = record;
      if (await isKnownCall(tx, accountId, callUuid)) continue;
      const session = await this.findSessionById.run(tx, accountId, sessionId);
      const rung = rungNumber(this.crypto, request);
      await this.record(tx, { accountId, sessionId, requestId, placedAt, rung, session }, record);
      await CALL_REQUESTS.update(tx, { callUuid, status: 'over', rung: null }, 'WHERE id = ?', [requestId]);
      return true;
    }
    return false;
  }

  private async record(tx: Tx, request: LoneRequest, record: CallRecord): Promise<void> {
    const now = this.clock.now();
    const key = { accountId: request.accountId, legUuid: record.callUuid };
    const wasAnswered = record.answeredAt !== null || (record.durationSeconds ?? 0) > 0;
    await addALeg(tx, request.accountId, record.callUuid);
    const callId = await recordLoneLeg(tx, { crypto: this.crypto, records: this.records }, request, {
      legUuid: record.callUuid,
      to: record.to,
      reason: wasAnswered ? 'answer-lost' : 'unanswered',
      startedAt: record.startedAt,
      now,
    });
    await noteLegFacts(tx, key, factsOfRecord(record), this.database.forUpdate);
    await tellInteraction(tx, this.events, callId, now);
    await this.events.publish(
      tx,
      new CallFigured(request.accountId, record.callUuid, parseCaller(record.from), 'settled'),
    );
  }
}
