import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as PhoneNumbers from 'libphonenumber-js/max';
import { COUNTRIES, numberingOf } from './destination-table.js';
import { countryAmongSharers, EVERY_COUNTRY, isDialable, type DestinationRefusal } from './destinations.js';
import type { E164 } from './phone.js';

const require = createRequire(import.meta.url);
const library = require('libphonenumber-js/max') as typeof PhoneNumbers;
const examples = require('libphonenumber-js/examples.mobile.json') as PhoneNumbers.Examples;
const raw = require('libphonenumber-js/metadata.max.json') as {
  countries: Record<string, unknown[]>;
  nonGeographic: Record<string, unknown[]>;
};

/** The order in which the table lists patterns by type; its layout is read here on its own, as a check on the code's reader. */
const ORDER = [
  'FIXED_LINE',
  'MOBILE',
  'TOLL_FREE',
  'PREMIUM_RATE',
  'PERSONAL_NUMBER',
  'VOICEMAIL',
  'UAN',
  'PAGER',
  'VOIP',
  'SHARED_COST',
] as const;
const REFUSED = new Set<string>(['PREMIUM_RATE', 'SHARED_COST', 'PERSONAL_NUMBER']);
const EXAMPLES_PER_TYPE = 12;

interface Example {
  country: string;
  type: (typeof ORDER)[number];
  number: E164;
}

/** Numbers made from each plan's own patterns. */
function examplesOf(country: string, plan: unknown[]): Example[] {
  const types = (plan[11] || []) as [string?, number[]?][];
  return ORDER.flatMap((type, index) => {
    const [pattern, lengths] = types[index] || [];
    if (!pattern) return [];
    const made = fc.sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), {
      numRuns: EXAMPLES_PER_TYPE,
      seed: 20_260_105,
    });
    return made
      .filter((national) => (lengths ?? (plan[3] as number[])).includes(national.length))
      .map((national) => ({ country, type, number: `${plan[0] as string}${national}` as E164 }));
  });
}

const ofCountries = Object.entries(raw.countries).flatMap(([country, plan]) => examplesOf(country, plan));
const ofNoCountry = Object.entries(raw.nonGeographic).flatMap(([, plan]) => examplesOf('', plan));
const verdictOf = (number: string, countries: string[] | null = null) =>
  isDialable(number as E164, { allowed_countries: countries });

describe('every country and type of the numbering plans', () => {
  it('is there to be tried', () => {
    expect(new Set(ofCountries.map(({ country }) => country))).toEqual(COUNTRIES);
    expect(ofCountries.length).toBeGreaterThan(10_000);
    for (const type of ORDER) expect(ofCountries.filter((example) => example.type === type).length).toBeGreaterThan(50);
  });

  it('has no premium, shared-cost or personal number that is dialled', () => {
    const wanted: Record<string, DestinationRefusal> = {
      PREMIUM_RATE: 'premium',
      SHARED_COST: 'shared-cost',
      PERSONAL_NUMBER: 'personal',
    };
    const wrong = ofCountries
      .filter(({ type, number }) => REFUSED.has(type) && number.length <= 15)
      .filter(({ type, number }) => JSON.stringify(verdictOf(number)) !== refusal(wanted[type] ?? 'unknown', number));
    expect(wrong).toEqual([]);
  });

  it('has no network of no country that is dialled, but for international toll-free numbers', () => {
    const dialled = ofNoCountry.filter(({ number }) => isDialable(number, EVERY_COUNTRY).allowed);
    expect(new Set(dialled.map(({ number }) => number.slice(0, 3)))).toEqual(new Set(['800']));
    expect(new Set(ofNoCountry.map(({ number }) => number.slice(0, 3))).size).toBe(9);
  });

  it('leaves every other listed number dialled, but for service numbers as short as short codes and the exchange 976', () => {
    const refused = ofCountries
      .filter(
        ({ type, number }) => !REFUSED.has(type) && number.length >= 7 && !isDialable(number, EVERY_COUNTRY).allowed,
      )
      .filter(({ number }) => !/^1[2-9]\d\d976/.test(number));
    for (const { type, number } of refused) {
      expect({ type, verdict: verdictOf(number) }).toEqual({
        type: expect.stringMatching(/^(UAN|PAGER|VOICEMAIL)$/),
        verdict: { allowed: false, reason: 'short' },
      });
    }
  });

  it('has a mobile number that is dialled, with its country allowed alone too, and not with all others allowed', () => {
    for (const example of COUNTRIES) {
      const number = library.getExampleNumber(example as PhoneNumbers.CountryCode, examples)?.number.slice(1) ?? '';
      // Not always `example`: Åland's mobiles are Finland's by their digits.
      const country = library.parsePhoneNumberFromString(`+${number}`)?.country ?? '';
      expect(verdictOf(number)).toEqual({ allowed: true, country });
      expect(verdictOf(number, [country])).toEqual({ allowed: true, country });
      const sharers = numberingOf(number)?.sharers ?? [];
      const others = [...COUNTRIES].filter((other) => !sharers.includes(other));
      expect({ country, ...verdictOf(number, others) }).toEqual({ country, allowed: false, reason: 'country' });
    }
  });

  it('is read as libphonenumber reads it wherever that knows a type', () => {
    const differing = ofCountries.filter(({ number }) => !isReadAlike(number));
    expect(differing).toEqual([]);
  });
});

