import { Injectable, type OnModuleInit } from '@nestjs/common';
import { accountFrom } from '../accounts/index.js';
import { CallFigured, callFigures, nextEndedLegs } from '../call-routing/index.js';
import { lockSession, nextOpened, type OpenedSession } from '../sessions/index.js';
import { Clock, DAY_MS, HOUR_MS, hourOf } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { number, selection } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { Events } from '../platform/events/events.js';
import { Defer, Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { RecountDiffered } from './billing-stats.events.js';
import { CountCall, ownAmountOf } from './count-call.js';
import { isOff } from './is-off.js';
import { beginning, begun, START, type Findings, type RecountReport, type RecountState } from './recount-state.js';
import { RecountTexts } from './recount-texts.js';
import {
  nextQuarter,
  wrongOpenings,
  surplusOfAccount,
  surplusOfNumbers,
  surplusOfSessions,
  takeAway,
  type Surplus,
} from './stat-differences.js';
import { RECOUNT_PROGRESS, STAT_RECOUNTS } from './stat.entity.js';
import { ALL_NUMBERS } from './sums.js';
import { readTallies } from './tallies.js';

const RECOUNT = 'billing-stats.recount';
/** After a crash it goes on when this is over. */
const LEASE_SECONDS = 120;
/** A run gives its lease back before that ends, and goes on in another. */
const RUN_MS = 60_000;
/** What has stood still for longer is begun anew: too much has changed since. */
const STALE_MS = DAY_MS;
/** Runs of a minute each: more than a day of them. */
const MAX_ATTEMPTS = 2000;
const PAGE = 500;
/** After every uuid. */
const END_OF_IDS = 'g';

const sumOf = (column: string) => number(`COALESCE(SUM(${column}), 0)`);
const KEPT = selection({
  calls: sumOf('calls'),
  amount: sumOf('amount'),
  texts: sumOf('texts'),
  textAmount: sumOf('text_amount'),
});
const REPORT = selection(STAT_RECOUNTS.fields());

const PROGRESS = selection(RECOUNT_PROGRESS.pick(['turn', 'state']));

/**
 * Counts again from the legs of all calls and texts and compares with what is kept: each of them with what of it is in the roll-ups, each session with its
 * opening, each roll-up row with its sum. Says how many differ; repairs only when told to. Calls go on meanwhile.
 */
@Injectable()
export class Recount implements OnModuleInit {
  /** Sessions, calls or texts of a page; specs make shorter ones. */
  pageSize = PAGE;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly log: Log,
    private readonly countCall: CountCall,
    private readonly recountTexts: RecountTexts,
  ) {}

  onModuleInit(): void {
    const options = { leaseSeconds: LEASE_SECONDS, maxAttempts: MAX_ATTEMPTS };
    this.jobs.handle<{ isRepair: boolean }>(RECOUNT, options, async ({ isRepair }, { signal }) => {
      const endsAt = performance.now() + RUN_MS;
      const isOver = await this.run(isRepair, () => !signal.aborted && performance.now() < endsAt);
      if (!isOver) throw new Defer(0, 'goes on where it stopped');
    });
  }

  /** One that waits or runs is enough. */
  async enqueue(tx: Tx, isRepair = false): Promise<void> {
    await this.jobs.enqueue(tx, RECOUNT, { isRepair }, { key: isRepair ? `${RECOUNT} repair` : RECOUNT });
  }

  /**
   * Goes on where the last run stopped, page by page, as long as `mayGoOn`; whether it came to its end. Of two that are at work the one that was
   * overtaken stops at its next page.
   */
  async run(isRepair: boolean, mayGoOn: () => boolean = () => true): Promise<boolean> {
    let { state, turn } = await this.begin(isRepair);
    while (mayGoOn()) {
      const next = await this.page(state, isRepair);
      if (next === null) return this.end(state, turn, isRepair);
      const isMine = await this.database.transaction(async (tx) => {
        const at = { turn: turn + 1, state: JSON.stringify(next) };
        return (await RECOUNT_PROGRESS.update(tx, at, 'WHERE is_repair = ? AND turn = ?', [isRepair, turn])) > 0;
      });
      if (!isMine) return true;
      [state, turn] = [next, turn + 1];
    }
    return false;
  }

  /** Takes the turn, so that a run which is still at work ends with its page. */
  private begin(isRepair: boolean): Promise<{ state: RecountState; turn: number }> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const [known] = await PROGRESS.read(
        tx,
        `FROM stat_recount_progress WHERE is_repair = ? ${this.database.forUpdate}`,
        [isRepair],
      );
      const kept = known ? (JSON.parse(known.state) as RecountState) : null;
      const state = kept && kept.startedAt > now - STALE_MS ? kept : beginning(now);
      const row = { isRepair, turn: (known?.turn ?? 0) + 1, state: JSON.stringify(state) };
      if (known)
        await RECOUNT_PROGRESS.update(tx, { turn: row.turn, state: row.state }, 'WHERE is_repair = ?', [isRepair]);
      else await orStartOver(RECOUNT_PROGRESS.insert(tx, row));
      return { state, turn: row.turn };
    });
  }

  /** Tells what was found, once. */
  private async end({ startedAt, found }: RecountState, turn: number, isRepair: boolean): Promise<true> {
    const finishedAt = this.clock.now();
    const { callDifferences, textDifferences, sessionDifferences, sumDifferences } = found;
    const differences = callDifferences + textDifferences + sessionDifferences + sumDifferences;
    const isMine = await this.database.transaction(async (tx) => {
      const mine = 'DELETE FROM stat_recount_progress WHERE is_repair = ? AND turn = ?';
      if ((await change(tx, mine, [isRepair, turn])) === 0) return false;
      const [kept] = await KEPT.read(tx, `FROM call_stat WHERE virtual_number = '${ALL_NUMBERS}'`);
      // Of the calls that are still there to be looked at.
      const [gone] = await KEPT.read(tx, 'FROM forgotten_stat');
      const left = (name: 'calls' | 'amount' | 'texts' | 'textAmount'): number =>
        (kept?.[name] ?? 0) - (gone?.[name] ?? 0);
      const ofCalls = { statCalls: left('calls'), statAmount: left('amount') };
      const ofTexts = { statTexts: left('texts'), statTextAmount: left('textAmount') };
      const report = { id: newId(), startedAt, finishedAt, ...found, ...ofCalls, ...ofTexts, isRepaired: isRepair };
      await STAT_RECOUNTS.insert(tx, report);
      const differed = [
        report.id,
        callDifferences + textDifferences,
        sessionDifferences,
        sumDifferences,
        isRepair,
      ] as const;
      if (differences > 0) await this.events.publish(tx, new RecountDiffered(...differed));
      return true;
    });
    if (!isMine) return true;
    const level = differences === 0 ? 'info' : 'error';
    this.log[level]('stats.recounted', { ...found, repaired: isRepair, milliseconds: finishedAt - startedAt });
    return true;
  }

  /** One page of what the state says comes next; the state after it, or null at the end. What it found is in the new state alone. */
  private async page(before: RecountState, isRepair: boolean): Promise<RecountState | null> {
    const state = { ...before, found: { ...before.found } };
    switch (state.stage) {
      case 'openings':
        return this.countSessions(state, isRepair);
      case 'calls':
        return this.countCalls(state, isRepair);
      case 'texts': {
        const after = await this.recountTexts.page(state.found, state.after, this.pageSize, isRepair);
        return after === null ? begun(state, 'session-sums') : { ...state, after };
      }
      case 'session-sums':
        return this.sumSessions(state, isRepair);
      case 'hour-sums':
        return this.sumHours(state, isRepair);
    }
  }

  /** The newest report, or null. */
  async last(): Promise<RecountReport | null> {
    const [report] = await this.database.browse((manager) =>
      REPORT.read(manager, 'FROM stat_recount ORDER BY id DESC LIMIT 1'),
    );
    return report ?? null;
  }

  private async countSessions(state: RecountState, isRepair: boolean): Promise<RecountState> {
    const page = await this.database.browse((manager) =>
      nextOpened(manager, { after: state.after, limit: this.pageSize }),
    );
    if (page.length === 0) return begun(state, 'calls');
    // Read after the sessions, with which their openings were committed.
    const seeming = await this.database.browse((manager) => wrongOpenings(manager, page));
    if (seeming.length > 0) state.found.sessionDifferences += await this.settleOpenings(page, seeming, isRepair);
    return { ...state, after: page.at(-1)?.id ?? START };
  }

  /** A session that was deleted between the two readings is not wrong: with its row held its opening is there as long as it is. Returns how many are. */
  private settleOpenings(page: OpenedSession[], seeming: Surplus[], isRepair: boolean): Promise<number> {
    const ids = new Set(seeming.map(({ sessionId }) => sessionId));
    return this.database.transaction(async (tx) => {
      for (const { id } of page) if (ids.has(id)) await lockSession(tx, this.database, id);
      const there = await nextOpened(tx, { ids: page.filter(({ id }) => ids.has(id)).map(({ id }) => id) });
      const wrong = there.length === 0 ? [] : await wrongOpenings(tx, there);
      if (isRepair) await this.repairAll(tx, wrong);
      return wrong.length;
    });
  }

  private async countCalls(state: RecountState, isRepair: boolean): Promise<RecountState> {
    const accountId = await this.database.browse((manager) => accountFrom(manager, state.account));
    if (accountId === null) return begun(state, 'texts');
    const after = accountId === state.account ? state.after : START;
    const page = await this.database.browse((manager) => nextEndedLegs(manager, accountId, after, this.pageSize));
    if (page.length === 0) return { ...state, account: `${accountId}~`, after: START };
    const { figures, tallies } = await this.database.browse(async (manager) => ({
      figures: await callFigures(manager, accountId, page),
      tallies: await readTallies(manager, accountId, page),
    }));
    for (const [aLegUuid, figure] of figures) {
      const tally = tallies.get(aLegUuid);
      state.found.calls += 1;
      state.found.amount += figure.amount + ownAmountOf(figure.billedSeconds, tally?.minuteFee ?? 0);
      if (!isOff(figure, tally) || !(await this.isOffIndeed(accountId, aLegUuid))) continue;
      state.found.callDifferences += 1;
      if (isRepair) await this.countAnew(accountId, aLegUuid);
    }
    return { ...state, account: accountId, after: page.at(-1) ?? START };
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

  private async sumSessions(state: RecountState, isRepair: boolean): Promise<RecountState> {
    const { after } = state;
    if (after === END_OF_IDS) return begun(state, 'hour-sums');
    const page = await this.database.browse((manager) => nextOpened(manager, { after, limit: this.pageSize }));
    const upTo = page.at(-1)?.id ?? END_OF_IDS;
    await this.settle(state.found, isRepair, (tx) => surplusOfSessions(tx, after, upTo));
    return { ...state, after: upTo };
  }

  /** An hour at a time: on SQLite a statement keeps everybody waiting for as long as it takes. */
  private async sumHours(state: RecountState, isRepair: boolean): Promise<RecountState | null> {
    const accountId = await this.database.browse((manager) => accountFrom(manager, state.account));
    if (accountId === null) return null;
    const after = accountId === state.account && state.after !== START ? Number(state.after) : -1;
    const quarter = await this.database.browse((manager) => nextQuarter(manager, accountId, after));
    if (quarter === null) return { ...state, account: `${accountId}~`, after: START };
    const hour = hourOf(quarter);
    await this.settle(state.found, isRepair, (tx) => surplusOfNumbers(tx, accountId, hour, hour + HOUR_MS));
    await this.settle(state.found, isRepair, (tx) => surplusOfAccount(tx, accountId, hour, hour + HOUR_MS));
    return { ...state, account: accountId, after: String(hour + HOUR_MS - 1) };
  }

  private async settle(found: Findings, isRepair: boolean, look: (tx: Tx) => Promise<Surplus[]>): Promise<void> {
    const wrong = await this.database.browse(look);
    found.sumDifferences += wrong.length;
    // Looked at again: the work of a transaction may be repeated, and what was found is then taken away already.
    if (isRepair && wrong.length > 0) await this.database.transaction(async (tx) => this.repairAll(tx, await look(tx)));
  }

  private async repairAll(tx: Tx, wrong: Surplus[]): Promise<void> {
    for (const surplus of wrong) await takeAway(tx, this.database, surplus);
  }
}
