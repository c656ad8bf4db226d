import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallFacts, Leg } from '../call-routing/index.js';
import { joinFacts, NOTHING_KNOWN, type LegFacts } from '../call-routing/facts/join-facts.js';
import { callStory } from './call-story.js';

const START = Date.UTC(2026, 10, 22, 19, 0, 0);
const NOW = START + 3_600_000;

const leg = (side: 'A' | 'B', facts: Partial<LegFacts> = {}): Leg => ({
  ...NOTHING_KNOWN,
  accountId: 'MA',
  legUuid: side,
  callId: 'call',
  sessionId: 'session',
  subaccountId: null,
  side,
  role: null,
  ...facts,
});
const ended = (facts: Partial<LegFacts> = {}): Partial<LegFacts> => ({
  isEnded: true,
  startedAt: START,
  answeredAt: START + 8000,
  endedAt: START + 50_000,
  isAnswered: true,
  duration: 42,
  billedDuration: 60,
  amount: 12_000,
  hangupCauseCode: 4000,
  hangupCauseName: 'Normal Hangup',
  hangupSource: 'Callee',
  ...facts,
});
const unanswered = (code: number, name: string, source: string): Partial<LegFacts> =>
  ended({
    isAnswered: false,
    answeredAt: null,
    duration: 0,
    billedDuration: 0,
    amount: 0,
    hangupCauseCode: code,
    hangupCauseName: name,
    hangupSource: source,
  });
const call = (facts: Partial<CallFacts> = {}): CallFacts => ({
  callId: 'call',
  kind: 'inbound',
  callerRole: 'first',
  decision: 'connect',
  reason: 'party',
  caller: '14155550001',
  dialled: '14155550002',
  createdAt: START,
  connectedAt: START,
  isReconciled: false,
  legs: [leg('A')],
  ...facts,
});
const names = (facts: Partial<CallFacts>, isPinOn = false): string[] =>
  callStory(call(facts), isPinOn, NOW).map(({ event }) => event.replace('Session', ''));

