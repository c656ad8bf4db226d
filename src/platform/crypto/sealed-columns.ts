/** Where a table keeps what is sealed. */
export interface SealedTable {
  /** Its primary key. */
  key: readonly string[];
  /** What `SealedPlace.row` is made of, joined by slashes; the primary key where it is left out. */
  row?: readonly string[];
  /** SQL of `SealedPlace.account`, where `t` is the table. */
  account: string;
  columns: readonly string[];
}

/**
 * Every column that is sealed, small tables first. `SealedPlace` takes its names from here, so that a column which is missing cannot be sealed:
 * the compiler refuses it. Rotation and the count of what needs a key go by this list.
 */
const SEALED = {
  search_key: { key: ['id'], account: "''", columns: ['sealed'] },
  account: { key: ['auth_id'], account: 't.auth_id', columns: ['plivo_auth_token'] },
  subaccount_at_plivo: {
    key: ['auth_id'],
    account: '(SELECT s.account_id FROM subaccount s WHERE s.auth_id = t.auth_id)',
    columns: ['plivo_auth_token'],
  },
  api_token: { key: ['id'], account: 't.owner_id', columns: ['token'] },
  subscription: { key: ['id'], account: "''", columns: ['url', 'secret'] },
  erasure: { key: ['id'], account: "''", columns: ['person'] },
  failing_receiver: { key: ['id'], account: 't.account_id', columns: ['origin'] },
  recording: { key: ['id'], account: 't.account_id', columns: ['plivo_id', 'media_url', 'file_key'] },
  idempotency_key: { key: ['owner', 'key_hash'], row: ['key_hash'], account: 't.owner', columns: ['answer_body'] },
  text_message: { key: ['id'], account: 't.account_id', columns: ['sender', 'body'] },
  text_media: { key: ['id'], account: 't.account_id', columns: ['media_url', 'file_key'] },
  text_notice: { key: ['id'], account: 't.account_id', columns: ['recipient'] },
  text_forward: { key: ['id'], account: 't.account_id', columns: ['recipient', 'body'] },
  masking_session: { key: ['id'], account: 't.account_id', columns: ['parties'] },
  call_request: { key: ['id'], account: 't.account_id', columns: ['rung'] },
  masked_call: { key: ['id'], account: 't.account_id', columns: ['caller', 'dialled', 'answer'] },
  call_answer: {
    key: ['call_id', 'step'],
    account: '(SELECT c.account_id FROM masked_call c WHERE c.id = t.call_id)',
    columns: ['answer'],
  },
  callback: { key: ['id'], account: 't.account_id', columns: ['url', 'body'] },
  callback_attempt: {
    key: ['callback_id', 'number'],
    account: '(SELECT c.account_id FROM callback c WHERE c.id = t.callback_id)',
    columns: ['answer'],
  },
} as const satisfies Record<string, SealedTable>;

type Sealed = typeof SEALED;

/** `table.column` */
export type SealedColumn = {
  [Table in keyof Sealed]: `${Table}.${Sealed[Table]['columns'][number]}`;
}[keyof Sealed];

export const SEALED_TABLES: readonly (SealedTable & { table: string })[] = Object.entries(SEALED).map(
  ([table, sealed]) => ({ table, ...sealed }),
);
