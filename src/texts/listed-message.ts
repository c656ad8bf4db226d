import { Injectable } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import {
  isShownAs,
  PlivoClient,
  ProviderBusy,
  ProviderRefused,
  ProviderUnavailable,
  type MessageRecord,
} from '../plivo/index.js';
import type { EntityManager } from 'typeorm';
import type { Tx } from '../platform/database/database.js';
import { exists, marks, numberOrNull, selection } from '../platform/database/rows.js';
import type { E164 } from '../telephony/phone.js';
import { NOTICES } from './text-notice.entity.js';
import { FORWARDS } from './text.entity.js';

/** After it was sent: mostly a report has told by then. Behind the last look nobody will know. */
export const LOOKS_MS = [20_000, 60_000, 180_000, 600_000] as const;
/** What Plivo's clock and ours may differ by; the next text of the same lane is sent 60 s later at the earliest. */
const [BEFORE_MS, AFTER_MS] = [5_000, 50_000];

const NEXT = selection(FORWARDS.pick(['id', 'lookUpAt'], 'sought'));
const LOOKED = selection({ at: numberOrNull('MAX(looked_at)') });
const OF_FORWARDS = selection(FORWARDS.pick(['messageUuid']));
const OF_NOTICES = selection(NOTICES.pick(['messageUuid']));

/** A message of unknown outcome. */
interface Sought {
  id: string;
  accountId: string;
  virtualNumber: string;
  recipientIndex: string | null;
  sendingAt: number | null;
}

/** Of an account's texts, or its sentences of ours, of unknown outcome the one that has waited longest, and when the last was looked for. */
export async function longestSought(
  manager: EntityManager,
  table: 'text_forward' | 'text_notice',
  accountId: string,
): Promise<{ next: { id: string; lookUpAt: number | null } | undefined; lookedAt: number }> {
  const unknown = `FROM ${table} sought WHERE account_id = ? AND look_up_at IS NOT NULL AND state = 'unknown'`;
  const [next] = await NEXT.read(manager, `${unknown} ORDER BY look_up_at LIMIT 1`, [accountId]);
  const [looked] = await LOOKED.read(manager, `FROM ${table} WHERE account_id = ?`, [accountId]);
  return { next, lookedAt: looked?.at ?? 0 };
}

/** After a look that has found nothing; behind the last one `lookUpAt` is null. */
export function afterLook({ lookUps, sendingAt }: { lookUps: number; sendingAt: number | null }): {
  lookUps: number;
  lookUpAt: number | null;
} {
  const next = LOOKS_MS[lookUps + 1];
  return { lookUps: lookUps + 1, lookUpAt: next === undefined ? null : (sendingAt ?? 0) + next };
}

/** Finds in Plivo's list which message a text, or a sentence of ours, has become of which only that is not known. */
@Injectable()
export class ListedMessage {
  constructor(
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
  ) {}

  /** Messages that may be this one; none where Plivo cannot be asked. */
  async candidates(
    { accountId, virtualNumber, sendingAt }: Sought,
    to: E164,
    subaccount: string | null,
  ): Promise<MessageRecord[]> {
    const from = virtualNumber as E164;
    const span = { sentFrom: (sendingAt ?? 0) - BEFORE_MS, sentUntil: (sendingAt ?? 0) + AFTER_MS };
    const credentials = await this.plivoAccess.of(accountId, subaccount);
    try {
      const records = await this.plivo.findMessages(credentials, { from, to, ...span });
      return records.filter((record) => isShownAs(record.from, from) && isShownAs(record.to, to));
    } catch (error) {
      if (error instanceof ProviderBusy || error instanceof ProviderUnavailable || error instanceof ProviderRefused)
        return [];
      throw error;
    }
  }

  /** The one message that nothing else of ours is known to be, where nothing else could be it either. */
  async onlyOne(tx: Tx, sought: Sought, found: MessageRecord[]): Promise<MessageRecord | null> {
    if (found.length === 0) return null;
    const { accountId, id, virtualNumber, recipientIndex, sendingAt } = sought;
    const uuids = found.map(({ messageUuid }) => messageUuid);
    const those = `WHERE account_id = ? AND message_uuid IN (${marks(uuids)})`;
    const known = [
      ...(await OF_FORWARDS.read(tx, `FROM text_forward ${those}`, [accountId, ...uuids])),
      ...(await OF_NOTICES.read(tx, `FROM text_notice ${those}`, [accountId, ...uuids])),
    ];
    const claimed = new Set(known.map((row) => row.messageUuid));
    const [only, ...more] = found.filter(({ messageUuid }) => !claimed.has(messageUuid));
    if (!only || more.length > 0) return null;
    const span = [(sendingAt ?? 0) - BEFORE_MS - AFTER_MS, (sendingAt ?? 0) + BEFORE_MS + AFTER_MS];
    const rivals = `WHERE recipient_index = ? AND virtual_number = ? AND id <> ? AND message_uuid IS NULL
      AND state IN ('sending', 'unknown', 'unconfirmed') AND sending_at > ? AND sending_at < ?`;
    for (const table of ['text_forward', 'text_notice'])
      if (await exists(tx, `FROM ${table} ${rivals}`, [recipientIndex, virtualNumber, id, ...span])) return null;
    return only;
  }
}
