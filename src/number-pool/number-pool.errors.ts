import { refusal } from '../platform/errors.js';

/** Every number that fits is blocked by another session of one of the parties; the sentence is that of the masking API, also of the two below. */
export class NumberPoolExhausted extends refusal('number_pool_exhausted', 'invalid') {
  constructor(numbersNeeded: number) {
    super('Number pool exhausted or not available', { extra: { numbers_needed: numbersNeeded } });
  }
}

/** Numbers are free for the parties, but on each of them a PIN of this session is live for another one: with other PINs it would be lent one. */
export class PinTaken extends NumberPoolExhausted {
  static override readonly code: string = 'pin_taken';
  override readonly code = 'pin_taken';
}

/**
 * Numbers are free for the parties, but strangers are somebody else's there: an open session, of one party and without PIN, answers for all
 * strangers of its number, so it shares it with no other open session and with no PIN.
 */
export class OpenSessionPerNumber extends NumberPoolExhausted {
  static override readonly code: string = 'open_session_per_number';
  override readonly code = 'open_session_per_number';
}

/** Numbers of the pool would do for calls, and over none of them can texts be passed on to these people. */
export class TextsNotPossible extends refusal('messaging_route', 'invalid') {
  constructor() {
    super('messaging is not possible between these numbers: no number takes texts and reaches both parties', {
      param: 'messaging',
    });
  }
}

export class InvalidNumber extends refusal(
  'invalid_number',
  'invalid',
  'expected a phone number with its country code, such as +14155550100',
  { param: 'number' },
) {}

export class UnknownSubaccount extends refusal(
  'subaccount_not_found',
  'invalid',
  'expected the auth_id of a subaccount of this account',
  { param: 'subaccount' },
) {}

export class UnknownNumber extends refusal('number_not_found', 'not-found', 'the pool has no such number') {}

export class NumberTaken extends refusal('number_taken', 'conflict', 'another account has this number', {
  param: 'number',
}) {}

/** A session cannot be given this number: it is no number that would be lent now, or not to this owner. */
export class NumberNotLendable extends refusal(
  'number_not_lendable',
  'conflict',
  "expected an active number that leads here, is linked to the session's subaccount if it has one, and may connect these parties",
  { param: 'virtual_number' },
) {}

/** A party has this number for another session, or had it until a moment ago. */
export class NumberBusy extends refusal(
  'number_busy',
  'conflict',
  'a party has this number for another session, or is cooling off on it',
  { param: 'virtual_number' },
) {}

/** Removed and added again it would be lent to who is to have it with nobody else yet: a call or a text meant for one reaches another. */
export class NumberCoolsOff extends refusal('number_in_use', 'conflict') {
  constructor(until: number) {
    const instant = new Date(until).toISOString();
    super(`somebody of an ended session cools off on this number until ${instant}; set it to retired until then`);
  }
}

/** Moving or removing the number would take it from people who may be dialling it. */
export class NumberInUse extends refusal('number_in_use', 'conflict') {
  constructor(liveSessions: number) {
    super(`live sessions use this number: ${liveSessions}; set it to draining and wait for their end`, {
      extra: { live_sessions: liveSessions },
    });
  }
}

export interface RefusedRow {
  /** The first row after the header is 1. */
  row: number;
  /** Line of the file, the header being line 1. */
  line: number;
  problem: string;
}

const ROWS_SHOWN = 20;

/** Not one row of the file was taken. */
export class ImportRefused extends refusal('import_refused', 'invalid') {
  static forRows(rows: RefusedRow[]): ImportRefused {
    const shown = rows.slice(0, ROWS_SHOWN).map(({ row, line, problem }) => `row ${row} (line ${line}): ${problem}`);
    if (rows.length > ROWS_SHOWN) shown.push(`${rows.length - ROWS_SHOWN} more`);
    return new ImportRefused(`nothing imported; ${shown.join('; ')}`, { extra: { refused_rows: rows.length } });
  }
}

/** Plivo will not list the account's numbers to us: mostly credentials that it no longer accepts. */
export class ListingRefused extends refusal('provider_refused', 'unavailable') {
  constructor(status: number, subaccount?: string) {
    super(
      subaccount === undefined
        ? `Plivo refused to list the numbers of this account (status ${status})`
        : `Plivo refused to show the applications of subaccount ${subaccount} with its own token (status ${status})`,
    );
  }
}
