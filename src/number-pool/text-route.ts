import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { exists, marks, selection } from '../platform/database/rows.js';
import type { E164 } from '../telephony/phone.js';
import { isTextSender, textSendersTo, type TextSenders } from '../telephony/text-reach.js';
import { TextsNotPossible } from './number-pool.errors.js';
import { TAKES_TEXTS, takesTexts } from './texting.js';
import { NUMBERS } from './virtual-number.entity.js';

const SENDER = selection(NUMBERS.pick(['texts', 'callingCode', 'country', 'numberType']));

/** Of a number that a session has already. Refuses one over which texts cannot be passed on to these people. */
export async function requireTextRoute(tx: Tx, virtualNumberId: number, people: readonly E164[]): Promise<void> {
  const [number] = await SENDER.read(tx, 'FROM virtual_number WHERE id = ?', [virtualNumberId]);
  const isRoute = number && takesTexts(number.texts) && people.every((one) => isTextSender(number, textSendersTo(one)));
  if (!isRoute) throw new TextsNotPossible();
}

/** Whether a number of an account can be answered from, and reaches somebody. */
export async function canText(manager: EntityManager, accountId: string, number: string, to: E164): Promise<boolean> {
  const own = 'FROM virtual_number WHERE number = ? AND account_id = ?';
  const [sender] = await SENDER.read(manager, own, [number, accountId]);
  return sender !== undefined && takesTexts(sender.texts) && isTextSender(sender, textSendersTo(to));
}

/** Whether pictures can be sent and received over a number of an account, by Plivo's last listing. */
export function hasMedia(manager: EntityManager, accountId: string, number: string): Promise<boolean> {
  const own = 'FROM virtual_number WHERE number = ? AND account_id = ? AND has_mms = 1';
  return exists(manager, own, [number, accountId]);
}

/** The same as a condition on `virtual_number n`, for a session that is looking for one. */
export function textRoute(senders: readonly TextSenders[]): Condition {
  const each = senders.map(routeFrom);
  return {
    sql: [TAKES_TEXTS, ...each.map(({ sql }) => sql)].join(' AND '),
    parameters: each.flatMap(({ parameters }) => parameters),
  };
}

type Condition = { sql: string; parameters: unknown[] };

function routeFrom(senders: TextSenders): Condition {
  if (senders === 'any') return { sql: '1 = 1', parameters: [] };
  if (senders === 'none') return { sql: '1 = 0', parameters: [] };
  const { callingCode, countries } = senders;
  if (countries === null) return { sql: 'n.calling_code = ?', parameters: [callingCode] };
  return {
    sql: `n.calling_code = ? AND (n.number_type = 'tollfree' OR n.country IN (${marks(countries)}))`,
    parameters: [callingCode, ...countries],
  };
}
