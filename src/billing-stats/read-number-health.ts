import { Injectable } from '@nestjs/common';
import { numbersOf } from '../number-pool/index.js';
import { Clock, DAY_MS, hourOf } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { number, selection, type Selected } from '../platform/database/rows.js';
import { FACT_DAYS } from './keep-number-facts.js';
import { NUMBER_FACTS, REFUSED } from './number-fact.entity.js';
import { suspicions, type NumberRecord, type Suspicion } from './suspect-numbers.js';

/** A number's calls of the last seven days. */
export interface NumberHealth {
  number: string;
  country: string;
  subaccount: string | null;
  /** In which the other party was dialled. */
  calls: number;
  answered: number;
  /** 0 to 1, to the thousandth; null without calls. */
  answer_rate: number | null;
  /** Answered, and over within six seconds. */
  short_calls: number;
  /** Calls that reached nobody because we refused them, by reason; one without any is left out. */
  refusals: Record<string, number>;
  /** Whether it does worse than the account's other numbers of its country, beyond chance; null where there are too few calls to say. */
  suspect: boolean | null;
  because: Suspicion['because'];
  /** How many calls that rests on: its own, and those of the others. */
  rests_on: { calls: number; others: number };
}

const SUMS = selection({ ...NUMBER_FACTS.pick(['virtualNumber', 'fact']), calls: number('SUM(calls)') });

/** Which of an account's numbers fail more often than their neighbours, from what is kept by the hour. */
@Injectable()
export class ReadNumberHealth {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** All but retired ones, in the order in which they are lent. */
  async run(accountId: string): Promise<NumberHealth[]> {
    const since = hourOf(this.clock.now()) - FACT_DAYS * DAY_MS;
    const { numbers, sums } = await this.database.browse(async (manager) => ({
      numbers: (await numbersOf(manager, accountId)).filter(({ status }) => status !== 'retired'),
      sums: await SUMS.read(
        manager,
        'FROM number_fact WHERE account_id = ? AND hour >= ? GROUP BY virtual_number, fact ORDER BY virtual_number, fact',
        [accountId, since],
      ),
    }));
    const factsOf = byNumber(sums);
    const shown = numbers.map(({ number: digits, country, subaccountId }) => {
      const facts = factsOf.get(digits) ?? new Map<string, number>();
      return { digits, country, subaccountId, record: recordOf(facts), refusals: refusalsOf(facts) };
    });
    const judged = new Map<string, Suspicion & { others: number }>();
    for (const country of new Set(numbers.map((one) => one.country))) {
      const own = shown.filter((one) => one.country === country);
      const all = own.reduce((sum, { record }) => sum + record.dialled, 0);
      const found = suspicions(own.map(({ record }) => record));
      for (const [place, { digits, record }] of own.entries())
        judged.set(digits, { ...(found[place] ?? UNKNOWN), others: all - record.dialled });
    }
    return shown.map(({ digits, country, subaccountId, record, refusals }) => {
      const { suspect, because, others } = judged.get(digits) ?? { ...UNKNOWN, others: 0 };
      return {
        number: `+${digits}`,
        country,
        subaccount: subaccountId,
        calls: record.dialled,
        answered: record.answered,
        answer_rate: record.dialled === 0 ? null : Math.round((1000 * record.answered) / record.dialled) / 1000,
        short_calls: record.short,
        refusals,
        suspect,
        because,
        rests_on: { calls: record.dialled, others },
      };
    });
  }
}

const UNKNOWN: Suspicion = { suspect: null, because: null };

function byNumber(sums: Selected<typeof SUMS>[]): Map<string, Map<string, number>> {
  const numbers = new Map<string, Map<string, number>>();
  for (const { virtualNumber, fact, calls } of sums) {
    const facts = numbers.get(virtualNumber) ?? new Map<string, number>();
    numbers.set(virtualNumber, facts.set(fact, calls));
  }
  return numbers;
}

/** A call that rang before the hour's end and was answered after the span's begin may be counted on one side alone: never more answers than calls. */
function recordOf(facts: ReadonlyMap<string, number>): NumberRecord {
  const dialled = facts.get('dialled') ?? 0;
  const answered = Math.min(dialled, facts.get('answered') ?? 0);
  return { dialled, answered, short: Math.min(answered, facts.get('short') ?? 0) };
}

function refusalsOf(facts: ReadonlyMap<string, number>): Record<string, number> {
  const refused = [...facts].filter(([fact]) => fact.startsWith(REFUSED));
  return Object.fromEntries(refused.map(([fact, calls]) => [fact.slice(REFUSED.length), calls]));
}
