import fc from 'fast-check';

const SURROGATES = 0xd800;
const HOW_MANY = 0x800;
const LAST = 0x10ffff;

/**
 * Any character of Unicode, as the unit of a text. It is what `unit: 'binary'` means too; that one makes a table of all 1.1 million in each process that
 * uses it, which takes a second and 100 MB.
 */
export const anyCharacter = fc.integer({ min: 0, max: LAST - HOW_MANY }).map(
  (index) => String.fromCodePoint(index < SURROGATES ? index : index + HOW_MANY),
  (character) => {
    const [only, ...more] =
      typeof character === 'string' ? Array.from(character, (one) => one.codePointAt(0) ?? 0) : [];
    if (only === undefined || more.length > 0 || (only >= SURROGATES && only < SURROGATES + HOW_MANY))
      throw new Error(`expected one whole character, got ${JSON.stringify(character)}`);
    return only < SURROGATES ? only : only - HOW_MANY;
  },
);
