import type { Call, Leg } from '../../reach/answers.ts';

/** Instants. */
interface Span {
  from: number;
  to: number;
}

/** Where a bar stands on the axis, in per cent of it. */
export interface LegBar {
  kind: 'rang' | 'talked';
  left: number;
  width: number;
}

/** A refused call is over at once: its axis still needs a length. */
const SHORTEST_MS = 1000;
const NARROWEST = 0.6;

/** From the first ring to the last hang-up; to now while the call goes on. */
export function spanOfLegs(call: Pick<Call, 'started_at' | 'ended_at' | 'legs'>, now: number): Span {
  const instants = call.legs.flatMap(({ started_at, answered_at, ended_at }) =>
    [started_at, answered_at, ended_at].flatMap((at) => (at === null ? [] : Date.parse(at))),
  );
  const from = Math.min(Date.parse(call.started_at), ...instants);
  const end = call.ended_at === null ? now : Math.max(Date.parse(call.ended_at), ...instants);
  return { from, to: Math.max(end, from + SHORTEST_MS) };
}

export function barsOf({ started_at, answered_at, ended_at }: Leg, { from, to }: Span): LegBar[] {
  const place = (at: number): number => (100 * (at - from)) / (to - from);
  const begin = started_at === null ? null : Date.parse(started_at);
  const answered = answered_at === null ? null : Date.parse(answered_at);
  const end = ended_at === null ? to : Date.parse(ended_at);
  const bar = (kind: LegBar['kind'], first: number, last: number): LegBar[] =>
    last < first ? [] : [{ kind, left: place(first), width: Math.max(NARROWEST, place(last) - place(first)) }];
  return [
    ...(begin === null || begin === answered ? [] : bar('rang', begin, answered ?? end)),
    ...(answered === null ? [] : bar('talked', answered, end)),
  ];
}
