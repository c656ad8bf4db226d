import type { EntityManager } from 'typeorm';
import type { Database, Tx } from '../platform/database/database.js';
import { marks, selection, type Selected } from '../platform/database/rows.js';
import { isSamePerson, KEPT_AT_END, personOf, spellingCodesOf, type Person } from '../telephony/identity.js';
import { callingCodeOf, parseCaller, type E164 } from '../telephony/phone.js';
import { holdToWithdraw } from './hold-number-row.js';
import { UnknownNumber } from './number-pool.errors.js';
import { NUMBERS, VirtualNumber } from './virtual-number.entity.js';

const HOLDERS = selection(NUMBERS.pick(['number', 'accountId']));
type Holder = Selected<typeof HOLDERS>;

const MEXICO = '52';

/** A number of a country with spelling rules is a condition of its own, of which SQLite takes 1,000. */
const SPELT_AT_ONCE = 100;

/** Auth ID of the account whose pool has this number, in whatever spelling and status; null for numbers of no pool. */
export async function ownerOfNumber(manager: EntityManager, number: E164): Promise<string | null> {
  return lineAmong(await spelledAnyhow(manager, [number]), number)?.accountId ?? null;
}

/** A number as the account's pool has it: Plivo may name a line in another spelling. Null where it has none, or has it in several, and not in this one. */
export async function lineOfAccount(manager: EntityManager, accountId: string, number: E164): Promise<E164 | null> {
  const found = await spelledAnyhow(manager, [number]);
  const own = found.filter((holder) => holder.accountId === accountId);
  return (lineAmong(own, number)?.number as E164 | undefined) ?? null;
}

/** Whether the pool may have this line in another spelling; of most countries it may not, but for a trunk 0, with which nothing joins it. */
export function hasSpellings(number: E164): boolean {
  const person = personOf(number);
  return (person as string) !== number || callingCodeOf(number) === MEXICO || spellingCodesOf(person).size > 0;
}

function lineAmong(found: Holder[], number: E164): Holder | undefined {
  const exact = found.find((holder) => holder.number === number);
  const [line, ...others] = found.filter((holder) => isSamePerson(holder.number as E164, number));
  return exact ?? (others.length === 0 ? line : undefined);
}

const LINK = selection(NUMBERS.pick(['subaccountId']));

/** The subaccount that an account's number is linked to; null for the account's own, and for numbers that it has not. */
export async function subaccountOfNumber(
  manager: EntityManager,
  accountId: string,
  number: E164,
): Promise<string | null> {
  const [found] = await LINK.read(manager, 'FROM virtual_number WHERE number = ? AND account_id = ?', [
    number,
    accountId,
  ]);
  return found?.subaccountId ?? null;
}

/**
 * Which of these phones are numbers of any account's pool, in whatever spelling and status. One read of the index of numbers: by equality, and of
 * calling codes that have spelling rules the part of the index that holds them.
 */
export async function pooledAmong(manager: EntityManager, phones: E164[]): Promise<E164[]> {
  const found = await spelledAnyhow(manager, phones);
  return phones.filter((phone) => found.some(({ number }) => isSamePerson(number as E164, phone)));
}

/** Which of these numbers the pool has in whatever spelling, and whose they are: by the person, for two spellings are one line. */
export async function lineHoldersOf(manager: EntityManager, numbers: E164[]): Promise<Map<Person, Holder>> {
  const holders = new Map<Person, Holder>();
  for (let start = 0; start < numbers.length; start += SPELT_AT_ONCE) {
    const found = await spelledAnyhow(manager, numbers.slice(start, start + SPELT_AT_ONCE));
    for (const holder of found) holders.set(personOf(holder.number as E164), holder);
  }
  return holders;
}

/** Those of the pool that are spelt like one of these phones, and some whose ends are alike. */
async function spelledAnyhow(manager: EntityManager, phones: E164[]): Promise<Holder[]> {
  if (phones.length === 0) return [];
  const equal: string[] = [];
  const ranges: string[] = [];
  for (const phone of phones) {
    const person = personOf(phone);
    const code = callingCodeOf(person as string as E164);
    // The trunk prefixes that pass for part of a number: 0, and Mexico's old 1.
    equal.push(phone, person, `${code}${code === MEXICO ? '1' : '0'}${person.slice(code.length)}`);
    for (const under of spellingCodesOf(person)) ranges.push(under, `${under}~`, `%${person.slice(-KEPT_AT_END)}`);
  }
  const inRange = ' OR (number > ? AND number < ? AND number LIKE ?)'.repeat(ranges.length / 3);
  const rest = `FROM virtual_number WHERE number IN (${marks(equal)})${inRange}`;
  return HOLDERS.read(manager, rest, [...equal, ...ranges]);
}

/** The number's row, locked until the transaction ends so that two operators change it one after the other. With or without plus sign. */
export async function lockNumber(database: Database, tx: Tx, text: string): Promise<VirtualNumber> {
  const number = parseCaller(text);
  if (number === null) throw new UnknownNumber();

  await tx.query(`SELECT id FROM virtual_number WHERE number = ? ${database.forUpdate}`, [number]);
  const found = await tx.findOneBy(VirtualNumber, { number });
  if (!found) throw new UnknownNumber();
  await holdToWithdraw(tx, database, found.id);
  return found;
}
