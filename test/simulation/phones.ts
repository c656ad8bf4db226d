import type { Chance } from './chance.js';

/** All phones of a world: who may register, who is a stranger, and the numbers that are lent. Fictional ranges. */
export class Phones {
  readonly parties: string[];
  readonly strangers: string[];
  readonly numbers: string[];

  constructor(chance: Chance) {
    const american = Array.from({ length: 16 }, (_, index) => String(14155550100 + index));
    const british = Array.from({ length: 4 }, (_, index) => String(442079460100 + index));
    this.parties = [...american, ...british];
    this.strangers = Array.from({ length: 8 }, (_, index) => String(16505550160 + index));
    const count = chance.between(2, 5);
    this.numbers = Array.from({ length: count }, (_, index) =>
      index === 3 ? '442079460900' : String(12025550140 + index),
    );
  }

  get real(): string[] {
    return [...this.parties, ...this.strangers];
  }
}

const WITHHELD = ['anonymous', '', 'Restricted', 'sip:14155550100@phone.plivo.com', '04155550100', '١٤١٥٥٥٥٠١٠٠'];

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
