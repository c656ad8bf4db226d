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
    ['000000000000.01', 10_000],
    ['1e3', 1_000_000_000],
    ['1.2e-3', 1200],
    ['1.2E-03', 1200],
    ['8.5e-05', 85],
    ['8.5e+0', 8_500_000],
    ['4.9e-7', 0],
    ['5e-7', 1],
    ['1e-999', 0],
    ['0e999', 0],
    ['1234567e-6', 1_234_567],
    ['0.01750000000000000000', 17_500],
    ['0.01234549999999999999', 12_345],
    ['0.01234550000000000000', 12_346],
    [`0.${'1'.repeat(19)}`, 111_111],
    [`0.012${'0'.repeat(397)}`, 12_000],
  ])('reads %s as %d micro-units', (text, micros) => {
    expect(microsFromDecimal(text)).toBe(micros);
  });

  it.each([
    '',
    ' ',
    '-0.01',
    '+1',
    '1e9',
    '1e999',
    '1e',
    'e3',
    '1e1.5',
    '1e-1000',
    '-1e-3',
    'Infinity',
    '.5',
    '1.',
    '1,5',
    'NaN',
    '100000000',
    '0x10',
    '0.1 ',
    `0.${'1'.repeat(401)}`,
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
