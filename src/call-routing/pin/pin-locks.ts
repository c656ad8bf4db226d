import { Injectable } from '@nestjs/common';
import type { SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import type { E164 } from '../../telephony/phone.js';

/** A four-digit PIN is one of ten thousand: without these, a patient caller gets in. */
const MAX_PER_CALLER_AND_HOUR = 5;
const MAX_PER_SESSION = 20;
const HOUR_MS = 3_600_000;
/** All callers that show no number count as one. */
const WITHHELD = 'withheld';

/** Counts wrong PINs: 5 of one caller within an hour, or 20 at one session's prompt, close the way in. */
@Injectable()
export class PinLocks {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
  ) {}

  async isLocked(tx: Tx, prompt: SessionRecord, caller: E164 | null): Promise<boolean> {
    const [counts] = (await tx.query(
      `SELECT (SELECT COUNT(*) FROM pin_failure WHERE account_id = ? AND caller_index = ? AND failed_at > ?) AS callers,
        (SELECT COUNT(*) FROM pin_failure WHERE session_id = ?) AS sessions`,
      [prompt.accountId, this.callerIndex(prompt.accountId, caller), this.clock.now() - HOUR_MS, prompt.id],
    )) as { callers: number; sessions: number }[];
    return Number(counts?.callers) >= MAX_PER_CALLER_AND_HOUR || Number(counts?.sessions) >= MAX_PER_SESSION;
  }

  async noteFailure(tx: Tx, prompt: SessionRecord, caller: E164 | null): Promise<void> {
    await tx.query(
      'INSERT INTO pin_failure (id, account_id, session_id, caller_index, failed_at) VALUES (?, ?, ?, ?, ?)',
      [newId(), prompt.accountId, prompt.id, this.callerIndex(prompt.accountId, caller), this.clock.now()],
    );
  }

  private callerIndex(accountId: string, caller: E164 | null): string {
    return caller === null ? WITHHELD : this.crypto.index(accountId, 'party', caller);
  }
}
