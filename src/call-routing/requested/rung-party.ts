import type { SessionRecord } from '../../sessions/index.js';
import { isSamePerson } from '../../telephony/identity.js';
import { parseCaller, type E164 } from '../../telephony/phone.js';

/** Whose phone a request has rung. */
export interface RungParty {
  /** Whether that is the session's first party still. */
  isFirst: boolean;
  /** As the session has it, or as Plivo says; null where neither tells. */
  number: E164 | null;
}

/**
 * The parties of a session that was opened with one may be exchanged while a phone rings: who answers then is not who is the first party now. `to` is
 * whom Plivo says that it has called; where that is no number, nobody was exchanged if the session is as it was when the call was placed.
 */
export function rungParty(
  { parties, settings, modifiedAt }: SessionRecord,
  { to, placedAt }: { to: string; placedAt: number | null },
): RungParty {
  const first = parties.first as E164 | null;
  const called = parseCaller(to);
  const mayBeExchanged = settings.create_session_with_single_party === true;
  const isFirst =
    !mayBeExchanged ||
    (called === null ? placedAt !== null && modifiedAt < placedAt : first !== null && isSamePerson(called, first));
  return { isFirst, number: isFirst ? first : called };
}
