import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { piecesOf, textSize } from './text-units.js';

const GSM = [...'@£$èØ\nΔΩ !#%09AZÄ§az\f^{}\\[~]|€'];
const OTHER = [...'ж漢’👋é́á', '👩‍👩‍👧'];
const text = (...from: string[][]) =>
  fc.array(fc.constantFrom(...from.flat()), { maxLength: 1200 }).map((all) => all.join(''));

/** Parts as 3GPP TS 23.040 fills them, one after the other: another way to the same number. */
function filled(
  whole: string,
  { alone, each, width }: { alone: number; each: number; width: (one: string) => number },
) {
  const length = [...whole].reduce((sum, one) => sum + width(one), 0);
  if (length <= alone) return whole === '' ? [] : [whole];
  const parts = [''];
  for (const one of whole) {
    const last = parts.at(-1) ?? '';
    const taken = [...last].reduce((sum, before) => sum + width(before), 0);
    if (taken + width(one) > each) parts.push(one);
    else parts[parts.length - 1] = last + one;
  }
  return parts;
}

describe('the units of a text', () => {
  it.each([
    ['', 'gsm', 0, 0],
    ['a'.repeat(160), 'gsm', 160, 1],
    ['a'.repeat(161), 'gsm', 161, 2],
    ['a'.repeat(306), 'gsm', 306, 2],
    ['a'.repeat(307), 'gsm', 307, 3],
    ['a'.repeat(1600), 'gsm', 1600, 11],
    [`${'a'.repeat(158)}€`, 'gsm', 160, 1],
    [`${'a'.repeat(159)}€`, 'gsm', 161, 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'gsm', 306, 3],
    ['ж'.repeat(70), 'ucs2', 70, 1],
    ['ж'.repeat(71), 'ucs2', 71, 2],
    ['ж'.repeat(134), 'ucs2', 134, 2],
    ['ж'.repeat(135), 'ucs2', 135, 3],
    ['ж'.repeat(737), 'ucs2', 737, 11],
    ['😀'.repeat(35), 'ucs2', 70, 1],
    ['😀'.repeat(36), 'ucs2', 72, 2],
    [`${'a'.repeat(69)}’`, 'ucs2', 70, 1],
    [`${'a'.repeat(70)}’`, 'ucs2', 71, 2],
    [`${'ж'.repeat(66)}😀${'ж'.repeat(66)}`, 'ucs2', 134, 3],
  ])('of %j are as Plivo counts them', (whole, encoding, length, units) => {
    expect(textSize(whole)).toEqual({ encoding, length, units });
  });

  it('are as many as parts that are filled one after the other, and no part divides a character', () => {
    fc.assert(
      fc.property(text(GSM), (whole) => {
        const width = (one: string): number => ('\f^{}\\[~]|€'.includes(one) ? 2 : 1);
        expect(textSize(whole).units).toBe(filled(whole, { alone: 160, each: 153, width }).length);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(text(GSM, OTHER), (whole) => {
        fc.pre(textSize(whole).encoding === 'ucs2');
        expect(textSize(whole).units).toBe(filled(whole, { alone: 70, each: 67, width: (one) => one.length }).length);
      }),
      { numRuns: 60 },
    );
  });

  it('never become fewer with what is added', () => {
    fc.assert(
      fc.property(text(GSM, OTHER), text(GSM, OTHER), (one, other) => {
        expect(textSize(one + other).units).toBeGreaterThanOrEqual(textSize(one).units);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a text that is too long for one message', () => {
  const long = fc
    .array(fc.oneof(text(GSM), text(GSM, OTHER)), { maxLength: 4 })
    .map((parts) => parts.join(' '))
    .filter((whole) => whole !== '');

  it('is divided into messages that are the text together, and each of which Plivo takes', () => {
    fc.assert(
      fc.property(long, (whole) => {
        const pieces = piecesOf(whole);
        if (pieces === null) {
          expect(whole.length).toBeGreaterThan(737);
          return;
        }
        expect(pieces.join('')).toBe(whole);
        for (const piece of pieces) {
          const { encoding, length } = textSize(piece);
          expect(length).toBeLessThanOrEqual(encoding === 'gsm' ? 1600 : 737);
          // Half of a pair would be no character.
          expect(piece).not.toMatch(/\p{Cs}/u);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is left alone as long as it fits', () => {
    expect(piecesOf('a'.repeat(1600))).toEqual(['a'.repeat(1600)]);
    expect(piecesOf('ж'.repeat(737))).toEqual(['ж'.repeat(737)]);
    expect(piecesOf('')).toEqual([]);
  });

  it('is divided behind a blank', () => {
    const words = 'word '.repeat(400);
    expect(piecesOf(words)).toEqual(['word '.repeat(320), 'word '.repeat(80)]);
  });

  it('is divided where it is full when it has no blank', () => {
    expect(piecesOf('a'.repeat(1601))).toEqual(['a'.repeat(1600), 'a']);
    expect(piecesOf('👋'.repeat(369))).toEqual(['👋'.repeat(368), '👋']);
  });

  it('is refused when it would be more than three', () => {
    expect(piecesOf('a'.repeat(4800))).toHaveLength(3);
    expect(piecesOf('a'.repeat(4801))).toBeNull();
  });
});
