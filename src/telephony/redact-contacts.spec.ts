import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { E164 } from './phone.js';
import { HIDDEN, withoutContacts, type ContactKind } from './redact-contacts.js';

const US = { people: ['14155551001', '12125551002'] as E164[], virtualNumber: '12025550000' as E164 };
const DE = { people: ['4915112345678', '493012345678'] as E164[], virtualNumber: '4930999999' as E164 };
const FR = { people: ['33612345678', '447911123456'] as E164[], virtualNumber: '33170000000' as E164 };
const ALL: ContactKind[] = ['numbers', 'mails', 'links'];
const WORLDS = { US, DE, FR };

/** National digits of numbers that are nobody's of these two, by the country. */
const OTHERS: Record<keyof typeof WORLDS, readonly (readonly [code: string, trunk: string, national: string])[]> = {
  US: [
    ['1', '', '6502530000'],
    ['1', '', '3105558899'],
    ['1', '', '9175553344'],
  ],
  DE: [
    ['49', '0', '1701234567'],
    ['49', '0', '17612345678'],
    ['49', '0', '8912345678'],
  ],
  FR: [
    ['33', '0', '698765432'],
    ['44', '0', '7400123456'],
    ['33', '0', '145678901'],
  ],
};
const SCRIPTS = ['0', '٠', '۰', '０', '०', '𝟘', '𝟬', '𑁦'];
const inScript = (text: string, zero: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)));

const world = fc.constantFrom(...(Object.keys(WORLDS) as (keyof typeof WORLDS)[]));
const gap = fc.constantFrom('', ' ', '-', '.', '/', ' - ', '\u00A0', ' (', ') ');
const words = fc.constantFrom(
  'call me at',
  'my number:',
  'hier',
  'ring',
  'c’est le',
  'text',
  '👋',
  'room 2,',
  'bis 5!',
);

/** A number as somebody may write it: of the two or of anybody, in any script and with anything between the digits. */
const written = world.chain((name) =>
  fc
    .record({
      number: fc.oneof(
        fc.constantFrom(...WORLDS[name].people).map((one) => {
          const code = one.startsWith('1') ? '1' : one.slice(0, 2);
          return [code, code === '1' ? '' : '0', one.slice(code.length)] as const;
        }),
        fc.constantFrom(...OTHERS[name]),
      ),
      form: fc.constantFrom('national', 'plus', 'zeros'),
      gaps: fc.array(gap, { minLength: 4, maxLength: 4 }),
      zero: fc.constantFrom(...SCRIPTS),
    })
    .map(({ number: [code, trunk, national], form, gaps, zero }) => {
      const front = { national: trunk, plus: `+${code}`, zeros: `00${code}` }[form] ?? '';
      const parts = [national.slice(0, 3), national.slice(3, 6), national.slice(6, 8), national.slice(8)];
      const spelt = parts.reduce((all, part, place) => (part === '' ? all : all + (gaps[place] ?? '') + part), front);
      return { name, text: inScript(spelt.trim().replace(/^[-./ ()\u00A0]+/, ''), zero), national };
    }),
);

const LEFT = [
  'It is $1,250.00 or 1.250,00 € today',
  'EUR 1250000 in all, 12 500 € a month, 19,99€',
  'on 2026-11-30 at 10:15, or 30.11.2026 10:15',
  '11/30/2026, 1.2.26 and 24/12/2026 18:00-20:30',
  'order AB12345678901 and X-9087-A, ref 2024AB99',
  'room 1204, floor 12, gate 3, bus 100',
  'code 482913, PIN 7302, 10001 or 94103',
  'server 192.168.100.200 version 10.4.12',
  '3.14159265 and 100% of 2 x 4 x 6',
  'flight LH 454, seat 12A, 2 bags of 23 kg',
  'call 911 or 112',
  'Straße 17, 10115 Berlin; 75008 Paris; SW1A 1AA',
  'i.e. now, e.g. later, no.5 and a.m./p.m.',
  'me@home, @ravi, mail me',
  'line one\nline two\t3\n\n4',
];

