import { describe, expect, it } from '@jest/globals';
import type { Route } from '../sessions/index.js';
import type { E164 } from '../telephony/phone.js';
import { noticeOf } from './notice-of.js';
import type { TextDecision, TextRefusal } from './text-decision.js';
import type { Understood } from './understand-text.js';

const NOTHING = { understood: null, mediaCount: 0, media: [] };
const PICTURES = ['https://media.example/1', 'https://media.example/2'];

describe('what somebody is told of a text', () => {
  const forward: TextDecision = {
    decision: 'forward',
    seat: {} as Route,
    to: '14155550102' as E164,
    pieces: ['hello'],
    media: [],
  };

  it.each<[reason: TextRefusal, kind: string | null]>([
    ['stranger', 'stranger'],
    ['expired', 'expired'],
    ['not-enabled', 'not-enabled'],
    ['no-other-party', 'not-enabled'],
    ['late', 'failed'],
    ['unheard', 'failed'],
    ['too-long', 'failed'],
    ['destination', 'failed'],
    ['media-dropped', 'media-dropped'],
    ['recipient-opted-out', 'recipient-opted-out'],
    ['no-number', null],
    ['loop', null],
    ['unverified', null],
    ['too-many', null],
    ['empty', null],
    ['spend-cap', null],
    ['no-rate', null],
  ])('that was refused as %s: %s', (reason, kind) => {
    expect(noticeOf({ decision: 'refuse', reason, seat: null }, NOTHING)).toBe(kind);
    expect(noticeOf({ decision: 'refuse', reason, seat: null }, { ...NOTHING, mediaCount: 2 })).toBe(kind);
  });

  it.each<[word: Understood['word'], source: Understood['source'], kind: string | null]>([
    ['help', 'word', 'help'],
    // Plivo answers what it has understood by itself.
    ['help', 'plivo', null],
    ['start', 'word', null],
  ])('that was passed on and says %s, as %s understands: %s', (word, source, kind) => {
    expect(noticeOf(forward, { ...NOTHING, understood: { word, source, isForOther: true } })).toBe(kind);
  });

  it.each([
    [2, [], 'media-dropped'],
    [2, PICTURES.slice(1), 'media-dropped'],
    [2, PICTURES, null],
    [0, [], null],
  ])('that was passed on of which %i pictures came and %j go on: %s', (mediaCount, media, kind) => {
    expect(noticeOf(forward, { ...NOTHING, mediaCount, media })).toBe(kind);
  });

  it('that was said to us, or waits, is nothing: also not of its pictures, which were for nobody', () => {
    for (const decision of [
      { decision: 'word', word: 'stop', seat: null },
      { decision: 'wait', seat: null },
    ] as const)
      expect(noticeOf(decision, { ...NOTHING, mediaCount: 1 })).toBeNull();
  });
});
