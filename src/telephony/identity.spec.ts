import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as PhoneNumbers from 'libphonenumber-js/max';
import { numberingOf } from './destination-table.js';
import { isSamePerson, personOf } from './identity.js';
import type { E164 } from './phone.js';
import { SPELLING_RULES } from './spelling-rules.js';

const require = createRequire(import.meta.url);
const { getCountries, getCountryCallingCode, parsePhoneNumberFromString } =
  require('libphonenumber-js/max') as typeof PhoneNumbers;
const examples = require('libphonenumber-js/examples.mobile.json') as Record<string, string>;

/** A kind of phone: its number as its country's plan has it today, and everything else that networks and people make of it. */
interface Kind {
  name: string;
  number: RegExp;
  also: (digits: string) => string[];
}

const after = (index: number) => (digits: string) => digits.slice(index);

/** Written from the numbering plans, not from the rules: what the rules are held against. */
const KINDS: Kind[] = [
  {
    name: 'Argentina, Buenos Aires',
    number: /^5411[2-7]\d{7}$/,
    also: (n) => [`549${after(2)(n)}`, `541115${after(4)(n)}`, `5491115${after(4)(n)}`],
  },
  {
    name: 'Argentina, area of three digits',
    number: /^54(?:223|341|351)[4-6]\d{6}$/,
    also: (n) => ['54', '549'].flatMap((code) => [`${code}${after(2)(n)}`, `${code}${n.slice(2, 5)}15${after(5)(n)}`]),
  },
  {
    name: 'Argentina, area of four digits',
    number: /^54(?:2901|2966|3783)[4-6]\d{5}$/,
    also: (n) => ['54', '549'].flatMap((code) => [`${code}${after(2)(n)}`, `${code}${n.slice(2, 6)}15${after(6)(n)}`]),
  },
  { name: 'Brazil, mobile', number: /^55(?:11|21|51|85)9[689]\d{7}$/, also: (n) => [`${n.slice(0, 4)}${after(5)(n)}`] },
  { name: 'Brazil, fixed', number: /^55(?:11|21|51|85)[2-5]\d{7}$/, also: () => [] },
  { name: 'Mexico', number: /^52(?:55|33|81)[2-9]\d{7}$/, also: (n) => [`521${after(2)(n)}`] },
  { name: 'Palestine, mobile', number: /^9705[69]\d{7}$/, also: (n) => [`972${after(3)(n)}`] },
  { name: 'Palestine, fixed', number: /^970(?:222|424|825|923)\d{5}$/, also: (n) => [`972${after(3)(n)}`] },
  { name: 'Israel', number: /^9725[0248][2-9]\d{6}$/, also: () => [] },
  { name: 'Kosovo', number: /^383(?:4[459]\d{6}|(?:38|39|28|29)[2-7]\d{5})$/, also: () => [] },
  { name: 'Kazakhstan', number: /^77(?:01|05|77)\d{7}$/, also: (n) => [`997${after(1)(n)}`] },
  { name: 'Russia', number: /^79(?:03|16|26)\d{7}$/, also: () => [] },
  {
    name: 'San Marino, fixed',
    number: /^378054988\d{4}$/,
    also: (n) => [`39${after(3)(n)}`, `378${after(7)(n)}`],
  },
  { name: 'Italy, fixed', number: /^3906[4-7]\d{7}$/, also: () => [] },
  { name: 'Guadeloupe', number: /^590(?:590[25]\d{5}|690[3-7]\d{5})$/, also: (n) => [`33${after(3)(n)}`] },
  { name: 'Guiana', number: /^594694[2-4]\d{5}$/, also: (n) => [`33${after(3)(n)}`] },
  { name: 'Martinique', number: /^596696[2-4]\d{5}$/, also: (n) => [`33${after(3)(n)}`] },
  { name: 'Réunion and Mayotte', number: /^262(?:692[2-9]\d{5}|6393[0-9]\d{4})$/, also: (n) => [`33${after(3)(n)}`] },
  { name: 'France', number: /^336[1278]\d{7}$/, also: () => [] },
  { name: 'Benin', number: /^22901[69]\d{7}$/, also: (n) => [`229${after(5)(n)}`] },
  { name: 'Ivory Coast, Moov', number: /^22501[04-9][0-3]\d{6}$/, also: (n) => [`225${after(5)(n)}`] },
  { name: 'Ivory Coast, MTN', number: /^22505[04-9][4-6]\d{6}$/, also: (n) => [`225${after(5)(n)}`] },
  { name: 'Ivory Coast, Orange', number: /^22507[04-9][7-9]\d{6}$/, also: (n) => [`225${after(5)(n)}`] },
  { name: 'Colombia, fixed', number: /^5760[1245678][2-4]\d{6}$/, also: (n) => [`57${after(4)(n)}`] },
  { name: 'Colombia, mobile', number: /^573(?:00|10|20)\d{7}$/, also: () => [] },
  {
    name: 'Gabon, Moov and Libertis',
    number: /^2416[256]\d{6}$/,
    also: (n) => [`2410${after(3)(n)}`, `2410${after(4)(n)}`, `241${after(4)(n)}`],
  },
  {
    name: 'Gabon, Airtel',
    number: /^2417[47]\d{6}$/,
    also: (n) => [`2410${after(3)(n)}`, `2410${after(4)(n)}`, `241${after(4)(n)}`],
  },
  { name: 'Cameroon, mobile', number: /^2376(?:[5-79]\d|8[0-79])\d{6}$/, also: (n) => [`237${after(4)(n)}`] },
  { name: 'Cameroon, fixed', number: /^2372(?:22|33)\d{6}$/, also: (n) => [`237${after(4)(n)}`] },
  { name: 'Mauritius', number: /^2305[79]\d{6}$/, also: (n) => [`230${after(4)(n)}`] },
  { name: 'Vietnam, Viettel', number: /^843[2-9]\d{7}$/, also: (n) => [`8416${after(3)(n)}`] },
  { name: 'Vietnam, Vinaphone', number: /^8483\d{7}$/, also: (n) => [`84123${after(4)(n)}`] },
  { name: 'Vietnam, Mobifone', number: /^8479\d{7}$/, also: (n) => [`84121${after(4)(n)}`] },
  { name: 'Vietnam, Vinaphone', number: /^848[12]\d{7}$/, also: (n) => [`8412${n[3] === '1' ? 7 : 9}${after(4)(n)}`] },
  { name: 'Vietnam, fixed', number: /^8424[37]\d{7}$/, also: () => [] },
  { name: 'Ivory Coast, fixed', number: /^2252720[23]\d{5}$/, also: (n) => [`225${after(5)(n)}`] },
  {
    name: 'Gabon, fixed',
    number: /^24111[4-7]\d{5}$/,
    also: (n) => [`24101${after(5)(n)}`, `2411${after(5)(n)}`, `2410${after(3)(n)}`],
  },
  { name: 'Cameroon, toll-free', number: /^23788\d{6}$/, also: () => [] },
  { name: 'Mexico, without the 1', number: /^52(?:222|656|999)[2-9]\d{6}$/, also: (n) => [`521${after(2)(n)}`] },
  {
    name: 'Mexico, from inside',
    number: /^5255[2-9]\d{7}$/,
    also: (n) => [`521${after(2)(n)}`, `52044${after(2)(n)}`, `52045${after(2)(n)}`],
  },
  { name: 'Ecuador, mobile', number: /^5939(?:8[4-9]|9[2-9])\d{6}$/, also: (n) => [`593${after(4)(n)}`] },
  { name: 'Ecuador, fixed', number: /^5932[2-7]\d{6}$/, also: () => [] },
  { name: 'Georgia, mobile', number: /^9955(?:55|77|91|99)[1-4]\d{5}$/, also: (n) => [`995${after(4)(n)}`] },
  { name: 'Georgia, Tbilisi', number: /^995322[1-9]\d{5}$/, also: (n) => [`99532${after(6)(n)}`] },
  {
    name: 'Costa Rica, mobile',
    number: /^5068[3-9]\d{6}$/,
    also: (n) => (n[4] === '3' || n[4] === '8' ? [`506${after(4)(n)}`] : []),
  },
  { name: 'Costa Rica, fixed', number: /^5062[24-7]\d{6}$/, also: (n) => [`506${after(4)(n)}`] },
  { name: 'Qatar', number: /^974(?:44|55|66|77)\d{6}$/, also: (n) => [`974${after(4)(n)}`] },
  { name: 'Egypt, Vodafone', number: /^2010[069]\d{7}$/, also: (n) => [`201${n[4]}${after(5)(n)}`] },
  { name: 'Egypt, Etisalat', number: /^2011[14]\d{7}$/, also: (n) => [`201${n[4]}${after(5)(n)}`] },
  { name: 'Egypt, Mobinil', number: /^2012[278]\d{7}$/, also: (n) => [`201${n[4]}${after(5)(n)}`] },
  { name: 'Chile, Santiago', number: /^562[23]2\d{6}$/, also: (n) => (n[3] === '2' ? [`562${after(4)(n)}`] : []) },
  { name: 'Chile, mobile', number: /^569[4-9]\d{7}$/, also: (n) => [`560${after(2)(n)}`] },
  { name: 'Sint Maarten', number: /^17215[2-8]\d{5}$/, also: (n) => [`599${after(4)(n)}`] },
  { name: 'Curaçao', number: /^59995[1-7]\d{5}$/, also: () => [] },
  { name: 'Northern Ireland', number: /^4428(?:71|90|95)\d{6}$/, also: (n) => [`35348${after(4)(n)}`] },
  { name: 'Guadeloupe, 0709', number: /^5907090[0-4]\d{4}$/, also: (n) => [`33${after(3)(n)}`] },
  { name: 'United States', number: /^1(?:415|212|646)[2-9]\d{6}$/, also: () => [] },
  { name: 'United Kingdom', number: /^447[4-9]\d{8}$/, also: () => [] },
  { name: 'Germany', number: /^4915[12]\d{8}$/, also: () => [] },
];

