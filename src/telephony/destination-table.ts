import { createRequire } from 'node:module';
import type { Metadata, MetadataJson } from 'libphonenumber-js/core';

const TYPES = [
  'FIXED_LINE',
  'MOBILE',
  'PREMIUM_RATE',
  'TOLL_FREE',
  'SHARED_COST',
  'VOIP',
  'PERSONAL_NUMBER',
  'PAGER',
  'UAN',
  'VOICEMAIL',
] as const;

export type NumberType = (typeof TYPES)[number];

/** A number taken apart in one of the ways in which a network may do it. */
export interface Reading {
  /** The digits after the calling code. */
  national: string;
  /** Whether its country, or the calling code's main country, has numbers of this length. */
  isPossible: boolean;
  /**
   * Whose number it is: mostly one country; several for ranges held in common, such as North America's toll-free numbers; none where the
   * calling code is shared and the digits do not tell. `country` is empty for networks of no country, `type` null for unlisted ranges.
   */
  holders: { country: string; type: NumberType | null }[];
}

/** What numbering plans make of a number. */
export interface Numbering {
  /** Countries that share the calling code; empty for networks of no country. */
  sharers: string[];
  /** As dialled and, unless its type is known so, without a trunk prefix that stands where none belongs (`+44 0...`). */
  readings: [Reading] | [Reading, Reading];
}

/** The part of libphonenumber's own reader of its table that is used here; its declarations leave most of it out. */
interface ListedPlan {
  possibleLengths(): number[];
  leadingDigits(): string | undefined;
  nationalPrefixForParsing(): string | undefined;
  nationalPrefixTransformRule(): string | undefined;
  type(name: NumberType): { pattern(): string; possibleLengths(): number[] } | undefined;
}

interface Table extends Metadata {
  getCountries(): string[];
  hasCallingCode(code: string): boolean | undefined;
  getCountryCodesForCallingCode(code: string): string[] | undefined;
  selectNumberingPlan(countryOrCallingCode: string): { numberingPlan: ListedPlan };
}

interface Plan {
  country: string;
  lengths: ReadonlySet<number>;
  leadingDigits: RegExp | null;
  trunkPrefix: RegExp | null;
  trunkRule: string | null;
  types: { name: NumberType; lengths: ReadonlySet<number>; pattern: RegExp }[];
}

/*
 * By require, like the table of phone.ts. The table that tells types takes 5 ms and 0.7 MB on top of that one. It is read here
 * instead of by the library's parser because that drops a leading trunk digit before it looks at the type, and so takes premium numbers of
 * Belarus (+375 810...) for numbers of no type; and because it builds its patterns anew for every question: 12 to 64 us instead of 1 to 5.
 */
const core = createRequire(import.meta.url)('libphonenumber-js/core') as {
  Metadata: new (json: MetadataJson) => Table;
};
const table = new core.Metadata(createRequire(import.meta.url)('libphonenumber-js/metadata.max.json') as MetadataJson);

const LONGEST_CALLING_CODE = 3;
/**
 * Mexico, IFT: 1 before mobiles called from abroad, and 044 or 045 inside the country, went on 3 August 2019, and then from the table; networks, Plivo's
 * number list and old contacts still put the 1. No number there begins with 0 or 1.
 */
const KEPT_TRUNKS: Readonly<Record<string, string>> = { MX: '04[45]|1' };
/** By calling code, built when first asked for; holds patterns, never numbers. */
const plans = new Map<string, Plan[]>();

/** ISO 3166 codes of all countries that have numbers. */
export const COUNTRIES: ReadonlySet<string> = new Set(table.getCountries());

/** ISO 3166 code of the country to which a shared calling code belongs first, such as US for 1; empty for codes that no country has. */
export function mainCountryOf(callingCode: string): string {
  return table.getCountryCodesForCallingCode(callingCode)?.[0] ?? '';
}

/** Null when nobody has this calling code. */
export function numberingOf(digits: string): Numbering | null {
  const callingCode = callingCodeOf(digits);
  if (callingCode === null) return null;
  const sharing = plansOf(callingCode);
  const sharers = sharing.map(({ country }) => country).filter((country) => country !== '');

  const asDialled = read(sharing, digits.slice(callingCode.length));
  if (isListed(asDialled)) return { sharers, readings: [asDialled] };
  const inner = withoutTrunkPrefix(sharing[0], asDialled.national);
  return { sharers, readings: inner === null ? [asDialled] : [asDialled, read(sharing, inner)] };
}

/** What stands before a number inside its country: 0, in Hungary 06, in Russia 8, in North America 1; not the codes, 1xxx, that choose a network. */
const TRUNK = /^(?:[08]|1$)/;