describe('what a text says of how to reach somebody', () => {
  it.each(['0.170.123.45 67', '0.170123 4567'])(
    'is hidden where it begins as no address and no figure does: %s',
    (text) => {
      expect(withoutContacts(`call me at ${text}`, ['numbers'], WORLDS.DE)).toBe('call me at ***');
    },
  );

  it('is hidden where it is a number, in any spelling, and the rest is left to the last character', () => {
    fc.assert(
      fc.property(written, words, words, ({ name, text, national }, before, behind) => {
        const said = `${before} ${text} ${behind}`;
        const shown = withoutContacts(said, ['numbers'], WORLDS[name]);
        expect(shown.startsWith(before)).toBe(true);
        expect(shown.endsWith(behind)).toBe(true);
        expect(shown).toContain(HIDDEN);
        expect(() => encodeURIComponent(shown)).not.toThrow();
        const digits = shown.slice(before.length, shown.length - behind.length).replaceAll(/\P{Nd}/gu, '');
        expect(digits.length).toBeLessThan(4);
        expect(digits).not.toContain(national.slice(-4));
        expect(withoutContacts(shown, ['numbers'], WORLDS[name])).toBe(shown);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(LEFT)('is not looked for in: %s', (text) => {
    for (const between of Object.values(WORLDS)) expect(withoutContacts(text, ALL, between)).toBe(text);
  });

  it('is nothing in texts without digits, addresses and links, and nothing is looked for where nobody wants it', () => {
    const plain = fc.string({ unit: 'grapheme', maxLength: 80 });
    fc.assert(
      fc.property(plain, (text) => {
        expect(withoutContacts(text, [], US)).toBe(text);
        const bare = text.replaceAll(/[\p{N}@.:/]/gu, '');
        expect(withoutContacts(bare, ALL, US)).toBe(bare);
      }),
    );
  });

  it.each<[kind: ContactKind, text: string, shown: string]>([
    ['mails', 'write to ana.b+c@shop.example.com, or not', `write to ${HIDDEN}, or not`],
    ['mails', 'größe@müller.de!', `${HIDDEN}!`],
    ['mails', 'ana＠shop.example, ana@shop。example and ana﹫shop．example．com', `${HIDDEN}, ${HIDDEN} and ${HIDDEN}`],
    ['links', 'ana-b。com or www．ana．example ok', `${HIDDEN} or ${HIDDEN} ok`],
    ['links', '今日は。明日もOK。はい。', '今日は。明日もOK。はい。'],
    ['links', 'see https://shop.example/a?b=c now', `see ${HIDDEN} now`],
    ['links', 'www.ana.example and ana-b.com/x, ok', `${HIDDEN} and ${HIDDEN} ok`],
    ['numbers', 'tel:+16502530000 or wa.me/16502530000 then', `${HIDDEN} or ${HIDDEN} then`],
    ['numbers', 'it is 4,1,5,5,5,5,1,0,0,1', `it is ${HIDDEN}`],
    ['numbers', '4155551001', HIDDEN],
    ['numbers', 'me: ④①⑤⑤⑤⑤①⓪⓪①', `me: ${HIDDEN}`],
    ['numbers', '⁶⁵⁰²⁵³⁰⁰⁰⁰ it is', `${HIDDEN} it is`],
    ['numbers', '6️⃣5️⃣0️⃣2️⃣5️⃣3️⃣0️⃣0️⃣0️⃣0️⃣ ok', `${HIDDEN}\uFE0F\u20E3 ok`],
    ['numbers', '12 m² and 3 ½, x³ + y²', '12 m² and 3 ½, x³ + y²'],
    ['numbers', '1\n4155551001', HIDDEN],
    ['numbers', 'call (202) 555-0000, you know that one', 'call (202) 555-0000, you know that one'],
    ['numbers', 'see https://shop.example', 'see https://shop.example'],
  ])('%s: %s', (kind, text, shown) => {
    expect(withoutContacts(text, [kind], US)).toBe(shown);
  });

  it('is looked for in the longest text that is passed on without delay', () => {
    for (const unit of ['1', '1 ', '1-', '+', '(0', 'a@', 'a.', '١ ', '𝟩', '①', '415 555 100 ']) {
      const begun = performance.now();
      withoutContacts(unit.repeat(Math.floor(4800 / unit.length)), ALL, US);
      expect(performance.now() - begun).toBeLessThan(1000);
    }
  });
});
