import { billedLegs, nextBilledLegs, type BilledLeg } from '../call-routing/index.js';
import { billedLegsOfTexts, billedTexts, type BilledText } from '../texts/index.js';
import type { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import type { LogKind } from './invoice-rows.js';
import { TEXT_TALLIES } from './stat.entity.js';
import { quarterOf } from './sums.js';

const PAGE = 500;

/** What is known here of a leg's bill; null where nobody has told. A leg of a text has units in place of seconds. */
export type KnownLeg = Pick<BilledLeg, 'legUuid' | 'duration' | 'billedDuration' | 'amount'>;

/** What is known of the bills of an account's legs. `hasCarriers`: whether the log that is compared with it names what carriers charge. */
export interface BilledBook {
  known: (uuids: string[], hasCarriers: boolean) => Promise<Map<string, KnownLeg>>;
  /** Those of a time. */
  within: (time: { from: number; to: number }, hasCarriers: boolean) => AsyncGenerator<KnownLeg[]>;
}

export function bookOf(database: Database, accountId: string, kind: LogKind): BilledBook {
  return kind === 'calls' ? callBook(database, accountId) : textBook(database, accountId);
}

function callBook(database: Database, accountId: string): BilledBook {
  return {
    known: (uuids) => database.browse((manager) => billedLegs(manager, accountId, uuids)),
    async *within(time) {
      for (let after = { endedAt: time.from - 1, legUuid: '' }; ;) {
        const range = { ...time, after, limit: PAGE };
        const legs = await database.browse((manager) => nextBilledLegs(manager, database, accountId, range));
        yield legs;
        const last = legs.at(-1);
        if (legs.length < PAGE || last === undefined) return;
        after = { endedAt: last.endedAt ?? time.to, legUuid: last.legUuid };
      }
    },
  };
}

const TALLY = selection(TEXT_TALLIES.pick(['textId', 'quarter']));

function textBook(database: Database, accountId: string): BilledBook {
  return {
    known: async (uuids, hasCarriers) => {
      const legs = await database.browse((manager) => billedTexts(manager, accountId, uuids));
      return new Map([...legs].map(([uuid, leg]) => [uuid, asLeg(leg, hasCarriers)]));
    },
    /** By what is counted of texts, whose index goes by time. */
    async *within({ from, to }, hasCarriers) {
      for (let after = { quarter: quarterOf(from) - 1, textId: '' }; ;) {
        const page = await database.browse(async (manager) => {
          const tallies = await TALLY.read(
            manager,
            `FROM text_tally ${database.byIndex('text_tally_hour')} WHERE account_id = ? AND hour >= ? AND hour < ? AND (hour > ? OR text_id > ?)
             ORDER BY hour, text_id LIMIT ${PAGE}`,
            [accountId, after.quarter, to, after.quarter, after.textId],
          );
          const ids = tallies.map(({ textId }) => textId);
          return { tallies, legs: await billedLegsOfTexts(manager, ids) };
        });
        yield page.legs.filter(({ at }) => at >= from && at < to).map((leg) => asLeg(leg, hasCarriers));
        const last = page.tallies.at(-1);
        if (page.tallies.length < PAGE || last === undefined) return;
        after = last;
      }
    },
  };
}

function asLeg({ messageUuid, units, amount, carrierFee }: BilledText, hasCarriers: boolean): KnownLeg {
  const price = hasCarriers ? (amount ?? 0) + (carrierFee ?? 0) : amount;
  return { legUuid: messageUuid, duration: 0, billedDuration: units, amount: price };
}
