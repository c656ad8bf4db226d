import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics.js';
import type { Verdict } from './delivery-policy.js';

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
        const [row] = await database.read<{ created_at: number | null }[]>((manager) =>
          manager.query("SELECT MIN(created_at) AS created_at FROM callback WHERE status = 'pending'"),
        );
        const createdAt = row?.created_at ?? null;
        oldest.set(createdAt === null ? 0 : Math.max(0, clock.now() - Number(createdAt)) / 1000);
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
