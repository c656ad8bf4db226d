import type { Crypto } from '../../platform/crypto/crypto.js';
import type { SessionRecord } from '../../sessions/index.js';
import { isSamePerson } from '../../telephony/identity.js';
import { parseCaller, type E164 } from '../../telephony/phone.js';
import { rungPlace, type CallRequest } from '../call-request.entity.js';

/** Whose phone a request has rung. */
export interface RungParty {
  /** Whether that is the session's first party still. */
  isFirst: boolean;
  /** As the session has it, as Plivo says, or as it was asked; null where none tells. */
  number: E164 | null;
}

/**
 * The parties of a session that was opened with one may be exchanged while a phone rings: who answers then is not who is the first party now. `to` is
 * whom Plivo says that it has called, `rung` whom it was asked to; where neither is known, nobody was exchanged if the session is as it was when the call was
 * placed.
 */
export function rungParty(
  { parties, settings, modifiedAt }: SessionRecord,
  { to, placedAt, rung }: { to: string; placedAt: number | null; rung: E164 | null },
): RungParty {
  const first = parties.first as E164 | null;
  const called = parseCaller(to) ?? rung;
  const mayBeExchanged = settings.create_session_with_single_party === true;
  const isFirst =
    !mayBeExchanged ||
    (called === null ? placedAt !== null && modifiedAt < placedAt : first !== null && isSamePerson(called, first));
  return { isFirst, number: isFirst ? first : called };
}

/** Digits of whom Plivo was asked to ring; null where that is not kept, or not any more. */
export function rungNumber(crypto: Crypto, request: Pick<CallRequest, 'id' | 'accountId' | 'rung'>): E164 | null {
  return request.rung === null ? null : (crypto.open(rungPlace(request), request.rung) as E164);
}
