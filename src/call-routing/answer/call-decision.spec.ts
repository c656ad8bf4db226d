import { describe, expect, it } from '@jest/globals';
import type { Route, SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import {
  decideCall,
  handOn,
  isPinForced,
  standingOf,
  type CallDecision,
  type CallerFacts,
  type SeatFacts,
} from './call-decision.js';

const FIRST = '14155550001' as E164;
const SECOND = '14155550002' as E164;
const STRANGER = '14155559999' as E164;
const FILE = 'https://example.com/unknown.mp3';

const session = (settings: object = {}, parties: object = {}): SessionRecord =>
  ({
    id: 'session',
    parties: { first: FIRST, second: SECOND, firstPin: null, secondPin: null, ...parties },
    settings: {
      is_pin_authentication_required: false,
      force_pin_authentication: false,
      unknown_caller_play: '',
      ...settings,
    },
  }) as unknown as SessionRecord;
const seatOf = (role: 'first' | 'second', of = session()): Route => ({ session: of, role });
const pinned = session({ is_pin_authentication_required: true });
const forced = session({ is_pin_authentication_required: true, force_pin_authentication: true });

describe('who a caller is', () => {
  const nobody = { open: null, prompt: null, play: null };
  const standing = (known: Partial<CallerFacts>) =>
    standingOf({ caller: STRANGER, isWithheld: false, party: null, strangers: nobody, isLocked: false, ...known });

  it('is a party, where the number has a seat of its own, whatever it has for strangers and however often a PIN was wrong', () => {
    const party = seatOf('first', pinned);
    const strangers = { open: seatOf('second'), prompt: forced, play: FILE };
    for (const isLocked of [false, true])
      expect(standing({ party, strangers, isLocked })).toEqual({ kind: 'seated', seat: party, by: 'party' });
  });

  it('is a party that must show its own PIN first, where its session asks registered callers too', () => {
    const party = seatOf('second', forced);
    expect(standing({ party })).toEqual({ kind: 'asked', prompt: forced, seat: party });
    expect(standing({ party, isLocked: true })).toEqual({ kind: 'unknown', play: null, reason: 'locked' });
  });

  it.each([
    [true, true, true],
    [true, false, false],
    // Forcing means nothing while PIN is off.
    [false, true, false],
    [false, false, false],
  ])('with PIN %s and forced %s a registered caller is asked: %s', (isOn, isForced, isAsked) => {
    const settings = { is_pin_authentication_required: isOn, force_pin_authentication: isForced };
    expect(isPinForced(session(settings))).toBe(isAsked);
  });

  it("is a stranger whom the number's open session takes, before anything else that it has for strangers", () => {
    const open = seatOf('second');
    for (const isLocked of [false, true])
      expect(standing({ strangers: { open, prompt: pinned, play: FILE }, isLocked })).toEqual({
        kind: 'seated',
        seat: open,
        by: 'open-session',
      });
  });

  it('is a stranger who is asked for a PIN, and not any more after too many wrong ones, also where there is a file', () => {
    const strangers = { open: null, prompt: pinned, play: FILE };
    expect(standing({ strangers })).toEqual({ kind: 'asked', prompt: pinned, seat: null });
    expect(standing({ strangers, isLocked: true })).toEqual({ kind: 'unknown', play: null, reason: 'locked' });
  });

  it('is nobody the number knows, of whom it is told apart whether a number was shown', () => {
    expect(standing({})).toEqual({ kind: 'unknown', play: null, reason: 'stranger' });
    expect(standing({ caller: null, isWithheld: true })).toEqual({ kind: 'unknown', play: null, reason: 'withheld' });
    expect(standing({ caller: null })).toEqual({ kind: 'unknown', play: null, reason: 'unreadable' });
    expect(standing({ strangers: { ...nobody, play: FILE } })).toMatchObject({ kind: 'unknown', play: FILE });
    // Locks are of prompts; without one there is nothing to be locked out of.
    expect(standing({ isLocked: true })).toMatchObject({ kind: 'unknown', reason: 'stranger' });
  });
});

describe('what becomes of a call', () => {
  const facts = (known: Partial<SeatFacts> = {}): SeatFacts => ({
    isLive: true,
    isBusy: false,
    lastCaller: null,
    caller: FIRST,
    isDialable: () => true,
    ...known,
  });
  const decide = (seat: Route, known: Partial<SeatFacts> = {}, by: 'party' | 'pin' | 'open-session' = 'party') =>
    decideCall({ kind: 'seated', seat, by }, facts(known));

  it('connects each party to the other one, and says how the caller came to its seat', () => {
    const [first, second] = [seatOf('first'), seatOf('second')];
    expect(decide(first)).toEqual({ decision: 'connect', reason: 'party', seat: first, dial: SECOND });
    expect(decide(second, { caller: SECOND })).toMatchObject({ decision: 'connect', dial: FIRST });
    expect(decide(first, { caller: STRANGER }, 'pin')).toMatchObject({ reason: 'pin', dial: SECOND });
    expect(decide(second, { caller: null }, 'open-session')).toMatchObject({ reason: 'open-session', dial: FIRST });
  });

  it('connects to the registered party, whoever called last', () => {
    expect(decide(seatOf('first'), { lastCaller: STRANGER })).toMatchObject({ reason: 'party', dial: SECOND });
  });

  it('connects the only registered party to who called last, and to nobody before that', () => {
    const seat = seatOf('first', session({}, { second: null }));
    expect(decide(seat, { lastCaller: STRANGER })).toEqual({
      decision: 'connect',
      reason: 'last-caller',
      seat,
      dial: STRANGER,
    });
    expect(decide(seat)).toEqual({ decision: 'refuse', reason: 'no-other-party', seat });
  });

  it('connects nobody to themselves', () => {
    expect(decide(seatOf('first'), { caller: SECOND })).toMatchObject({ decision: 'refuse', reason: 'no-other-party' });
    const alone = seatOf('first', session({}, { second: null }));
    expect(decide(alone, { lastCaller: FIRST })).toMatchObject({ decision: 'refuse', reason: 'no-other-party' });
  });

  it('plays the file for unknown callers to a caller whom there is nobody to connect with', () => {
    const seat = seatOf('first', session({ unknown_caller_play: FILE }, { second: null }));
    expect(decide(seat)).toEqual({ decision: 'play', reason: 'unknown-caller', url: FILE, seat });
    expect(decide(seat, { isBusy: true })).toMatchObject({ decision: 'play' });
  });

  it('refuses while another conversation is on, a number that may not be dialled, and an ended session, in this order', () => {
    const seat = seatOf('first');
    const asked: string[] = [];
    const isDialable = (number: E164): boolean => asked.push(number) === 0;
    expect(decide(seat, { isBusy: true, isDialable })).toEqual({ decision: 'refuse', reason: 'busy', seat });
    expect(asked).toEqual([]);
    expect(decide(seat, { isDialable })).toEqual({ decision: 'refuse', reason: 'destination', seat });
    expect(asked).toEqual([SECOND]);
    expect(decide(seat, { isLive: false, isBusy: true })).toEqual({ decision: 'refuse', reason: 'expired', seat });
  });

  it('refuses where nothing could be found out about the seat', () => {
    const seat = seatOf('first');
    expect(decideCall({ kind: 'seated', seat, by: 'party' }, null)).toEqual({
      decision: 'refuse',
      reason: 'expired',
      seat,
    });
  });

  it('asks for a PIN, saying whether a registered caller is asked', () => {
    const seat = seatOf('second', forced);
    expect(decideCall({ kind: 'asked', prompt: forced, seat }, null)).toEqual({
      decision: 'ask-pin',
      reason: 'forced',
      prompt: forced,
      seat,
    });
    expect(decideCall({ kind: 'asked', prompt: pinned, seat: null }, null)).toEqual({
      decision: 'ask-pin',
      reason: 'pin',
      prompt: pinned,
      seat: null,
    });
  });

  it('plays the file to an unknown caller, or refuses with the reason of its standing', () => {
    expect(decideCall({ kind: 'unknown', play: FILE, reason: 'stranger' }, null)).toEqual({
      decision: 'play',
      reason: 'unknown-caller',
      url: FILE,
      seat: null,
    });
    for (const reason of ['stranger', 'withheld', 'locked'] as const)
      expect(decideCall({ kind: 'unknown', play: null, reason }, null)).toEqual({
        decision: 'refuse',
        reason,
        seat: null,
      });
  });
});

describe('a call that the account has another use for', () => {
  const IVR = 'https://ivr.example/in';

  it.each(['stranger', 'withheld', 'unreadable', 'expired'] as const)('%s: is handed on', (reason) => {
    const seat = seatOf('second');
    const refused = { decision: 'refuse', reason, seat } as const;
    expect(handOn(refused, IVR)).toEqual({ decision: 'redirect', reason, url: IVR, seat });
    expect(handOn(refused, null)).toBe(refused);
  });

  it.each([
    ...(
      ['locked', 'wait', 'wrong-pin', 'busy', 'no-other-party', 'destination', 'spend-cap', 'daily-cap'] as const
    ).map((reason) => ({ decision: 'refuse', reason, seat: null }) as const),
    { decision: 'play', reason: 'unknown-caller', url: FILE, seat: null } as const,
    { decision: 'ask-pin', reason: 'pin', prompt: pinned, seat: null } as const,
    { decision: 'connect', reason: 'party', seat: seatOf('first'), dial: SECOND } as const,
  ] satisfies CallDecision[])(
    'is not one that a session claims, nor one turned away for what was typed: %j',
    (decision) => {
      expect(handOn(decision, IVR)).toBe(decision);
    },
  );
});
