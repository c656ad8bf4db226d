import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter } from 'prom-client';
import { deliveryPolicy, outcomeWord, verdictOn } from '../callbacks/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Jobs, Park, RetryLater } from '../platform/jobs/jobs.js';
import { Metrics } from '../platform/metrics.js';
import { Outgoing, type Exchange } from '../platform/outgoing/outgoing.js';
import { Config } from '../platform/settings/config.js';
import type { Alert } from './alert.js';
import { linkOf } from './alert-link.js';
import { alertHeaders } from './sign-alert.js';
import { secretPlace, SUBSCRIPTIONS, urlPlace } from './subscription.entity.js';

const DELIVER = 'alerts.deliver';

const IN_FLIGHT = 16;
const PER_SUBSCRIPTION = 4;
const LEASE_SECONDS = 60;
/** As callbacks; the URL's fragment may say fewer. */
const ATTEMPTS = 10;

interface Delivery {
  subscriptionId: string;
  alert: Alert;
}

const ADDRESS = selection(SUBSCRIPTIONS.pick(['url', 'secret']));

/**
 * Sends an alert to a subscription, by the rules of callbacks: the same attempts, time limits and refused addresses. Each subscription is a lane, so one
 * that hangs holds up nobody else; of one that fails the alerts are parked in the end, and can be tried again as any job.
 */
@Injectable()
export class DeliverAlert implements OnModuleInit {
  private readonly attempts: Counter<'type' | 'outcome'>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly outgoing: Outgoing,
    private readonly config: Config,
    metrics: Metrics,
  ) {
    this.attempts = new Counter({
      name: 'masking_alert_attempts_total',
      help: 'Attempts to tell an operator, by status code or class of failure.',
      labelNames: ['type', 'outcome'],
      registers: [metrics.registry],
    });
  }

  onModuleInit(): void {
    const lanes = { inFlight: IN_FLIGHT, perLane: PER_SUBSCRIPTION };
    const options = { leaseSeconds: LEASE_SECONDS, maxAttempts: ATTEMPTS, lanes };
    this.jobs.handle<Delivery>(DELIVER, options, (delivery, { attempt, signal }) =>
      this.run(delivery, attempt, signal),
    );
  }

  async enqueue(tx: Tx, subscriptionId: string, alert: Alert): Promise<void> {
    await this.jobs.enqueue(tx, DELIVER, { subscriptionId, alert } satisfies Delivery, {
      key: `${DELIVER}:${alert.id}:${subscriptionId}`,
      lane: this.crypto.fingerprint(`subscription:${subscriptionId}`),
    });
  }

  async run({ subscriptionId, alert }: Delivery, attempt: number, signal: AbortSignal): Promise<void> {
    const [address] = await this.database.read((manager) =>
      ADDRESS.read(manager, 'FROM subscription WHERE id = ?', [subscriptionId]),
    );
    if (!address) return;
    const url = this.crypto.open(urlPlace(subscriptionId), address.url);
    const secret = this.crypto.open(secretPlace(subscriptionId), address.secret);

    const exchange = await this.send(alert, { url, secret, signal });
    const outcome = outcomeWord(exchange);
    this.attempts.inc({ type: alert.type, outcome });
    const attempted = { lastAttemptAt: this.clock.now(), lastOutcome: outcome };
    await this.database.transaction((tx) => SUBSCRIPTIONS.update(tx, attempted, 'WHERE id = ?', [subscriptionId]));

    const verdict = verdictOn(exchange, deliveryPolicy(url), attempt);
    if (verdict.kind === 'retry') throw new RetryLater(verdict.seconds, outcome);
    if (verdict.kind === 'park') throw new Park(outcome);
  }

  private async send(
    alert: Alert,
    { url, secret, signal }: { url: string; secret: string; signal: AbortSignal },
  ): Promise<Exchange> {
    if (this.outgoing.refusal(url) !== null) return { kind: 'failed', error: 'refused-url', durationMs: 0 };
    const { type, id, at, account, data } = alert;
    const link = linkOf(alert, this.config.http);
    const body = JSON.stringify({ type, id, at, account, data, link });
    const { connectMs, readMs, totalMs } = deliveryPolicy(url);
    const seconds = Math.floor(this.clock.wall() / 1000);
    const headers = { ...alertHeaders(secret, { id, seconds, body }), 'content-type': 'application/json' };
    return this.outgoing.send({ url, method: 'POST', headers, body, connectMs, readMs, totalMs, signal });
  }
}

/** Whether a job tells operators: that one was given up is not told, or a dead subscription would be told of itself for ever. */
export function tellsOperators(kind: string): boolean {
  return kind.startsWith('alerts.');
}
