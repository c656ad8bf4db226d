import { Injectable } from '@nestjs/common';
import type { SessionRecord } from '../../sessions/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { number, selection } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import { personOf } from '../../telephony/identity.js';
import type { E164 } from '../../telephony/phone.js';
import { PIN_FAILURES } from './pin-failure.entity.js';

/** A four-digit PIN is one of ten thousand: without these, a patient caller gets in. */
const MAX_PER_CALLER_AND_HOUR = 5;
const MAX_PER_SESSION = 20;
/** All callers that show no number count as one. */
const WITHHELD = 'withheld';

const WRONG_PINS = selection({
  ofCaller: number('(SELECT COUNT(*) FROM pin_failure WHERE account_id = ? AND caller_index = ? AND failed_at > ?)'),
  atPrompt: number('(SELECT COUNT(*) FROM pin_failure WHERE session_id = ?)'),
});

/** Counts wrong PINs: 5 of one caller within an hour, or 20 at one session's prompt, close the way in. */
@Injectable()
export class PinLocks {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
  ) {}

  async isLocked(tx: Tx, prompt: SessionRecord, caller: E164 | null): Promise<boolean> {
    const [wrong] = await WRONG_PINS.read(tx, '', [
      prompt.accountId,
      this.callerIndex(prompt.accountId, caller),
      this.clock.now() - HOUR_MS,
      prompt.id,
    ]);
    if (!wrong) return false;
    return wrong.ofCaller >= MAX_PER_CALLER_AND_HOUR || wrong.atPrompt >= MAX_PER_SESSION;
  }

  async noteFailure(tx: Tx, prompt: SessionRecord, caller: E164 | null): Promise<void> {
    await PIN_FAILURES.insert(tx, {
      id: newId(),
      accountId: prompt.accountId,
      sessionId: prompt.id,
      callerIndex: this.callerIndex(prompt.accountId, caller),
      failedAt: this.clock.now(),
    });
  }

  private callerIndex(accountId: string, caller: E164 | null): string {
    return caller === null ? WITHHELD : this.crypto.index(accountId, 'party', personOf(caller));
  }
}
