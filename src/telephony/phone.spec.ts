import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPossiblePhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import {
  callingCodeOf,
  describeNumber,
  parseCaller,
  parseNationalCaller,
  parsePartyNumber,
  type E164,
} from './phone.js';

describe('reading a number', () => {
  it.each(['+14155550123', '14155550123', 'tel:+14155550123', ' +1 415 555 0123 ', 'TEL:14155550123'])(
    '%j is +1 415 555 0123',
    (text) => {
      expect(parseCaller(text)).toBe('14155550123');
    },
  );

  it.each([
    '',
    'anonymous',
    'sip:14155550123@phone.plivo.com',
    '04155550123',
    '+1-415-555-0123',
    '١٤١٥٥٥٥٠١٢٣',
    '１４１５５５５０１２３',
    '123456',
    '1234567890123456',
    '1415555O123',
    null,
    14155550123,
    {},
  ])('%j is a stranger', (text) => {
    expect(parseCaller(text)).toBeNull();
  });

  it.each([
    ['266696687', 'ANONYMOUS'],
    ['+7378742833', 'RESTRICTED'],
    ['2562533', 'BLOCKED'],
    ['8656696', 'UNKNOWN'],
    ['86282452253', 'UNAVAILABLE'],
    ['+7748283', 'PRIVATE'],
    ['+17748283', 'PRIVATE, as if North American'],
    ['99999999', 'a filler'],
    ['+1111111111', 'a filler'],
    ['+10000000000', 'a filler'],
  ])('%s stands for %s, is nobody, and was never a number', (text) => {
    expect(parseCaller(text)).toBeNull();
    expect(parsePhoneNumberFromString(text.startsWith('+') ? text : `+${text}`)?.isValid() ?? false).toBe(false);
  });

  it.each(['+33333333333', '+22222222222'])('%s may be somebody', (text) => {
    expect(parseCaller(text)).toBe(text.slice(1));
  });

  it.each(['+14155550123', '+442079460001', '+61491570156', '+919876543210', '+35312345678', '+4915112345678'])(
    '%s may be a party',
    (number) => {
      expect(parsePartyNumber(number)).toBe(number.slice(1));
    },
  );

  it.each(['+1415555012', '+141555501234', '+99912345678', '+210123456789'])('%s may not', (number) => {
    expect(parsePartyNumber(number)).toBeNull();
  });

  it.each([
    ['02079460123', '442079460001', '442079460123'],
    ['020 7946-0123', '442079460001', '442079460123'],
    ['0044 20 7946 0123', '33123456789', '442079460123'],
    ['0014155550123', '442079460001', '14155550123'],
    ['0415550123', '61491570156', '61415550123'],
    // Italian numbers keep their 0.
    ['0612345678', '39066982', '390612345678'],
  ])('%s, dialled at %s, is %s', (text, dialled, number) => {
    expect(parseNationalCaller(text, dialled as E164)).toBe(number);
  });

  it.each([
    ['04155550123', '14155550100'],
    ['0123', '442079460001'],
    ['0000000000', '442079460001'],
    ['00999123456789', '442079460001'],
    ['2079460123', '442079460001'],
    ['+442079460123', '442079460001'],
    ['0anonymous', '442079460001'],
    ['0'.repeat(30), '442079460001'],
    ['', '442079460001'],
  ])('%j, dialled at %s, is a stranger in whatever form', (text, dialled) => {
    expect(parseNationalCaller(text, dialled as E164)).toBeNull();
  });

  it('tells country and calling code', () => {
    expect(describeNumber('442079460001' as E164)).toEqual({ callingCode: '44', country: 'GB' });
    expect(describeNumber('14165550123' as E164)).toEqual({ callingCode: '1', country: 'CA' });
    expect(callingCodeOf('9715012345' as E164)).toBe('971');
  });

  it('accepts what the phone number library calls possible, wherever that is no trunk prefix in disguise', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9][0-9]{6,14}$/), (digits) => {
        const parsed = parsePhoneNumberFromString(`+${digits}`);
        // The library drops a national 0 or 1 after the code, which E.164 does not have there.
        const isVerbatim = parsed !== undefined && `${parsed.countryCallingCode}${parsed.nationalNumber}` === digits;
        if (isVerbatim && parsed.country !== undefined && isPossiblePhoneNumber(`+${digits}`))
          expect(parsePartyNumber(digits)).toBe(digits);
        if (parsePartyNumber(digits) === null) return;
        expect(parsed?.countryCallingCode).toBe(callingCodeOf(digits as E164));
      }),
      { numRuns: 3000, seed: 20260105 },
    );
  });
});
