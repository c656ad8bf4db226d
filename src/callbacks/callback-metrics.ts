import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics.js';
import type { Counts, Durations } from '../platform/series.js';
import type { CallbackPayload } from './contract.js';
import type { Verdict } from './delivery-policy.js';

/** Every event of the contract: the compiler holds the two together. */
const EVENTS: Record<CallbackPayload['event'], true> = {
  SessionFirstPartyAnswer: true,
  SessionSecondPartyRing: true,
  SessionSecondPartyAnswer: true,
  SessionPinAuthenticationStatus: true,
  SessionFirstPartyHangup: true,
  SessionSecondPartyHangup: true,
  SessionPartiesHangup: true,
  SessionTimeout: true,
  SessionRecordingInitiated: true,
  SessionRecordingCompleted: true,
  SessionRecordingFailed: true,
  SessionMessageReceived: true,
  SessionMessageRefused: true,
  SessionMessageForwarded: true,
  SessionMessageDelivered: true,
  SessionMessageFailed: true,
  SessionMessageOptedOut: true,
  SessionMessageOptedIn: true,
};
const SETTLED = ['delivered', 'parked'] as const;

/** What operators watch of deliveries. */
@Injectable()
export class CallbackMetrics {
  private readonly attempts: Counts;
  private readonly settled: Counts;
  private readonly seconds: Durations;

  constructor(metrics: Metrics) {
    this.attempts = metrics.counts({
      name: 'masking_callback_attempts_total',
      help: 'Attempts to deliver a callback, by status code or class of failure.',
      labels: ['event', 'outcome'],
      known: Object.keys(EVENTS).map((event) => [event, '200']),
    });
    this.settled = metrics.counts({
      name: 'masking_callbacks_total',
      help: 'Callbacks that were delivered or parked.',
      labels: ['event', 'outcome'],
      known: Object.keys(EVENTS).flatMap((event) => SETTLED.map((outcome) => [event, outcome])),
    });
    this.seconds = metrics
      .histograms({
        name: 'masking_callback_attempt_seconds',
        help: 'How long attempts to deliver a callback took.',
        limits: [0.01, 0.05, 0.1, 0.5, 1, 5, 15],
      })
      .of();
  }

  attempted(event: string, outcome: string, { kind }: Verdict, durationMs: number): void {
    this.attempts.of(event, outcome).add();
    this.seconds.observe(durationMs / 1000);
    if (kind === 'park') this.parked(event);
    if (kind === 'delivered') this.settled.of(event, 'delivered').add();
  }

  parked(event: string): void {
    this.settled.of(event, 'parked').add();
  }
}
