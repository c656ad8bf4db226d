import type { Tx } from '../platform/database/database.js';
import { marks, selection, type Selected } from '../platform/database/rows.js';
import { NOTICES } from './text-notice.entity.js';
import { FORWARDS, TEXTS } from './text.entity.js';

const RECEIVED = selection({
  ...TEXTS.pick(['messageUuid', 'units', 'amount', 'carrierFee']),
  at: TEXTS.pick(['receivedAt']).receivedAt,
});
const SENT = selection({
  ...FORWARDS.pick(['messageUuid', 'units', 'amount', 'carrierFee']),
  at: FORWARDS.pick(['createdAt']).createdAt,
});

const SAID = selection({
  ...NOTICES.pick(['messageUuid', 'units', 'amount', 'carrierFee']),
  at: NOTICES.pick(['createdAt']).createdAt,
});

/** What is known of the bill of one leg of a text; null where nobody has told. Instants are milliseconds since 1970, amounts micro-units. */
export interface BilledText {
  messageUuid: string;
  at: number;
  units: number | null;
  /** Plivo's price. */
  amount: number | null;
  /** What carriers charge on top. */
  carrierFee: number | null;
}

/** What anybody may have made up is on no bill. */
const VOUCHED = "NOT (is_hint = 1 AND (decision = 'wait' OR COALESCE(reason, '') = 'unverified'))";

/** Some legs of an account's texts, by Plivo's MessageUUIDs. */
export async function billedTexts(tx: Tx, accountId: string, messageUuids: string[]): Promise<Map<string, BilledText>> {
  if (messageUuids.length === 0) return new Map();
  const those = `account_id = ? AND message_uuid IN (${marks(messageUuids)})`;
  const place = [accountId, ...messageUuids];
  const received = await RECEIVED.read(tx, `FROM text_message WHERE ${those} AND ${VOUCHED}`, place);
  const sent = await SENT.read(tx, `FROM text_forward WHERE ${those}`, place);
  const said = await SAID.read(tx, `FROM text_notice WHERE ${those}`, place);
  return new Map([...received, ...[...sent, ...said].map(named)].map((leg) => [leg.messageUuid, leg]));
}

/** Both legs of some texts, and sentences of ours, as far as Plivo has named them. */
export async function billedLegsOfTexts(tx: Tx, textIds: string[]): Promise<BilledText[]> {
  if (textIds.length === 0) return [];
  const received = await RECEIVED.read(tx, `FROM text_message WHERE ${VOUCHED} AND id IN (${marks(textIds)})`, textIds);
  const sent = await SENT.read(
    tx,
    `FROM text_forward WHERE message_uuid IS NOT NULL AND text_id IN (${marks(textIds)})`,
    textIds,
  );
  const said = await SAID.read(
    tx,
    `FROM text_notice WHERE message_uuid IS NOT NULL AND id IN (${marks(textIds)})`,
    textIds,
  );
  return [...received, ...[...sent, ...said].map(named)];
}

function named({ messageUuid, ...leg }: Selected<typeof SENT>): BilledText {
  return { messageUuid: messageUuid ?? '', ...leg };
}
