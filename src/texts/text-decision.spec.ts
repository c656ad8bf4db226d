import { describe, expect, it } from '@jest/globals';
import type { Route } from '../sessions/index.js';
import type { OptWord } from '../telephony/opt-words.js';
import type { E164 } from '../telephony/phone.js';
import { decideText, reasonOf, type TextFacts } from './text-decision.js';

const ANA = '14155551001' as E164;
const RAVI = '14155551002' as E164;
const NUMBER = '12025550000' as E164;

const seat = (more: { second?: E164 | null; messaging?: boolean; role?: 'first' | 'second' } = {}): Route => {
  const { second = RAVI, messaging = true, role = 'first' } = more;
  return { role, session: { id: 's', parties: { first: ANA, second }, settings: { messaging } } } as unknown as Route;
};
const facts = (more: Partial<TextFacts> = {}): TextFacts => ({
  sender: ANA,
  virtualNumber: NUMBER,
  isOwnNumber: false,
  understood: null,
  isSenderOut: false,
  isRecipientOut: false,
  party: seat(),
  wasParty: false,
  isHint: false,
  isHeard: true,
  isForOthers: 'no',
  recent: { minute: 0, day: 0 },
  text: 'hello',
  pieces: ['hello'],
  mediaCount: 0,
  media: [],
  isDialable: () => true,
  ...more,
});

describe('what is done about a text', () => {
  it('passes it on to the other party', () => {
    expect(decideText(facts())).toMatchObject({ decision: 'forward', to: RAVI, pieces: ['hello'] });
    expect(decideText(facts({ sender: RAVI, party: seat({ role: 'second' }) }))).toMatchObject({ to: ANA });
  });

  it.each<[reason: string, more: Partial<TextFacts>]>([
    ['no-number', { sender: null }],
    ['no-number', { virtualNumber: null }],
    ['loop', { isOwnNumber: true }],
    ['stranger', { party: null }],
    ['expired', { party: null, wasParty: true }],
    ['not-enabled', { party: seat({ messaging: false }) }],
    ['no-other-party', { party: seat({ second: null }) }],
    ['no-other-party', { party: seat({ second: ANA }) }],
    ['late', { isForOthers: 'yes' }],
    ['too-many', { recent: { minute: 30, day: 30 } }],
    ['too-many', { recent: { minute: 0, day: 300 } }],
    ['too-long', { pieces: null }],
    ['empty', { pieces: [] }],
    ['empty', { pieces: [' \n'] }],
    ['media-dropped', { pieces: [], mediaCount: 1 }],
    ['destination', { isDialable: () => false }],
    ['recipient-opted-out', { isRecipientOut: true }],
  ])('refuses it as %s', (reason, more) => {
    expect(decideText(facts(more))).toMatchObject({ decision: 'refuse', reason });
  });

  it("waits for Plivo's record where nothing vouches for it, or where it may be older than the pair", () => {
    expect(decideText(facts({ isHint: true, sender: null }))).toMatchObject({ decision: 'wait' });
    expect(decideText(facts({ isForOthers: 'maybe' }))).toMatchObject({ decision: 'wait' });
  });

  it('does not ask Plivo about what is refused anyway', () => {
    expect(decideText(facts({ isForOthers: 'maybe', party: seat({ second: null }) }))).toMatchObject({
      reason: 'no-other-party',
    });
  });

  it('lets through the thirtieth of a minute and the three hundredth of a day', () => {
    expect(decideText(facts({ recent: { minute: 29, day: 299 } }))).toMatchObject({ decision: 'forward' });
  });

  it('passes on all of a text of which a piece is blank', () => {
    expect(decideText(facts({ pieces: [' ', 'hello'] }))).toMatchObject({
      decision: 'forward',
      pieces: [' ', 'hello'],
    });
    expect(decideText(facts({ pieces: ['hello', ' '], mediaCount: 2 }))).toMatchObject({ decision: 'forward' });
  });

  it('asks of the number whom it is for whether it may be reached, and of no other', () => {
    expect(decideText(facts({ isDialable: (number) => number === RAVI }))).toMatchObject({ decision: 'forward' });
  });

  it('keeps with a refusal whose place it was, where its sender has one', () => {
    const party = seat({ messaging: false });
    expect(decideText(facts({ party }))).toEqual({ decision: 'refuse', reason: 'not-enabled', seat: party });
    const full = seat();
    expect(decideText(facts({ party: full, pieces: null }))).toEqual({
      decision: 'refuse',
      reason: 'too-long',
      seat: full,
    });
    expect(decideText(facts({ isOwnNumber: true }))).toEqual({ decision: 'refuse', reason: 'loop', seat: null });
  });

  it.each<[first: string, then: string, more: Partial<TextFacts>]>([
    ['no-number', 'loop', { sender: null, isOwnNumber: true }],
    ['not-enabled', 'no-other-party', { party: seat({ messaging: false, second: null }) }],
    ['late', 'too-many', { isForOthers: 'yes', recent: { minute: 30, day: 30 } }],
    ['too-many', 'too-long', { recent: { minute: 30, day: 30 }, pieces: null }],
    ['empty', 'destination', { pieces: [], isDialable: () => false }],
    ['destination', 'recipient-opted-out', { isDialable: () => false, isRecipientOut: true }],
  ])('says %s before %s', (first, _then, more) => {
    expect(decideText(facts(more))).toMatchObject({ decision: 'refuse', reason: first });
  });

  describe('said to us', () => {
    const said = (word: OptWord, isForOther = false) => ({ word, source: 'word', isForOther }) as const;

    it.each<OptWord>(['stop', 'help'])('is heard, whoever says it: %s', (word) => {
      const party = seat({ messaging: false });
      expect(decideText(facts({ understood: said(word), party }))).toEqual({ decision: 'word', word, seat: party });
      expect(decideText(facts({ understood: said(word), party: null }))).toEqual({
        decision: 'word',
        word,
        seat: null,
      });
    });

    it('is START only of somebody who wants no texts; of others it is for the other person', () => {
      expect(decideText(facts({ understood: said('start'), isSenderOut: true }))).toMatchObject({ word: 'start' });
      expect(decideText(facts({ understood: said('start') }))).toMatchObject({ decision: 'forward' });
      expect(decideText(facts({ understood: said('stop'), isSenderOut: true }))).toMatchObject({ word: 'stop' });
    });

    it('is passed on too where the other person is to read it', () => {
      expect(decideText(facts({ understood: said('help', true) }))).toMatchObject({ decision: 'forward' });
    });
  });

  it('is stored with the word that says why', () => {
    expect(reasonOf({ decision: 'refuse', reason: 'loop', seat: null })).toBe('loop');
    expect(reasonOf({ decision: 'word', word: 'stop', seat: null })).toBe('stop');
    expect(reasonOf({ decision: 'wait', seat: null })).toBeNull();
    expect(reasonOf(decideText(facts()))).toBeNull();
  });
});
