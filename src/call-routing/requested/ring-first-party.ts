import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, PlivoAccess } from '../../accounts/index.js';
import {
  PlivoClient,
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
} from '../../plivo/index.js';
import { FindSessionById, isInProgress, isLive, type SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Config } from '../../platform/settings/config.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { isDialable } from '../../telephony/destinations.js';
import { Jobs, RetryLater } from '../../platform/jobs/jobs.js';
import type { E164 } from '../../telephony/phone.js';
import { webhookUrl } from '../answer/webhook-url.js';
import { CALL_REQUESTS, rungPlace, type CallRequest, type CallRequestStatus } from '../call-request.entity.js';
import { followRequest } from './follow-request.js';
import { rungNumber } from './rung-party.js';
import { ReserveSpend } from '../answer/reserve-spend.js';

export const PLACE_CALL = 'calls.place';
const LEASE_SECONDS = 30;
const GRACE_SECONDS = 60;
/** How long a call of unknown outcome may take to be heard of: its ring, answer or hang-up webhook, or its record. */
const LOOK_UP_MS = 60_000;
const LONGEST_CALL_SECONDS = 86_400;

const REQUEST = selection(CALL_REQUESTS.fields());

/**
 * Asks Plivo to ring the first party. Plivo is asked once: what certainly did not reach it is tried again for two minutes, and what may have reached
 * it is looked up and never repeated, because a second call to a person is worse than none.
 */
