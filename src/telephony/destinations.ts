import { numberingOf, type Numbering, type NumberType, type Reading } from './destination-table.js';
import type { E164 } from './phone.js';

/** Where an account's calls may go. */
export interface DestinationPolicy {
  /** ISO 3166 codes; null: every country. Whatever stands here, the kinds of numbers below are never dialled. */
  readonly allowed_countries: readonly string[] | null;
}

export type DestinationRefusal =
  'country' | 'premium' | 'satellite' | 'shared-cost' | 'emergency' | 'short' | 'personal' | 'unknown';

/** `country` is an ISO 3166 code, empty where the digits do not tell or the network is of no country. */
export type DestinationVerdict = { allowed: true; country: string } | { allowed: false; reason: DestinationRefusal };

/** ISO 3166 code of a number's country where several share its calling code and the digits tell, else null; of toll-free numbers the main one. As quick as `isDialable`. */
export function countryAmongSharers(number: E164): string | null {
  const numbering = numberingOf(number);
  if (numbering === null || numbering.sharers.length < 2) return null;
  const verdict = isDialable(number, EVERY_COUNTRY);
  return (verdict.allowed && verdict.country) || null;
}

export const EVERY_COUNTRY: DestinationPolicy = { allowed_countries: null };

/**
 * What numbering plans do not list, or list as ordinary numbers: international networks of no country (Inmarsat, Iridium, Thuraya and others
 * are "mobile" there); North America's pay-per-call code 976, as area code or as exchange of any but a toll-free one; and whole ranges whose
 * unlisted numbers would otherwise pass as numbers of unknown type.
 */
const REFUSED_PREFIXES: readonly (readonly [RegExp, DestinationRefusal])[] = [
  [/^(?:87[0-7]|88[123])/, 'satellite'],
  [/^878/, 'personal'],
  [/^8(?:79|88)/, 'unknown'],
  [/^808/, 'shared-cost'],
  [/^979/, 'premium'],
  [/^1(?:900|976|(?!8(?:00|33|44|55|66|77|88))[2-9]\d\d976)/, 'premium'],
  [/^440?70/, 'personal'],
];

const REFUSED_TYPES: Partial<Record<NumberType, DestinationRefusal>> = {
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'shared-cost',
  PERSONAL_NUMBER: 'personal',
};

/** Nobody's telephone: what is this short and of such a type is a service reached by a short code. */
const SERVICE_TYPES = new Set<NumberType>(['UAN', 'VOICEMAIL', 'PAGER']);

/** Ordinary numbers that begin so, such as Norway's mobiles, are of a known type. */
const EMERGENCY = /^(?:000|112|911|999)/;
const SHORTEST_E164 = 7;
/** Shorter ones are ordinary only where a numbering plan lists them, as in the Faroe Islands and on Ascension. */
const SHORTEST_UNLISTED = 7;

/**
 * Whether a number may be dialled at all, and where it is. Refuses premium, shared-cost, satellite, personal, emergency and short numbers
 * always, and countries outside the policy. Numbers of a possible length in ranges that no plan lists are allowed: plans are younger than
 * the table. A number that may belong to any of several countries needs all of them allowed. Takes 1 to 8 us,
 * 0.3 ms for the first number of a calling code; remembers no number.
 */
export function isDialable(number: E164, policy: DestinationPolicy): DestinationVerdict {
  if (number.length < SHORTEST_E164) return refused(EMERGENCY.test(number) ? 'emergency' : 'short');
  const own = REFUSED_PREFIXES.find(([prefix]) => prefix.test(number));
  if (own) return refused(own[1]);

  const numbering = numberingOf(number);
  if (numbering === null) return refused('unknown');
  const typed = numbering.readings.find(({ holders }) => holders.some(({ type }) => type !== null));
  const reason = typed ? reasonAgainst(typed) : reasonAgainstUnlisted(numbering.readings);
  if (reason !== null) return refused(reason);
  return verdictOfCountry(numbering, typed ?? numbering.readings[0], policy);
}

function refused(reason: DestinationRefusal): DestinationVerdict {
  return { allowed: false, reason };
}

function reasonAgainst({ holders, national }: Reading): DestinationRefusal | null {
  for (const { type } of holders) {
    const reason = type && REFUSED_TYPES[type];
    if (reason) return reason;
    if (type && SERVICE_TYPES.has(type) && national.length < SHORTEST_UNLISTED) return 'short';
  }
  return null;
}

function reasonAgainstUnlisted(readings: Reading[]): DestinationRefusal | null {
  if (readings.some(({ national }) => EMERGENCY.test(national))) return 'emergency';
  if (readings.some(({ national }) => national.length < SHORTEST_UNLISTED)) return 'short';
  return readings.some(({ isPossible }) => isPossible) ? null : 'unknown';
}

function verdictOfCountry(
  { sharers }: Numbering,
  { holders }: Reading,
  { allowed_countries: allowed }: DestinationPolicy,
): DestinationVerdict {
  const countries = holders.map(({ country }) => country);
  if (allowed === null) return { allowed: true, country: countries[0] ?? '' };

  const country = countries.find((held) => allowed.includes(held));
  if (country !== undefined) return { allowed: true, country };
  return countries.length === 0 && sharers.every((sharer) => allowed.includes(sharer))
    ? { allowed: true, country: '' }
    : refused('country');
}
