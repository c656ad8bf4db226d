import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CallbackTokens } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import { change, Database } from '../platform/database/database.js';
import { selection, type Selected } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Defer, Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { Outgoing, type Exchange } from '../platform/outgoing/outgoing.js';
import { fail, SpanKind, spanned } from '../platform/tracing/spans.js';
import { CALLBACK_ATTEMPTS, CALLBACKS, type Stream } from './callback.entity.js';
import { deliveryPolicy, outcomeWord, verdictOn, type DeliveryPolicy, type Verdict } from './delivery-policy.js';
import { CallbackMetrics } from './callback-metrics.js';
import { CallbackTried } from './callbacks.events.js';
import { FailingReceivers } from './failing-receivers.js';
import { receiverOf, type Receiver } from './receiver.js';
import { signedRequest } from './sign-callback.js';

export const DELIVER = 'callbacks.deliver';

/** Runs at once in one process, and to one receiver; a receiver that fails gets fewer, down to one. */
const IN_FLIGHT = 128;
const PER_RECEIVER = 16;
/** One attempt lasts up to 15 s; after this no further one of the same stream begins in the same run. */
const RUN_MS = 30_000;
const LEASE_SECONDS = 60;
/** What is kept of a receiver's answer, for an operator who asks for it. */
const KEPT_ANSWER_BYTES = 1024;

const NEXT = selection(
  CALLBACKS.pick([
    'id',
    'accountId',
    'ownerId',
    'method',
    'event',
    'url',
    'body',
    'attempts',
    'tries',
    'nextAttemptAt',
  ]),
);

type NextCallback = Selected<typeof NEXT>;

/**
 * Delivers what a session's stream has pending, in the order of its numbers: the next one is tried when the one before is delivered or parked. At least
 * once: a process that dies between the receiver's answer and our note of it delivers again, with the same id and the same bytes.
 */
