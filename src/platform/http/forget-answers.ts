import { Injectable } from '@nestjs/common';
import { Crypto } from '../crypto/crypto.js';
import { Database, type Tx } from '../database/database.js';
import { marks, selection, type Selected } from '../database/rows.js';
import { NotFound } from '../errors.js';
import { newId } from '../ids.js';
import { describeError } from './error-answer.js';
import { answerBodyPlace } from './idempotency.js';
import { IDEMPOTENCY_KEYS, type IdempotencyKey } from './idempotency-key.entity.js';

const KEY = selection(IDEMPOTENCY_KEYS.pick(['owner', 'keyHash']));
const UNNAMED = selection(IDEMPOTENCY_KEYS.pick(['owner', 'keyHash', 'createdAt', 'answerBody']));

/** An answer of an earlier version, which does not say of which session it is. */
export type UnnamedAnswer = Selected<typeof UNNAMED>;

/**
 * Forgets what was asked and answered under Idempotency-Keys. The keys stay until their week is over, without a digest of the request, and answer that there is
 * no such session: gone, they would let a create that comes once more bring the person back.
 */
@Injectable()
export class ForgetAnswers {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  /** Of these sessions. */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<void> {
    const rest = `FROM idempotency_key ${this.database.byIndex('idempotency_key_about')} WHERE about IN (${marks(sessionIds)})`;
    for (const key of await KEY.read(tx, `${rest} ${this.database.forUpdate}`, sessionIds)) await this.forget(tx, key);
  }

  /** The answer to what was asked for stays; who it was asked for goes. */
  async requestsFor(tx: Tx, about: string): Promise<void> {
    await IDEMPOTENCY_KEYS.update(tx, { requestHash: '' }, 'WHERE about = ?', [about]);
  }

  /** The next answers of earlier versions, in the order of time; none, a week after the upgrade. */
  async unnamed(after: Pick<UnnamedAnswer, 'createdAt' | 'keyHash'>, limit: number): Promise<UnnamedAnswer[]> {
    return this.database.browse((manager) =>
      UNNAMED.read(
        manager,
        `FROM idempotency_key ${this.database.byIndex('idempotency_key_about')}
         WHERE about IS NULL AND created_at >= ? AND answer_body IS NOT NULL AND (created_at > ? OR key_hash > ?)
         ORDER BY created_at, key_hash LIMIT ${limit}`,
        [after.createdAt, after.createdAt, after.keyHash],
      ),
    );
  }

  textOf({ owner, keyHash, answerBody }: UnnamedAnswer): string {
    return answerBody === null ? '' : this.crypto.open(answerBodyPlace({ owner, keyHash }), answerBody);
  }

  async forget(tx: Tx, { owner, keyHash }: Pick<IdempotencyKey, 'owner' | 'keyHash'>): Promise<void> {
    const url = owner === 'admin' ? '/admin/sessions' : `/v1/Account/${owner}/Masking/Session`;
    const asked = { url, method: 'POST', requestId: newId(), allowed: [] };
    const { status: answerStatus, headers, body } = describeError(new NotFound(), asked);
    const answerBody = this.crypto.seal(answerBodyPlace({ owner, keyHash }), JSON.stringify({ headers, body }));
    await IDEMPOTENCY_KEYS.update(
      tx,
      { requestHash: '', answerStatus, answerBody, about: '' },
      'WHERE owner = ? AND key_hash = ?',
      [owner, keyHash],
    );
  }
}
