import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { plainText } from './plain-text.js';
import { anyCharacter } from '../../test/support/any-character.js';

describe('text of others', () => {
  it.each([
    ['Normal', 'Normal'],
    ['  Ring\r\n Time\u0000', 'Ring  Time'],
    ['\u0000\u0007', ''],
    ['a\u2028b\u0085c', 'a b c'],
    ['half \uD83D', 'half \uFFFD'],
    ['12345678901', '1234567890'],
    ['123456789 1', '123456789'],
    ['☎☎☎☎☎☎☎☎☎☎☎', '☎☎☎☎☎☎☎☎☎☎'],
    ['📞📞📞📞📞📞📞📞📞📞📞', '📞📞📞📞📞📞📞📞📞📞'],
  ])('%j is kept as %j', (text, kept) => {
    expect(plainText(text, 10)).toBe(kept);
  });

  it('is whole, on one line and not too long whatever came; what was kept is kept as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (text, longest) => {
          const kept = plainText(text, longest);
          expect([...kept].length).toBeLessThanOrEqual(longest);
          expect(kept).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u);
          expect(kept).toBe(kept.trim());
          expect(plainText(kept, longest)).toBe(kept);
        },
      ),
    );
  });
});
