import { pooledAmong } from '../number-pool/index.js';
import type { Tx } from '../platform/database/database.js';
import { newPin } from '../platform/ids.js';
import { isDialable, type DestinationPolicy } from '../telephony/destinations.js';
import { isSamePerson } from '../telephony/identity.js';
import { barredCodes } from '../telephony/country-rules.js';
import { callingCodeOf, type E164 } from '../telephony/phone.js';
import { InvalidParameter } from '../platform/errors.js';
import type { SessionParties } from './session.entity.js';
import { CreateSessionDto } from './session-request.dto.js';
import { generatedPinLength, type SessionDefaults } from './session-settings.js';
import {
  CountryKeepsCallsInside,
  DestinationNotAllowed,
  MissingParameter,
  PartyIsVirtualNumber,
} from './sessions.errors.js';

/**
 * Parties and PINs of a new session. Refuses one phone as both parties, however spelt, and equal PINs; with PIN on refuses a missing prompt, and a missing PIN that is
 * not to be generated. In a single-party session only the missing party's role needs a PIN, because only strangers are asked, unless forced.
 */
export function newParties(request: CreateSessionDto, defaults: SessionDefaults): SessionParties {
  const first = request.first_party ?? null;
  const second = request.second_party ?? null;
  if (isOnePhone({ first, second }))
    throw new InvalidParameter('Invalid parameter. first_party and second_party must be different', 'second_party');
  if (!request.is_pin_authentication_required) return { first, second, firstPin: null, secondPin: null };

  const isNeeded = { first: first === null || second !== null, second: second === null || first !== null };
  const isEveryoneAsked = request.force_pin_authentication === true;
  const length = generatedPinLength(request, defaults);
  const firstPin = wantedPin(request, 'first_party_pin', {
    isNeeded: isNeeded.first || isEveryoneAsked,
    length,
    other: request.second_party_pin,
  });
  const secondPin = wantedPin(request, 'second_party_pin', {
    isNeeded: isNeeded.second || isEveryoneAsked,
    length,
    other: firstPin,
  });
  if (firstPin !== null && firstPin === secondPin) {
    throw new InvalidParameter(
      'Invalid parameter. first_party_pin and second_party_pin must be different',
      'second_party_pin',
    );
  }
  if (!request.pin_prompt_play) throw new MissingParameter('pin_prompt_play');
  return { first, second, firstPin, secondPin };
}

function wantedPin(
  request: CreateSessionDto,
  name: 'first_party_pin' | 'second_party_pin',
  { isNeeded, length, other }: { isNeeded: boolean; length: number; other: string | null | undefined },
): string | null {
  const given = request[name];
  if (given !== undefined) return given;
  if (!isNeeded) return null;
  if (!request.generate_pin) throw new MissingParameter(name);
  for (;;) {
    const pin = newPin(length);
    if (pin !== other) return pin;
  }
}

/** Whether both parties are one phone, or both are missing. */
export function isOnePhone({ first, second }: { first: string | null; second: string | null }): boolean {
  if (first === null || second === null) return first === second;
  return isSamePerson(first as E164, second as E164);
}

/** Refuses a party that could never be called; the same rule stands again right before dialling. */
export function requireAllowed(
  parties: { first: string | null; second: string | null },
  policy: DestinationPolicy,
): void {
  for (const role of ['first', 'second'] as const) {
    const number = parties[role];
    const verdict = number === null ? null : isDialable(number as E164, policy);
    if (verdict?.allowed === false) throw new DestinationNotAllowed(`${role}_party`, verdict.reason);
  }
}

/** Refuses parties whom a number of this calling code may not connect; null stands for numbers of any country. */
export function requireInside(
  parties: { first: string | null; second: string | null },
  callingCode: string | null,
): void {
  if (callingCode === null || !barredCodes([parties.first, parties.second]).includes(callingCode)) return;
  const isFirst = parties.first !== null && callingCodeOf(parties.first as E164) !== callingCode;
  throw new CountryKeepsCallsInside(isFirst ? 'first_party' : 'second_party', callingCode);
}

/** Refuses a party that is a virtual number of any account here, also a retired or missing one, in any spelling. */
export async function requireNoVirtualNumber(
  tx: Tx,
  parties: { first?: string | null; second?: string | null },
): Promise<void> {
  const given = (['first', 'second'] as const).filter((role) => parties[role]);
  const pooled = await pooledAmong(
    tx,
    given.map((role) => parties[role] as E164),
  );
  const role = given.find((one) => pooled.includes(parties[one] as E164));
  if (role) throw new PartyIsVirtualNumber(`${role}_party`);
}
