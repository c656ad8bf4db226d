import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { microsFromDecimal } from './amounts.js';

describe('reading an amount', () => {
  it.each([
    ['0.01000', 10_000],
    ['0.00475', 4750],
    ['0', 0],
    ['12', 12_000_000],
    ['0.1', 100_000],
    ['0.0000004', 0],
    ['0.0000005', 1],
    ['0.00000049999999', 0],
    ['0.9999995', 1_000_000],
    ['99999999.999999', 99_999_999_999_999],
  ])('reads %s as %d micro-units', (text, micros) => {
    expect(microsFromDecimal(text)).toBe(micros);
  });

  it.each([
    '',
    ' ',
    '-0.01',
    '+1',
    '1e3',
    '.5',
    '1.',
    '1,5',
    'NaN',
    '100000000',
    '0x10',
    '0.1 ',
    `0.${'1'.repeat(19)}`,
    null,
    undefined,
  ])('does not read %p', (text) => {
    expect(microsFromDecimal(text)).toBeNull();
  });

  it('loses nothing of five decimals', () => {
    fc.assert(
      fc.property(fc.nat(9_999_999), fc.nat(99_999), (whole, fraction) => {
        expect(microsFromDecimal(`${whole}.${String(fraction).padStart(5, '0')}`)).toBe(
          whole * 1_000_000 + fraction * 10,
        );
      }),
    );
  });
});
