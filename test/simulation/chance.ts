import { SeededRandom } from '../../src/simulator/rules/random.js';

/** Everything that is left to chance in a simulated world; the same seed makes the same choices. */
export class Chance extends SeededRandom {
  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('expected something to pick from');
    return item;
  }

  /** `weighted([['a', 3], ['b', 1]])` is `a` three times out of four. */
  weighted<T>(items: readonly (readonly [T, number])[]): T {
    let left = this.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return this.pick(items)[0];
  }
}
