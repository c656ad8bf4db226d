import { DomainError, refusal, type RefusalClass } from '../platform/errors.js';
import { URL_REFUSALS, type UrlRefusal } from '../platform/outgoing/url-refusal.js';
import type { DestinationRefusal } from '../telephony/destinations.js';

/** A callback URL that would never be called: the code names the rule, the sentence is the documented one of any bad URL. */
export class UrlNotAllowed extends DomainError {
  readonly kind = 'invalid';
  readonly code: string;
  constructor(rule: UrlRefusal, param: string) {
    super(`Invalid parameter. ${param} should be a valid URL`, { param });
    this.code = codeOf(rule);
  }

  /** Of each rule what can be known of it before. */
  static readonly classes: readonly RefusalClass[] = URL_REFUSALS.map((rule) => ({
    code: codeOf(rule),
    kind: 'invalid',
    sentence: 'Invalid parameter. callback_url should be a valid URL',
  }));
}

function codeOf(rule: UrlRefusal): string {
  return `url_${rule.replaceAll('-', '_')}`;
}

export class MissingParameter extends refusal('missing_parameter', 'invalid') {
  constructor(param: string) {
    super(`Mandatory parameter missing. ${param} must be present`, { param });
  }
}

/** A party in a country or of a kind that the operator does not let us dial. */
export class DestinationNotAllowed extends refusal('destination_not_allowed', 'invalid') {
  constructor(param: 'first_party' | 'second_party', reason: DestinationRefusal) {
    const remedy =
      reason === 'country'
        ? ": its country is not among the account's allowed_countries, which an operator sets by PATCH /admin/accounts/{auth_id}/settings"
        : '';
    super(`Invalid parameter. ${param} is not an allowed destination${remedy}`, { param });
  }
}

/** A party that is a number we lend: calls would go round in circles, and a session would reach into another one. */
export class PartyIsVirtualNumber extends refusal('party_is_virtual_number', 'invalid') {
  constructor(param: 'first_party' | 'second_party') {
    super(`Invalid parameter. ${param} must not be a virtual number`, { param });
  }
}

/** Numbers of this party's or this session's country may connect only people in it. */
export class CountryKeepsCallsInside extends refusal('country_rule', 'invalid') {
  constructor(param: 'first_party' | 'second_party', callingCode: string) {
    super(
      `Invalid parameter. ${param} must be a +${callingCode} number too: numbers of that country connect nobody outside it. With geomatch false a number of another country is lent`,
      { param },
    );
  }
}

/** A session with texts, in an account that has none. */
export class TextsOff extends refusal('texts_off', 'invalid') {
  constructor() {
    super(
      'Invalid parameter. messaging is off for this account: an operator sets texts to on by PATCH /admin/accounts/{auth_id}/settings',
      { param: 'messaging' },
    );
  }
}

export class SessionAlreadyExpired extends refusal('session_expired', 'invalid', 'Session already expired') {}

/** Of an import: a session is known by this uuid, here or in another account, and is another one. */
export class SessionUuidTaken extends refusal('session_uuid_taken', 'conflict', 'another session has this uuid', {
  param: 'session_uuid',
}) {}

/** Of an import: a pair has one live session. */
export class PairHasSession extends refusal(
  'pair_has_session',
  'conflict',
  'these two parties have a live session already, under another uuid',
) {}

/** Why one session of an import is refused: nobody's number. */
export interface RefusedSession {
  index: number;
  session_uuid: string | null;
  code: string;
  param: string | null;
  detail: string;
}

/** Not one session was taken over: `refused` says of each why. */
export class SessionsRefused extends refusal('sessions_refused', 'conflict') {
  constructor(refused: readonly RefusedSession[]) {
    super(`nothing imported: ${refused.length} of the sessions are refused`, { extra: { refused } });
  }
}
