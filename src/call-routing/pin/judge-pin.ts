import { Injectable } from '@nestjs/common';
import { FindSessionById, FindStrangers, type Route, type SessionRecord } from '../../sessions/index.js';
import { isEqualSecret } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { Events } from '../../platform/events/events.js';
import type { E164 } from '../../telephony/phone.js';
import type { MaskedCall } from '../call.entity.js';
import { NumberAttacked, PinChecked } from '../call-routing.events.js';
import { PinLocks } from './pin-locks.js';

/** What was typed at a session's prompt, in which call and by whom. */
export interface TypedPin {
  call: Pick<MaskedCall, 'id' | 'accountId' | 'sessionId' | 'callerRole'>;
  prompt: SessionRecord;
  /** The number that the caller shows; null when it is withheld. */
  caller: E164 | null;
  /** Empty when nothing was typed. */
  digits: string;
  /** From 1. */
  attempt: number;
}

export type PinVerdict =
  | { verdict: 'right'; seat: Route }
  | { verdict: 'again' }
  | { verdict: 'failed'; reason: 'locked' | 'wrong-pin' | 'wait' };

/**
 * The right PIN seats the caller in the role whose PIN it is, for this call only; a wrong one, or none, may be tried again while retries are left.
 * What was wrong counts towards the locks; silence does not. On a number that is being guessed at, guesses are judged one a minute.
 */
@Injectable()
export class JudgePin {
  constructor(
    private readonly events: Events,
    private readonly findStrangers: FindStrangers,
    private readonly findSessionById: FindSessionById,
    private readonly pinLocks: PinLocks,
  ) {}

  async run(tx: Tx, typed: TypedPin): Promise<PinVerdict> {
    const { call, prompt, caller, digits } = typed;
    const guess = { prompt, caller, digits, isRegistered: call.sessionId !== null && call.callerRole !== null };
    const admitted = digits === '' ? 'judge' : await this.pinLocks.admit(tx, guess);
    // Nothing was judged: no attempt is used up, and there is nothing to tell.
    if (admitted === 'wait') return { verdict: 'failed', reason: 'wait' };
    const wasLocked = admitted === 'locked';
    const seat = wasLocked || digits === '' ? null : await this.seatOf(tx, typed);
    // Told when it is decided whom the caller is connected with (tell-refusal.ts).
    if (seat) return { verdict: 'right', seat };

    const isAttacked = digits !== '' && !wasLocked && (await this.pinLocks.noteFailure(tx, guess));
    if (isAttacked)
      await this.events.publish(tx, new NumberAttacked(prompt.accountId, prompt.virtualNumber, prompt.id));
    return this.fail(tx, typed, wasLocked);
  }

  private async fail(tx: Tx, { call, prompt, caller, attempt }: TypedPin, wasLocked: boolean): Promise<PinVerdict> {
    const isLocked = wasLocked || (await this.pinLocks.isLocked(tx, prompt, caller));
    if (!isLocked && attempt <= (prompt.settings.pin_retry ?? 0)) return { verdict: 'again' };
    await this.events.publish(
      tx,
      new PinChecked(call.accountId, prompt.id, call.id, 'failed', attempt, caller, null, null),
    );
    return { verdict: 'failed', reason: isLocked ? 'locked' : 'wrong-pin' };
  }

  /** A registered caller must type its own PIN; everybody else takes the role whose PIN it is. */
  private async seatOf(tx: Tx, { call, prompt, digits }: TypedPin): Promise<Route | null> {
    if (call.sessionId !== null && call.callerRole !== null) {
      const own = call.callerRole === 'first' ? prompt.parties.firstPin : prompt.parties.secondPin;
      return own !== null && isEqualSecret(digits, own) ? { session: prompt, role: call.callerRole } : null;
    }
    const found = await this.findStrangers.byPin(tx, call.accountId, prompt.virtualNumber as E164, digits);
    const session = found && (await this.findSessionById.run(tx, call.accountId, found.session.id));
    return found && session ? { session, role: found.role } : null;
  }
}