function isReadAlike(number: E164): boolean {
  const theirs = library.parsePhoneNumberFromString(`+${number}`);
  const type = theirs?.getType();
  if (!theirs || !type) return true;
  const [ours] = numberingOf(number)?.readings.at(-1)?.holders ?? [];
  if (!ours || ours.country !== theirs.country) return false;
  return type === 'FIXED_LINE_OR_MOBILE' ? /^(FIXED_LINE|MOBILE)$/.test(ours.type ?? '') : ours.type === type;
}

/** North America's 976 lines and Britain's 070 are refused by their own prefix, whatever type a plan gives them. */
function refusal(reason: DestinationRefusal, number: string): string {
  const own = /^1[2-9]\d\d976/.test(number) ? 'premium' : reason;
  return JSON.stringify({ allowed: false, reason: own });
}

describe('a destination', () => {
  it.each<[string, string, DestinationRefusal]>([
    ['Iridium', '881612345678', 'satellite'],
    ['Globalstar', '881812345678', 'satellite'],
    ['Thuraya', '8821612345678', 'satellite'],
    ['an unlisted number of an international network', '88213123456', 'satellite'],
    ['an international network', '883510012345678', 'satellite'],
    ['Inmarsat', '870773111632', 'satellite'],
    ['Inmarsat by ocean, as it was', '871761234567', 'satellite'],
    ['universal personal numbering', '878101234567890', 'personal'],
    ['disaster relief', '88812345678', 'unknown'],
    ['international premium', '979123456789', 'premium'],
    ['international shared cost', '80812345678', 'shared-cost'],
    ['a British personal number', '447012345678', 'personal'],
    ['a British personal number of a length not listed', '44701234567', 'personal'],
    ['a British personal number behind a trunk zero', '4407012345678', 'personal'],
    ['a US personal number', '15005550006', 'personal'],
    ['US 900', '19005551234', 'premium'],
    ['US 900 in an unlisted exchange', '19001001234', 'premium'],
    ['the US exchange 976', '14159761234', 'premium'],
    ['US 976', '19765551234', 'premium'],
    ['a premium number whose first digit looks like a trunk prefix', '3758103627695', 'premium'],
    ['a premium number behind a trunk prefix', '4409098790000', 'premium'],
    ['112 alone', '112', 'emergency'],
    ['911 alone', '911', 'emergency'],
    ['999 alone', '999', 'emergency'],
    ['112 of Germany', '49112', 'short'],
    ['112 of Germany, with more digits', '49112345', 'emergency'],
    ['112 of Germany behind a trunk zero', '490112345', 'emergency'],
    ['911 as area code', '19115551234', 'emergency'],
    ['the European helpline', '49116117', 'short'],
    ['British directory enquiries', '44118118', 'short'],
    ['a short corporate number', '4702345', 'short'],
    ['a number too short for its country', '9112345', 'short'],
    ['a number too long for its country', '141555501234', 'unknown'],
    ['a calling code of nobody', '210123456789', 'unknown'],
    ['a calling code of nobody that looks like an emergency', '999123456789', 'unknown'],
  ])('that is %s (%s) is refused', (_, number, reason) => {
    expect(verdictOf(number)).toEqual({ allowed: false, reason });
    expect(verdictOf(number, [...COUNTRIES])).toEqual({ allowed: false, reason });
  });

  it.each([
    ['in a US fiction range', '14155550123', 'US'],
    ['in a US fiction range', '12025550199', 'US'],
    ['in Canada', '14165000000', 'CA'],
    ['in a British fiction range, of no listed type', '447700900123', ''],
    ['in an unlisted North American area code', '15555550100', ''],
    ['in an unlisted Caribbean exchange', '12685551234', 'AG'],
    ['toll-free', '18005551234', 'US'],
    ['toll-free in exchange 976', '18009761234', 'US'],
    ['international toll-free', '80012345678', ''],
    ['a Norwegian mobile that begins with 911', '4791112345', 'NO'],
    ['of six digits in the Faroe Islands', '298212345', 'FO'],
    ['of five digits in Ascension', '24761234', 'AC'],
    ['on the Isle of Man, not in Britain', '447624123456', 'IM'],
    ['in Kazakhstan, not in Russia', '77011234567', 'KZ'],
    ['behind a trunk zero', '4407400123456', 'GB'],
  ])('%s (%s) is dialled', (_, number, country) => {
    expect(verdictOf(number)).toEqual({ allowed: true, country });
  });

  it.each([
    ['14155550123', ['US', 'GB'], 'US'],
    ['14155550123', ['CA'], null],
    ['14165000000', ['US'], null],
    ['18765551234', ['US'], null],
    ['447400123456', ['GB'], 'GB'],
    ['447624123456', ['GB'], null],
    ['14155550123', [], null],
    ['18005551234', ['CA'], 'CA'],
    ['18005551234', ['GB'], null],
    ['447700900123', ['GB'], null],
    ['447700900123', ['GB', 'GG', 'IM', 'JE'], ''],
    ['80012345678', ['US'], null],
    ['19005551234', ['US'], 'premium'],
  ])('%s with %j allowed: %j', (number, countries, outcome) => {
    const verdict = verdictOf(number, countries);
    if (outcome === 'premium') expect(verdict).toEqual({ allowed: false, reason: 'premium' });
    else if (outcome === null) expect(verdict).toEqual({ allowed: false, reason: 'country' });
    else expect(verdict).toEqual({ allowed: true, country: outcome });
  });

  it('is judged whatever digits it has', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9][0-9]{0,14}$/), (digits) => {
        const verdict = verdictOf(digits);
        if (verdict.allowed) expect(['', ...COUNTRIES]).toContain(verdict.country);
        else expect(verdictOf(digits, [...COUNTRIES])).toEqual(verdict);
        expect(verdictOf(digits, []).allowed).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the country of a number among those that share its calling code', () => {
  it.each([
    ['14155550123', 'US'],
    ['16045550123', 'CA'],
    ['18765550123', 'JM'],
    ['77172123456', 'KZ'],
    ['79161234567', 'RU'],
    ['442079460123', 'GB'],
    // Toll-free numbers are of all that share the code, and so of the main one.
    ['18005550123', 'US'],
    // Nobody shares these codes, or the digits tell no country.
    ['33123456789', null],
    ['447700900123', null],
    ['99912345678', null],
  ])('%s: %s', (number, country) => {
    expect(countryAmongSharers(number as E164)).toBe(country);
  });
});
