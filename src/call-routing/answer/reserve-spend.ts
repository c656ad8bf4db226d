import { Injectable } from '@nestjs/common';
import { microsOf, Spend, type CallSettings } from '../../accounts/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import type { Tx } from '../../platform/database/database.js';
import type { CallDecision } from './call-decision.js';

/** What a call takes besides ringing and talking: set-up, files played to the parties, and the provider's own slowness to cut. */
const GRACE_SECONDS = 120;
/** PINs are typed and prompts heard while the caller's leg is already billed. */
const PROMPTED_SECONDS = 600;

interface Spender {
  callId: string;
  accountId: string;
  requestId: string | null;
  settings: CallSettings;
}

/** Dials nobody whose call could exceed the account's daily spend cap. Without a cap it does nothing and costs nothing. */
@Injectable()
export class ReserveSpend {
  constructor(private readonly spend: Spend) {}

  /** The decision as it is, or a refusal in its place. Reserves in the transaction that keeps the decision. */
  async run(tx: Tx, call: Spender, decision: CallDecision): Promise<CallDecision> {
    if (decision.decision !== 'connect') return decision;
    const { seat } = decision;
    const holder = call.requestId ?? call.callId;
    const fits = await this.fits(tx, holder, seat.session, call.settings, decision.reason === 'pin');
    return fits ? decision : { decision: 'refuse', reason: 'spend-cap', seat };
  }

  /** For a call that is about to be placed: the reservation is the later conversation's too. */
  fits(
    tx: Tx,
    holder: string,
    { accountId, settings: session }: SessionRecord,
    settings: CallSettings,
    isPrompted = false,
  ): Promise<boolean> {
    const { daily_spend_cap: cap } = settings;
    if (cap === null) return Promise.resolve(true);
    return this.spend.reserve(tx, { accountId, holder, cap, micros: mostOf(session, settings, isPrompted) });
  }

  /** For a call that certainly was not placed. */
  release(tx: Tx, accountId: string, holder: string): Promise<void> {
    return this.spend.release(tx, accountId, holder);
  }
}

/** Both legs at the highest price, from the first that may be billed to the cut, in whole minutes as Plivo bills. */
function mostOf(
  { ring_timeout, call_time_limit }: SessionRecord['settings'],
  { max_rate_per_minute: rate, minute_fee: fee }: CallSettings,
  isPrompted: boolean,
): number {
  const talk = call_time_limit + GRACE_SECONDS;
  const whole = ring_timeout + talk + (isPrompted ? PROMPTED_SECONDS : 0);
  const minutes = Math.ceil(talk / 60) + Math.ceil(whole / 60);
  return minutes * (microsOf(rate ?? '0') + microsOf(fee));
}
