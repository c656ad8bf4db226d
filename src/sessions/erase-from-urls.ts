import type { EntityManager } from 'typeorm';
import type { Database, Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { lockSession } from './interactions.js';
import { SESSIONS, type SessionSettings } from './session.entity.js';

/** Settings in which customers' URLs stand. */
const URLS = [
  'callback_url',
  'recording_callback_url',
  'message_callback_url',
  'first_party_play_url',
  'second_party_play_url',
  'unknown_caller_play',
  'pin_prompt_play',
  'incorrect_pin_play',
] as const satisfies (keyof SessionSettings)[];

const ID = selection(SESSIONS.pick(['id']));
const SETTINGS = selection(SESSIONS.pick(['settings']));

/** Sessions of an account in whose settings these digits stand, in the order of their ids. No index knows what is in a URL: each session is read. */
export async function sessionsWithDigits(
  manager: EntityManager,
  { accountId, digits, after, limit }: { accountId: string; digits: string; after: string; limit: number },
): Promise<string[]> {
  const rest = `FROM masking_session WHERE id > ? AND account_id = ? AND settings LIKE ? ORDER BY id LIMIT ${limit}`;
  return (await ID.read(manager, rest, [after, accountId, `%${digits}%`])).map(({ id }) => id);
}

/** Writes the URLs of a session anew, which is held until the transaction ends; it counts as not changed. Returns whether any is another one. */
export async function rewriteUrls(
  tx: Tx,
  database: Database,
  sessionId: string,
  rewrite: (url: string) => string,
): Promise<boolean> {
  await lockSession(tx, database, sessionId);
  const [row] = await SETTINGS.read(tx, 'FROM masking_session WHERE id = ?', [sessionId]);
  if (!row) return false;
  const settings = JSON.parse(row.settings) as SessionSettings;
  const changed = URLS.flatMap((name) => {
    const url = settings[name] ?? '';
    const written = rewrite(url);
    return written === url ? [] : [[name, written]];
  });
  if (changed.length === 0) return false;
  const after = JSON.stringify({ ...settings, ...Object.fromEntries(changed) });
  await SESSIONS.update(tx, { settings: after }, 'WHERE id = ?', [sessionId]);
  return true;
}
