import { Injectable } from '@nestjs/common';
import { DailyCaps, microsOf, Spend, type CallSettings } from '../../accounts/index.js';
import { SessionRecords, type SessionRecord } from '../../sessions/index.js';
import type { Tx } from '../../platform/database/database.js';
import type { E164 } from '../../telephony/phone.js';
import type { CallDecision } from './call-decision.js';

/** What a call takes besides ringing and talking: set-up, files played to the parties, and the provider's own slowness to cut. */
const GRACE_SECONDS = 120;
/** PINs are typed and prompts heard while the caller's leg is already billed. */
const PROMPTED_SECONDS = 600;

/** Counts what the transaction does. */
type Count = () => Promise<void>;
const nothing: Count = async () => undefined;

interface Spender {
  callId: string;
  accountId: string;
  requestId: string | null;
  settings: CallSettings;
}

/**
 * Dials nobody whose call could exceed what the account may spend in a day, or how many calls and phones it may have. Without caps it does nothing and
 * costs nothing.
 */
@Injectable()
export class ReserveSpend {
  constructor(
    private readonly spend: Spend,
    private readonly dailyCaps: DailyCaps,
    private readonly records: SessionRecords,
  ) {}

  /**
   * The decision as it is, or a refusal in its place. Reserves in the transaction that keeps the decision, which is to end with `count`: what that
   * changes is shared by all calls of the account.
   */
  async run(tx: Tx, call: Spender, decision: CallDecision): Promise<{ decision: CallDecision; count: Count }> {
    if (decision.decision !== 'connect') return { decision, count: nothing };
    const { seat, dial } = decision;
    const { accountId, settings } = call;
    const holder = call.requestId ?? call.callId;
    if (!(await this.fits(tx, holder, seat.session, settings, decision.reason === 'pin')))
      return { decision: { decision: 'refuse', reason: 'spend-cap', seat }, count: nothing };
    const count = await this.mayDial(tx, accountId, dial, settings);
    if (count !== null) return { decision, count };
    // The leg of a requested call is being billed: its reservation stands until its cost is known.
    if (call.requestId === null) await this.releaseAll(tx, accountId, holder, settings);
    return { decision: { decision: 'refuse', reason: 'daily-cap', seat }, count: nothing };
  }

  /**
   * Why a requested call, whose first party would be rung, may not be placed; null if it may, and then it is counted. `isFirstTry`: it was not
   * counted before. The reservation is the later conversation's too.
   */
  async runRequested(
    tx: Tx,
    { holder, isFirstTry }: { holder: string; isFirstTry: boolean },
    session: SessionRecord,
    settings: CallSettings,
  ): Promise<'spend-cap' | 'daily-cap' | null> {
    const { accountId, parties } = session;
    if (!(await this.fits(tx, holder, session, settings))) return 'spend-cap';
    const isCounted =
      !isFirstTry || (await this.dailyCaps.takeRequestedCall(tx, accountId, settings.daily_requested_calls));
    const count = isCounted ? await this.mayDial(tx, accountId, parties.first as E164, settings) : null;
    if (count !== null) {
      await count();
      return null;
    }
    if (isCounted && isFirstTry && settings.daily_requested_calls > 0)
      await this.dailyCaps.giveBackRequestedCall(tx, accountId);
    await this.releaseAll(tx, accountId, holder, settings);
    return 'daily-cap';
  }

  private fits(
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

  /** How the phone is counted, or null if it is one too many today. */
  private async mayDial(
    tx: Tx,
    accountId: string,
    phone: E164,
    { daily_destinations: cap }: CallSettings,
  ): Promise<Count | null> {
    if (cap === 0) return nothing;
    const index = this.records.partyIndex(accountId, phone) ?? '';
    switch (await this.dailyCaps.findDestination(tx, accountId, index, cap)) {
      case 'known':
        return nothing;
      case 'new':
        return () => this.dailyCaps.countDestination(tx, accountId, index, cap);
      case 'too-many':
        return null;
    }
  }

  private async releaseAll(tx: Tx, accountId: string, holder: string, settings: CallSettings): Promise<void> {
    if (settings.daily_spend_cap !== null) await this.release(tx, accountId, holder);
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