/** A real mobile number of each country that the library knows, its last three digits free. */
const EXAMPLES = getCountries().flatMap((country) => {
  const national = examples[country];
  const code = getCountryCallingCode(country);
  return national === undefined ? [] : [{ country, stem: `${code}${national.slice(0, -3)}` }];
});

/** What stands before a number inside its country and never behind its code (ITU, dialling procedures). */
const TRUNKS = [
  ...'AE AF AL AM AT AU AZ BA BD BE BG CH CN CU DE DZ EC EG ET FI FR GB GE GH HR ID IE IL IN IQ IR JO JP KE KG KH KR LA LB LK LT'
    .split(' ')
    .map((country) => [country, '0'] as const),
  ...'LY MA MD ME MK MM MY NG NL NZ PE PH PK PY RO RS SA SD SE SI SK SY TH TR TW TZ UA UG UY VE VN YE ZA ZM ZW'
    .split(' ')
    .map((country) => [country, '0'] as const),
  ...(['RU', 'TM', 'LT'] as const).map((country) => [country, '8'] as const),
  ['HU', '06'] as const,
  ['US', '1'] as const,
].map(([country, trunk]) => ({ country, trunk, ...exampleOf(country) }));

const NO_TRUNKS = 'IT SM CI BJ CG ES PT DK NO PL CZ GR SG HK KW QA OM TN CM SN CV MT CY LU IS EE LV CR PA GT SV HN NI'
  .split(' ')
  .map((country) => ({ country, ...exampleOf(country) }));

