import type { PoolFigure } from '../number-pool/index.js';
import type { Metrics } from '../platform/metrics.js';
import type { Levels } from '../platform/series.js';

interface Seen {
  callsActive: ReadonlyMap<string, number>;
  callbacksOldest: number;
  receiversPaused: number;
  jobsOldest: number;
  jobsParked: number;
  spendRatio: number;
  recountDifferences: number;
}

type MakeLevel = (name: string, help: string, labels?: readonly string[]) => Levels;

/** The gauges of what was looked at in the background. */
export class Figures {
  private readonly leader: Levels;
  private readonly sessions: Levels;
  private readonly numbers: Levels;
  private readonly partyMax: Levels;
  private readonly headroom: Levels;
  private readonly callsActive: Levels;
  private readonly callbacksOldest: Levels;
  private readonly receiversPaused: Levels;
  private readonly jobsOldest: Levels;
  private readonly jobsParked: Levels;
  private readonly spendRatio: Levels;
  private readonly recountDifferences: Levels;
  private readonly lastSuccess: Levels;
  private readonly period: Levels;

  constructor(metrics: Metrics) {
    const level: MakeLevel = (name, help, labels = []) => metrics.levels({ name, help, labels, known: [] });
    this.leader = level(
      'masking_scheduler_leader',
      'Always 1, in the process that took the figures that follow: one of them, and none while the database is away.',
    );
    this.sessions = level(
      'masking_sessions_active',
      'Live sessions, by the country of their number; of many up to a minute old.',
      ['country'],
    );
    this.numbers = level(
      'masking_pool_numbers',
      'Numbers that are not retired, by country: available (takes new sessions) or not.',
      ['country', 'state'],
    );
    this.partyMax = level(
      'masking_pool_party_max_sessions',
      'The most live sessions of one phone, by country of the numbers and side; of the busiest pool.',
      ['country', 'side'],
    );
    this.headroom = level(
      'masking_pool_headroom_ratio',
      'The part of the available numbers that live sessions do not need, by country; of the pool that has least. 0 or less: sessions may be refused. Pools that nobody uses have 1.',
      ['country'],
    );
    this.callsActive = level(
      'masking_calls_active',
      'Calls that are on, by who began them: inbound, or requested of us. Counted up to 10,000.',
      ['direction'],
    );
    this.callbacksOldest = level(
      'masking_callbacks_oldest_seconds',
      'Age of the oldest callback that is neither delivered nor parked; 0 when there is none.',
    );
    this.receiversPaused = level(
      'masking_receivers_paused',
      "Customers' servers that have failed for five days and are tried no more.",
    );
    this.jobsOldest = level(
      'masking_jobs_oldest_seconds',
      'How long the job waits that has been due longest; 0 when none is due.',
    );
    this.jobsParked = level(
      'masking_jobs_parked',
      'Jobs that were given up and wait for a person. Counted up to 1,000.',
    );
    this.spendRatio = level(
      'masking_spend_cap_used_ratio',
      "Today's spend and what calls that are on may cost, as a part of the daily cap; of the account that is nearest to it. 0 where no account has a cap.",
    );
    this.recountDifferences = level(
      'masking_stats_recount_differences',
      'Calls, texts, sessions and sums of the statistics that the last recount found to be wrong; 0 when it has mended them.',
    );
    [this.lastSuccess, this.period] = ofTasks(level);
  }

  show(seen: Seen, forMs: number): void {
    this.leader.replace([[1]], forMs);
    this.callsActive.replace(
      [...seen.callsActive].map(([direction, calls]) => [calls, direction] as const),
      forMs,
    );
    this.callbacksOldest.replace([[seen.callbacksOldest]], forMs);
    this.receiversPaused.replace([[seen.receiversPaused]], forMs);
    this.jobsOldest.replace([[seen.jobsOldest]], forMs);
    this.jobsParked.replace([[seen.jobsParked]], forMs);
    this.spendRatio.replace([[seen.spendRatio]], forMs);
    this.recountDifferences.replace([[seen.recountDifferences]], forMs);
  }

  showTasks(
    tasks: readonly { name: string; everySeconds: number }[],
    successes: ReadonlyMap<string, number>,
    forMs: number,
  ): void {
    this.lastSuccess.replace(
      tasks.map(({ name }) => [(successes.get(name) ?? 0) / 1000, name] as const),
      forMs,
    );
    this.period.replace(
      tasks.map(({ name, everySeconds }) => [everySeconds, name] as const),
      forMs,
    );
  }

  /** Accounts and subaccounts have pools of their own, and are no labels: numbers are summed up, and of what warns the worst is shown. */
  showPools(pools: readonly PoolFigure[], forMs: number): void {
    const countries = grouped(pools);
    const rows = [...countries];
    const most = (of: readonly PoolFigure[], side: 'max_sessions_first' | 'max_sessions_second'): number =>
      Math.max(...of.map((pool) => pool[side] ?? 0));
    this.sessions.replace(
      rows.map(([country, of]) => [sum(of, (pool) => pool.live_sessions ?? 0), country] as const),
      forMs,
    );
    this.numbers.replace(
      rows.flatMap(([country, of]) => {
        const available = sum(of, (pool) => pool.available);
        return [
          [available, country, 'available'] as const,
          [sum(of, (pool) => pool.numbers) - available, country, 'unavailable'] as const,
        ];
      }),
      forMs,
    );
    this.partyMax.replace(
      rows.flatMap(([country, of]) => [
        [most(of, 'max_sessions_first'), country, 'first'] as const,
        [most(of, 'max_sessions_second'), country, 'second'] as const,
      ]),
      forMs,
    );
    this.headroom.replace(
      rows.map(([country, of]) => [Math.min(...of.map(ratioOf)), country] as const),
      forMs,
    );
  }
}

function ofTasks(level: MakeLevel): [lastSuccess: Levels, period: Levels] {
  return [
    level(
      'masking_job_last_success_timestamp_seconds',
      'When a scheduled task that runs in one process at a time last ended well; 0: never.',
      ['job'],
    ),
    level('masking_job_period_seconds', 'How often a scheduled task is to run.', ['job']),
  ];
}

function ratioOf({ available, numbers_needed: needed }: PoolFigure): number {
  if (needed === null || needed === 0) return 1;
  return available === 0 ? -needed : (available - needed) / available;
}

function sum(pools: readonly PoolFigure[], of: (pool: PoolFigure) => number): number {
  return pools.reduce((total, pool) => total + of(pool), 0);
}

function grouped(pools: readonly PoolFigure[]): Map<string, PoolFigure[]> {
  const countries = new Map<string, PoolFigure[]>();
  for (const pool of pools) {
    const country = pool.country || 'unknown';
    countries.set(country, [...(countries.get(country) ?? []), pool]);
  }
  return countries;
}
