import type { CallFacts, Leg } from '../call-routing/index.js';
import type { Hangup, HangupEvent, PartyEvent } from './contract.js';

/** An event of a call, and when it was: milliseconds since 1970, by Plivo's clock where it told a time. */
export type Chapter =
  | { event: PartyEvent | 'SessionPinAuthenticationStatus'; at: number; outcome?: undefined }
  | { event: HangupEvent; at: number; outcome: Hangup };

/** A called phone has rung when the leg ended for one of these: no answer, rejected, declined, ring time over, given up while ringing. */
const RANG = new Set([1000, 3000, 3020, 3110, 6010]);

/**
 * What can be told of a call so far, in the order in which customers are told: the caller's answer, the PIN, ring, answer, the hang-ups, the end. Each
 * chapter waits for the one before, so facts that come in any order make one story: a story told from fewer facts is the beginning of the story
 * told from all of them. Pure.
 *
 * Plivo reports no ringing of a dialled leg while it rings; that it rang is known when it is answered, or from how it ended.
 */
export function callStory(call: CallFacts, isPinOn: boolean, now: number): Chapter[] {
  const caller = answeredOf(call.legs, 'A');
  const called = answeredOf(call.legs, 'B');
  return [
    ...beginning(call, caller, isPinOn),
    ...(call.decision === 'connect' && called ? middle(call, called, now) : []),
    ...(caller && isSettled(call, caller, called) ? ending(call, inOrderOfEnd(caller, called), now) : []),
  ];
}

/** We answer every caller ourselves; a requested first party that never answered has only an end. */
function beginning(call: CallFacts, caller: Leg | undefined, isPinOn: boolean): Chapter[] {
  if (call.decision !== 'connect' && call.reason !== 'answer-lost') return [];
  const at = call.connectedAt ?? caller?.answeredAt ?? call.createdAt;
  const answer = { event: answerOf(call.callerRole), at };
  return isPinOn ? [answer, { event: 'SessionPinAuthenticationStatus', at }] : [answer];
}

function middle(call: CallFacts, called: Leg, now: number): Chapter[] {
  const role = otherRole(call.callerRole);
  const answer: Chapter[] = isPickedUp(called) ? [{ event: answerOf(role), at: called.answeredAt ?? now }] : [];
  const hasRung = answer.length > 0 || (called.isEnded && RANG.has(called.hangupCauseCode ?? 0));
  const dialledAt = call.connectedAt ?? call.createdAt;
  return hasRung && role === 'second' ? [{ event: 'SessionSecondPartyRing', at: dialledAt }, ...answer] : answer;
}

function ending(call: CallFacts, legs: Leg[], now: number): Chapter[] {
  const ends = legs.map((leg) => ({
    event: hangupOf(leg.side === 'A' ? call.callerRole : otherRole(call.callerRole)),
    at: leg.endedAt ?? now,
    outcome: outcomeOf(leg),
  }));
  const all = ends.map(({ outcome }) => outcome);
  return [
    ...ends,
    {
      event: 'SessionPartiesHangup',
      at: Math.max(...ends.map(({ at }) => at)),
      outcome: {
        amountMicros: sum(all.map(({ amountMicros }) => amountMicros)),
        billedSeconds: sum(all.map(({ billedSeconds }) => billedSeconds)),
        seconds: sum(all.map(({ seconds }) => seconds)),
        cause: all[0]?.cause ?? '',
        causeCode: all[0]?.causeCode ?? null,
      },
    },
  ];
}

/** Whether nothing further can come that the hang-ups tell: every leg has ended and has its price, or Plivo's records have been read. */
function isSettled(call: CallFacts, caller: Leg, called: Leg | undefined): boolean {
  if (!caller.isEnded) return false;
  // A requested call that its first party never answered has dialled nobody.
  if (call.decision !== 'connect' && !called) return true;
  if (call.isReconciled) return called === undefined || called.isEnded;
  return isPriced(caller) && called !== undefined && called.isEnded && isPriced(called);
}

function isPriced(leg: Leg): boolean {
  return leg.amount !== null && leg.duration !== null;
}

/**
 * Who ended the call comes first. The other party's leg tells it best: on it, Callee is always the called party, while on the caller's leg of a requested
 * call Callee is the first party.
 */
function inOrderOfEnd(caller: Leg, called: Leg | undefined): Leg[] {
  if (!called) return [caller];
  const isCallerFirst = [caller, called];
  const isCalledFirst = [called, caller];
  if (called.hangupSource === 'Caller') return isCallerFirst;
  if (called.hangupSource === 'Callee') return isCalledFirst;
  // An unanswered leg ends the call, unless the caller was known to be gone before.
  if (!isPickedUp(called)) return isCalledFirst;
  return (caller.endedAt ?? 0) < (called.endedAt ?? 0) ? isCallerFirst : isCalledFirst;
}

function outcomeOf(leg: Leg): Hangup {
  return {
    amountMicros: leg.amount ?? 0,
    billedSeconds: leg.billedDuration ?? 0,
    seconds: leg.duration ?? 0,
    cause: leg.hangupCauseName ?? '',
    causeCode: leg.hangupCauseCode,
  };
}

function isPickedUp(leg: Leg): boolean {
  return leg.isAnswered || leg.answeredAt !== null || (leg.duration ?? 0) > 0;
}

/** Of several legs of a side, the one that was answered. */
function answeredOf(legs: readonly Leg[], side: 'A' | 'B'): Leg | undefined {
  const own = legs.filter((leg) => leg.side === side);
  return own.find(isPickedUp) ?? own[0];
}

const otherRole = (role: 'first' | 'second') => (role === 'first' ? 'second' : 'first');
const answerOf = (role: 'first' | 'second'): PartyEvent =>
  role === 'first' ? 'SessionFirstPartyAnswer' : 'SessionSecondPartyAnswer';
const hangupOf = (role: 'first' | 'second'): HangupEvent =>
  role === 'first' ? 'SessionFirstPartyHangup' : 'SessionSecondPartyHangup';
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
