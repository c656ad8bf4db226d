import { numberingOf } from './destination-table.js';
import { callingCodeOf, type E164 } from './phone.js';

/**
 * Who answers a number: digits that are the same for every spelling in which networks and people write one phone, and for no other phone. For
 * comparing and looking up only. What is shown and dialled is the spelling that somebody gave.
 */
export type Person = string & { readonly __brand: 'Person' };

/**
 * One way in which a phone has several international spellings. `spelling` is matched against all digits, and what it matches is rewritten to
 * the form on the right; whatever already has that form is left alone. Each is narrow enough that what it matches can be nobody else's: the
 * lengths and leading digits are those of the ranges concerned.
 */
interface SpellingRule {
  /** Why there are two, and who says so. */
  source: string;
  spelling: RegExp;
  person: string;
}

/** By the calling code of the spelling that is rewritten. */
const RULES: Readonly<Record<string, readonly SpellingRule[]>> = {
  54: [
    {
      source:
        'Argentina, national numbering plan (ENACOM): abroad a mobile is 9, area, subscriber; inside the country area, 15, subscriber; the ten digits are the same',
      spelling: /^549([1-3]\d{9})$/,
      person: '54$1',
    },
    {
      source:
        'Argentina: the national 15 kept behind the area code in an international spelling; with it, area and subscriber have twelve digits',
      spelling: /^549?(?:(11)15(\d{8})|([23]\d\d)15(\d{7})|([23]\d{3})15(\d{6}))$/,
      person: '54$1$2$3$4$5$6',
    },
  ],
  55: [
    {
      source:
        'Brazil, Anatel resolution 553/2010: mobiles got a ninth digit, 9, between 2012 and 2016; some networks still leave it out. Without the trunked radio ranges 70 and 77 to 79, which never got one; fixed lines begin with 2 to 5',
      spelling: /^55([1-9]\d)([689]\d{7}|7[1-6]\d{6})$/,
      person: '55$19$2',
    },
  ],
  52: [
    {
      source:
        'Mexico, IFT: the 1 before mobile numbers called from abroad went on 3 August 2019; networks and old contacts still put it',
      spelling: /^521([2-9]\d{9})$/,
      person: '52$1',
    },
  ],
  970: [
    {
      source: 'Palestine: the same lines are reached under +970 and +972; ranges as in libphonenumber for PS',
      spelling: /^970(5[69]\d{7}|(?:22[2-47-9]|42[45]|82[014-68]|92[3569])\d{5})$/,
      person: '972$1',
    },
  ],
  377: [
    {
      source: 'Kosovo: mobiles 44 and 45 were numbers of Monaco until +383 (ITU, December 2016) replaced them',
      spelling: /^377(4[45]\d{6})$/,
      person: '383$1',
    },
  ],
  386: [
    {
      source: 'Kosovo: mobiles 49 were numbers of Slovenia until +383 replaced them',
      spelling: /^386(49\d{6})$/,
      person: '383$1',
    },
  ],
  381: [
    {
      source:
        'Kosovo: the fixed lines of 28, 29, 38 and 39 were numbers of Serbia until +383 replaced them; subscribers kept their digits',
      spelling: /^381((?:2[89]|3[89])\d{6})$/,
      person: '383$1',
    },
  ],
  997: [
    {
      source: 'Kazakhstan: +997 is assigned to it beside its share of +7 (ITU list of country codes)',
      spelling: /^997([67]\d{9})$/,
      person: '7$1',
    },
  ],
  39: [
    {
      source: 'San Marino: lines behind area code 0549 are reached through Italy and under +378',
      spelling: /^390549([89]\d{5})$/,
      person: '3780549$1',
    },
  ],
  378: [
    {
      source: 'San Marino: the area code 0549 may be left out under +378',
      spelling: /^378([89]\d{5})$/,
      person: '3780549$1',
    },
  ],
  33: [
    {
      source:
        "France's plan holds the overseas ranges too (ARCEP): national numbers 05xx and 06xx of Guadeloupe, Guiana, Martinique, Réunion and Mayotte appear with +33 where a network completes the national form",
      spelling: /^33([56]90\d{6}|691\d{6})$/,
      person: '590$1',
    },
    { source: 'as above: Guiana', spelling: /^33([56]94\d{6})$/, person: '594$1' },
    { source: 'as above: Martinique', spelling: /^33([56]96\d{6}|697\d{6})$/, person: '596$1' },
    {
      source: 'as above: Réunion and Mayotte',
      spelling: /^33(262\d{6}|269\d{6}|639\d{6}|69[23]\d{6})$/,
      person: '262$1',
    },
  ],
  229: [
    {
      source: 'Benin, ARCEP: on 30 November 2024 all numbers became ten digits by 01 in front',
      spelling: /^229([2-9]\d{7})$/,
      person: '22901$1',
    },
  ],
  225: [
    {
      source:
        'Ivory Coast, ARTCI: on 31 January 2021 mobiles of eight digits got 01, 05 or 07 in front, by the operator that their second digit tells',
      spelling: /^225([04-9][0-3]\d{6})$/,
      person: '22501$1',
    },
    { source: 'as above: MTN', spelling: /^225([04-9][4-6]\d{6})$/, person: '22505$1' },
    { source: 'as above: Orange', spelling: /^225([04-9][7-9]\d{6})$/, person: '22507$1' },
  ],
  57: [
    {
      source:
        'Colombia, CRC resolution 5826 of 2019: since September 2021 fixed lines are 60 and the old area code, then seven digits',
      spelling: /^57([124-8][2-9]\d{6})$/,
      person: '5760$1',
    },
  ],
  241: [
    {
      source:
        'Gabon, ARCEP: in June 2019 numbers got an operator prefix (0X → 6X, 7X or 11); the leading 0 may stand in international spellings',
      spelling: /^2410?([256]\d{6})$/,
      person: '2416$1',
    },
    { source: 'as above: Airtel', spelling: /^2410?([47]\d{6})$/, person: '2417$1' },
    { source: 'as above: fixed lines', spelling: /^24101(\d{6})$/, person: '24111$1' },
    {
      source: 'as above: the new numbers with the leading 0',
      spelling: /^2410(11\d{6}|6[0-256]\d{6}|7[467]\d{6})$/,
      person: '241$1',
    },
  ],
  237: [
    {
      source: 'Cameroon, ART: in November 2014 mobiles got a 6 and fixed lines a 2 in front of their eight digits',
      spelling: /^237([5-9]\d{7})$/,
      person: '2376$1',
    },
    { source: 'as above: fixed lines', spelling: /^237([23][23]\d{6})$/, person: '2372$1' },
  ],
  230: [
    {
      source: 'Mauritius, ICTA: in September 2013 mobiles got a 5 in front of their seven digits',
      spelling: /^230([79]\d{6})$/,
      person: '2305$1',
    },
  ],
  84: [
    {
      source: 'Vietnam, MIC plan 798/QD-BTTTT: in September 2018 mobiles of eleven digits became ten (016x → 03x)',
      spelling: /^8416([2-9]\d{7})$/,
      person: '843$1',
    },
    { source: 'as above: Mobifone 0120 → 070', spelling: /^84120(\d{7})$/, person: '8470$1' },
    { source: 'as above: Mobifone 0121 → 079', spelling: /^84121(\d{7})$/, person: '8479$1' },
    { source: 'as above: Mobifone 0122 → 077', spelling: /^84122(\d{7})$/, person: '8477$1' },
    { source: 'as above: Mobifone 0126 → 076', spelling: /^84126(\d{7})$/, person: '8476$1' },
    { source: 'as above: Mobifone 0128 → 078', spelling: /^84128(\d{7})$/, person: '8478$1' },
    { source: 'as above: Vinaphone 0123 to 0125 → 083 to 085', spelling: /^8412([345]\d{7})$/, person: '848$1' },
    { source: 'as above: Vinaphone 0127 → 081', spelling: /^84127(\d{7})$/, person: '8481$1' },
    { source: 'as above: Vinaphone 0129 → 082', spelling: /^84129(\d{7})$/, person: '8482$1' },
    { source: 'as above: 0186, 0188 → 056, 058', spelling: /^8418([68]\d{7})$/, person: '845$1' },
    { source: 'as above: Gmobile 0199 → 059', spelling: /^84199(\d{7})$/, person: '8459$1' },
  ],
};

