import type { VerifiedWebhook } from '../plivo/index.js';
import type { Crypto } from '../shared/crypto.js';
import type { Database, Tx } from '../shared/database.js';
import { beginALeg } from './call-legs.js';
import { answerPlace } from './call.entity.js';

/**
 * The transaction that makes a caller's answer. `isAwaited` is asked last: when nobody waits any more, nothing of the answer is kept. It is asked first
 * too, because transactions wait for their turn: without that a rush of calls keeps the database busy with answers that are all too late.
 */
export function answering(
  database: Database,
  isAwaited: () => boolean,
  work: (tx: Tx) => Promise<string>,
): Promise<string> {
  const stillAwaited = () => {
    if (!isAwaited()) throw new Error('the answer came too late');
  };
  return database.transaction(async (tx) => {
    stillAwaited();
    const answer = await work(tx);
    stillAwaited();
    return answer;
  });
}

/** `earlier` is what the call was answered when it first asked; `isFirstWord`: nothing was heard of it before. */
export async function beginAnswer(
  tx: Tx,
  crypto: Crypto,
  webhook: VerifiedWebhook,
  legUuid: string,
  now: number,
): Promise<{ earlier: string | null; isFirstWord: boolean }> {
  const isFirstWord = await beginALeg(tx, webhook, legUuid, now);
  return { isFirstWord, earlier: isFirstWord ? null : await earlierAnswer(tx, crypto, webhook.accountId, legUuid) };
}

async function earlierAnswer(tx: Tx, crypto: Crypto, accountId: string, legUuid: string): Promise<string | null> {
  const [call] = (await tx.query('SELECT id, answer FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?', [
    accountId,
    legUuid,
  ])) as { id: string; answer: string }[];
  return call ? crypto.open(answerPlace({ callId: call.id, accountId }), call.answer) : null;
}
