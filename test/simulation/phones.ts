import type { Chance } from './chance.js';

/**
 * Phones that networks and people spell in several ways: as customers give them, and as calls show them besides. Written from the numbering plans,
 * not from the product's rules.
 */
const MANY_SPELLINGS: { given: [string, ...string[]]; shown?: string[] }[] = [
  { given: ['5491166770100', '541166770100'], shown: ['54111566770100'] },
  { given: ['543514550101', '5493514550101'], shown: ['54351154550101'] },
  { given: ['5511969350102', '551169350102'] },
  { given: ['525541630103', '5215541630103'] },
  { given: ['970599120104', '972599120104'] },
  { given: ['2290197120105'], shown: ['22997120105'] },
  { given: ['442079460106'], shown: ['4402079460106'] },
  { given: ['14155550107'], shown: ['114155550107'] },
];

/** Each spelling's phone, named by the first way in which it is given. */
const PHONES = new Map(
  MANY_SPELLINGS.flatMap(({ given, shown = [] }) => [...given, ...shown].map((digits) => [digits, given[0]] as const)),
);

/** Which phone these digits are: the same for all spellings of it. */
export function phoneOf(digits: string): string {
  return PHONES.get(digits) ?? digits;
}

export function isOnePhone(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && phoneOf(one) === phoneOf(other);
}

/** Spellings that end at no phone any more: a network may still show one, but it is not called back. */
export function isObsolete(digits: string): boolean {
  return digits === '22997120105';
}

/** As customers give it. */
export function givenSpelling(digits: string, chance: Chance): string {
  const many = MANY_SPELLINGS.find(({ given }) => given[0] === phoneOf(digits));
  return many ? chance.pick(many.given) : digits;
}

/** As a call from it shows it. */
export function shownSpelling(digits: string, chance: Chance): string {
  const many = MANY_SPELLINGS.find(({ given }) => given[0] === phoneOf(digits));
  return many ? chance.pick([...many.given, ...(many.shown ?? [])]) : digits;
}

/** All phones of a world: who may register, who is a stranger, and the numbers that are lent. Fictional ranges. */
export class Phones {
  readonly parties: string[];
  readonly strangers: string[];
  readonly numbers: string[];

  constructor(chance: Chance) {
    const american = Array.from({ length: 12 }, (_, index) => String(14155550110 + index));
    const british = Array.from({ length: 3 }, (_, index) => String(442079460110 + index));
    this.parties = [...american, ...british, ...MANY_SPELLINGS.map(({ given }) => given[0])];
    this.strangers = Array.from({ length: 8 }, (_, index) => String(16505550160 + index));
    const count = chance.between(2, 5);
    this.numbers = Array.from({ length: count }, (_, index) =>
      index === 3 ? '442079460900' : String(12025550140 + index),
    );
  }

  /** In every spelling. */
  get real(): string[] {
    return [...this.parties, ...this.strangers, ...PHONES.keys()];
  }
}

const WITHHELD = ['anonymous', '', 'Restricted', 'sip:14155550110@phone.plivo.com', '04155550110', '١٤١٥٥٥٥٠١١٠'];

/** How a caller's number is written in a webhook; null withholds it. */
export function spelling(caller: string | null, chance: Chance): string {
  if (caller === null) return chance.pick(WITHHELD);
  return chance.weighted([
    [caller, 6],
    [`+${caller}`, 2],
    [`tel:+${caller}`, 1],
    [` +${caller.slice(0, -10)} ${caller.slice(-10, -4)} ${caller.slice(-4)} `, 1],
  ]);
}
