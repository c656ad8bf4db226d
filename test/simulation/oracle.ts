import type { HeardAnswer } from './heard-answer.js';
import {
  freeAfter,
  isLive,
  isTalking,
  mayBeBusy,
  mayHold,
  otherRole,
  roleOf,
  type ModelSession,
  type Request,
  type Role,
  type Talk,
} from './model.js';
import { isObsolete, isOnePhone, phoneOf } from './phones.js';
import type { Fault } from './report.js';

export type Expected =
  | { kind: 'connect'; session: ModelSession; role: Role; dial: string; own: Request | null }
  | { kind: 'ask'; session: ModelSession; forced: Role | null }
  | { kind: 'play'; url: string }
  | { kind: 'refuse'; reason: string; orBusy?: ModelSession }
  | { kind: 'hangup' };

/** Who asks, where. `caller` is as it is shown, null for those who show no number. */
export interface Asking {
  callUuid: string;
  caller: string | null;
  /** Digits. */
  number: string;
}

/** A caller who has been asked for a PIN. */
export interface Asked extends Asking {
  prompt: ModelSession;
  forced: Role | null;
  attempts: number;
}

const HOUR_MS = 3_600_000;
const WRONG_PER_CALLER = 5;
const WRONG_PER_NUMBER = 20;
const SLOW_MS = 60_000;
const WITHHELD = 'withheld';
const HOLD_GRACE_MS = 60_000;

/**
 * What the reference lets happen, written from its pages and kept in maps; it never asks the product why it decided. The product's answers are held
 * against it, and what really goes on (who is up, what was heard) is told to it by the simulated network.
 */
export class Oracle {
  readonly sessions: ModelSession[] = [];
  /** Empty: every country. */
  allowedCodes: string[] = [];
  private readonly byNumber = new Map<string, ModelSession[]>();
  private readonly wrongByCaller = new Map<string, number[]>();
  private readonly wrongOnNumber = new Map<string, number[]>();
  private readonly lastJudged = new Map<string, number>();
  private readonly lastWrong = new Map<string, { at: number; typed: string }>();

  constructor(
    private readonly now: () => number,
    private readonly fault: (fault: Fault, detail: string) => void,
    /** Every real number of this world: none may be in an answer but the one that is dialled. */
    private readonly phones: readonly string[],
  ) {}

  add(session: ModelSession): void {
    this.sessions.push(session);
    this.byNumber.set(session.number, [...this.on(session.number), session]);
  }

  find(id: string): ModelSession | null {
    return this.sessions.find((session) => session.id === id) ?? null;
  }

  live(): ModelSession[] {
    return this.sessions.filter((session) => isLive(session, this.now()));
  }

  /** The sessions on a number, in the order of their making, the ended ones too. */
  on(number: string): ModelSession[] {
    return this.byNumber.get(number) ?? [];
  }

  /** Reference 11, 12, 13: a registered number first, then the open session, then a PIN, then a file, then no. */
  expectInbound({ caller, number }: Asking): Expected {
    const live = this.on(number).filter((session) => isLive(session, this.now()));
    const own = caller === null ? undefined : live.find((session) => roleOf(session, caller) !== null);
    const role = own && caller !== null ? roleOf(own, caller) : null;
    // A party may be the last caller too: by the other's PIN, or by being registered after the call.
    if (own && role && !(own.isPinOn && own.isForced)) return this.seat(own, role, null, caller);
    if (own && role) return this.isLocked(own, caller) ? locked : { kind: 'ask', session: own, forced: role };

    const open = live.find(({ isOpen, parties }) => isOpen && (parties.first === null || parties.second === null));
    if (open) return this.seat(open, open.parties.first === null ? 'first' : 'second', null, caller);
    const prompt = live.findLast(({ isPinOn }) => isPinOn);
    if (prompt) return this.isLocked(prompt, caller) ? locked : { kind: 'ask', session: prompt, forced: null };
    const play = live.findLast(({ unknownPlay }) => unknownPlay !== '');
    if (play) return { kind: 'play', url: play.unknownPlay };
    return { kind: 'refuse', reason: caller === null ? 'withheld' : 'stranger' };
  }

  /**
   * With how many digits a PIN is typed: of a registered caller its own has, of strangers the longest on the number, cooling off included. Where
   * the last session went while its prompt was heard none is right, and all that a PIN can have may be typed.
   */
  private mostDigits({ number, pins }: ModelSession, forced: Role | null): number {
    if (forced !== null) return pins[forced]?.length ?? 0;
    const held = this.on(number).filter((session) => this.now() < freeAfter(session));
    const lengths = held.flatMap((session) => [session.pins.first?.length ?? 0, session.pins.second?.length ?? 0]);
    return Math.max(0, ...lengths) || 15;
  }

