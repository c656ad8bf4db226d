import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts } from '../accounts/index.js';
import { countDecisions } from '../call-routing/index.js';
import { numbersOf } from '../number-pool/index.js';
import { Clock, DAY_MS, HOUR_MS, hourOf } from '../platform/clock.js';
import { change, Database } from '../platform/database/database.js';
import { number, numberOrNull, selection } from '../platform/database/rows.js';
import { NUMBER_FACTS, REFUSED, type NumberFact } from './number-fact.entity.js';
import { CALL_TALLIES } from './stat.entity.js';

/** What is shown: so many days back. */
export const FACT_DAYS = 7;
const KEPT_DAYS = FACT_DAYS + 1;
/** Calls end, and are corrected, after the hour in which they began. */
const LOOKED_AT_AGAIN_MS = 2 * HOUR_MS;
/** An answered call that is over within so many seconds. */
const SHORT_SECONDS = 6;
/** Rows of one INSERT. */
const CHUNK = 500;

const LAST = selection({ hour: numberOrNull('MAX(hour)') });
const TALKS = selection({
  ...CALL_TALLIES.pick(['virtualNumber']),
  answered: number('SUM(is_connected)'),
  short: number(`SUM(CASE WHEN is_connected = 1 AND talk_seconds <= ${SHORT_SECONDS} THEN 1 ELSE 0 END)`),
});

/**
 * Keeps what became of the calls on each number by the hour: of the hours since it last looked and the two before, each looked at once and replaced. A
 * call that is corrected later than that stays as it was.
 */
@Injectable()
export class KeepNumberFacts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
  ) {}

  /** Returns of how many hours. */
  async run(): Promise<number> {
    const now = hourOf(this.clock.now());
    const [last] = await this.database.browse((manager) =>
      LAST.read(manager, 'FROM number_fact WHERE hour <= ?', [now]),
    );
    const earliest = now - FACT_DAYS * DAY_MS;
    const from =
      last === undefined || last.hour === null ? earliest : Math.max(earliest, last.hour - LOOKED_AT_AGAIN_MS);
    let hours = 0;
    for (let hour = from; hour <= now; hour += HOUR_MS) {
      await this.keep(hour);
      hours += 1;
    }
    const old = now - KEPT_DAYS * DAY_MS;
    // Later ones are of a clock that has been set back since.
    const passed = 'DELETE FROM number_fact WHERE hour < ? OR hour > ?';
    await this.database.transaction((tx) => change(tx, passed, [old, now]));
    return hours;
  }

  private async keep(hour: number): Promise<void> {
    const facts = await this.database.browse((manager) => this.read(manager, hour));
    await this.database.transaction(async (tx) => {
      await change(tx, 'DELETE FROM number_fact WHERE hour = ?', [hour]);
      for (let start = 0; start < facts.length; start += CHUNK)
        await NUMBER_FACTS.insert(tx, facts.slice(start, start + CHUNK));
    });
  }

  private async read(manager: EntityManager, hour: number): Promise<NumberFact[]> {
    const facts: NumberFact[] = [];
    for (const accountId of await this.accounts.ids(manager)) {
      const decisions = await countDecisions(manager, this.database, accountId, [hour, hour + HOUR_MS]);
      if (decisions.length === 0) continue;
      const numbers = new Map((await numbersOf(manager, accountId)).map((one) => [one.id, one.number]));
      const counts = new Counts();
      for (const { virtualNumberId, decision, reason, calls } of decisions) {
        const digits = numbers.get(virtualNumberId ?? 0);
        if (digits === undefined) continue;
        if (decision === 'connect') counts.add(digits, 'dialled', calls);
        if (decision === 'refuse' || decision === 'redirect') counts.add(digits, `${REFUSED}${reason}`, calls);
      }
      const rest = `FROM call_tally ${this.database.byIndex('call_tally_hour')} WHERE account_id = ? AND hour >= ? AND hour < ? GROUP BY virtual_number`;
      for (const { virtualNumber, answered, short } of await TALKS.read(manager, rest, [
        accountId,
        hour,
        hour + HOUR_MS,
      ])) {
        counts.add(virtualNumber, 'answered', answered);
        counts.add(virtualNumber, 'short', short);
      }
      facts.push(...counts.rows(accountId, hour));
    }
    return facts;
  }
}

class Counts {
  private readonly counted = new Map<string, Pick<NumberFact, 'virtualNumber' | 'fact' | 'calls'>>();

  add(virtualNumber: string, fact: string, calls: number): void {
    if (calls === 0) return;
    const key = `${virtualNumber}|${fact}`;
    const before = this.counted.get(key)?.calls ?? 0;
    this.counted.set(key, { virtualNumber, fact, calls: before + calls });
  }

  rows(accountId: string, hour: number): NumberFact[] {
    return [...this.counted.values()].map((row) => ({ accountId, hour, ...row }));
  }
}
