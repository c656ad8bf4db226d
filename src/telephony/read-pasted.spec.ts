import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isInPlan } from './destination-table.js';
import { isSamePerson } from './identity.js';
import { parsePartyNumber, type E164 } from './phone.js';
import { digitsOf, readPasted } from './read-pasted.js';

const US = '14155550123';
const GB = '442079460018';
const read = (text: string, ...countries: string[]): readonly string[] => readPasted(text, countries).readings;

describe('what people paste', () => {
  it.each([
    ['+14155550123', US],
    ['+1 (415) 555-0123', US],
    ['+1-415-555-0123', US],
    ['+1.415.555.0123', US],
    ['+1 415 555 0123', US],
    ['+1 415 555 0123,', US],
    ['  +1 415 555 0123\t', US],
    ['+1\u00a0415\u00a0555\u00a00123', US],
    ['+1\u2009415\u2009555\u20090123', US],
    ['+1\u2011415\u2011555\u20110123', US],
    ['+1\u2013415\u2013555\u20130123', US],
    ['+1\u2212415\u2212555\u22120123', US],
    ['+1 415/555-0123', US],
    ['\u202a+1 415 555 0123\u202c', US],
    ['\ufeff+14155550123', US],
    ['+1\u00ad415\u200b5550123', US],
    ["'+14155550123", US],
    ['"+1 415 555 0123"', US],
    ['☎ +1 415 555 0123', US],
    ['📞\ufe0f+14155550123', US],
    ['tel:+1-415-555-0123', US],
    ['TEL:+14155550123', US],
    ['tel:14155550123', US],
    ['%2B14155550123', US],
    ['(+1) 415 555 0123', US],
    ['+(1) 415 555 0123', US],
    ['＋１（４１５）５５５－０１２３', US],
    ['＋1\u3000415\u3000555\u30000123', US],
    ['+١٤١٥٥٥٥٠١٢٣', US],
    ['+१ ४१५ ५५५ ०१२३', US],
    ['+1·415·555·0123', US],
    ['14155550123', US],
    ['1 (415) 555-0123', US],
    ['001 415 555 0123', US],
    ['00 1 415 555 0123', US],
    ['0044 20 7946 0018', GB],
    ['00442079460018', GB],
    ['0044 (0)20 7946 0018', GB],
    ['+44 (0)20 7946 0018', GB],
    ['+44(0) 20 7946 0018', GB],
    ['+44 ( 0 ) 20 7946 0018', GB],
    ['+44 020 7946 0018', GB],
    ['(+44) 20 7946 0018', GB],
    ['+49 30/1234567', '49301234567'],
    ['+49 (0)30 / 123 45 67', '49301234567'],
    ['+39 (0)6 6982 0000', '390669820000'],
    ['+54 9 11 2345-6789', '5491123456789'],
    ['+5411 15 2345 6789', '541123456789'],
  ])('%j is read, whatever the country', (text, number) => {
    for (const countries of [[], ['US'], ['GB'], ['US', 'GB'], ['DE']]) {
      const readings = read(text, ...countries);
      expect(readings).toHaveLength(1);
      expect(isSamePerson(readings[0] as E164, number as E164)).toBe(true);
    }
  });

  it.each([
    ['(415) 555-0123', 'US', US],
    ['415-555-0123', 'US', US],
    ['415.555.0123', 'US', US],
    ['4155550123', 'US', US],
    ['(202) 555-0123', 'US', '12025550123'],
    ['020 7946 0018', 'GB', GB],
    ['(020) 7946 0018', 'GB', GB],
    ['(0)20 7946 0018', 'GB', GB],
    ['2079460018', 'GB', GB],
    ['０２０－７９４６－００１８', 'GB', GB],
    ['030/1234567', 'DE', '49301234567'],
    ['06 6982 0000', 'IT', '390669820000'],
    ['0412 345 678', 'AU', '61412345678'],
    ['98765 43210', 'IN', '919876543210'],
  ])('%j in %s is %s, and nobody where the country is not known', (text, country, number) => {
    expect(read(text, country)).toEqual([number]);
    expect(read(text)).toEqual([]);
    expect(read(text, country, 'FR')).toEqual([]);
    expect(readPasted(text, []).words).toMatch(/expected \+, country code and number/);
  });

  it.each([
    ['011 44 20 7946 0018', 'US', GB],
    ['(011) 44-20-7946-0018', 'US', GB],
    ['011 1 415 555 0123', 'US', US],
    ['0011 44 20 7946 0018', 'AU', GB],
  ])(
    '%j, with the prefix of %s for calls abroad, is %s where that is one of the countries',
    (text, country, number) => {
      for (const countries of [[country], [country, 'GB'], ['FR', country, 'DE']])
        expect(read(text, ...countries)).toEqual([number]);
      expect(read(text)).toEqual([]);
      expect(read(text, 'FR')).toEqual([]);
    },
  );

  it.each([
    '',
    ' ',
    '+',
    'anonymous',
    'sip:14155550123@phone.plivo.com',
    '1-800-FLOWERS',
    '1 800 356 9377 (FLOWERS)',
    '+1 415 555 0123 x12',
    '+1 415 555 0123 ext. 12',
    'tel:+14155550123;ext=12',
    '+1 415 555 O123',
    '+1 415 555 0123, +1 415 555 0124',
    '+1 415 555 0123 / +1 415 555 0124',
    '+49 30 1234567/8',
    '+1 415 555 0123¹',
    '+1 415 555 012³',
    '①4155550123',
    '++14155550123',
    '1+4155550123',
    '+1 415 555 012',
    '+1 415 555 01234',
    '+999 123 456 789',
    '+0 415 555 0123',
    '*67 415 555 0123',
    '#31#+14155550123',
    '0000000000',
    '99999999',
    '+1111111111',
    '555-0123',
    '112',
    '+1 415 555 0123\n+1 415 555 0124',
    '+1 415\u0000555 0123',
    '+'.padEnd(200, '1'),
    'a'.repeat(10_000),
  ])('%j is nobody', (text) => {
    for (const countries of [[], ['US'], ['GB'], ['DE', 'US']]) {
      const { readings, words } = readPasted(text, countries);
      expect(readings).toEqual([]);
      expect(words).toContain('expected');
      expect(words).not.toMatch(/\d{5}/);
    }
  });

  it.each([
    // A number of Budapest, and of Texas.
    ['3615550123', 'US', ['3615550123', '13615550123']],
    // A number of the United States, and a mobile of China.
    ['13915550123', 'CN', ['8613915550123']],
    // A number of London, and of East Frisia without its 0.
    ['44 20 7946 0018', 'DE', [GB, '49442079460018']],
    ['44 20 7946 0018', 'GB', [GB]],
  ])('%j in %s may be %j', (text, country, numbers) => {
    expect([...read(text, country)].sort()).toEqual([...numbers].sort());
  });

  it('says which readings there are, and is in doubt about any of several countries', () => {
    expect(readPasted('3615550123', ['US']).words).toBe('may be a number of HU or a national number of US');
    expect(read('3615550123', 'GB', 'US')).toHaveLength(2);
    expect(read('3615550123', 'GB')).toEqual(['3615550123']);
  });

  it('names no digit of what was pasted', () => {
    for (const [text, country] of [
      ['3615550123', 'US'],
      ['+14155550123', 'US'],
      ['0415555', 'GB'],
    ] as const)
      expect(readPasted(text, [country]).words.replace('such as +1 415 555 0123', '')).not.toMatch(/\d/);
  });
});

