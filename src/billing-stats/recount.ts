import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Accounts } from '../accounts/index.js';
import { CallFigured, callFigures, nextEndedLegs, type CallFigures } from '../call-routing/index.js';
import { nextOpened, type OpenedSession } from '../sessions/index.js';
import { Clock, HOUR_MS, hourOf } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { countedOf, CountCall, ownAmountOf } from './count-call.js';
import { surplusOfAccount, surplusOfNumbers, surplusOfSessions, takeAway, type Surplus } from './stat-differences.js';
import { CALL_STATS, SESSION_STATS, STAT_RECOUNTS, StatRecount, type CallTally } from './stat.entity.js';
import { ALL_NUMBERS, isNothing, NOTHING } from './sums.js';
import { readTallies } from './tallies.js';

const RECOUNT = 'billing-stats.recount';
/** Of a million calls it takes minutes. After a crash it begins again when this is over; a second one beside a slow first does no harm. */
const LEASE_SECONDS = 600;
const PAGE = 500;
/** After every uuid. */
const END_OF_IDS = 'g';

const KEPT = selection({ calls: number('COALESCE(SUM(calls), 0)'), amount: number('COALESCE(SUM(amount), 0)') });
const OPENINGS = selection(SESSION_STATS.pick(['sessionId', 'hour', 'sessions', 'fees']));
const HOURS = selection(CALL_STATS.pick(['hour'], 'h'));

export type RecountReport = Omit<StatRecount, 'id'>;

type Findings = Pick<RecountReport, 'calls' | 'amount' | 'callDifferences' | 'sessionDifferences' | 'sumDifferences'>;

/**
 * Counts again from the legs of all calls and compares with what is kept: each call with what of it is in the roll-ups, each session with its
 * opening, each roll-up row with its sum. Says how many differ; repairs only when told to. Calls go on meanwhile.
 */
@Injectable()
export class Recount implements OnModuleInit {
  private readonly differences: Gauge;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly accounts: Accounts,
    private readonly countCall: CountCall,
    metrics: Metrics,
  ) {
    this.differences = new Gauge({
      name: 'masking_stats_recount_differences',
      help: 'Calls, sessions and sums of the statistics that the last recount of this process found to be wrong.',
      registers: [metrics.registry],
    });
  }

  onModuleInit(): void {
    this.jobs.handle<{ isRepair: boolean }>(RECOUNT, { leaseSeconds: LEASE_SECONDS, maxAttempts: 3 }, ({ isRepair }) =>
      this.run(isRepair),
    );
  }

  /** One that waits or runs is enough. */
  async enqueue(tx: Tx, isRepair = false): Promise<void> {
    await this.jobs.enqueue(tx, RECOUNT, { isRepair }, { key: isRepair ? `${RECOUNT} repair` : RECOUNT });
  }

  async run(isRepair: boolean): Promise<void> {
    const startedAt = this.clock.now();
    const found: Findings = { calls: 0, amount: 0, callDifferences: 0, sessionDifferences: 0, sumDifferences: 0 };
    const accountIds = await this.database.read((manager) => this.accounts.ids(manager));

    await this.countSessions(found, isRepair);
    for (const accountId of accountIds) await this.countCalls(accountId, found, isRepair);
    await this.sumSessions(found, isRepair);
    for (const accountId of accountIds) await this.sumHours(accountId, found, isRepair);

    await this.report(startedAt, found, isRepair);
  }

  /** The newest report, or null. */
  async last(): Promise<RecountReport | null> {
    const [report] = await this.database.read((manager) =>
      manager.find(StatRecount, { order: { id: 'DESC' }, take: 1 }),
    );
    return report ?? null;
  }

  private async countSessions(found: Findings, isRepair: boolean): Promise<void> {
    for (let after = ''; ;) {
      const page = await this.database.read((manager) => nextOpened(manager, { after, limit: PAGE }));
      if (page.length === 0) return;
      // Read after the sessions, with which their openings were committed.
      const wrong = await this.database.read((manager) => wrongOpenings(manager, page));
      found.sessionDifferences += wrong.length;
      if (isRepair) await this.database.transaction((tx) => this.repairAll(tx, wrong));
      after = page.at(-1)?.id ?? '';
    }
  }

  private async countCalls(accountId: string, found: Findings, isRepair: boolean): Promise<void> {
    for (let after = ''; ;) {
      const page = await this.database.read((manager) => nextEndedLegs(manager, accountId, after, PAGE));
      if (page.length === 0) return;
      const { figures, tallies } = await this.database.read(async (manager) => ({
        figures: await callFigures(manager, accountId, page),
        tallies: await readTallies(manager, accountId, page),
      }));
      for (const [aLegUuid, figure] of figures) {
        const tally = tallies.get(aLegUuid);
        found.calls += 1;
        found.amount += figure.amount + ownAmountOf(figure.billedSeconds, tally?.minuteFee ?? 0);
        if (!isOff(figure, tally) || !(await this.isOffIndeed(accountId, aLegUuid))) continue;
        found.callDifferences += 1;
        if (isRepair) await this.countAnew(accountId, aLegUuid);
      }
      after = page.at(-1) ?? '';
    }
  }

  /** The two were read one after the other; with the count's row held they cannot part. */
  private isOffIndeed(accountId: string, aLegUuid: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      await readTallies(tx, accountId, [aLegUuid], this.database.forUpdate);
      const figure = (await callFigures(tx, accountId, [aLegUuid])).get(aLegUuid);
      const tally = (await readTallies(tx, accountId, [aLegUuid], this.database.forUpdate)).get(aLegUuid);
      return figure !== undefined && isOff(figure, tally);
    });
  }

  private countAnew(accountId: string, aLegUuid: string): Promise<void> {
    return this.database.transaction((tx) =>
      this.countCall.run(tx, new CallFigured(accountId, aLegUuid, null, 'open')),
    );
  }

  private async sumSessions(found: Findings, isRepair: boolean): Promise<void> {
    for (let after = ''; after !== END_OF_IDS;) {
      const page = await this.database.read((manager) => nextOpened(manager, { after, limit: PAGE }));
      const upTo = page.length < PAGE ? END_OF_IDS : (page.at(-1)?.id ?? END_OF_IDS);
      const from = after;
      await this.settle(found, isRepair, (tx) => surplusOfSessions(tx, from, upTo));
      after = upTo;
    }
  }

  private async sumHours(accountId: string, found: Findings, isRepair: boolean): Promise<void> {
    // An hour at a time: on SQLite a statement keeps everybody waiting for as long as it takes.
    for (const hour of await this.database.read((manager) => hoursWithAny(manager, accountId))) {
      await this.settle(found, isRepair, (tx) => surplusOfNumbers(tx, accountId, hour, hour + HOUR_MS));
      await this.settle(found, isRepair, (tx) => surplusOfAccount(tx, accountId, hour, hour + HOUR_MS));
    }
  }

  private async settle(found: Findings, isRepair: boolean, look: (tx: Tx) => Promise<Surplus[]>): Promise<void> {
    const wrong = await this.database.read(look);
    found.sumDifferences += wrong.length;
    // Looked at again: the work of a transaction may be repeated, and what was found is then taken away already.
    if (isRepair && wrong.length > 0) await this.database.transaction(async (tx) => this.repairAll(tx, await look(tx)));
  }

  private async repairAll(tx: Tx, wrong: Surplus[]): Promise<void> {
    for (const surplus of wrong) await takeAway(tx, this.database, surplus);
  }

  private async report(startedAt: number, found: Findings, isRepaired: boolean): Promise<void> {
    const differences = found.callDifferences + found.sessionDifferences + found.sumDifferences;
    this.differences.set(differences);
    const finishedAt = this.clock.now();
    await this.database.transaction(async (tx) => {
      const [kept] = await KEPT.read(tx, `FROM call_stat WHERE virtual_number = '${ALL_NUMBERS}'`);
      await STAT_RECOUNTS.insert(tx, {
        id: newId(),
        startedAt,
        finishedAt,
        ...found,
        statCalls: kept?.calls ?? 0,
        statAmount: kept?.amount ?? 0,
        isRepaired,
      });
    });
    const level = differences === 0 ? 'info' : 'error';
    this.log[level]('stats.recounted', { ...found, repaired: isRepaired, milliseconds: finishedAt - startedAt });
  }
}

