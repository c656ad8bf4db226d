import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../../test/support/ground.js';
import { Chance } from '../../../test/simulation/chance.js';
import type { Database } from '../../platform/database/database.js';
import { Metrics } from '../../platform/metrics.js';
import type { SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import { JudgePin } from './judge-pin.js';
import { PinLocks } from './pin-locks.js';
import { PurgePinLocks } from './purge-pin-locks.js';

/** How often guesses are tried. More than one a minute gains an attacker nothing, which is what is to be seen. */
const TRIES_A_MINUTE = Number(process.env['PIN_TRIES_A_MINUTE'] ?? 2);
const MINUTE_MS = 60_000;

/** The figures of docs/call-behaviour.md: twenty at once, then one at each full minute. */
const judgedOnNumber = (hours: number): number => 20 + hours * 60 - 1;
/** Five at each full hour. */
const judgedOfCaller = (hours: number): number => 5 * hours;

describeOnEachDatabase('guessing PINs', (open, kind) => {
  /** A server takes ten times as long: there the short run is one of some hours. */
  const HOURS = kind === 'sqlite' || TRIES_A_MINUTE > 2 ? 24 : 3;

  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let judge: JudgePin;
  let purge: PurgePinLocks;
  let wrong: number;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(1));
    wrong = 0;
    world = callsOn(database);
    const { clock, crypto, events, findStrangers, findSessionById } = world.sessions;
    const locks = new PinLocks(database, clock, crypto, world.log, new Metrics());
    const note = locks.noteFailure.bind(locks);
    locks.noteFailure = (...judged) => {
      wrong += 1;
      return note(...judged);
    };
    judge = new JudgePin(events, findStrangers, findSessionById, locks);
    purge = new PurgePinLocks(database, clock);
  });

  /** How many guesses, each another one, are judged in so many hours of trying at every full minute and at random in between. */
  async function judgedIn(hours: number, callerOf: (guess: number) => E164 | null): Promise<number> {
    const prompt = await world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      is_pin_authentication_required: true,
      pin_prompt_play: 'https://example.com/prompt.mp3',
      first_party_pin: '111111111111111',
      second_party_pin: '222222222222222',
      session_expiry: 86_400,
    });
    const { clock } = world.sessions;
    const chance = new Chance(20260105);
    const begun = clock.now();
    let guesses = 0;
    for (let minute = 0; minute < hours * 60; minute++) {
      const between = Array.from({ length: TRIES_A_MINUTE - 1 }, () => chance.between(1, MINUTE_MS - 1));
      for (const after of [0, ...between].sort((left, right) => left - right)) {
        clock.advance(begun + minute * MINUTE_MS + after - clock.now());
        while (await isJudged(prompt, callerOf(guesses), guesses++));
      }
      if (minute % 60 === 59) await purge.run();
    }
    return wrong;
  }

  /** Whether it was judged, which all here are wrong. */
  async function isJudged(prompt: SessionRecord, caller: E164 | null, guess: number): Promise<boolean> {
    const call = { id: 'call', accountId: ACCOUNT, sessionId: null, callerRole: null };
    const digits = String(guess).padStart(6, '0');
    const before = wrong;
    await database.transaction((tx) => judge.run(tx, { call, prompt, caller, digits, attempt: 1 }));
    return wrong > before;
  }

  it(
    'with endless caller ids is judged twenty times and then once a minute, 1459 times in a day',
    async () => {
      expect(await judgedIn(HOURS, (guess) => String(14160000000 + guess) as E164)).toBe(judgedOnNumber(HOURS));
      expect(judgedOnNumber(24)).toBe(1459);
    },
    TRIES_A_MINUTE * 60_000,
  );

  it(
    'with a withheld number is judged no more often than that',
    async () => expect(await judgedIn(3, () => null)).toBe(judgedOnNumber(3)),
    TRIES_A_MINUTE * 60_000,
  );

  it(
    'with one caller id is judged five times an hour, 120 times in a day',
    async () => {
      expect(await judgedIn(HOURS, () => '14155559999' as E164)).toBe(judgedOfCaller(HOURS));
      expect(judgedOfCaller(24)).toBe(120);
    },
    TRIES_A_MINUTE * 60_000,
  );
});

describe('the chance that one of so many different guesses is right', () => {
  /** 1 - C(N - g, n) / C(N, n): none of the n live PINs is among the g of N that were tried. */
  function chanceOf(digits: number, guesses: number, live: number): number {
    let missed = 1;
    for (let pin = 0; pin < live; pin++) missed *= (10 ** digits - guesses - pin) / (10 ** digits - pin);
    return 1 - missed;
  }

  it.each([
    [4, judgedOnNumber(24), [0.146, 0.794, 0.9996]],
    [6, judgedOnNumber(24), [0.00146, 0.0145, 0.0704]],
    [4, judgedOfCaller(24), [0.012, 0.114, 0.454]],
    [6, judgedOfCaller(24), [0.00012, 0.0012, 0.00598]],
  ])(
    'of %d digits, with %d guesses, is what docs/call-behaviour.md says for 1, 10 and 50 PINs',
    (digits, guesses, told) => {
      const found = [1, 10, 50].map((live) => chanceOf(digits, guesses, live));
      for (const [index, chance] of found.entries())
        expect(Math.abs(chance / (told[index] ?? 0) - 1)).toBeLessThan(0.005);
    },
  );
});