function exampleOf(country: string): { code: string; national: string } {
  const national = examples[country];
  if (national === undefined) throw new Error(`expected an example of ${country}`);
  return { code: getCountryCallingCode(country as PhoneNumbers.CountryCode), national };
}

/** Whether a plan says that the number is somebody's. */
function isListed(digits: string): boolean {
  const [asDialled] = numberingOf(digits)?.readings ?? [];
  return asDialled?.holders.some(({ type }) => type !== null) ?? false;
}

const phone = fc
  .constantFrom(...KINDS)
  .chain((kind) =>
    fc.stringMatching(kind.number).map((digits) => ({ kind, digits, all: [digits, ...kind.also(digits)] })),
  );

const person = (digits: string) => personOf(digits as E164);

/** The library's own opinion, for the trunk prefixes: two numbers that it reads as one. */
function isReadAlike(one: string, other: string): boolean {
  const [left, right] = [one, other].map((digits) => parsePhoneNumberFromString(`+${digits}`)?.number);
  return left !== undefined && left === right;
}

describe('who somebody is', () => {
  it.each([
    ['5491166773399', '541166773399'],
    ['541166773399', '54111566773399'],
    ['5511969357255', '551169357255'],
    ['970599123456', '972599123456'],
    ['5215541637145', '525541637145'],
    ['22997123456', '2290197123456'],
    ['390549882345', '3780549882345'],
    ['33692123456', '262692123456'],
    ['4402079460001', '442079460001'],
    ['114155550123', '14155550123'],
    ['5501169357255', '5511969357255'],
    ['520445541637145', '525541637145'],
    ['3606301234567', '36301234567'],
    ['788123456789', '78123456789'],
    ['370861234567', '37061234567'],
  ])('%s and %s are one phone', (one, other) => {
    expect(isSamePerson(one as E164, other as E164)).toBe(true);
  });

  it.each([
    ['551141234567', '5511941234567', 'a fixed line of São Paulo is no mobile without its ninth digit'],
    ['551177123456', '5511977123456', 'trunked radio never got a ninth digit'],
    ['972521234567', '970521234567', 'Israeli mobiles are not reached under +970'],
    ['38649123456', '38349123456', 'Slovenia has its 49 back'],
    ['37744123456', '38344123456', 'Monaco has its 44 back'],
    ['38128123456', '38328123456', 'Serbia still serves its 28'],
    ['33612345678', '590612345678', 'a mobile of metropolitan France'],
    ['390612345678', '39612345678', 'the zero of Italian fixed lines belongs to them'],
    ['79161234567', '99791612345678', 'another length'],
    ['14155550123', '14155550124', 'a neighbour'],
    ['23788123456', '237688123456', 'toll-free numbers of Cameroon kept their eight digits'],
    ['390331234567', '39331234567', 'the zero of Italian fixed lines, once more'],
    ['3780549882345', '378549882345', 'of San Marino'],
    ['2250707123456', '225707123456', 'of the Ivory Coast'],
    ['2290197123456', '229197123456', 'of Benin'],
    ['242066123456', '24266123456', 'of the Congo'],
    ['8617909951234', '86951234', 'a code that chooses a network is no national prefix'],
    ['5632123456', '56932123456', 'a fixed line of Chile is no mobile'],
    ['23052512345', '2302512345', 'a fixed line of Mauritius'],
  ])('%s and %s are two: %s', (one, other) => {
    expect(isSamePerson(one as E164, other as E164)).toBe(false);
  });

  it('is told of at least 40 countries by rules of their own or a national prefix', () => {
    const codes = new Set([...Object.keys(SPELLING_RULES), ...TRUNKS.map(({ code }) => code)]);
    expect(codes.size).toBeGreaterThan(90);
    expect(Object.keys(SPELLING_RULES).length).toBeGreaterThan(20);
  });

  it.each(TRUNKS)('is the same behind a national $trunk in $country', ({ code, trunk, national }) => {
    for (const end of ['000', '417', '999']) {
      const number = `${code}${national.slice(0, -3)}${end}`;
      if (!isListed(number)) continue;
      expect([number, person(`${code}${trunk}${national.slice(0, -3)}${end}`)]).toEqual([number, person(number)]);
    }
  });

  it.each(NO_TRUNKS)('keeps a leading 0 in $country, which has no national prefix', ({ code, national }) => {
    expect(person(`${code}0${national}`)).not.toBe(person(`${code}${national}`));
  });

  /**
   * A spelling that a plan lists as somebody's number could be somebody else's, unless it is this very phone's. Those that are listed, and why the lines
   * behind them are the same, are the rules' to say: see their sources.
   */
  it('is rewritten only where no plan lists the spelling, or the rule says that both are one line', () => {
    const listed: string[] = [];
    for (const [code, rules] of Object.entries(SPELLING_RULES)) {
      for (const [spelling] of rules.flatMap(({ spellings }) => spellings)) {
        const some = fc.sample(fc.stringMatching(spelling), { numRuns: 500, seed: 20261129 });
        if (some.some((digits) => isListed(digits))) listed.push(`${code} ${String(spelling)}`);
      }
    }
    expect(listed.map((one) => one.split(' ')[0])).toEqual([
      // Both of the overseas ranges that France's own plan lists.
      '33',
      '33',
      '39',
      '54',
      // Trunked radio and mobiles share the 7.
      '55',
      // One range of Medellín.
      '57',
      // Gabon's old numbers and its new ones are listed side by side.
      '241',
      '241',
      '241',
      '353',
      '970',
    ]);
  });

  it('is the same for every spelling of a phone', () => {
    fc.assert(
      fc.property(phone, ({ digits, all }) => {
        expect(all.map(person)).toEqual(all.map(() => person(digits)));
      }),
      { numRuns: 2000, seed: 20261128 },
    );
  });

  it('is one and the same for nobody else: one digit more, less or other is another phone, unless it is a spelling of this one', () => {
    const slip = fc.record({
      at: fc.nat({ max: 14 }),
      digit: fc.nat({ max: 9 }),
      kind: fc.constantFrom('more', 'less', 'other'),
    });
    fc.assert(
      fc.property(phone, fc.nat(), slip, ({ all }, which, { at, digit, kind }) => {
        const spelling = all[which % all.length] ?? '';
        const kept = spelling.slice(kind === 'more' ? at : at + 1);
        const slipped = `${spelling.slice(0, at)}${kind === 'less' ? '' : digit}${kept}`;
        if (all.includes(slipped) || all.some((own) => isReadAlike(own, slipped))) return;
        expect(person(slipped)).not.toBe(person(spelling));
      }),
      { numRuns: 8000, seed: 20261128 },
    );
  });

  it('is two for two phones, whatever their countries', () => {
    fc.assert(
      fc.property(phone, phone, (one, other) => {
        const isOne = one.all.some((spelling) => other.all.includes(spelling));
        if (!isOne) expect(person(one.digits)).not.toBe(person(other.digits));
      }),
      { numRuns: 2000, seed: 20261128 },
    );
  });

  it(`is found again from itself, in the ${EXAMPLES.length} countries that have mobiles`, () => {
    expect(EXAMPLES.length).toBeGreaterThan(200);
    for (const { country, stem } of EXAMPLES) {
      for (const end of ['000', '417', '999']) {
        const found = person(`${stem}${end}`);
        expect([country, person(found)]).toEqual([country, found]);
        expect([country, person(`${stem}${end === '999' ? '998' : '999'}`) === found]).toEqual([country, false]);
      }
    }
  });
});
