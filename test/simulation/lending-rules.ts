import { freeAfter, isLive, roleOf, type ModelSession } from './model.js';
import { isOnePhone } from './phones.js';

/** A number that a session wants: its parties, its PINs, and what it claims of strangers. */
export interface Want {
  parties: string[];
  pins: string[];
  isOpen: boolean;
  callingCode: string | null;
}

/** Why a number must not be lent to a session (reference 10.2); null where it may. */
export function whyNot(number: string, want: Want, on: ModelSession[], now: number): string | null {
  if (want.parties.some((party) => isOnePhone(party, number))) return 'it is a party';
  if (want.callingCode !== null && callingCode(number) !== want.callingCode) return 'another country';
  for (const session of on) {
    if (isLive(session, now)) {
      if (want.parties.some((party) => roleOf(session, party) !== null)) return 'a party has a live session on it';
      const claims = session.isOpen || session.isPinOn;
      if (want.isOpen && claims && !hasBoth(session)) return 'strangers belong to another session';
      if (want.isOpen && session.isPinOn) return 'strangers belong to another session';
      if (want.pins.length > 0 && session.isOpen && !hasBoth(session)) return 'strangers belong to an open session';
      if (want.pins.some((pin) => session.pins.first === pin || session.pins.second === pin)) return 'a PIN is taken';
    } else if (now < freeAfter(session) && want.parties.some((party) => roleOf(session, party) !== null)) {
      return 'a party cools off on it';
    }
    if (
      session.left.some((each) => now < each.freeAfter && want.parties.some((party) => isOnePhone(party, each.party)))
    )
      return 'a party that was replaced cools off on it';
  }
  return null;
}

/** Whether a number is free of everything, claims that cool off included: then a refusal for want of numbers is wrong. */
export function isPlainlyFree(number: string, want: Want, on: ModelSession[], now: number): boolean {
  const isTouched = on.some(
    (session) =>
      now < freeAfter(session) && (session.isOpen || session.isPinOn) && (want.isOpen || want.pins.length > 0),
  );
  return !isTouched && whyNot(number, want, on, now) === null;
}

/** By which name a session must be refused that no number can be lent to (reference 10.2, docs/call-behaviour.md). */
export function refusalCode(
  numbers: readonly string[],
  want: Want,
  on: (number: string) => ModelSession[],
  now: number,
): string {
  const parties = { ...want, pins: [], isOpen: false };
  const free = numbers.filter((number) => whyNot(number, parties, on(number), now) === null);
  if (free.length === 0 || (!want.isOpen && want.pins.length === 0)) return 'number_pool_exhausted';
  const isOpenOn = (number: string): boolean =>
    on(number).some((session) => session.isOpen && !hasBoth(session) && now < freeAfter(session));
  return want.isOpen || free.every(isOpenOn) ? 'open_session_per_number' : 'pin_taken';
}

export function callingCode(number: string): string {
  return ['44', '52', '54', '55', '229', '970', '972'].find((code) => number.startsWith(code)) ?? '1';
}

function hasBoth({ parties }: ModelSession): boolean {
  return parties.first !== null && parties.second !== null;
}
