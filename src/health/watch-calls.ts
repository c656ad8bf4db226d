import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CURRENCY } from '../accounts/index.js';
import { CallCharged, TextCharged } from '../billing-stats/index.js';
import { CallTurnedOut, OUTCOMES, PinChecked, UNROUTED } from '../call-routing/index.js';
import { Events } from '../platform/events/events.js';
import { Metrics } from '../platform/metrics.js';
import type { Count, Counts, Durations } from '../platform/series.js';
import { Committed } from './committed.js';
import { Countries } from './countries.js';

/** Of Plivo's hang-up codes: 3xxx the network's or the called party's word, 4xxx somebody hung up, 6xxx a time limit. */
const USUAL_CLASSES = ['none', '3xxx', '4xxx', '6xxx'] as const;
const MICROS = 1_000_000;
const NOBODY: ReadonlySet<string> = new Set(UNROUTED);

/** Counts what becomes of calls, and what they cost. */
@Injectable()
export class WatchCalls implements OnModuleInit {
  private readonly calls: Counts;
  private readonly cost: Counts;
  private readonly textCost: Counts;
  private readonly strangers: Count;
  private readonly pins: Counts;
  private readonly setUp: Durations;
  private readonly talk: Durations;

  constructor(
    metrics: Metrics,
    private readonly events: Events,
    private readonly committed: Committed,
    private readonly countries: Countries,
  ) {
    this.calls = metrics.counts({
      name: 'masking_calls_total',
      help: "Calls by what became of them, by the country of the virtual number and the thousand of Plivo's hang-up cause code (none: not told).",
      labels: ['country', 'outcome', 'hangup_class'],
    });
    this.cost = metrics.counts({
      name: 'masking_call_cost_total',
      help: "What calls have cost, Plivo's price and the account's own fee, by the country of the virtual number. What is corrected downwards stays in it.",
      labels: ['currency', 'country'],
    });
    this.textCost = metrics.counts({
      name: 'masking_message_cost_total',
      help: "What texts have cost, both legs: Plivo's price, carriers' and the account's own fee, by the country of the virtual number. What is corrected downwards stays in it.",
      labels: ['currency', 'country'],
    });
    this.strangers = metrics
      .counts({
        name: 'masking_unknown_callers_total',
        help: 'Calls of people whom no session claims: strangers, withheld or unreadable numbers, parties of expired sessions.',
      })
      .of();
    this.pins = metrics.counts({
      name: 'masking_pin_attempts_total',
      help: 'PINs typed, of calls whose question is settled.',
      labels: ['outcome'],
      known: [['success'], ['failed']],
    });
    this.setUp = metrics
      .histograms({
        name: 'masking_call_setup_seconds',
        help: "From a caller's call to the other party's answer, of connected calls, by Plivo's own times.",
        limits: [1, 2, 5, 10, 15, 20, 30, 45, 60, 120],
      })
      .of();
    this.talk = metrics
      .histograms({
        name: 'masking_call_duration_seconds',
        help: "From the other party's answer to the end, of connected calls.",
        limits: [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14400],
      })
      .of();
  }

  onModuleInit(): void {
    const { events, committed } = this;
    events.subscribe(CallTurnedOut, async (tx, event) => committed.count(tx, () => this.count(event)));
    events.subscribe(CallCharged, async (tx, { virtualNumber, micros }) => {
      if (micros <= 0) return;
      const cost = this.cost.of(CURRENCY, this.countries.of(virtualNumber));
      committed.count(tx, () => cost.add(micros / MICROS));
    });
    events.subscribe(TextCharged, async (tx, { virtualNumber, micros }) => {
      if (micros <= 0) return;
      const cost = this.textCost.of(CURRENCY, this.countries.of(virtualNumber));
      committed.count(tx, () => cost.add(micros / MICROS));
    });
    events.subscribe(PinChecked, async (tx, { outcome, failures }) =>
      committed.count(tx, () => {
        this.pins.of('failed').add(failures);
        if (outcome === 'success') this.pins.of('success').add();
      }),
    );
  }

  /** From then on its counters are there. */
  expect(country: string): void {
    for (const outcome of OUTCOMES) for (const each of USUAL_CLASSES) this.calls.of(country, outcome, each);
    this.cost.of(CURRENCY, country);
    this.textCost.of(CURRENCY, country);
  }

  private count({ virtualNumber, outcome, reason, hangupCauseCode, seconds }: CallTurnedOut): void {
    this.calls.of(this.countries.of(virtualNumber), outcome, classOf(hangupCauseCode)).add();
    if (outcome === 'refused' && NOBODY.has(reason)) this.strangers.add();
    if (seconds.setUp !== null) this.setUp.observe(seconds.setUp);
    if (seconds.talk !== null) this.talk.observe(seconds.talk);
  }
}

function classOf(code: number | null): string {
  return code !== null && code >= 1000 && code < 10_000 ? `${Math.floor(code / 1000)}xxx` : 'none';
}