@Injectable()
export class RingFirstParty implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly accountSettings: AccountSettings,
    private readonly findSessionById: FindSessionById,
    private readonly reserveSpend: ReserveSpend,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ requestId: string }>(
      PLACE_CALL,
      { leaseSeconds: LEASE_SECONDS, maxAttempts: 50 },
      ({ requestId }) => this.run(requestId),
    );
  }

  async run(requestId: string): Promise<void> {
    const plan = await this.database.transaction((tx) => this.begin(tx, requestId));
    if (plan === 'done') return;
    if (plan === 'look-up') return this.lookUp(requestId);
    const settings = await this.accountSettings.of(plan.session.accountId);
    if (!isDialable(plan.session.parties.first as E164, settings).allowed) {
      // An earlier try may have been allowed to.
      await this.database.transaction((tx) => this.reserveSpend.release(tx, plan.session.accountId, requestId));
      return this.move(requestId, 'placing', 'failed', 'destination');
    }
    // A try that did not reach Plivo was counted.
    const asked = { holder: requestId, isFirstTry: plan.request.placedAt === null };
    const cap = await this.database.transaction((tx) =>
      this.reserveSpend.runRequested(tx, asked, plan.session, settings),
    );
    if (cap !== null) return this.move(requestId, 'placing', 'failed', cap);
    await this.place(plan.request, plan.session);
  }

  private async begin(
    tx: Tx,
    requestId: string,
  ): Promise<'done' | 'look-up' | { request: CallRequest; session: SessionRecord }> {
    const [request] = await REQUEST.read(tx, `FROM call_request WHERE id = ? ${this.database.forUpdate}`, [requestId]);
    if (!request || !['wanted', 'placing'].includes(request.status)) return 'done';
    if (request.status === 'placing') return 'look-up';

    const now = this.clock.now();
    const session = await this.findSessionById.run(tx, request.accountId, request.sessionId);
    const hindrance = await this.hindrance(tx, request, session, now);
    if (hindrance !== null || session === null) {
      await CALL_REQUESTS.update(tx, { status: 'failed', reason: hindrance, rung: null }, 'WHERE id = ?', [requestId]);
      await this.reserveSpend.release(tx, request.accountId, requestId);
      return 'done';
    }
    const pendingUntil = now + (session.settings.ring_timeout + GRACE_SECONDS) * 1000;
    const rung = this.crypto.seal(rungPlace(request), session.parties.first ?? '');
    const placing = { status: 'placing', placedAt: now, pendingUntil, rung } as const;
    await CALL_REQUESTS.update(tx, placing, 'WHERE id = ?', [requestId]);
    return { request, session };
  }

  private async hindrance(
    tx: Tx,
    request: CallRequest,
    session: SessionRecord | null,
    now: number,
  ): Promise<string | null> {
    if (session === null || !isLive(session, now)) return 'session-ended';
    if (now > request.pendingUntil) return 'too-late';
    if (session.parties.first === null || session.parties.second === null) return 'no-other-party';
    if (await isInProgress(tx, session.id, now)) return 'busy';
    return null;
  }

  private async place(
    request: CallRequest,
    { parties, settings, virtualNumber, accountId, subaccountId }: SessionRecord,
  ): Promise<void> {
    const url = (what: string): string => webhookUrl(this.config, `${accountId}/requests/${request.id}/${what}`);
    try {
      await this.plivo.placeCall(await this.plivoAccess.of(accountId, subaccountId), {
        from: virtualNumber as E164,
        to: parties.first as E164,
        answerUrl: url('answer'),
        ringUrl: url('ring'),
        hangupUrl: url('hangup'),
        ringTimeoutSeconds: settings.ring_timeout,
        // The Dial holds the call limit from the bridge on; this leg must outlive the second party's ringing.
        timeLimitSeconds: Math.min(
          settings.call_time_limit + settings.ring_timeout + GRACE_SECONDS,
          LONGEST_CALL_SECONDS,
        ),
      });
      await this.placed(request.id, settings.ring_timeout);
    } catch (error) {
      await this.afterFailure(request, error);
    }
  }

  private async placed(requestId: string, ringTimeoutSeconds: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await CALL_REQUESTS.update(tx, { status: 'placed', reason: null }, "WHERE id = ? AND status = 'placing'", [
        requestId,
      ]);
      const runAt = this.clock.now() + (ringTimeoutSeconds + GRACE_SECONDS) * 1000;
      await followRequest(tx, this.jobs, requestId, runAt);
    });
  }

  private async afterFailure({ id: requestId, accountId }: CallRequest, error: unknown): Promise<void> {
    if (error instanceof ProviderRefused) {
      await this.database.transaction((tx) => this.reserveSpend.release(tx, accountId, requestId));
      return this.move(requestId, 'placing', 'failed', `refused-${error.status}`);
    }
    if (error instanceof ProviderBusy || error instanceof ProviderUnavailable) {
      // Nothing has reached Plivo, so asking again cannot ring twice.
      await this.move(
        requestId,
        'placing',
        'wanted',
        error instanceof ProviderBusy ? 'provider-busy' : 'provider-unavailable',
      );
      throw new RetryLater(error instanceof ProviderBusy ? Math.max(error.retryAfterSeconds, 1) : 5, error.code);
    }
    if (!(error instanceof ProviderOutcomeUnknown)) throw error;
    await this.move(requestId, 'placing', 'placing', 'outcome-unknown');
    throw new RetryLater(5, error.code);
  }

  /** A call that exists is heard of through its webhooks, which move the request on; one that ended unheard has a record. */
  private async lookUp(requestId: string): Promise<void> {
    const [request] = await this.database.read((manager) =>
      REQUEST.read(manager, 'FROM call_request WHERE id = ?', [requestId]),
    );
    const placedAt = request?.placedAt ?? 0;
    const session =
      request &&
      (await this.database.transaction((tx) => this.findSessionById.run(tx, request.accountId, request.sessionId)));
    if (!request || !session) return;
    const to = rungNumber(this.crypto, request) ?? (session.parties.first as E164 | null);
    if (to === null) return;
    const records = await this.plivo.findCalls(await this.plivoAccess.of(request.accountId, session.subaccountId), {
      from: session.virtualNumber as E164,
      to,
      direction: 'outbound',
      endedFrom: placedAt - 1000,
    });
    const own = records.find(
      (record) => record.parentCallUuid === null && (record.startedAt ?? placedAt) >= placedAt - 1000,
    );
    if (own) return this.placed(requestId, 0);
    if (this.clock.now() >= placedAt + LOOK_UP_MS) return this.move(requestId, 'placing', 'failed', 'unconfirmed');
    throw new RetryLater(15, 'outcome-unknown');
  }

  private async move(
    requestId: string,
    from: CallRequestStatus,
    to: CallRequestStatus,
    reason: string | null,
  ): Promise<void> {
    await this.database.transaction((tx) =>
      CALL_REQUESTS.update(
        tx,
        { status: to, reason, ...(to === 'failed' && { rung: null }) },
        'WHERE id = ? AND status = ?',
        [requestId, from],
      ),
    );
  }
}
