import { Injectable } from '@nestjs/common';
import { AccountSettings, type CallSettings } from '../../accounts/index.js';
import {
  gatherDigitsXml,
  hangupXml,
  playAndHangupXml,
  type GatheredDigits,
  type VerifiedWebhook,
} from '../../plivo/index.js';
import { FindSessionById, FindStrangers, type Route, type SessionRecord } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Crypto, isEqualSecret } from '../../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { Events } from '../../platform/events/events.js';
import { parseCaller, type E164 } from '../../telephony/phone.js';
import { answering, type IsAwaited } from './answering.js';
import { decideCall } from './call-decision.js';
import { PinChecked } from '../call-routing.events.js';
import { CarryOutDecision, type WaitingCall } from './carry-out-decision.js';
import { PinLocks } from '../pin/pin-locks.js';
import { ReadSeat } from './read-seat.js';
import { spokenRefusal } from './refusal-speech.js';
import { noteReceipt } from '../facts/note-receipt.js';

interface AskedCall {
  id: string;
  kind: 'inbound' | 'request';
  a_leg_uuid: string;
  session_id: string | null;
  caller_role: 'first' | 'second' | null;
  prompt_session_id: string;
  pin_attempts: number;
  decision: string;
}

interface TypedPin extends GatheredDigits {
  attempt: number;
  accountId: string;
  settings: CallSettings;
}

/**
 * Judges a typed PIN: the right one seats the caller in the role whose PIN it is, for this call only; a wrong one, or none, is asked for again while
 * retries are left. Each attempt is judged once, whatever Plivo repeats.
 */
@Injectable()
export class AnswerDigits {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly findStrangers: FindStrangers,
    private readonly findSessionById: FindSessionById,
    private readonly pinLocks: PinLocks,
    private readonly readSeat: ReadSeat,
    private readonly directCall: CarryOutDecision,
    private readonly accountSettings: AccountSettings,
  ) {}

  async run(
    webhook: VerifiedWebhook,
    callId: string,
    attempt: number,
    typed: GatheredDigits,
    isAwaited: IsAwaited,
  ): Promise<string> {
    const { accountId } = webhook;
    const settings = await this.accountSettings.of(accountId);
    return answering(this.database, isAwaited, async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      const call = await this.askedCall(tx, accountId, callId, typed.callUuid);
      const place = { column: 'call_answer.answer', row: `${callId}/pin-${attempt}`, account: accountId };
      const [earlier] = (await tx.query('SELECT answer FROM call_answer WHERE call_id = ? AND step = ?', [
        callId,
        `pin-${attempt}`,
      ])) as {
        answer: string;
      }[];
      if (earlier) return this.crypto.open(place, earlier.answer);
      if (call.decision !== 'ask-pin' || attempt !== call.pin_attempts + 1) return hangupXml();

      const answer = await this.judge(tx, call, { ...typed, attempt, accountId, settings });
      await change(tx, 'UPDATE masked_call SET pin_attempts = ? WHERE id = ?', [attempt, callId]);
      await tx.query('INSERT INTO call_answer (call_id, step, answer) VALUES (?, ?, ?)', [
        callId,
        `pin-${attempt}`,
        this.crypto.seal(place, answer),
      ]);
      return answer;
    });
  }

  private async askedCall(tx: Tx, accountId: string, callId: string, callUuid: string): Promise<AskedCall> {
    const [call] = (await tx.query(
      `SELECT * FROM masked_call WHERE id = ? AND account_id = ? AND a_leg_uuid = ? AND prompt_session_id IS NOT NULL ${this.database.forUpdate}`,
      [callId, accountId, callUuid],
    )) as AskedCall[];
    if (!call) throw new NotFound();
    return call;
  }

  private async judge(tx: Tx, call: AskedCall, typed: TypedPin): Promise<string> {
    const { accountId, settings, digits } = typed;
    const prompt = await this.findSessionById.run(tx, accountId, call.prompt_session_id);
    if (!prompt) return spokenRefusal('expired', settings);
    const caller = parseCaller(typed.from);
    const isLocked = await this.pinLocks.isLocked(tx, prompt, caller);
    const seat = isLocked || digits === '' ? null : await this.seatOf(tx, accountId, call, prompt, digits);

    const waiting = {
      callId: call.id,
      accountId,
      aLegUuid: call.a_leg_uuid,
      kind: call.kind,
      requestId: null,
      caller,
      settings,
    };
    if (!seat) return this.turnAway(tx, waiting, prompt, typed, isLocked);
    await this.events.publish(
      tx,
      new PinChecked(accountId, seat.session.id, call.id, 'success', typed.attempt - 1, caller, seat.role),
    );
    const facts = await this.readSeat.run(tx, seat.session, settings, { caller });
    return this.directCall.proceed(tx, waiting, decideCall({ kind: 'seated', seat, by: 'pin' }, facts));
  }

  /** Asks again while attempts are left. What was wrong counts towards the locks; silence does not. */
  private async turnAway(
    tx: Tx,
    call: WaitingCall,
    prompt: SessionRecord,
    { digits, attempt }: TypedPin,
    wasLocked: boolean,
  ): Promise<string> {
    if (digits !== '' && !wasLocked) await this.pinLocks.noteFailure(tx, prompt, call.caller);
    const isLocked = wasLocked || (await this.pinLocks.isLocked(tx, prompt, call.caller));
    const { pin_retry, incorrect_pin_play } = prompt.settings;
    if (!isLocked && attempt <= (pin_retry ?? 0)) return this.askAgain(prompt, call, attempt);

    await this.events.publish(
      tx,
      new PinChecked(call.accountId, prompt.id, call.callId, 'failed', attempt, call.caller, null),
    );
    const refused = await this.directCall.proceed(tx, call, {
      decision: 'refuse',
      reason: isLocked ? 'locked' : 'wrong-pin',
      seat: null,
    });
    return incorrect_pin_play ? playAndHangupXml(incorrect_pin_play) : refused;
  }

  /** A registered caller must type its own PIN; everybody else takes the role whose PIN it is. */
  private async seatOf(
    tx: Tx,
    accountId: string,
    call: AskedCall,
    prompt: SessionRecord,
    digits: string,
  ): Promise<Route | null> {
    if (call.session_id !== null && call.caller_role !== null) {
      const own = call.caller_role === 'first' ? prompt.parties.firstPin : prompt.parties.secondPin;
      return own !== null && isEqualSecret(digits, own) ? { session: prompt, role: call.caller_role } : null;
    }
    const found = await this.findStrangers.byPin(tx, accountId, prompt.virtualNumber as E164, digits);
    const session = found && (await this.findSessionById.run(tx, accountId, found.session.id));
    return found && session ? { session, role: found.role } : null;
  }

  private askAgain(prompt: SessionRecord, call: { callId: string; accountId: string }, attempt: number): string {
    const { incorrect_pin_play, pin_prompt_play, pin_retry_wait } = prompt.settings;
    return gatherDigitsXml({
      ...(incorrect_pin_play ? { play: incorrect_pin_play } : {}),
      promptUrl: pin_prompt_play ?? '',
      actionUrl: this.directCall.callUrl(call, `pin/${attempt + 1}`),
      numDigits: 15,
      timeoutSeconds: pin_retry_wait ?? 5,
    });
  }
}