function isOff(figure: CallFigures, tally: CallTally | undefined): boolean {
  if (!tally) return true;
  const counted = countedOf(figure);
  const hour = figure.startedAt === null ? tally.hour : hourOf(figure.startedAt);
  return (
    tally.hour !== hour ||
    tally.ownAmount !== ownAmountOf(figure.billedSeconds, tally.minuteFee) ||
    (Object.keys(counted) as (keyof typeof counted)[]).some((name) => counted[name] !== tally[name])
  );
}

/** Sessions whose opening is not counted as it was. */
async function wrongOpenings(tx: Tx, sessions: OpenedSession[]): Promise<Surplus[]> {
  const opened = await OPENINGS.read(
    tx,
    `FROM session_stat WHERE session_id IN (${marks(sessions)}) AND (sessions <> 0 OR fees <> 0)`,
    sessions.map(({ id }) => id),
  );
  return sessions.flatMap(({ id: sessionId, accountId, virtualNumber, createdAt, fee }) => {
    const kept = opened.filter((row) => row.sessionId === sessionId);
    const wanted = { hour: hourOf(createdAt), sessions: -1, fees: -fee };
    const byHour = new Map<number, { sessions: number; fees: number }>();
    for (const { hour, sessions: count, fees } of [...kept, wanted]) {
      const sum = byHour.get(hour) ?? { sessions: 0, fees: 0 };
      byHour.set(hour, { sessions: sum.sessions + count, fees: sum.fees + fees });
    }
    return [...byHour]
      .map(([hour, sums]) => ({ accountId, virtualNumber, sessionId, hour, sums: { ...NOTHING, ...sums } }))
      .filter(({ sums }) => !isNothing(sums));
  });
}

/** The hours in which an account has anything. */
async function hoursWithAny(tx: Tx, accountId: string): Promise<number[]> {
  const found = await HOURS.read(
    tx,
    `FROM (SELECT DISTINCT hour FROM call_stat WHERE account_id = ?
           UNION SELECT DISTINCT hour FROM call_tally WHERE account_id = ?
           UNION SELECT DISTINCT hour FROM session_stat WHERE account_id = ?) h ORDER BY hour`,
    [accountId, accountId, accountId],
  );
  return found.map(({ hour }) => hour);
}