/** Numbers that a plan lists, of many countries. */
const CODES = [
  '1',
  '7',
  '20',
  '27',
  '30',
  '31',
  '33',
  '34',
  '36',
  '39',
  '40',
  '41',
  '43',
  '44',
  '45',
  '46',
  '47',
  '48',
  '49',
  '52',
  '54',
  '55',
  '60',
  '61',
  '64',
  '65',
  '81',
  '82',
  '86',
  '90',
  '91',
  '234',
  '254',
  '351',
  '353',
  '358',
  '420',
  '852',
  '971',
  '972',
];
const listed = fc
  .tuple(fc.constantFrom(...CODES), fc.stringMatching(/^[1-9]\d{6,10}$/))
  .map(([code, national]) => code + national)
  .filter((digits) => parsePartyNumber(digits) !== null && isInPlan(digits));
const separators = fc.array(fc.constantFrom('', '', ' ', '-', '.', '\u00a0', '\u2011'), {
  minLength: 16,
  maxLength: 16,
});
const countries = fc.subarray(['US', 'GB', 'DE', 'IT', 'FR', 'CN', 'IN', 'BR', 'AU', 'HU', 'JP', 'RU'], {
  maxLength: 3,
});
const spread = (digits: string, between: string[]): string =>
  [...digits]
    .map((digit, place) => digit + (place < digits.length - 1 ? between[place % between.length] : ''))
    .join('');
const inScript = (text: string, zero: number): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

describe('a pasted text', () => {
  it('of a number with its country code is never read as somebody else alone', () => {
    fc.assert(
      fc.property(
        listed,
        separators,
        fc.constantFrom('+', '00', 'tel:+', ''),
        countries,
        (number, between, before, places) => {
          const { readings } = readPasted(before + spread(number, between), places);
          if (readings.length === 1) expect(isSamePerson(readings[0]!, number as E164)).toBe(true);
          if (before === '+' || before === 'tel:+') expect(readings).toHaveLength(1);
        },
      ),
      { numRuns: 2000, seed: 20261129 },
    );
  });

  it('has one reading for each person, whatever it is', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.stringMatching(/^[+0-9 ()./-]{0,24}$/),
    );
    fc.assert(
      fc.property(anything, countries, (text, places) => {
        const { readings, words } = readPasted(text, places);
        for (const [place, one] of readings.entries())
          for (const other of readings.slice(place + 1)) expect(isSamePerson(one, other)).toBe(false);
        if (readings.length > 1) expect(words).toMatch(/^may be .* or /);
        if (readings.length === 0) expect(words).toContain('expected');
      }),
      { numRuns: 3000, seed: 20261129 },
    );
  });

  it('means the same in the digits of any script', () => {
    const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1040, 0xff10, 0x1d7ce, 0x1e950];
    fc.assert(
      fc.property(listed, fc.constantFrom(...zeros), separators, (number, zero, between) => {
        const text = `+${spread(number, between)}`;
        expect(readPasted(inScript(text, zero), [])).toEqual(readPasted(text, []));
      }),
      { numRuns: 500, seed: 20261129 },
    );
  });
});

it.each([
  ['0123', '0123'],
  ['55-0123', '550123'],
  ['(415) 555-0123', '4155550123'],
  ['٠١٢٣', '0123'],
  ['+1 415', null],
  ['abc', null],
  ['12¾', null],
])('the last digits in %j are %j', (text, digits) => {
  expect(digitsOf(text)).toBe(digits);
});
