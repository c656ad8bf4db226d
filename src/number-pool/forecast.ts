/** A day's peak; `day` counts days, in whatever epoch, and grows by one from a day to the next. */
export interface DayPeak {
  day: number;
  needed: number;
}

export interface Forecast {
  /** The first day on which more is expected than there is; null with the reason why none is named. */
  fullOn: number | null;
  reason: string;
}

/** Days without which nothing is said: two of each day of the week, where none is missing. */
const LEAST_DAYS = 14;
/** Days ahead. */
const MOST_AHEAD = 90;
const WEEK = 7;
/** How far from chance a rise must be, in standard deviations of Kendall's statistic: noise passes for one about once in 200. */
const SURE = 2.576;

/**
 * What the peaks of past days, in whatever order, say of those to come: for each day of the week a level, and one slope for all. The slope is the median of
 * those between all pairs of the same day of the week (Sen's, by season), the level the median of what is left: a single wild day moves neither, a day
 * without a peak takes part in nothing, and the week does not pass for a trend. Whether there is a slope at all is asked of Kendall's test by season.
 */
export function forecast(peaks: readonly DayPeak[], available: number, today: number): Forecast {
  const pairs = pairsOfSeasons(peaks);
  if (peaks.length < LEAST_DAYS) return { fullOn: null, reason: `not enough days: ${peaks.length} of ${LEAST_DAYS}` };

  const isRising = rises(peaks, pairs);
  const slope = isRising ? median(pairs.map(({ slope: each }) => each)) : 0;
  const levels = levelsByWeekday(peaks, slope);
  const expected = (day: number): number => slope * day + (levels[weekday(day)] ?? 0);
  for (let day = today; day <= today + MOST_AHEAD; day++) {
    // What rounding adds is no number.
    if (expected(day) <= available + 1e-9) continue;
    const basis = `peaks of ${peaks.length} days`;
    if (!isRising) return { fullOn: day, reason: `no trend, but ${basis} are above the numbers as they are` };
    return { fullOn: day, reason: `rises by ${(slope * WEEK).toFixed(2)} numbers a week in the ${basis}` };
  }
  return { fullOn: null, reason: isRising ? `not within ${MOST_AHEAD} days` : 'no trend' };
}

interface Pair {
  slope: number;
  /** -1, 0 or 1. */
  sign: number;
}

function pairsOfSeasons(peaks: readonly DayPeak[]): Pair[] {
  return peaks.flatMap((later, place) =>
    peaks
      .slice(0, place)
      .filter(({ day }) => (later.day - day) % WEEK === 0)
      .map((earlier) => {
        const rise = later.needed - earlier.needed;
        const days = later.day - earlier.day;
        return { slope: rise / days, sign: Math.sign(rise * days) };
      }),
  );
}

/** The variance is that without a trend, less what ties take from it. */
function rises(peaks: readonly DayPeak[], pairs: readonly Pair[]): boolean {
  const score = pairs.reduce((sum, { sign }) => sum + sign, 0);
  let variance = 0;
  for (let season = 0; season < WEEK; season++) {
    const values = peaks.filter(({ day }) => weekday(day) === season).map(({ needed }) => needed);
    variance += spread(values.length);
    for (const value of new Set(values)) variance -= spread(values.filter((each) => each === value).length);
  }
  return variance > 0 && score / Math.sqrt(variance) >= SURE;
}

function spread(count: number): number {
  return (count * (count - 1) * (2 * count + 5)) / 18;
}

/** A day of the week that was never seen has the level of all. */
function levelsByWeekday(peaks: readonly DayPeak[], slope: number): number[] {
  const left = peaks.map(({ day, needed }) => ({ season: weekday(day), level: needed - slope * day }));
  const all = median(left.map(({ level }) => level));
  return Array.from({ length: WEEK }, (_, season) => {
    const own = left.filter((one) => one.season === season).map(({ level }) => level);
    return own.length === 0 ? all : median(own);
  });
}

function weekday(day: number): number {
  return ((day % WEEK) + WEEK) % WEEK;
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
