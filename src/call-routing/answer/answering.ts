import type { VerifiedWebhook } from '../../plivo/index.js';
import type { Crypto } from '../../platform/crypto/crypto.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { beginALeg } from '../facts/legs.js';
import { answerPlace } from '../call.entity.js';

/** Whether the caller still waits, for that much longer at least. */
export type IsAwaited = (milliseconds: number) => boolean;

/**
 * What an answer takes in a rush. One whose turn comes with less time left is not begun: in a queue without that rule everybody's turn comes just before
 * the end, and hardly any answer is in time. Measured with 1,000 calls at once on MariaDB: docs/performance.md.
 */
const ENOUGH_MS = 450;

/** The transaction that makes a caller's answer. When nobody waits any more, nothing of the answer is kept. */
export function answering(
  database: Database,
  isAwaited: IsAwaited,
  work: (tx: Tx) => Promise<string>,
): Promise<string> {
  // What has begun is repeated after a conflict as long as anybody waits.
  let neededMs = ENOUGH_MS;
  return database.transaction(
    async (tx) => {
      const answer = await work(tx);
      if (!isAwaited(0)) throw new Error('the answer came too late');
      return answer;
    },
    () => {
      const isWanted = isAwaited(neededMs);
      neededMs = 0;
      return isWanted;
    },
  );
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