/** The longest chain: a trunk prefix, a renumbering, a second country code. */
const MOST_STEPS = 3;

/** Any digits will do: what no rule knows is its own person. */
export function personOf(number: E164): Person {
  let digits: string = withoutTrunkPrefix(number);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = rewritten(digits);
    if (next === digits) break;
    digits = next;
  }
  return digits as Person;
}

/** Whether both are one phone. */
export function isSamePerson(one: E164, other: E164): boolean {
  return one === other || personOf(one) === personOf(other);
}

function rewritten(digits: string): string {
  const rules = RULES[callingCodeOf(digits as E164)] ?? RULES[digits.slice(0, 3)];
  for (const { spelling, person } of rules ?? []) {
    if (spelling.test(digits)) return digits.replace(spelling, person);
  }
  return digits;
}

/**
 * `+44 0 20 7946 0001`: a national 0 (in North America 1, in Russia 8) that stands where none belongs. It is dropped only where no plan lists the number with it
 * and one lists it without, so what it is dropped from is nobody else's.
 */
function withoutTrunkPrefix(number: E164): string {
  const numbering = numberingOf(number);
  const [asDialled, inner] = numbering?.readings ?? [];
  if (!asDialled || !inner || !inner.holders.some(({ type }) => type !== null)) return number;
  return number.slice(0, number.length - asDialled.national.length) + inner.national;
}
