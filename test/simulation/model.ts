import { isOnePhone } from './phones.js';

export type Role = 'first' | 'second';
export const otherRole = (role: Role): Role => (role === 'first' ? 'second' : 'first');

/** A conversation that an answer of ours has ordered. */
export interface Talk {
  callUuid: string;
  startedAt: number;
  /** By then it no longer holds its session, whatever was lost: ring time, call limit and a minute's grace. */
  holdsUntil: number;
  /** When the caller's leg ended in truth; null while it is up. */
  overAt: number | null;
  /** Whether the service has been told, or has found out. */
  isOverHeard: boolean;
}

/** A wish to be called. */
export interface Request {
  id: string;
  session: ModelSession | null;
  wantedAt: number;
  holdsUntil: number;
  isSettled: boolean;
  /** How often Plivo may have been made to ring somebody for it. */
  ringsMade: number;
  connectedUuids: Set<string>;
}

/** A session as the reference describes it, kept by nobody but the test. */
export interface ModelSession {
  id: string;
  /** Virtual number, digits. */
  number: string;
  /** In the spelling given last. */
  parties: Record<Role, string | null>;
  pins: Record<Role, string | null>;
  isPinOn: boolean;
  isForced: boolean;
  retries: number;
  prompt: string;
  wrongPlay: string;
  isSingle: boolean;
  /** Claims every stranger on its number. */
  isOpen: boolean;
  unknownPlay: string;
  plays: Record<Role, string>;
  ringSeconds: number;
  limitSeconds: number;
  cooloffSeconds: number;
  expirySeconds: number;
  expiresAt: number;
  deletedAt: number | null;
  lastCaller: string | null;
  talks: Talk[];
  requests: Request[];
  /** Parties that an update replaced, and until when they cool off on the number. */
  left: { party: string; freeAfter: number }[];
}

export function isLive(session: ModelSession, now: number): boolean {
  return session.deletedAt === null && now < session.expiresAt;
}

export function roleOf(session: ModelSession, party: string): Role | null {
  if (isOnePhone(session.parties.first, party)) return 'first';
  return isOnePhone(session.parties.second, party) ? 'second' : null;
}

/** From then on the session's parties and PINs may be given the number again. */
export function freeAfter(session: ModelSession): number {
  return (session.deletedAt ?? session.expiresAt) + session.cooloffSeconds * 1000;
}

/** Reconciliation finds a lost hang-up within this of the call's end. */
const REPAIRED_WITHIN_MS = 15 * 60_000;

/** Whether the service may still take this conversation for one that is on. */
export function mayHold(talk: Talk, now: number): boolean {
  if (talk.isOverHeard || now >= talk.holdsUntil) return false;
  return talk.overAt === null || now < talk.overAt + REPAIRED_WITHIN_MS;
}

export function mayBeBusy(session: ModelSession, now: number, own: Request | null = null): boolean {
  return (
    session.talks.some((talk) => mayHold(talk, now)) ||
    session.requests.some((request) => request !== own && !request.isSettled && now < request.holdsUntil)
  );
}

/** Whether two people are in truth on a call of this session, or one is being rung by it. */
export function isTalking(session: ModelSession): boolean {
  return session.talks.some((talk) => talk.overAt === null);
}