@Injectable()
export class DeliverCallbacks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly outgoing: Outgoing,
    private readonly tokens: CallbackTokens,
    private readonly receivers: FailingReceivers,
    private readonly metrics: CallbackMetrics,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ sessionId: string; stream: Stream }>(
      DELIVER,
      {
        leaseSeconds: LEASE_SECONDS,
        // Each callback counts its own attempts; the job goes on as long as there are any.
        maxAttempts: Number.MAX_SAFE_INTEGER,
        lanes: { inFlight: IN_FLIGHT, perLane: PER_RECEIVER },
      },
      ({ sessionId, stream }, { signal }) => this.run(sessionId, stream, signal),
    );
  }

  async run(sessionId: string, stream: Stream, signal: AbortSignal): Promise<void> {
    const endsAt = this.clock.now() + RUN_MS;
    let lastFailure: string | null = null;
    for (;;) {
      const next = await this.next(sessionId, stream);
      if (!next) return;
      const now = this.clock.now();
      if (next.nextAttemptAt > now) {
        const seconds = (next.nextAttemptAt - now) / 1000;
        throw lastFailure === null ? new Defer(seconds, 'not due yet') : new RetryLater(seconds, lastFailure);
      }
      if (now >= endsAt) throw new Defer(0, 'others have their turn');

      const url = this.crypto.open(urlPlace(next.id, next.accountId), next.url);
      const receiver = receiverOf(this.crypto, next.accountId, url);
      if (await this.database.read((manager) => this.receivers.isPaused(manager, receiver))) {
        if (!(await this.park(next))) return;
        continue;
      }
      const policy = deliveryPolicy(url);
      const exchange = await this.traced(next, () => this.attempt(next, url, policy, signal));
      const verdict = verdictOn(exchange, policy, next.tries + 1);
      const isOurs = await this.note(next, receiver, now, exchange, verdict);
      if (!isOurs) return;
      this.metrics.attempted(next.event, outcomeWord(exchange), verdict, exchange.durationMs);
      // What to wait for is read anew: an earlier one of the stream may have been replayed during the attempt, and must not wait for this one's next.
      if (verdict.kind === 'retry') lastFailure = outcomeWord(exchange);
    }
  }

  /** Where it goes is the customer's; how it went is not his alone. */
  private traced({ id, event, attempts }: NextCallback, attempt: () => Promise<Exchange>): Promise<Exchange> {
    const attributes = { 'callback.id': id, 'callback.event': event, 'callback.attempt': attempts + 1 };
    return spanned(
      'callback.deliver',
      attributes,
      async (span) => {
        const exchange = await attempt();
        if (exchange.kind === 'answered') span.setAttribute('http.response.status_code', exchange.status);
        else fail(span, exchange.error);
        return exchange;
      },
      { kind: SpanKind.CLIENT },
    );
  }

  private async next(sessionId: string, stream: Stream): Promise<NextCallback | null> {
    const [next] = await this.database.read((manager) =>
      NEXT.read(
        manager,
        `FROM callback WHERE session_id = ? AND stream = ? AND status = 'pending' ORDER BY sequence LIMIT 1`,
        [sessionId, stream],
      ),
    );
    return next ?? null;
  }

  private async attempt(
    callback: NextCallback,
    url: string,
    policy: DeliveryPolicy,
    signal: AbortSignal,
  ): Promise<Exchange> {
    const refusal = this.outgoing.refusal(url);
    if (refusal !== null) return { kind: 'failed', error: 'refused-url', durationMs: 0 };
    const { id, method, accountId, ownerId } = callback;
    const form = this.crypto.open(bodyPlace(id, accountId), callback.body);
    const main = await this.tokens.of(accountId);
    const own = ownerId === accountId ? main : await this.tokens.of(ownerId);

    // Receivers hold it against their own clocks, which nobody advances with ours.
    const seconds = Math.floor(this.clock.wall() / 1000);
    const request = signedRequest({ id, method, form }, url, { own, main }, seconds);
    return this.outgoing.send({
      ...request,
      connectMs: policy.connectMs,
      readMs: policy.readMs,
      totalMs: policy.totalMs,
      signal,
    });
  }

  /** The number of attempts is the lock: of two workers that delivered the same callback, one notes it. */
  private note(
    callback: NextCallback,
    receiver: Receiver,
    startedAt: number,
    exchange: Exchange,
    verdict: Verdict,
  ): Promise<boolean> {
    const { id, attempts, accountId } = callback;
    const now = this.clock.now();
    const isSettled = verdict.kind !== 'retry';
    const answer = exchange.kind === 'answered' ? exchange.body.subarray(0, KEPT_ANSWER_BYTES).toString('utf8') : '';
    return this.database.transaction(async (tx) => {
      // What goes elsewhere by now has lost nothing by what the old address answered, unless that has taken it.
      const still = verdict.kind === 'delivered' ? [] : [callback.url];
      const noted = await change(
        tx,
        `UPDATE callback SET status = ?, attempts = attempts + 1, tries = tries + 1, outcome = ?, next_attempt_at = ?, settled_at = ?
          WHERE id = ? AND attempts = ? AND status = 'pending'${still.length > 0 ? ' AND url = ?' : ''}`,
        [
          { delivered: 'delivered', park: 'parked', retry: 'pending' }[verdict.kind],
          outcomeWord(exchange),
          verdict.kind === 'retry' ? now + Math.round(verdict.seconds * 1000) : now,
          isSettled ? now : null,
          id,
          attempts,
          ...still,
        ],
      );
      if (noted === 0) return false;
      await CALLBACK_ATTEMPTS.insert(tx, {
        callbackId: id,
        number: attempts + 1,
        startedAt,
        durationMs: Math.round(exchange.durationMs),
        status: exchange.kind === 'answered' ? exchange.status : null,
        error: exchange.kind === 'failed' ? exchange.error : null,
        answer: answer === '' ? null : this.crypto.seal(attemptPlace(id, attempts + 1, accountId), answer),
      });
      await this.receivers.note(tx, receiver, verdict.kind === 'delivered');
      await this.events.publish(tx, new CallbackTried(accountId, id));
      return true;
    });
  }

  /** Without an attempt. Returns whether it was still ours to park. */
  private async park({ id, accountId, attempts, event }: NextCallback): Promise<boolean> {
    const parked = await this.database.transaction(async (tx) => {
      await this.events.publish(tx, new CallbackTried(accountId, id));
      return CALLBACKS.update(
        tx,
        { status: 'parked', outcome: 'receiver-paused', settledAt: this.clock.now() },
        "WHERE id = ? AND attempts = ? AND status = 'pending'",
        [id, attempts],
      );
    });
    if (parked > 0) this.metrics.parked(event);
    return parked > 0;
  }
}

/** The job that delivers a stream, as arguments of `enqueue`: one at a time for each stream, in the lane of its receiver. */
export function deliveryOf(
  crypto: Crypto,
  { sessionId, stream, accountId, url }: { sessionId: string; stream: Stream; accountId: string; url: string },
): [payload: { sessionId: string; stream: Stream }, when: { key: string; lane: string }] {
  return [
    { sessionId, stream },
    { key: `${DELIVER}:${sessionId}:${stream}`, lane: receiverOf(crypto, accountId, url).lane },
  ];
}

const placeOf =
  (column: SealedPlace['column']) =>
  (row: string, account: string): SealedPlace => ({ column, row, account });
export const urlPlace = placeOf('callback.url');
export const bodyPlace = placeOf('callback.body');
export const attemptPlace = (id: string, number: number, account: string): SealedPlace => ({
  column: 'callback_attempt.answer',
  row: `${id}/${number}`,
  account,
});
