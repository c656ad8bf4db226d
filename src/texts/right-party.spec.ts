import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import { isOwnSentence } from '../accounts/index.js';
import type { Database } from '../platform/database/database.js';
import { DomainError } from '../platform/errors.js';
import type { SessionRecord } from '../sessions/index.js';

// So few that everybody soon has the place that somebody else has had.
const NUMBERS = usNumbers(1);
const PEOPLE = 3;

type Deed =
  | { kind: 'open'; first: number; second: number; single: boolean; seconds: number }
  | { kind: 'end'; session: number }
  | { kind: 'exchange'; session: number; second: number }
  | { kind: 'write'; from: number; number: number; lateMinutes: number; isHint: boolean }
  | { kind: 'wait'; minutes: number };

const person = fc.integer({ min: 1, max: PEOPLE });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      first: person,
      second: person,
      single: fc.boolean(),
      seconds: fc.constantFrom(60, 600, 3600),
    }),
    weight: 3,
  },
  { arbitrary: fc.record({ kind: fc.constant('end' as const), session: fc.nat(9) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('exchange' as const), session: fc.nat(9), second: person }), weight: 2 },
  {
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      from: person,
      number: fc.nat(NUMBERS.length - 1),
      lateMinutes: fc.constantFrom(0, 0, 7, 20, 20, 60, 200, 1400),
      isHint: fc.boolean(),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 5, 16, 16, 60, 400) }),
    weight: 3,
  },
);

/** Somebody writes to one person, and has another one on the number when it comes: by chance alone that is rare. */
const relent: fc.Arbitrary<Deed[]> = fc
  .record({
    first: person,
    second: person,
    third: person,
    lateMinutes: fc.constantFrom(1, 17, 20),
    isHint: fc.boolean(),
  })
  .map(({ first, second, third, lateMinutes, isHint }) => [
    { kind: 'open', first, second, single: false, seconds: 60 },
    { kind: 'write', from: first, number: 0, lateMinutes, isHint },
    { kind: 'wait', minutes: 16 },
    { kind: 'open', first, second: third, single: false, seconds: 3600 },
    { kind: 'write', from: first, number: 0, lateMinutes: 0, isHint },
    { kind: 'wait', minutes: 60 },
  ]);
const deeds = fc
  .array(fc.oneof({ arbitrary: deed.map((one) => [one]), weight: 4 }, { arbitrary: relent, weight: 1 }), {
    minLength: 10,
    maxLength: 25,
  })
  .map((all) => all.flat());

/** From when until when two people had each other on a number. */
interface Pair {
  sessionId: string;
  number: string;
  people: [string, string | null];
  from: number;
  until: number;
}

