import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, announced, clearSessions, usNumbers } from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { HOUR_MS } from '../../platform/clock.js';
import { Metrics } from '../../platform/metrics.js';
import type { SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import { NumberAttacked, PinChecked } from '../call-routing.events.js';
import { JudgePin, type PinVerdict, type TypedPin } from './judge-pin.js';
import { PinLocks } from './pin-locks.js';

const CALLER = '14155559999' as E164;
const PIN = {
  is_pin_authentication_required: true,
  pin_prompt_play: 'https://example.com/prompt.mp3',
  first_party_pin: '1111',
  second_party_pin: '2222',
  session_expiry: 86_400,
};

describeOnEachDatabase('a PIN that was typed', (open) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let locks: PinLocks;
  let judge: JudgePin;
  let told: PinChecked[];
  let metrics: Metrics;
  let attacked: object[];
  let typed = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(1));
    world = callsOn(database);
    const { clock, crypto, events, findStrangers, findSessionById } = world.sessions;
    metrics = new Metrics();
    locks = new PinLocks(database, clock, crypto, world.log, metrics);
    judge = new JudgePin(events, findStrangers, findSessionById, locks);
    told = [];
    attacked = announced(events, [NumberAttacked]);
    events.subscribe(PinChecked, async (_tx, event) => void told.push(event));
  });

  const session = (more: Record<string, unknown> = {}, first = '+14155550001'): Promise<SessionRecord> =>
    world.sessions.open({ first_party: first, second_party: '+14155550002', ...PIN, ...more });
  const type = (prompt: SessionRecord, digits: string, more: Partial<TypedPin> = {}): Promise<PinVerdict> =>
    database.transaction((tx) =>
      judge.run(tx, {
        call: { id: 'call', accountId: ACCOUNT, sessionId: null, callerRole: null },
        prompt,
        caller: CALLER,
        digits,
        attempt: 1,
        ...more,
      }),
    );
  const isLocked = (prompt: SessionRecord, caller: E164 | null = CALLER): Promise<boolean> =>
    database.transaction((tx) => locks.isLocked(tx, prompt, caller));
  const guessWrong = (prompt: SessionRecord, times: number, caller: E164 | null = CALLER): Promise<void> =>
    database.transaction(async (tx) => {
      for (let time = 0; time < times; time++)
        await locks.noteFailure(tx, { prompt, caller, digits: `70${(typed += 1)}`, isRegistered: false });
    });

  it('seats a caller in the role whose PIN it is; that is told once it is known whom it reaches', async () => {
    const prompt = await session();
    for (const [digits, role] of [
      ['1111', 'first'],
      ['2222', 'second'],
    ] as const) {
      const judged = await type(prompt, digits, { attempt: 3 });
      expect(judged).toMatchObject({ verdict: 'right', seat: { role, session: { id: prompt.id } } });
      expect(told).toEqual([]);
    }
    expect(await isLocked(prompt)).toBe(false);
  });

  it('of a registered caller must be its own: that of the other party is as wrong as any', async () => {
    const prompt = await session({ force_pin_authentication: true, pin_retry: 5 });
    for (const [callerRole, own, other] of [
      ['first', '1111', '2222'],
      ['second', '2222', '1111'],
    ] as const) {
      const call = { id: 'call', accountId: ACCOUNT, sessionId: prompt.id, callerRole };
      expect(await type(prompt, other, { call })).toEqual({ verdict: 'again' });
      expect(await type(prompt, own, { call })).toMatchObject({ verdict: 'right', seat: { role: callerRole } });
    }
  });

  it('may be tried again as often as the session says, and is then told as failed, once', async () => {
    const prompt = await session({ pin_retry: 2 });
    expect(await type(prompt, '9999', { attempt: 1 })).toEqual({ verdict: 'again' });
    expect(await type(prompt, '', { attempt: 2 })).toEqual({ verdict: 'again' });
    expect(told).toEqual([]);
    expect(await type(prompt, '9999', { attempt: 3 })).toEqual({ verdict: 'failed', reason: 'wrong-pin' });
    expect(told).toEqual([new PinChecked(ACCOUNT, prompt.id, 'call', 'failed', 3, CALLER, null, null)]);
  });

  it('may not be tried again at all where the session allows no retry', async () => {
    const prompt = await session({ pin_retry: 0 });
    expect(await type(prompt, '9999')).toEqual({ verdict: 'failed', reason: 'wrong-pin' });
  });

  it('that is wrong counts; silence does not', async () => {
    const prompt = await session({ pin_retry: 5 });
    await guessWrong(prompt, 3);
    await type(prompt, '');
    await type(prompt, '9999');
    expect(await isLocked(prompt)).toBe(false);
    await type(prompt, '');
    expect(await isLocked(prompt)).toBe(false);
    expect(await type(prompt, '9998')).toEqual({ verdict: 'failed', reason: 'locked' });
    expect(await isLocked(prompt)).toBe(true);
  });

  it('is not looked at while the caller is locked out, nor counted, even when it is right', async () => {
    const prompt = await session({ pin_retry: 5 });
    await guessWrong(prompt, 5);
    expect(await type(prompt, '1111')).toEqual({ verdict: 'failed', reason: 'locked' });
    expect(await type(prompt, '9999')).toEqual({ verdict: 'failed', reason: 'locked' });
    expect(await database.read((manager) => manager.query('SELECT COUNT(*) AS n FROM pin_failure'))).toEqual([
      { n: 5 },
    ]);
  });

  it('locks its caller out for an hour with the fifth wrong one, to the millisecond, and nobody else', async () => {
    const prompt = await session();
    await guessWrong(prompt, 4);
    expect(await isLocked(prompt)).toBe(false);
    await guessWrong(prompt, 1);
    expect(await isLocked(prompt)).toBe(true);
    expect(await isLocked(prompt, '14155558888' as E164)).toBe(false);
    expect(await isLocked(prompt, null)).toBe(false);
    world.sessions.clock.advance(HOUR_MS - 1);
    expect(await isLocked(prompt)).toBe(true);
    world.sessions.clock.advance(1);
    expect(await isLocked(prompt)).toBe(false);
  });

  it('of a withheld caller locks nobody out', async () => {
    const prompt = await session();
    await guessWrong(prompt, 10, null);
    expect(await isLocked(prompt, null)).toBe(false);
    expect(await isLocked(prompt)).toBe(false);
  });

  it('counts once against its caller when it is typed twice in a row, and on the number each time', async () => {
    const prompt = await session({ pin_retry: 5 });
    for (let time = 0; time < 6; time++) expect(await type(prompt, '9999')).toEqual({ verdict: 'again' });
    await guessWrong(prompt, 3);
    expect(await isLocked(prompt)).toBe(false);
    await guessWrong(prompt, 1);
    expect(await isLocked(prompt)).toBe(true);
    expect(await database.read((manager) => manager.query('SELECT COUNT(*) AS n FROM pin_failure'))).toEqual([
      { n: 10 },
    ]);
  });

  it('is judged once a minute on a number after twenty wrong ones within an hour, whatever sessions come', async () => {
    const prompt = await session();
    await guessWrong(prompt, 19, null);
    expect(attacked).toEqual([]);
    expect(await type(prompt, '9999')).toEqual({ verdict: 'again' });
    expect(attacked).toEqual([new NumberAttacked(ACCOUNT, prompt.virtualNumber, prompt.id)]);
    expect(await metrics.registry.metrics()).toContain('masking_pin_attacks_total 1');
    const newer = await session(
      { second_party: '+14155550004', first_party_pin: '3333', second_party_pin: '4444' },
      '+14155550003',
    );
    expect(newer.virtualNumber).toBe(prompt.virtualNumber);

    const other = '14155558888' as E164;
    const wait = { verdict: 'failed', reason: 'wait' };
    expect(await type(newer, '1111', { caller: other })).toEqual(wait);
    world.sessions.clock.advance(59_999);
    expect(await type(prompt, '1111', { caller: other })).toEqual(wait);
    expect(told).toEqual([]);
    world.sessions.clock.advance(1);
    expect(await type(prompt, '1111', { caller: other })).toMatchObject({ verdict: 'right' });
    expect(await type(prompt, '1111', { caller: other })).toEqual(wait);
    world.sessions.clock.advance(HOUR_MS);
    for (let guess = 0; guess < 2; guess++)
      expect(await type(prompt, '1111', { caller: other })).toMatchObject({ verdict: 'right' });
  });

  it('is judged a minute after the last one, however many came in between, from withheld callers too', async () => {
    const prompt = await session();
    await guessWrong(prompt, 20, null);
    const [attacker, holder] = ['14155557777' as E164, '14155558888' as E164];
    expect(await type(prompt, '9999', { caller: null })).toEqual({ verdict: 'again' });
    for (let second = 0; second < 60; second++) {
      for (const caller of [null, attacker])
        expect(await type(prompt, '9998', { caller })).toEqual({ verdict: 'failed', reason: 'wait' });
      world.sessions.clock.advance(1000);
    }
    expect(await type(prompt, '1111', { caller: holder })).toMatchObject({ verdict: 'right' });
    expect(await isLocked(prompt, attacker)).toBe(false);
    expect(await isLocked(prompt, holder)).toBe(false);
  });

  it('of a registered caller never waits for the number, nor makes others wait', async () => {
    const prompt = await session({ force_pin_authentication: true, pin_retry: 5 });
    const call = { id: 'call', accountId: ACCOUNT, sessionId: prompt.id, callerRole: 'first' as const };
    await guessWrong(prompt, 20, null);
    expect(await type(prompt, '9999', { call })).toEqual({ verdict: 'again' });
    expect(await type(prompt, '1111', { call })).toMatchObject({ verdict: 'right' });
    expect(await type(prompt, '1111')).toMatchObject({ verdict: 'right' });
  });

  it('is counted exactly when thirty of a caller come at once, and when fifty callers do', async () => {
    const prompt = await session({ pin_retry: 0 });
    const verdicts = await Promise.all(Array.from({ length: 30 }, (_, index) => type(prompt, `${8000 + index}`)));
    expect(await database.read((manager) => manager.query('SELECT COUNT(*) AS n FROM pin_failure'))).toEqual([
      { n: 5 },
    ]);
    expect(verdicts.filter(({ verdict }) => verdict === 'failed')).toHaveLength(30);

    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        type(prompt, `${8100 + index}`, { caller: `1415555${6000 + index}` as E164 }),
      ),
    );
    expect(await database.read((manager) => manager.query('SELECT COUNT(*) AS n FROM pin_failure'))).toEqual([
      { n: 20 },
    ]);
  });

  it('of a caller is counted over all sessions of an account, and in no other account', async () => {
    const prompt = await session();
    await addNumbers(database, ['12025559990']);
    const other = await session({ second_party_pin: '3333' }, '+14155550003');
    await guessWrong(other, 5);
    expect(await isLocked(prompt)).toBe(true);
    expect(await isLocked(prompt, '14155558888' as E164)).toBe(false);
    expect(await isLocked({ ...prompt, accountId: 'MAOTHEROTHEROTHER000' })).toBe(false);
  });
});