  /** What a typed PIN leads to; counts the wrong ones. Empty: nothing was typed. */
  expectAfterPin(asked: Asked, typed: string): Expected {
    const { prompt, caller, forced } = asked;
    if (typed !== '' && forced === null && this.isSlow(asked.number)) return { kind: 'refuse', reason: 'wait' };
    const wasLocked = this.isLocked(prompt, caller);
    if (typed !== '' && !wasLocked && forced === null) this.lastJudged.set(asked.number, this.now());
    const seat = wasLocked || typed === '' ? null : this.seatOfPin(asked, typed);
    if (seat) return this.seat(seat.session, seat.role, null, caller);
    if (typed !== '' && !wasLocked) this.noteWrong(asked, typed);
    const isLocked = this.isLocked(prompt, caller);
    if (!isLocked && asked.attempts <= prompt.retries) return { kind: 'ask', session: prompt, forced };
    if (prompt.wrongPlay !== '') return { kind: 'play', url: prompt.wrongPlay };
    return isLocked ? locked : { kind: 'refuse', reason: 'wrong-pin' };
  }

  /** The first party has answered a call of ours. */
  expectRequested(request: Request, callUuid: string): Expected {
    if (request.connectedUuids.size > 0 && !request.connectedUuids.has(callUuid)) return { kind: 'hangup' };
    if (!request.session) return { kind: 'hangup' };
    return this.seat(request.session, 'first', request);
  }

  /** Holds an answer against what had to come; returns the conversation that it orders. */
  judge(asking: Asking, expected: Expected, answer: HeardAnswer, xml: string): Talk | null {
    this.checkLeaks(asking, answer, xml);
    if (answer.kind === 'connect') return this.judgeConnection(asking, expected, answer);
    if (answer.kind === 'refuse' && answer.reason === 'busy') this.judgeBusy(expected);
    else if (!this.agrees(expected, answer)) this.fault('wrong answer', `${brief(expected)} became ${told(answer)}`);
    return null;
  }

  private judgeConnection(
    { caller, callUuid, number }: Asking,
    expected: Expected,
    answer: HeardAnswer & { kind: 'connect' },
  ): Talk | null {
    const session = this.find(answer.sessionId);
    const dialled = answer.to.slice(1);
    if (expected.kind !== 'connect') this.fault('wrong connection', `${brief(expected)} became ${told(answer)}`);
    else if (expected.session !== session || expected.dial !== dialled || session.number !== number)
      this.fault('wrong connection', `${brief(expected)} became ${told(answer)}`);
    if (!session) return null;

    if (isTalking(session)) this.fault('two conversations', told(answer));
    const role = expected.kind === 'connect' ? expected.role : 'first';
    this.checkSounds(session, role, answer);
    // A caller without a number is the last one too: nobody else is called back in its place.
    if (session.parties[role] === null) session.lastCaller = caller;
    const talk: Talk = {
      callUuid,
      startedAt: this.now(),
      holdsUntil: this.now() + (answer.ringSeconds + answer.limitSeconds) * 1000 + HOLD_GRACE_MS,
      overAt: null,
      isOverHeard: false,
    };
    session.talks = session.talks.filter((each) => each.overAt === null || mayHold(each, this.now()));
    session.talks.push(talk);
    return talk;
  }

  private judgeBusy(expected: Expected): void {
    const session = expected.kind === 'connect' ? expected.session : null;
    const own = expected.kind === 'connect' ? expected.own : null;
    const busy = session ?? (expected.kind === 'refuse' ? (expected.orBusy ?? null) : null);
    if (busy === null) this.fault('wrong answer', `${brief(expected)} became busy`);
    else if (!mayBeBusy(busy, this.now(), own)) this.fault('stuck session', brief(expected));
  }

  private agrees(expected: Expected, answer: HeardAnswer): boolean {
    if (expected.kind === 'hangup') return answer.kind === 'hangup';
    if (expected.kind === 'refuse') return answer.kind === 'refuse' && answer.reason === expected.reason;
    if (expected.kind === 'play') return answer.kind === 'play' && answer.url === expected.url;
    if (expected.kind === 'ask')
      return (
        answer.kind === 'ask' &&
        answer.prompt === expected.session.prompt &&
        answer.mostDigits === this.mostDigits(expected.session, expected.forced)
      );
    return false;
  }

