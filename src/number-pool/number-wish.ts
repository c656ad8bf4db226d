import { marks } from '../platform/database/rows.js';
import type { TextSenders } from '../telephony/text-reach.js';
import { textRoute } from './text-route.js';
import type { AvoidedNumbers } from './text-opt-outs.js';

export interface NumberWish {
  accountId: string;
  /** Null: numbers linked to no subaccount. */
  subaccountId: string | null;
  /** Country calling code that the number must have; null where geomatch is off. */
  callingCode: string | null;
  /** ISO 3166 code of the country whose numbers are preferred, where others share its calling code; left out where it makes no difference. */
  country?: string;
  /** Where any calling code will do: those whose numbers the rules of their countries forbid to these parties. */
  barredCodes?: readonly string[];
  /** One or two parties: keyed index, and the digits, because a party is never lent its own number, in no spelling. */
  parties: { index: string; number: string }[];
  pinIndexes: string[];
  /** From which numbers texts reach each of its parties, of a session with texts. */
  textSenders?: readonly TextSenders[];
  /** Numbers from which a party wants no texts: lent only where there is no other. */
  avoided?: AvoidedNumbers | null;
  /** Whether it must have MMS. */
  hasMedia?: true;
  /** An open session answers for every stranger on its number. */
  isOpen: boolean;
  now: number;
}

export interface ChosenNumber {
  id: number;
  number: string;
  /** Neither party has a row on this number yet, so both can be inserted at once. */
  isFresh: boolean;
}

/** A condition on `virtual_number n`, or a whole statement. */
export type Fragment = { sql: string; parameters: unknown[] };

/** What a number must be for a session, whoever is on it; its country is taken at its word here. `own`: numbers of the pool that have turned out to be a party. */
export function lendable(wish: NumberWish, own: string[]): Fragment {
  const conditions = ["n.account_id = ? AND n.status = 'active' AND n.is_elsewhere = 0 AND n.missing_since IS NULL"];
  const parameters: unknown[] = [wish.accountId];
  if (wish.subaccountId === null) conditions.push('n.subaccount_id IS NULL');
  else {
    conditions.push('n.subaccount_id = ?');
    parameters.push(wish.subaccountId);
  }
  if (wish.callingCode !== null) {
    conditions.push('n.calling_code = ?');
    parameters.push(wish.callingCode);
  }
  if (wish.country !== undefined) {
    conditions.push('n.country = ?');
    parameters.push(wish.country);
  }
  if (wish.barredCodes !== undefined && wish.barredCodes.length > 0) {
    conditions.push(`n.calling_code NOT IN (${marks(wish.barredCodes)})`);
    parameters.push(...wish.barredCodes);
  }
  if (wish.textSenders !== undefined) {
    const route = textRoute(wish.textSenders);
    conditions.push(route.sql);
    parameters.push(...route.parameters);
  }
  if (wish.hasMedia) conditions.push('n.has_mms = 1');
  if (wish.avoided) {
    const { numbers, campaigns } = wish.avoided;
    conditions.push(`n.number NOT IN (${marks(numbers)})`);
    parameters.push(...numbers);
    if (campaigns.length > 0) conditions.push(`(n.campaign_id IS NULL OR n.campaign_id NOT IN (${marks(campaigns)}))`);
    parameters.push(...campaigns);
  }
  const notTheirs = [...wish.parties.map((party) => party.number), ...own];
  conditions.push(`n.number NOT IN (${marks(notTheirs)})`);
  parameters.push(...notTheirs);
  return { sql: conditions.join(' AND '), parameters };
}
