/** What became of a number's calls in the time that is looked at. */
export interface NumberRecord {
  /** Calls in which the other party was dialled. */
  dialled: number;
  /** Of them, those in which both talked. */
  answered: number;
  /** Of these, those over within six seconds. */
  short: number;
}

export interface Suspicion {
  /** Null: too few calls, of the number or of the rest, to say. */
  suspect: boolean | null;
  /** What the number does worse than the rest; null where it does not. */
  because: 'answer-rate' | 'short-calls' | null;
}

/** Fewer say nothing. */
const LEAST_OF_NUMBER = 20;
const LEAST_OF_REST = 50;
/** How often one of all the numbers that are compared may be suspected though nothing is wrong. */
const FALSE_ALARMS = 0.01;

/**
 * Which numbers answer less often, or end more often at once, than the rest of them together. Two proportions are different where their Wilson intervals
 * are apart, which asks for more than a test at the same level would; and the level is divided by how many comparisons there are, so that a large pool
 * does not raise more false alarms than a small one.
 */
export function suspicions(records: readonly NumberRecord[]): Suspicion[] {
  const all = sum(records);
  const rests = records.map((one) => minus(all, one));
  const isCompared = records.map(
    ({ dialled }, place) => dialled >= LEAST_OF_NUMBER && (rests[place]?.dialled ?? 0) >= LEAST_OF_REST,
  );
  const comparisons = 2 * isCompared.filter(Boolean).length;
  const z = comparisons === 0 ? 0 : quantile(1 - FALSE_ALARMS / comparisons);
  return records.map((one, place) => {
    const rest = rests[place];
    if (!rest || !isCompared[place]) return { suspect: null, because: null };
    const because = isLess(one, rest, z) ? 'answer-rate' : isShorter(one, rest, z) ? 'short-calls' : null;
    return { suspect: because !== null, because };
  });
}

function isLess(one: NumberRecord, rest: NumberRecord, z: number): boolean {
  return wilson(one.answered, one.dialled, z).high < wilson(rest.answered, rest.dialled, z).low;
}

function isShorter(one: NumberRecord, rest: NumberRecord, z: number): boolean {
  return wilson(one.short, one.answered, z).low > wilson(rest.short, rest.answered, z).high;
}

/** Where a proportion lies of which so many of so many were seen. */
export function wilson(seen: number, of: number, z: number): { low: number; high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const share = seen / of;
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const middle = share + (z * z) / (2 * of);
  const whole = 1 + (z * z) / of;
  return { low: Math.max(0, (middle - spread) / whole), high: Math.min(1, (middle + spread) / whole) };
}

/** The standard normal distribution's, for probabilities from a half to nearly 1; by halving, which is exact enough at 60 steps. */
function quantile(probability: number): number {
  let [low, high] = [0, 12];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (upperTail(middle) > 1 - probability) low = middle;
    else high = middle;
  }
  return high;
}

/** The chance of more than `z`, within a hundred-thousandth of itself for z up to 8 (Chebyshev fit of the error function). */
function upperTail(z: number): number {
  const t = 1 / (1 + z / (2 * Math.SQRT2));
  const fit = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ].reduceRight((value, coefficient) => value * t + coefficient, 0);
  return 0.5 * t * Math.exp(-(z * z) / 2 + fit);
}

function sum(records: readonly NumberRecord[]): NumberRecord {
  return records.reduce(
    (all, { dialled, answered, short }) => ({
      dialled: all.dialled + dialled,
      answered: all.answered + answered,
      short: all.short + short,
    }),
    { dialled: 0, answered: 0, short: 0 },
  );
}

function minus(all: NumberRecord, one: NumberRecord): NumberRecord {
  return { dialled: all.dialled - one.dialled, answered: all.answered - one.answered, short: all.short - one.short };
}
