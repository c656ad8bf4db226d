import { texts } from '../design/texts/index.ts';
import type { CallView, Leg } from './answers.ts';
import { ROLES, WITHHELD, type Role } from './people.ts';
import type { State } from './scene.ts';

/** What a phone shows, read off the call. */
export type Face =
  | { kind: 'idle' }
  | { kind: 'calling'; to: string; status: 'routing' | 'ringing' | 'answered' }
  | { kind: 'pin'; to: string; typed: number }
  | { kind: 'ringing'; shown: string }
  | { kind: 'talking'; through: string; since: string }
  | { kind: 'ended'; why: string };

/** Which number goes where. */
export interface Route {
  caller: Role | null;
  /** The caller's own; ends at the virtual number. */
  stops: string;
  /** Null while nobody has been rung. */
  callee: Role | null;
  goes: string | null;
  phase: 'asking' | 'ringing' | 'talking' | 'ended';
}

export function faceOf(state: State, role: Role): Face {
  const { call } = state;
  if (call === null) return { kind: 'idle' };
  if (callerOf(state) === role) return faceOfCaller(call);
  const leg = call.legs.find(({ parent_call_uuid: parent, to }) => parent !== null && to === state.people[role]);
  return leg === undefined ? { kind: 'idle' } : faceOfCallee(leg);
}

/** Whose phone began the call; null when it is none of the three. */
export function callerOf({ call, people, withheldBy }: State): Role | null {
  if (call === null || call.direction !== 'inbound') return null;
  if (call.from === WITHHELD) return withheldBy;
  return ROLES.find((role) => people[role] === call.from.replace('+', '')) ?? null;
}

/** The phone at the simulator that stands for this one now: without its number it is another. */
export function numberAt(state: State, role: Role): string {
  return callerOf(state) === role && state.call?.from === WITHHELD ? WITHHELD : state.people[role];
}

export function isTalking({ call }: State): boolean {
  return call !== null && call.status === 'bridged';
}

/** The phone that rings now. */
export function ringingRole(state: State): Role | null {
  return ROLES.find((role) => faceOf(state, role).kind === 'ringing') ?? null;
}

export function wasConnected(call: CallView): boolean {
  return call.legs.some(({ bridged_at: bridged }) => bridged !== null);
}

export function routeOf(state: State): Route | null {
  const { call, people } = state;
  if (call === null) return null;
  const dialled = call.legs.find(({ parent_call_uuid: parent }) => parent !== null);
  return {
    caller: callerOf(state),
    stops: call.from,
    callee: dialled === undefined ? null : (ROLES.find((role) => people[role] === dialled.to) ?? null),
    goes: dialled?.from ?? null,
    phase: phaseOf(call, dialled),
  };
}

export function endingInWords({ hangup_cause_code: code, hangup_cause_name: name }: Leg): string {
  return texts.phones.endings[code ?? 0] ?? (name ?? '').toLowerCase();
}

function phaseOf(call: CallView, dialled: Leg | undefined): Route['phase'] {
  if (call.status === 'ended') return 'ended';
  if (dialled === undefined) return 'asking';
  return dialled.bridged_at === null ? 'ringing' : 'talking';
}

function faceOfCaller(call: CallView): Face {
  const [own, dialled] = call.legs;
  if (own === undefined) return { kind: 'idle' };
  if (call.status === 'ended') return { kind: 'ended', why: endingInWords(own) };
  if (call.status === 'bridged')
    return { kind: 'talking', through: call.to, since: dialled?.bridged_at ?? call.started_at };
  const typed = typedForPin(call);
  if (typed !== null) return { kind: 'pin', to: call.to, typed };
  const rings = dialled !== undefined && dialled.ended_at === null;
  return { kind: 'calling', to: call.to, status: rings ? 'ringing' : call.status };
}

function faceOfCallee(leg: Leg): Face {
  if (leg.ended_at !== null) return { kind: 'ended', why: endingInWords(leg) };
  if (leg.answered_at === null) return { kind: 'ringing', shown: leg.from };
  return { kind: 'talking', through: leg.from, since: leg.bridged_at ?? leg.answered_at };
}

/** How many keys were pressed for the prompt that runs now; null where none does. */
function typedForPin({ timeline }: CallView): number | null {
  const asked = timeline.findLastIndex(({ what, name }) => what === 'element' && name === 'GetDigits');
  const moved = timeline.findLastIndex(({ what }) => what === 'xml.received');
  if (asked < 0 || asked < moved) return null;
  return timeline
    .slice(asked)
    .reduce((sum, { what, count }) => (what === 'digits.pressed' ? sum + Number(count) : sum), 0);
}