/**
 * `+44 0 20 7946 0001`: a number without the national prefix that stands where none belongs. Null unless no plan lists it as it stands and one lists the
 * rest, or, where its length is possible, `isKnown` knows it: then what it is taken from is nobody's. Where a 0 belongs to the number (Italy, Ivory Coast, Benin) the table knows no
 * national prefix.
 */
export function withoutTrunk(digits: string, isKnown: (digits: string) => boolean): string | null {
  const callingCode = callingCodeOf(digits);
  if (callingCode === null) return null;
  const sharing = plansOf(callingCode);
  const national = digits.slice(callingCode.length);
  if (!TRUNK.test(sharing[0]?.trunkPrefix?.exec(national)?.[0] ?? '')) return null;
  const inner = withoutTrunkPrefix(sharing[0], national);
  if (inner === null) return null;
  if (isListed(read(sharing, national))) return null;
  const [reading, rest] = [read(sharing, inner), callingCode + inner];
  return isListed(reading) || (reading.isPossible && isKnown(rest)) ? rest : null;
}

/** Whether a numbering plan lists the number as it stands. */
export function isInPlan(digits: string): boolean {
  const asDialled = numberingOf(digits)?.readings[0];
  return asDialled !== undefined && isListed(asDialled);
}

function isListed({ holders }: Reading): boolean {
  return holders.some(({ type }) => type !== null);
}

/** No calling code is the beginning of another. */
function callingCodeOf(digits: string): string | null {
  for (let length = 1; length <= LONGEST_CALLING_CODE; length += 1) {
    const code = digits.slice(0, length);
    if (table.hasCallingCode(code)) return code;
  }
  return null;
}

function plansOf(callingCode: string): Plan[] {
  const known = plans.get(callingCode);
  if (known) return known;
  const countries = table.getCountryCodesForCallingCode(callingCode);
  const made = countries ? countries.map((country) => makePlan(country, country)) : [makePlan('', callingCode)];
  plans.set(callingCode, made);
  return made;
}

function makePlan(country: string, listedUnder: string): Plan {
  const listed = table.selectNumberingPlan(listedUnder).numberingPlan;
  const [leadingDigits, listedPrefix] = [listed.leadingDigits(), listed.nationalPrefixForParsing()];
  const trunkPrefix = KEPT_TRUNKS[country] ?? listedPrefix;
  return {
    country,
    lengths: new Set(listed.possibleLengths()),
    leadingDigits: leadingDigits ? new RegExp(`^(?:${leadingDigits})`) : null,
    trunkPrefix: trunkPrefix ? new RegExp(`^(?:${trunkPrefix})`) : null,
    trunkRule: listed.nationalPrefixTransformRule() || null,
    types: TYPES.flatMap((name) => {
      const type = listed.type(name);
      // An empty pattern: mobile numbers that cannot be told from fixed ones.
      if (!type?.pattern()) return [];
      return [{ name, lengths: new Set(type.possibleLengths()), pattern: new RegExp(`^(?:${type.pattern()})$`) }];
    }),
  };
}

function read(sharing: Plan[], national: string): Reading {
  const owners = ownersOf(sharing, national);
  const measure = owners.length > 0 ? owners : sharing.slice(0, 1);
  return {
    national,
    isPossible: measure.some(({ lengths }) => lengths.has(national.length)),
    holders: owners.map((plan) => ({ country: plan.country, type: typeOf(plan, national) })),
  };
}

/** Some sharers are known by their leading digits, the others by what their numbers look like. */
function ownersOf(sharing: Plan[], national: string): Plan[] {
  if (sharing.length === 1) return sharing;
  const led = sharing.filter(({ leadingDigits }) => leadingDigits?.test(national));
  if (led.length > 0) return led;
  return sharing.filter((plan) => plan.leadingDigits === null && typeOf(plan, national) !== null);
}

function typeOf(plan: Plan, national: string): NumberType | null {
  const found = plan.types.find(({ lengths, pattern }) => lengths.has(national.length) && pattern.test(national));
  return found?.name ?? null;
}

/** Null when there is none. Some countries' rule also moves digits, such as Argentina's mobile `15`. */
function withoutTrunkPrefix(plan: Plan | undefined, national: string): string | null {
  const match = plan?.trunkPrefix?.exec(national);
  if (!plan?.trunkPrefix || !match) return null;
  const isMoved = plan.trunkRule !== null && match.length > 1 && match.at(-1) !== undefined;
  const inner = isMoved ? national.replace(plan.trunkPrefix, plan.trunkRule ?? '') : national.slice(match[0].length);
  return inner === national ? null : inner;
}