  private checkSounds(session: ModelSession, role: Role, answer: HeardAnswer & { kind: 'connect' }): void {
    const isRight = answer.callerPlay === session.plays[role];
    const isConfirmed = (answer.confirmSound !== '') === (session.plays[otherRole(role)] !== '');
    if (!isRight || !isConfirmed) this.fault('wrong answer', `files of ${session.id}`);
    if (answer.ringSeconds !== session.ringSeconds || answer.limitSeconds !== session.limitSeconds)
      this.fault('wrong answer', `limits of ${session.id}`);
  }

  private checkLeaks({ caller, number }: Asking, answer: HeardAnswer, xml: string): void {
    const shown = answer.kind === 'connect' ? [answer.callerId, answer.callerName] : [];
    if (shown.some((each) => each !== `+${number}`)) this.fault('leak', `shows another number than the virtual one`);
    const dialled = answer.kind === 'connect' ? answer.to.slice(1) : null;
    for (const phone of this.phones) {
      if (!xml.includes(phone)) continue;
      // Also one that is the dialled spelling without a prefix.
      const isDialled = dialled?.includes(phone) === true && xml.split(phone).length === 2;
      if (!isDialled) this.fault('leak', `${phone === caller ? "the caller's" : 'a'} number is in the answer`);
    }
  }

  private seat(session: ModelSession, role: Role, own: Request | null = null, caller: string | null = null): Expected {
    if (!isLive(session, this.now())) return { kind: 'refuse', reason: 'expired' };
    const dial = session.parties[otherRole(role)] ?? session.lastCaller;
    // Nobody is connected to themselves.
    if (dial === null || isOnePhone(dial, caller)) {
      return session.unknownPlay === ''
        ? { kind: 'refuse', reason: 'no-other-party' }
        : { kind: 'play', url: session.unknownPlay };
    }
    const isAllowed = this.allowedCodes.length === 0 || this.allowedCodes.some((code) => dial.startsWith(code));
    if (!isAllowed || isObsolete(dial)) return { kind: 'refuse', reason: 'destination', orBusy: session };
    return { kind: 'connect', session, role, dial, own };
  }

  private seatOfPin({ prompt, forced, number }: Asked, typed: string): { session: ModelSession; role: Role } | null {
    if (forced) return prompt.pins[forced] === typed ? { session: prompt, role: forced } : null;
    const session = this.on(number).findLast(
      (each) => isLive(each, this.now()) && (each.pins.first === typed || each.pins.second === typed),
    );
    return session ? { session, role: session.pins.first === typed ? 'first' : 'second' } : null;
  }

  private isLocked(prompt: ModelSession, caller: string | null): boolean {
    if (!prompt.isPinOn || caller === null) return false;
    const since = this.now() - HOUR_MS;
    const recent = (this.wrongByCaller.get(callerKey(caller)) ?? []).filter((at) => at > since);
    return recent.length >= WRONG_PER_CALLER;
  }

  private isSlow(number: string): boolean {
    const since = this.now() - HOUR_MS;
    const recent = (this.wrongOnNumber.get(number) ?? []).filter((at) => at > since);
    return recent.length >= WRONG_PER_NUMBER && (this.lastJudged.get(number) ?? 0) > this.now() - SLOW_MS;
  }

  private noteWrong({ caller, number, forced }: Asked, typed: string): void {
    const place = forced === null ? number : '';
    if (place !== '') this.wrongOnNumber.set(place, [...(this.wrongOnNumber.get(place) ?? []), this.now()]);
    const key = callerKey(caller);
    const last = this.lastWrong.get(key);
    // What was typed just before, there too, is not counted again.
    if (last?.typed === `${place}/${typed}` && last.at > this.now() - HOUR_MS) return;
    this.lastWrong.set(key, { at: this.now(), typed: `${place}/${typed}` });
    this.wrongByCaller.set(key, [...(this.wrongByCaller.get(key) ?? []), this.now()]);
  }
}

function callerKey(caller: string | null): string {
  return caller === null ? WITHHELD : phoneOf(caller);
}

const locked: Expected = { kind: 'refuse', reason: 'locked' };

function brief(expected: Expected): string {
  switch (expected.kind) {
    case 'connect':
      return `${expected.role} of ${expected.session.id} to ${expected.dial}`;
    case 'ask':
      return `a PIN for ${expected.session.id}`;
    case 'play':
      return `file ${expected.url}`;
    case 'refuse':
      return `refusal "${expected.reason}"`;
    case 'hangup':
      return 'a hang-up';
  }
}

function told(answer: HeardAnswer): string {
  switch (answer.kind) {
    case 'connect':
      return `a call to ${answer.to} in ${answer.sessionId}`;
    case 'refuse':
      return `refusal "${answer.reason}"`;
    case 'play':
      return `file ${answer.url}`;
    case 'ask':
      return `prompt ${answer.prompt}`;
    default:
      return answer.kind;
  }
}
