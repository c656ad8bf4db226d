/** A session of the day: a courier and a customer, and what happens between them. */
export interface PlannedSession {
  /** Seconds from the beginning of the day; all calls of a session lie within its life. */
  at: number;
  courier: string;
  customer: string;
  expirySeconds: number;
  calls: PlannedCall[];
}

export interface PlannedCall {
  at: number;
  who: 'courier' | 'customer' | 'stranger';
  /** What becomes of it. */
  ends: 'talk' | 'no-answer' | 'busy' | 'decline' | 'abandon';
  ringSeconds: number;
  talkSeconds: number;
}

/** Nobody's: 555-01xx of four area codes, without those that the simulator rents out. */
const COURIERS = numbersOf('415', 10, 19);
const CUSTOMERS = ['510', '628', '650'].flatMap((area) => numbersOf(area, 0, 99));
export const STRANGER = '+14155550199';

/** How busy each hour is: few at night, most at noon and in the evening. */
const BUSY = [1, 1, 1, 1, 1, 2, 4, 7, 9, 8, 9, 13, 14, 11, 8, 8, 10, 14, 16, 14, 10, 6, 3, 2];
const HOUR = 3600;
const ENDS: readonly (readonly [PlannedCall['ends'], number])[] = [
  ['talk', 70],
  ['no-answer', 12],
  ['busy', 6],
  ['decline', 5],
  ['abandon', 7],
];

/** The same day for the same seed. */
export function planDay({
  seed,
  sessions,
  hours,
}: {
  seed: number;
  sessions: number;
  hours: number;
}): PlannedSession[] {
  const random = randomBy(seed);
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const weights = Array.from({ length: hours }, (_, hour) => BUSY[hour % BUSY.length] ?? 1);
  const planned = Array.from({ length: sessions }, (_, index) => {
    const expirySeconds = between(1, 4) * 1800;
    const hour = weighted(
      weights.map((weight, place) => [place, weight] as const),
      random,
    );
    const at = hour * HOUR + between(0, HOUR - 1);
    return {
      at,
      courier: COURIERS[between(0, COURIERS.length - 1)] ?? '',
      customer: CUSTOMERS[(index * 7 + between(0, 6)) % CUSTOMERS.length] ?? '',
      expirySeconds,
      calls: Array.from(
        {
          length: weighted(
            [
              [0, 2],
              [1, 5],
              [2, 4],
              [3, 2],
              [4, 1],
            ],
            random,
          ),
        },
        () => ({
          at: at + between(60, Math.floor(expirySeconds * 0.8)),
          who: random() < 0.06 ? ('stranger' as const) : random() < 0.6 ? ('courier' as const) : ('customer' as const),
          ends: weighted(ENDS, random),
          ringSeconds: between(3, 18),
          talkSeconds: between(8, 240),
        }),
      ),
    };
  });
  return planned.toSorted((one, other) => one.at - other.at);
}

function numbersOf(area: string, first: number, last: number): string[] {
  return Array.from(
    { length: last - first + 1 },
    (_, place) => `+1${area}55501${String(first + place).padStart(2, '0')}`,
  );
}

function weighted<Value>(choices: readonly (readonly [Value, number])[], random: () => number): Value {
  let left = random() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  const [[last]] = choices as readonly [readonly [Value, number]];
  return last;
}

/** Mulberry32: 32 bits are enough for a day, and Node's own generator takes no seed. */
function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
