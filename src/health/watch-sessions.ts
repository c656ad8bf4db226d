import { Injectable, type OnModuleInit } from '@nestjs/common';
import { NumberAssigned, PoolRefusals } from '../number-pool/index.js';
import { Events } from '../platform/events/events.js';
import { Metrics } from '../platform/metrics.js';
import type { Counts, Durations } from '../platform/series.js';
import { SessionEnded, SessionOpened, SessionsExpired, SessionsImported, SessionUpdated } from '../sessions/index.js';
import { mainCountryOf } from '../telephony/destination-table.js';
import { Committed } from './committed.js';
import { Countries, UNKNOWN_COUNTRY } from './countries.js';

const REASONS = ['number_pool_exhausted', 'pin_taken', 'open_session_per_number'] as const;

/** Counts what becomes of sessions. */
@Injectable()
export class WatchSessions implements OnModuleInit {
  private readonly created: Counts;
  private readonly ended: Counts;
  private readonly refused: Counts;
  private readonly allocation: Durations;

  constructor(
    metrics: Metrics,
    private readonly events: Events,
    private readonly committed: Committed,
    private readonly countries: Countries,
    private readonly refusals: PoolRefusals,
  ) {
    this.created = metrics.counts({
      name: 'masking_sessions_created_total',
      help: 'Creates by the country of the number: created, renewed (the pair had a live session), imported, or refused for want of a number.',
      labels: ['country', 'outcome'],
    });
    this.ended = metrics.counts({
      name: 'masking_sessions_ended_total',
      help: 'Sessions that ended: expired by themselves, or deleted.',
      labels: ['reason'],
      known: [['expired'], ['deleted']],
    });
    this.refused = metrics.counts({
      name: 'masking_number_refusals_total',
      help: 'Sessions refused for want of a number, by the country that was wanted (any: no matter which) and the code of the error.',
      labels: ['country', 'reason'],
      known: REASONS.map((reason) => ['any', reason]),
    });
    this.allocation = metrics
      .histograms({
        name: 'masking_number_allocation_seconds',
        help: 'How long finding a number for a session and claiming it took, within its transaction.',
        limits: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
      })
      .of();
  }

  onModuleInit(): void {
    const { events, committed, created, ended } = this;
    const expired = ended.of('expired');
    const deleted = ended.of('deleted');
    events.subscribe(NumberAssigned, async (tx, { tookMs }) =>
      committed.count(tx, () => this.allocation.observe(tookMs / 1000)),
    );
    events.subscribe(SessionOpened, async (tx, { session }) => {
      const count = created.of(this.countries.of(session.virtualNumber), 'created');
      committed.count(tx, () => count.add());
    });
    events.subscribe(SessionsImported, async (tx, { sessions }) => {
      const counts = sessions.map(({ virtualNumber }) => created.of(this.countries.of(virtualNumber), 'imported'));
      committed.count(tx, () => {
        for (const count of counts) count.add();
      });
    });
    events.subscribe(SessionUpdated, async (tx, { isRenewal, virtualNumber }) => {
      if (!isRenewal) return;
      const count = created.of(this.countries.of(virtualNumber), 'renewed');
      committed.count(tx, () => count.add());
    });
    events.subscribe(SessionsExpired, async (tx, { sessions }) =>
      committed.count(tx, () => expired.add(sessions.length)),
    );
    events.subscribe(SessionEnded, async (tx, { how }) => {
      // Those that expire are told of all at once.
      if (how === 'deleted') committed.count(tx, () => deleted.add());
    });
    this.refusals.onRefusal(({ callingCode }, code) => {
      const country = callingCode === null ? 'any' : mainCountryOf(callingCode) || UNKNOWN_COUNTRY;
      this.refused.of(country, code).add();
      created.of(country, 'refused').add();
    });
  }

  /** From then on its counters are there. */
  expect(country: string): void {
    for (const outcome of ['created', 'renewed', 'imported', 'refused']) this.created.of(country, outcome);
    for (const reason of REASONS) this.refused.of(country, reason);
  }
}