describeOnEachDatabase('a text', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });

  async function live(all: Deed[]): Promise<void> {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, NUMBERS);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT);
    const clock = new FakeClock();
    const plivo = new MessagePlivo(clock);
    const { sessions, jobs, receiveText } = textsOn(database, clock, plivo);
    const pairs: Pair[] = [];
    const written = new Map<string, { from: string; number: string; writtenAt: number; receivedAt: number }>();
    let texts = 0;
    const late: { at: number; tell: () => Promise<void> }[] = [];

    const close = (sessionId: string, at: number): void => {
      for (const pair of pairs) if (pair.sessionId === sessionId && pair.until > at) pair.until = at;
    };
    const begin = (session: SessionRecord): void => {
      const { id: sessionId, virtualNumber: number, parties, expiresAt: until } = session;
      const last = pairs.findLast((pair) => pair.sessionId === sessionId);
      if (last && last.people[0] === parties.first && last.people[1] === parties.second) last.until = until;
      else {
        close(sessionId, clock.now());
        pairs.push({ sessionId, number, people: [parties.first ?? '', parties.second], from: clock.now(), until });
      }
    };
    /** Refusals are the service's to make. */
    const orRefused = async (work: Promise<SessionRecord>): Promise<void> => {
      const session = await work.catch((error: unknown) => {
        if (error instanceof DomainError) return null;
        throw error;
      });
      if (session !== null) begin(session);
    };
    const sessionAt = (place: number): string =>
      [...new Set(pairs.map(({ sessionId }) => sessionId))].at(-1 - place) ?? '';
    const pass = async (minutes: number): Promise<void> => {
      const until = clock.now() + minutes * 60_000;
      for (const one of late.toSorted((a, b) => a.at - b.at)) {
        if (one.at > until) continue;
        late.splice(late.indexOf(one), 1);
        clock.advance(Math.max(0, one.at - clock.now()));
        await one.tell();
        await jobs.runDue();
      }
      clock.advance(until - clock.now());
      await jobs.runDue();
    };

    const acts: { [Kind in Deed['kind']]: (deed: Extract<Deed, { kind: Kind }>) => Promise<void> } = {
      open: ({ first, second, single, seconds }) =>
        orRefused(
          sessions.open({
            first_party: party(first),
            ...(single ? { create_session_with_single_party: true } : {}),
            ...(single && second % 2 === 0 ? {} : { second_party: party(second) }),
            messaging: true,
            session_expiry: seconds,
          }),
        ),
      end: async ({ session }) => {
        const id = sessionAt(session);
        await sessions.end(id).then(
          () => close(id, clock.now()),
          () => undefined,
        );
      },
      exchange: ({ session, second }) =>
        orRefused(sessions.update(sessionAt(session), { second_party: party(second) })),
      write: async ({ from, number: place, lateMinutes, isHint }) => {
        const number = NUMBERS[place] ?? '';
        const text = textTold(party(from), number, `text ${(texts += 1)}`);
        const writtenAt = clock.now();
        const record = { messageUuid: text.messageUuid, direction: 'inbound' as const, from: text.from, to: number };
        const rest = { state: null, units: 1, amountMicros: 0, carrierFeeMicros: null, errorCode: null, at: writtenAt };
        plivo.records.set(text.messageUuid, { ...record, ...rest });
        const tell = async (): Promise<void> => {
          written.set(text.text ?? '', { from: text.from, number, writtenAt, receivedAt: clock.now() });
          await receiveText.run(verifiedText(text, isHint), text);
        };
        if (lateMinutes === 0) await tell();
        else late.push({ at: writtenAt + lateMinutes * 60_000, tell });
      },
      wait: ({ minutes }) => pass(minutes),
    };
    for (const one of all) {
      await (acts[one.kind] as (deed: Deed) => Promise<void>)(one);
      clock.advance(1000);
      await jobs.runDue();
    }
    await pass(1500);

    const other = ({ people: [first, second] }: Pair, one: string) =>
      first === one ? second : second === one ? first : undefined;
    // A sentence of ours answers who has written to that number.
    const authors = new Set([...written.values()].map(({ from, number }) => `${from}|${number}`));
    const [sentences, passedOn] = [true, false].map((isOurs) =>
      plivo.sent.filter(({ text }) => isOwnSentence(text, {}) === isOurs),
    );
    for (const { from: number, to } of sentences ?? []) expect(authors).toContain(`${to}|${number}`);
    for (const { text, from: number, to } of passedOn ?? []) {
      const {
        from,
        number: asked,
        writtenAt,
        receivedAt,
      } = written.get(text) ?? { from: '', number: '', writtenAt: 0, receivedAt: 0 };
      expect(number).toBe(asked);
      // It is decided within a minute of its receipt.
      const had = pairs.filter((pair) => pair.number === number && other(pair, from) === to);
      expect(had.some((pair) => pair.from <= receivedAt + 60_000 && pair.until > receivedAt)).toBe(true);
      const then = pairs.filter((pair) => pair.number === number && pair.from <= writtenAt && pair.until > writtenAt);
      const meant = then.map((pair) => other(pair, from)).filter((one) => one !== undefined);
      expect(meant.every((one) => one === to)).toBe(true);
    }
    const told = (passedOn ?? []).map(({ text }) => text);
    expect(new Set(told).size).toBe(told.length);
    reached += told.length;
  }
  let reached = 0;

  it('reaches who had its sender on that number when it was written and when it came, and nobody else', async () => {
    await fc.assert(fc.asyncProperty(deeds, live), {
      numRuns: 12,
      endOnFailure: true,
    });
    // A property of texts that never arrive says nothing.
    expect(reached).toBeGreaterThan(5);
  }, 120_000);
});
