import type { CallFigures } from '../call-routing/index.js';
import { hourOf } from '../platform/clock.js';
import { countedOf, directionOf, ownAmountOf } from './count-call.js';
import { UNKNOWN, type CallTally } from './stat.entity.js';
import { quarterOf } from './sums.js';

/** Whether something else of a call is counted than follows from its legs. */
export function isOff(figure: CallFigures, tally: CallTally | undefined): boolean {
  if (!tally) return true;
  const counted = countedOf(figure);
  return (
    !isAtPlace(figure, tally) ||
    tally.ownAmount !== ownAmountOf(figure.billedSeconds, tally.minuteFee) ||
    (Object.keys(counted) as (keyof typeof counted)[]).some((name) => counted[name] !== tally[name])
  );
}

/** What was counted before directions and quarters were kept is right where its hour is. It takes its place among the others when it is counted anew. */
function isAtPlace(figure: CallFigures, { quarter, direction }: CallTally): boolean {
  const { startedAt } = figure;
  const isInQuarter = startedAt === null || quarter === quarterOf(startedAt);
  if (direction === directionOf(figure) && isInQuarter) return true;
  return direction === UNKNOWN && (startedAt === null || quarter === hourOf(startedAt));
}