describe('the story of a call', () => {
  it('begins with the answer of the caller, whose role names the event', () => {
    expect(names({})).toEqual(['FirstPartyAnswer']);
    expect(names({ callerRole: 'second' })).toEqual(['SecondPartyAnswer']);
    expect(names({}, true)).toEqual(['FirstPartyAnswer', 'PinAuthenticationStatus']);
  });

  it('is told whole in the documented order when the second party is called and ends it', () => {
    expect(names({ legs: [leg('A', ended()), leg('B', ended())] })).toEqual([
      'FirstPartyAnswer',
      'SecondPartyRing',
      'SecondPartyAnswer',
      'SecondPartyHangup',
      'FirstPartyHangup',
      'PartiesHangup',
    ]);
  });

  it('has no ring of a first party', () => {
    expect(
      names({ callerRole: 'second', legs: [leg('A', ended()), leg('B', ended({ hangupSource: 'Caller' }))] }),
    ).toEqual(['SecondPartyAnswer', 'FirstPartyAnswer', 'SecondPartyHangup', 'FirstPartyHangup', 'PartiesHangup']);
  });

  it('puts the hang-up of who ended the call first, whatever the clocks of the legs say', () => {
    const late = ended({ endedAt: START + 51_000, hangupSource: 'Caller' });
    expect(names({ legs: [leg('A', ended()), leg('B', late)] }).slice(3)).toEqual([
      'FirstPartyHangup',
      'SecondPartyHangup',
      'PartiesHangup',
    ]);
    const cut = (endedAt: number): Partial<LegFacts> =>
      ended({ endedAt, hangupSource: 'Plivo', hangupCauseCode: 6000 });
    expect(names({ legs: [leg('A', cut(START + 9)), leg('B', cut(START + 8))] })[3]).toBe('SecondPartyHangup');
    expect(names({ legs: [leg('A', cut(START + 8)), leg('B', cut(START + 9))] })[3]).toBe('FirstPartyHangup');
  });

  it.each([
    [3000, 'No Answer', 'Carrier', true],
    [6010, 'Ring Timeout Reached', 'Plivo', true],
    [3020, 'Rejected', 'Callee', true],
    [3010, 'Busy Line', 'Carrier', false],
    [3050, 'Unallocated number', 'Carrier', false],
  ])(
    'of an unanswered call that ended with %i tells its hang-up first, and that it rang: %s %s %s',
    (code, name, source, hasRung) => {
      const story = callStory(
        call({ legs: [leg('A', ended()), leg('B', unanswered(code, name, source))] }),
        false,
        NOW,
      );
      expect(story.map(({ event }) => event)).toEqual([
        'SessionFirstPartyAnswer',
        ...(hasRung ? ['SessionSecondPartyRing'] : []),
        'SessionSecondPartyHangup',
        'SessionFirstPartyHangup',
        'SessionPartiesHangup',
      ]);
      expect(story.at(-1)?.outcome).toMatchObject({ cause: name, causeCode: code });
    },
  );

  it('tells a caller who gives up while it rings first', () => {
    const given = unanswered(1000, 'Canceled', 'Caller');
    expect(names({ legs: [leg('A', ended()), leg('B', given)] })).toEqual([
      'FirstPartyAnswer',
      'SecondPartyRing',
      'FirstPartyHangup',
      'SecondPartyHangup',
      'PartiesHangup',
    ]);
  });

  it('tells each chapter with its time: of the connection, the answer, the end of a leg, and the later end', () => {
    const connectedAt = START + 3000;
    const legs = [leg('A', ended({ endedAt: START + 51_000 })), leg('B', ended())];
    const times = (facts: Partial<CallFacts>) => callStory(call(facts), false, NOW).map(({ at }) => at - START);

    expect(times({ connectedAt, legs })).toEqual([3000, 3000, 8000, 50_000, 51_000, 51_000]);
    expect(times({ connectedAt: null, legs })).toEqual([8000, 0, 8000, 50_000, 51_000, 51_000]);
    expect(times({ connectedAt: null, legs: [leg('A'), leg('B', { isAnswered: true })] })).toEqual([0, 0, NOW - START]);
    expect(times({ legs: [leg('A', ended({ endedAt: null })), leg('B', ended())] }).slice(3)).toEqual([
      50_000,
      NOW - START,
      NOW - START,
    ]);
  });

  it.each([
    ['somebody said so', { isAnswered: true }, true],
    ['it has a time of answer', { answeredAt: START }, true],
    ['it lasted a second', { duration: 1 }, true],
    ['it lasted none', { duration: 0 }, false],
    ['nothing of this is known', {}, false],
  ])('takes a leg for answered when any fact shows it: %s', (_, facts, isAnswered) => {
    expect(names({ legs: [leg('A'), leg('B', facts)] }).includes('SecondPartyAnswer')).toBe(isAnswered);
  });

  it.each([
    ['the callee, whatever the clocks say', ended({ hangupSource: 'Callee', endedAt: START + 51_000 }), 'Second'],
    ['the callee, when the ends are at the same instant', ended({ hangupSource: 'Plivo' }), 'Second'],
    ['the callee, who did not answer', unanswered(3000, 'No Answer', 'Carrier'), 'Second'],
    ['the caller, whose leg ended first', ended({ hangupSource: 'Plivo', endedAt: START + 50_001 }), 'First'],
    ['the caller, of whose end no time is known', ended({ hangupSource: 'Plivo', endedAt: 1 }), 'First'],
  ])('begins the end with %s', (_, called, expected) => {
    const isTimed = called.endedAt !== 1;
    const caller = ended({ endedAt: isTimed ? START + 50_000 : null });
    const late = called.isAnswered ? called : { ...called, endedAt: START + 99_000 };

    expect(names({ legs: [leg('A', caller), leg('B', late)] }).find((name) => name.endsWith('Hangup'))).toBe(
      `${expected}PartyHangup`,
    );
  });

  it('tells nothing for a length, price or reason that the records do not have', () => {
    const unknown = {
      amount: null,
      billedDuration: null,
      duration: null,
      hangupCauseName: null,
      hangupCauseCode: null,
    };
    const story = callStory(
      call({ isReconciled: true, legs: [leg('A', ended(unknown)), leg('B', ended(unknown))] }),
      false,
      NOW,
    );

    const nothing = { amountMicros: 0, billedSeconds: 0, seconds: 0, cause: '', causeCode: null };
    expect(story.slice(-3).map(({ outcome }) => outcome)).toEqual([nothing, nothing, nothing]);
  });

  it('of several legs of a side goes by the one that was answered', () => {
    const legs = [leg('A'), leg('B', { isEnded: true, duration: 0 }), leg('B', { answeredAt: START + 9000 })];

    expect(callStory(call({ legs }), false, NOW).at(-1)).toEqual({
      event: 'SessionSecondPartyAnswer',
      at: START + 9000,
    });
  });

  it('adds both legs up in the end, each leg by itself before', () => {
    const story = callStory(
      call({ legs: [leg('A', ended({ amount: 8500, duration: 50 })), leg('B', ended())] }),
      false,
      NOW,
    );
    expect(story.slice(-3).map(({ outcome }) => outcome)).toEqual([
      { amountMicros: 12_000, billedSeconds: 60, seconds: 42, cause: 'Normal Hangup', causeCode: 4000 },
      { amountMicros: 8500, billedSeconds: 60, seconds: 50, cause: 'Normal Hangup', causeCode: 4000 },
      { amountMicros: 20_500, billedSeconds: 120, seconds: 92, cause: 'Normal Hangup', causeCode: 4000 },
    ]);
  });

  it('waits with the end for the other leg and for prices, until the records have been read', () => {
    const open = { legs: [leg('A', ended())] };
    expect(names(open)).toEqual(['FirstPartyAnswer']);
    expect(names({ ...open, isReconciled: true })).toEqual(['FirstPartyAnswer', 'FirstPartyHangup', 'PartiesHangup']);
    const unpriced = { legs: [leg('A', ended()), leg('B', ended({ amount: null }))] };
    expect(names(unpriced)).not.toContain('PartiesHangup');
    expect(names({ ...unpriced, isReconciled: true })).toContain('PartiesHangup');
  });

  it('of a requested call that the first party never answered is its end only', () => {
    const given = { kind: 'request', decision: 'refuse', reason: 'unanswered', connectedAt: null } as const;
    expect(names({ ...given, legs: [leg('A', unanswered(3000, 'No Answer', 'Carrier'))] })).toEqual([
      'FirstPartyHangup',
      'PartiesHangup',
    ]);
    expect(names(given)).toEqual([]);
  });

  it('only grows: told after each of any facts in any order, it is the story of all of them', () => {
    const facts = fc.record({
      reports: fc.shuffledSubarray(['a-hangup', 'b-answer', 'b-hangup', 'records', 'a-again', 'b-again'] as const, {
        minLength: 6,
        maxLength: 6,
      }),
      isAnswered: fc.boolean(),
      source: fc.constantFrom('Caller', 'Callee', 'Plivo'),
      code: fc.constantFrom(3000, 3010, 6010, 1000),
      role: fc.constantFrom('first' as const, 'second' as const),
      isPinOn: fc.boolean(),
    });
    fc.assert(
      fc.property(facts, ({ reports, isAnswered, source, code, role, isPinOn }) => {
        const end = isAnswered ? ended({ hangupSource: source }) : unanswered(code, 'x', source);
        const told: Record<string, Partial<LegFacts>> = {
          'a-hangup': ended({ hangupSource: source }),
          'a-again': ended({ hangupSource: source }),
          'b-answer': isAnswered ? { isAnswered: true } : {},
          'b-hangup': end,
          'b-again': end,
        };
        let a = leg('A');
        let b: Leg | null = null;
        let isReconciled = false;
        const heard: string[] = [];
        for (const report of reports) {
          if (report.startsWith('a-')) a = { ...a, ...joinFacts(a, told[report] ?? {}) };
          else if (report === 'records') {
            isReconciled = true;
            a = { ...a, ...joinFacts(a, ended({ hangupSource: source })) };
            b = { ...(b ?? leg('B')), ...joinFacts(b ?? NOTHING_KNOWN, end) };
          } else b = { ...(b ?? leg('B')), ...joinFacts(b ?? NOTHING_KNOWN, told[report] ?? {}) };
          const story = callStory(call({ callerRole: role, isReconciled, legs: b ? [a, b] : [a] }), isPinOn, NOW).map(
            ({ event }) => event,
          );
          // What is new comes after what was told: nothing is ever slipped in between.
          expect(story.slice(0, heard.length)).toEqual(heard);
          heard.push(...story.slice(heard.length));
        }
        const final = callStory(
          call({
            callerRole: role,
            isReconciled: true,
            legs: [leg('A', ended({ hangupSource: source })), leg('B', end)],
          }),
          isPinOn,
          NOW,
        );
        expect(heard).toEqual(final.map(({ event }) => event));
      }),
      { numRuns: 3000, seed: 20261122 },
    );
  });
});
