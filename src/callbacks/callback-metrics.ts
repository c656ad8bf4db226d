import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { numberOrNull, selection } from '../platform/database/rows.js';
import { Metrics } from '../platform/metrics.js';
import type { Verdict } from './delivery-policy.js';

const OLDEST = selection({ createdAt: numberOrNull('MIN(created_at)') });

/** What operators watch of deliveries. */
@Injectable()
export class CallbackMetrics {
  private readonly attempts: Counter<'event' | 'outcome'>;
  private readonly settled: Counter<'event' | 'outcome'>;
  private readonly seconds: Histogram;

  constructor(metrics: Metrics, database: Database, clock: Clock) {
    const registers = [metrics.registry];
    this.attempts = new Counter({
      name: 'masking_callback_attempts_total',
      help: 'Attempts to deliver a callback, by status code or class of failure.',
      labelNames: ['event', 'outcome'],
      registers,
    });
    this.settled = new Counter({
      name: 'masking_callbacks_total',
      help: 'Callbacks that were delivered or parked.',
      labelNames: ['event', 'outcome'],
      registers,
    });
    this.seconds = new Histogram({
      name: 'masking_callback_attempt_seconds',
      help: 'Duration of attempts.',
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15],
      registers,
    });
    const oldest = new Gauge({
      name: 'masking_callbacks_oldest_seconds',
      help: 'Age of the oldest callback that is neither delivered nor parked; 0 when there is none.',
      registers,
      collect: async () => {
        const [pending] = await database.browse((manager) =>
          OLDEST.read(manager, "FROM callback WHERE status = 'pending'"),
        );
        const createdAt = pending?.createdAt ?? null;
        oldest.set(createdAt === null ? 0 : Math.max(0, clock.now() - createdAt) / 1000);
      },
    });
  }

  attempted(event: string, outcome: string, { kind }: Verdict, durationMs: number): void {
    this.attempts.inc({ event, outcome });
    this.seconds.observe(durationMs / 1000);
    if (kind === 'park') this.parked(event);
    if (kind === 'delivered') this.settled.inc({ event, outcome: 'delivered' });
  }

  parked(event: string): void {
    this.settled.inc({ event, outcome: 'parked' });
  }
}
