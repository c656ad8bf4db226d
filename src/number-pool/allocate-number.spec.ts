import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { AllocateNumber } from './allocate-number.js';
import { chooseNumber } from './choose-number.js';
import type { AllocationRequest } from './claim-number.js';
import { NumberPoolExhausted } from './number-pool.errors.js';
import { NumberAssigned } from './number-pool.events.js';
import { Contended, type Database, type Tx } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addNumbers,
  clearSessions,
  FakeClock,
  party,
  sessionsOn,
  usNumbers,
} from '../../test/support/ground.js';

describeOnEachDatabase('allocating a number', (open, kind) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    sessions = sessionsOn(database);
  });

  const openPair = (first: number, second: number, more: Record<string, unknown> = {}) =>
    sessions.open({ first_party: party(first), second_party: party(second), ...more });

  it('gives the first number in pool order that neither party has', async () => {
    await addNumbers(database, usNumbers(3));

    expect((await openPair(1, 2)).virtualNumber).toBe('12025550000');
    expect((await openPair(1, 3)).virtualNumber).toBe('12025550001');
    expect((await openPair(2, 3)).virtualNumber).toBe('12025550002');
    expect((await openPair(4, 5)).virtualNumber).toBe('12025550000');
  });

  it('refuses with the documented text when no number is left, and says how many would do', async () => {
    await addNumbers(database, usNumbers(1));
    await openPair(1, 2);

    const refusal = await openPair(1, 3).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(NumberPoolExhausted);
    expect(refusal).toMatchObject({
      message: 'Number pool exhausted or not available',
      details: { extra: { numbers_needed: 2 } },
    });
  });

  it('gives a pair the number it had last, before any it never had', async () => {
    await addNumbers(database, usNumbers(3));
    await openPair(1, 9);
    const had = await openPair(1, 2);
    await sessions.end(had.id);

    expect((await openPair(2, 1)).virtualNumber).toBe(had.virtualNumber);
  });

  it('gives a pair that had several numbers the one it had last', async () => {
    await addNumbers(database, usNumbers(2));
    const first = await openPair(1, 2);
    const setStatus = (status: string) =>
      database.transaction((tx) =>
        tx.query('UPDATE virtual_number SET status = ? WHERE number = ?', [status, first.virtualNumber]),
      );
    await setStatus('draining');
    await sessions.end(first.id);
    sessions.clock.advance(1000);
    const last = await openPair(1, 2);
    await sessions.end(last.id);
    await setStatus('active');
    sessions.clock.advance(1000);

    expect(last.virtualNumber).not.toBe(first.virtualNumber);
    expect((await openPair(1, 2)).virtualNumber).toBe(last.virtualNumber);
  });

  it('prefers a number neither party ever had to one that a party had with somebody else', async () => {
    await addNumbers(database, usNumbers(2));
    await sessions.end((await openPair(1, 2)).id);

    expect((await openPair(1, 3)).virtualNumber).toBe('12025550001');
  });

  it('falls back to the number that has been free for longest', async () => {
    await addNumbers(database, usNumbers(2));
    const early = await openPair(1, 2);
    const late = await openPair(1, 3);
    await sessions.end(late.id);
    sessions.clock.advance(1000);
    await sessions.end(early.id);

    expect((await openPair(1, 4)).virtualNumber).toBe(late.virtualNumber);
  });

  it('keeps a number from its parties until the cool-off is over, to the millisecond', async () => {
    await addNumbers(database, usNumbers(1));
    const session = await openPair(1, 2, { virtual_number_cooloff_period: 60 });
    await sessions.end(session.id);

    sessions.clock.advance(59_999);
    await expect(openPair(1, 3)).rejects.toBeInstanceOf(NumberPoolExhausted);
    expect((await openPair(4, 5)).virtualNumber).toBe(session.virtualNumber);
    sessions.clock.advance(1);
    expect((await openPair(1, 3)).virtualNumber).toBe(session.virtualNumber);
  });

  it('frees a number at the expiry itself, before any tick', async () => {
    await addNumbers(database, usNumbers(1));
    await openPair(1, 2, { session_expiry: 60 });

    sessions.clock.advance(59_999);
    await expect(openPair(1, 3)).rejects.toBeInstanceOf(NumberPoolExhausted);
    sessions.clock.advance(1);
    await expect(openPair(1, 3)).resolves.toMatchObject({ virtualNumber: '12025550000' });
  });

  it("takes only numbers with the first party's calling code, unless geomatch is off", async () => {
    await addNumbers(database, ['442079460001', '12025550001']);

    expect((await openPair(1, 2)).virtualNumber).toBe('12025550001');
    await expect(sessions.open({ first_party: '+33123456789', second_party: party(5) })).rejects.toBeInstanceOf(
      NumberPoolExhausted,
    );
    const anywhere = await sessions.open({ first_party: '+33123456789', second_party: party(5), geomatch: false });
    expect(anywhere.virtualNumber).toBe('442079460001');
  });

  it('lends no number of a country whose rules forbid it to these parties, and asks for that only where any country will do', async () => {
    await addNumbers(database, ['911140000001', '442079460001']);
    const [indian, foreign] = ['+919876543210', party(2)];
    const pair = (first_party: string, second_party: string, geomatch = false) =>
      sessions.open({ first_party, second_party, geomatch });

    expect((await pair(party(1), foreign)).virtualNumber).toBe('442079460001');
    expect((await pair(indian, party(3))).virtualNumber).toBe('442079460001');
    expect((await pair(indian, '+919876543211')).virtualNumber).toBe('911140000001');
    await expect(pair(party(1), party(3))).rejects.toBeInstanceOf(NumberPoolExhausted);
    await expect(pair(indian, foreign, true)).rejects.toMatchObject({
      code: 'country_rule',
      details: { param: 'second_party' },
    });
  });

  it('never lends a party its own number', async () => {
    await addNumbers(database, ['14155550001', '12025550001']);
    const wish = {
      accountId: ACCOUNT,
      subaccountId: null,
      callingCode: null,
      parties: [{ index: 'first', number: '14155550001' }],
      pinIndexes: [],
      isOpen: false,
      now: 0,
    };

    expect(await database.transaction((tx) => chooseNumber(tx, wish))).toMatchObject({ number: '12025550001' });
  });

  it("keeps a subaccount's numbers and the main account's apart", async () => {
    await database.transaction((tx) =>
      tx.query(
        "INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES ('SATESTTESTTESTTEST00', 'MATESTTESTTESTTEST00', 'one', 0)",
      ),
    );
    await addNumbers(database, ['12025550009'], 'SATESTTESTTESTTEST00');
    await expect(openPair(1, 2)).rejects.toBeInstanceOf(NumberPoolExhausted);

    const session = await openPair(1, 2, { subaccount: 'SATESTTESTTESTTEST00' });

    expect(session).toMatchObject({ virtualNumber: '12025550009', subaccountId: 'SATESTTESTTESTTEST00' });
  });

  it('lends no number that drains, is retired or is missing at Plivo, and keeps the sessions it has', async () => {
    await addNumbers(database, usNumbers(1));
    const session = await openPair(1, 2);
    for (const state of ["status = 'draining'", "status = 'retired'", "status = 'active', missing_since = 1"]) {
      await database.transaction((tx) => tx.query(`UPDATE virtual_number SET ${state}`));
      await expect(openPair(3, 4)).rejects.toBeInstanceOf(NumberPoolExhausted);
    }

    expect(await openPair(1, 2)).toMatchObject({ id: session.id });
  });

  it('keeps open sessions alone among those that claim strangers, and PINs unique on a number', async () => {
    await addNumbers(database, usNumbers(4));
    const single = { create_session_with_single_party: true };
    const pin = { is_pin_authentication_required: true, pin_prompt_play: 'https://example.com/p.mp3' };
    const openOne = await sessions.open({ first_party: party(1), ...single });
    const openTwo = await sessions.open({ first_party: party(2), ...single });
    const pinOne = await openPair(3, 4, { ...pin, first_party_pin: '1111', second_party_pin: '2222' });
    const pinTwo = await openPair(5, 6, { ...pin, first_party_pin: '3333', second_party_pin: '4444' });
    const pinAgain = await openPair(7, 8, { ...pin, first_party_pin: '2222', second_party_pin: '5555' });
    const ordinary = await openPair(9, 10);

    expect([openOne, openTwo, pinOne, pinTwo, pinAgain, ordinary].map((session) => session.virtualNumber)).toEqual([
      '12025550000',
      '12025550001',
      '12025550002',
      '12025550003',
      '12025550003',
      '12025550000',
    ]);
    await expect(sessions.open({ first_party: party(11), ...single })).rejects.toBeInstanceOf(NumberPoolExhausted);
  });

  const pins = (first: string, second: string) => ({
    is_pin_authentication_required: true,
    pin_prompt_play: 'https://example.com/p.mp3',
    first_party_pin: first,
    second_party_pin: second,
  });
  const ONE_PARTY = { create_session_with_single_party: true };

  describe('to a session with PINs', () => {
    const numberOf = async (first: number, second: number, pin: string, more: Record<string, unknown> = {}) =>
      Number((await openPair(first, second, { ...pins(pin, `${pin}0`), ...more })).virtualNumber.slice(-1));

    it('gives the number with the fewest live PINs, in pool order among equals', async () => {
      await addNumbers(database, usNumbers(3));
      const lent = [];
      for (let index = 0; index < 7; index++) lent.push(await numberOf(10 + index, 20 + index, `${4000 + index}`));
      expect(lent).toEqual([0, 1, 2, 0, 1, 2, 0]);
      // Others go on with the first.
      expect((await openPair(30, 31)).virtualNumber).toBe('12025550000');
    });

    it('counts PINs and not sessions, as long as they are live', async () => {
      await addNumbers(database, usNumbers(2));
      const unknown_caller_play = 'https://example.com/unknown.mp3';
      for (const index of [1, 2, 3]) await openPair(40 + index, 50 + index, { unknown_caller_play });
      const short = await openPair(1, 2, { ...pins('4001', '4002'), virtual_number_cooloff_period: 60 });
      const single = await sessions.open({
        first_party: party(3),
        ...ONE_PARTY,
        ...pins('4003', '4004'),
        first_party_pin: null,
      });
      expect([short.virtualNumber, single.virtualNumber]).toEqual(['12025550000', '12025550001']);
      await sessions.end(short.id);
      sessions.clock.advance(59_999);
      // Two PINs that cool off there, one here.
      expect(await numberOf(5, 6, '4005')).toBe(1);
      sessions.clock.advance(1);
      expect(await numberOf(7, 8, '4007')).toBe(0);
      expect(await numberOf(9, 10, '4009')).toBe(0);
      expect(await numberOf(11, 12, '4011')).toBe(1);
    });

    it('gives the number that the pair had last all the same', async () => {
      await addNumbers(database, usNumbers(2));
      await sessions.end((await openPair(1, 2)).id);
      for (const index of [1, 2]) await numberOf(10 + index, 20 + index, `${4000 + index}`);
      await numberOf(13, 23, '4003');
      expect(await numberOf(2, 1, '4004')).toBe(0);
    });

    it('gives of equal ones a number that neither party had, then the one that has been free for longest', async () => {
      await addNumbers(database, usNumbers(3));
      const [early, late] = [await openPair(1, 2), await openPair(1, 3)];
      await sessions.end(late.id);
      sessions.clock.advance(1000);
      await sessions.end(early.id);
      sessions.clock.advance(1000);
      expect(await numberOf(1, 4, '4001')).toBe(2);
      expect(await numberOf(1, 5, '4002')).toBe(Number(late.virtualNumber.slice(-1)));
    });

    it('spreads over a large pool too, by looking at a part of it each time', async () => {
      await addNumbers(database, usNumbers(40));
      const lent = new Map<string, number>();
      for (let index = 0; index < 80; index++) {
        const { virtualNumber } = await openPair(2 * index, 2 * index + 1, pins(`${4000 + index}`, `${5000 + index}`));
        lent.set(virtualNumber, (lent.get(virtualNumber) ?? 0) + 1);
      }
      // Two on each would be even. By chance alone some would have six and others none.
      expect(Math.max(...lent.values())).toBeLessThanOrEqual(4);
      expect(lent.size).toBeGreaterThan(35);
    });

    it('finds the one number of a large pool that fits', async () => {
      await addNumbers(database, usNumbers(40));
      for (let index = 0; index < 40; index++) await openPair(2 * index, 2 * index + 1, pins('1234', '4321'));
      const [freed] = await database.read<{ id: string; virtual_number: string }[]>((manager) =>
        manager.query("SELECT id, virtual_number FROM masking_session WHERE virtual_number LIKE '%33'"),
      );
      await expect(openPair(90, 91, pins('1234', '4321'))).rejects.toMatchObject({ code: 'pin_taken' });
      await sessions.end(freed?.id ?? '');
      expect((await openPair(90, 91, pins('1234', '4321'))).virtualNumber).toBe(freed?.virtual_number);
      // And one on which a party was before.
      const [again] = await database.read<{ id: string }[]>((manager) =>
        manager.query("SELECT id FROM masking_session WHERE virtual_number LIKE '%33' AND status = 'active'"),
      );
      await sessions.end(again?.id ?? '');
      expect((await openPair(90, 92, pins('1234', '4321'))).virtualNumber).toBe(freed?.virtual_number);
    });

    it('gives no number on which a party lives or an own PIN is live, however few PINs there are', async () => {
      await addNumbers(database, usNumbers(3));
      expect([await numberOf(6, 7, '4009'), await numberOf(3, 4, '4001')]).toEqual([0, 1]);
      await openPair(1, 2);
      await numberOf(8, 9, '4005');
      await numberOf(10, 11, '4006');
      expect(await numberOf(1, 5, '4001')).toBe(2);
      await expect(numberOf(1, 6, '4001')).rejects.toMatchObject({ code: 'pin_taken' });
    });
  });

  describe('that no number is left for', () => {
    const refusal = async (opening: Promise<unknown>) => {
      const error = (await opening.catch((thrown: unknown) => thrown)) as NumberPoolExhausted;
      expect(error.message).toBe('Number pool exhausted or not available');
      return [error.code, error.details.extra?.['numbers_needed']];
    };
    const openFor = (one: number) => sessions.open({ first_party: party(one), ...ONE_PARTY });

    it('says that a PIN is taken where the parties would have had a number, and that one more would do', async () => {
      await addNumbers(database, usNumbers(3));
      // A number of another country, of a subaccount or out of use is of no help to it.
      await addNumbers(database, ['442079460001']);
      await addNumbers(database, ['12025550009'], 'SATESTTESTTESTTEST00');
      await addNumbers(database, ['12025550008']);
      await database.transaction((tx) =>
        tx.query("UPDATE virtual_number SET status = 'draining' WHERE number = '12025550008'"),
      );
      for (const index of [1, 2, 3]) await openPair(index, 10 + index, pins('1234', '4321'));

      expect(await refusal(openPair(4, 14, pins('1234', '4321')))).toEqual(['pin_taken', 4]);
      expect(await refusal(openPair(4, 14, pins('9999', '1234')))).toEqual(['pin_taken', 4]);
      // One party is busy on two of them: that is not what is in the way on the third.
      expect(await refusal(openPair(1, 12, pins('1234', '4321')))).toEqual(['pin_taken', 4]);
      expect(await openPair(4, 14, pins('1111', '2222'))).toMatchObject({ status: 'active' });
      await addNumbers(database, ['12025550007']);
      expect(await openPair(5, 15, pins('1234', '4321'))).toMatchObject({ virtualNumber: '12025550007' });
    });

    it('says that there is one open session a number, to an open one and to one with PINs', async () => {
      await addNumbers(database, usNumbers(2));
      await openFor(1);
      await openPair(2, 3, pins('1234', '4321'));
      expect(await refusal(openFor(4))).toEqual(['open_session_per_number', 3]);
      // With other PINs it would be lent the second.
      expect(await refusal(openPair(4, 5, pins('1234', '5555')))).toEqual(['pin_taken', 3]);
      sessions.clock.advance(3_600_000);
      await openFor(1);
      await openFor(6);
      expect(await refusal(openPair(4, 5, pins('1234', '5555')))).toEqual(['open_session_per_number', 3]);
    });

    it('says that the pool is exhausted where a party is busy on every number, PINs or not', async () => {
      await addNumbers(database, usNumbers(2));
      await openPair(1, 2, pins('1234', '4321'));
      await openPair(1, 3);
      expect(await refusal(openPair(1, 4, pins('1234', '4321')))).toEqual(['number_pool_exhausted', 3]);
      expect(await refusal(openFor(1))).toEqual(['number_pool_exhausted', 3]);
      expect(await refusal(openPair(1, 4))).toEqual(['number_pool_exhausted', 3]);
    });

    it('says so too where there is no number at all', async () => {
      expect(await refusal(openFor(1))).toEqual(['number_pool_exhausted', 1]);
      expect(await refusal(openPair(1, 4, pins('1234', '4321')))).toEqual(['number_pool_exhausted', 1]);
    });
  });

  const wish = (first: number, second: number): AllocationRequest => ({
    accountId: ACCOUNT,
    subaccountId: null,
    callingCode: null,
    now: sessions.clock.now(),
    isOpen: false,
    openRole: 'second',
    pins: [],
    playIndex: null,
    sessionId: newId(),
    parties: [
      { role: 'first', index: indexOf(first), number: party(first).slice(1) },
      { role: 'second', index: indexOf(second), number: party(second).slice(1) },
    ],
    freeAfter: sessions.clock.now() + 60_000,
  });
  const indexOf = (one: number): string => sessions.records.partyIndex(ACCOUNT, party(one).slice(1)) ?? '';

  it.each([
    ['neither party had', false],
    ['a party had before', true],
  ])('never takes a place that another session took after the choice, on a number that %s', async (_, isKnown) => {
    await addNumbers(database, usNumbers(1));
    if (isKnown) await sessions.end((await openPair(1, 2)).id);
    const allocate = new AllocateNumber(database, sessions.events);
    const rival = wish(1, 4);

    const allocated = database.transaction(async (tx) => {
      const raced = afterFirstRows(tx, () => allocate.run(tx, rival));
      await expect(allocate.run(raced, wish(1, 3))).rejects.toBeInstanceOf(Contended);
      return tx.query('SELECT session_id FROM number_assignment WHERE party_index = ?', [indexOf(1)]);
    });

    expect(await allocated).toEqual([{ session_id: rival.sessionId }]);
  });

  /** Who has which place, as `number index role free-after-seconds`, of one session. */
  const placesOf = async (sessionId: string): Promise<{ parties: string[]; strangers: string[] }> => {
    const read = async (table: string, column: string): Promise<string[]> => {
      const rows = await database.read<Record<string, string | number>[]>((manager) =>
        manager.query(
          `SELECT n.number, a.${column} AS held, a.role, a.free_after FROM ${table} a JOIN virtual_number n ON n.id = a.virtual_number_id
           WHERE a.session_id = ?`,
          [sessionId],
        ),
      );
      const now = sessions.clock.now();
      return rows.map((row) => `${row.number} ${row.held} ${row.role} ${(Number(row.free_after) - now) / 1000}`).sort();
    };
    return {
      parties: await read('number_assignment', 'party_index'),
      strangers: await read('pin_assignment', 'pin_index'),
    };
  };
  const allocate = (request: AllocationRequest, tx?: Tx): Promise<{ id: number; number: string }> => {
    const run = (inside: Tx) => new AllocateNumber(database, sessions.events).run(inside, request);
    return tx ? run(tx) : database.transaction(run);
  };

  it.each([
    ['that neither party had', false],
    ['that one party had before', true],
  ])(
    'lends both parties their places, each in its role, until the cool-off is over: a number %s',
    async (_, isKnown) => {
      await addNumbers(database, usNumbers(1));
      if (isKnown) await sessions.end((await openPair(2, 3)).id);
      const announced: NumberAssigned[] = [];
      sessions.events.subscribe(NumberAssigned, async (__, event) => void announced.push(event));
      const request = wish(1, 2);

      const lent = await allocate(request);

      expect(lent).toEqual({ id: expect.any(Number), number: '12025550000' });
      expect(await placesOf(request.sessionId)).toEqual({
        parties: [`12025550000 ${indexOf(1)} first 60`, `12025550000 ${indexOf(2)} second 60`].sort(),
        strangers: [],
      });
      expect(announced).toEqual([new NumberAssigned(ACCOUNT, lent.id, request.sessionId, expect.any(Number) as never)]);
    },
  );

  const digits = 'x'.repeat(20);
  it.each([
    ['the missing party, of an open session', { isOpen: true, openRole: 'second' as const }, ['* second']],
    [
      'a PIN each, of a session with PINs',
      {
        pins: [
          { role: 'first' as const, index: 'pin1', length: 4 },
          { role: 'second' as const, index: 'pin2', length: 6 },
        ],
      },
      ['pin1 first', 'pin2 second'],
    ],
    ['a file for unknown callers', { playIndex: `~${digits}` }, [`~${digits} first`]],
    [
      'a PIN and a file',
      { pins: [{ role: 'second' as const, index: 'pin2', length: 6 }], playIndex: `~${digits}` },
      ['pin2 second', `~${digits} first`],
    ],
  ])('lends what answers for strangers as long as the parties: %s', async (_, more, expected) => {
    await addNumbers(database, usNumbers(1));
    const request = { ...wish(1, 2), ...more };

    await allocate(request);

    const { strangers } = await placesOf(request.sessionId);
    expect(strangers).toEqual(expected.map((place) => `12025550000 ${place} 60`).sort());
  });

  it.each([
    ['an open session', { isOpen: true }],
    ['a session with a PIN', { pins: [{ role: 'first' as const, index: 'pin1', length: 4 }] }],
  ])('never lends %s a number on which an open session began after the choice', async (_, more) => {
    await addNumbers(database, usNumbers(1));
    const rival = { ...wish(3, 4), isOpen: true };
    const late = { ...wish(1, 2), ...more };

    const outcome = await database.transaction(async (tx) => {
      const raced = beforeFirst(tx, 'SELECT id FROM virtual_number', () => allocate(rival, tx));
      return allocate(late, raced).catch((error: unknown) => error);
    });

    expect(outcome).toBeInstanceOf(Contended);
    expect((await placesOf(rival.sessionId)).strangers).toEqual(['12025550000 * second 60']);
  });

  it('never lends an open session a number on which a PIN was claimed after the choice', async () => {
    await addNumbers(database, usNumbers(1));
    const rival = { ...wish(3, 4), pins: [{ role: 'first' as const, index: 'pin1', length: 4 }] };

    const outcome = await database.transaction(async (tx) => {
      const raced = afterFirstRows(tx, () => allocate(rival, tx));
      return allocate({ ...wish(1, 2), isOpen: true }, raced).catch((error: unknown) => error);
    });

    expect(outcome).toBeInstanceOf(Contended);
  });

  it('never lends a number that neither party had and that was withdrawn after the choice', async () => {
    await addNumbers(database, usNumbers(1));

    const outcome = await database.transaction(async (tx) => {
      const raced = afterFirstRows(tx, () => tx.query("UPDATE virtual_number SET status = 'retired'"));
      return allocate(wish(1, 2), raced).catch((error: unknown) => error);
    });

    expect(outcome).toBeInstanceOf(Contended);
  });

  it('counts what would do for the busier of its people, and only live sessions of these two', async () => {
    await addNumbers(database, usNumbers(2));
    await openPair(1, 2);
    await openPair(1, 3);
    await openPair(4, 5);
    await openPair(2, 4);
    sessions.clock.advance(1000);
    const refusalOf = (request: AllocationRequest) =>
      allocate(request).catch((error: unknown) => (error as NumberPoolExhausted).details.extra);

    expect(await refusalOf(wish(1, 2))).toEqual({ numbers_needed: 5 });
    expect(await refusalOf(wish(1, 9))).toEqual({ numbers_needed: 3 });
    sessions.clock.advance(3_600_000);
    expect(await allocate(wish(1, 9))).toMatchObject({ number: expect.any(String) });
  });

  it('draws generated PINs again when the first draw is taken on every number', async () => {
    await addNumbers(database, usNumbers(1));
    const pin = {
      is_pin_authentication_required: true,
      pin_prompt_play: 'https://example.com/p.mp3',
      generate_pin: true,
      generate_pin_length: 4,
    };
    const made = [];
    for (let index = 0; index < 60; index++) made.push(await openPair(2 * index, 2 * index + 1, pin));

    const drawn = made.flatMap((session) => [session.parties.firstPin, session.parties.secondPin]);
    expect(new Set(drawn).size).toBe(120);
  });

  it('never refuses with 2N-1 numbers and at most N live sessions a party, whatever is created, ended and expired', async () => {
    const N = 3;
    const PARTIES = 7;
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('create' as const),
          first: fc.nat(PARTIES - 1),
          second: fc.nat(PARTIES - 1),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(50) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('expire' as const), seconds: fc.integer({ min: 1, max: 200 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
    );

    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 60 }), async (actions) => {
        await clearSessions(database);
        await addNumbers(database, usNumbers(2 * N - 1));
        const clock = new FakeClock();
        const world = sessionsOn(database, clock);
        let live: { id: string; first: number; second: number; expiresAt: number }[] = [];
        const busy = (one: number): number =>
          live.filter((session) => session.first === one || session.second === one).length;
        for (const step of actions) {
          live = live.filter((session) => session.expiresAt > clock.now());
          if (step.kind === 'create') {
            const isRenewal = live.some((session) => session.first === step.first && session.second === step.second);
            if (step.first === step.second || (!isRenewal && (busy(step.first) >= N || busy(step.second) >= N)))
              continue;
            const made = await world.open({
              first_party: party(step.first),
              second_party: party(step.second),
              session_expiry: 60 + step.first,
            });
            live = [
              ...live.filter((session) => session.id !== made.id),
              { id: made.id, first: step.first, second: step.second, expiresAt: made.expiresAt },
            ];
          } else if (step.kind === 'end') {
            const ended = live[step.which % Math.max(live.length, 1)];
            if (ended) await world.end(ended.id);
            live = live.filter((session) => session !== ended);
          } else if (step.kind === 'expire') clock.advance(step.seconds * 1000);
          else await world.expireDue.run();
        }
        await expectOneSessionPerPlace(database, clock.now());
      }),
      { numRuns: kind === 'sqlite' ? 60 : 12, seed: 20260105 },
    );
  }, 120_000);

  // On SQLite transactions come one after the other.
  (kind === 'sqlite' ? it.skip : it)(
    'never lends a number that a party had before and that was withdrawn after the choice',
    async () => {
      await addNumbers(database, usNumbers(1));
      await sessions.end((await openPair(1, 2)).id);

      const outcome = await database.transaction(async (tx) => {
        const raced = afterFirstRows(tx, () =>
          database.transaction((other) => other.query("UPDATE virtual_number SET status = 'retired'")),
        );
        return allocate(wish(1, 3), raced).catch((error: unknown) => error);
      });

      expect(outcome).toBeInstanceOf(Contended);
    },
  );

  (kind === 'sqlite' ? it.skip : it).each([
    ['that neither party had', false],
    ['that a party had before', true],
  ])('keeps a number from being withdrawn until the session that is lent it is there: one %s', async (_, isKnown) => {
    await addNumbers(database, usNumbers(1));
    if (isKnown) await sessions.end((await openPair(1, 2)).id);
    const order: string[] = [];
    let withdrawn: Promise<unknown> = Promise.resolve();

    await database.transaction(async (tx) => {
      await allocate(wish(1, 3), tx);
      withdrawn = database
        .transaction((other) => other.query("UPDATE virtual_number SET status = 'retired'"))
        .then(() => order.push('withdrawn'));
      while (order.length === 0 && !(await isAnyWaiting(database))) await delay(LOOK_MS);
      order.push('lent');
    });
    await withdrawn;

    expect(order).toEqual(['lent', 'withdrawn']);
  });

  // On SQLite transactions come one after the other.
  (kind === 'sqlite' ? it.skip : it)(
    'lets an open and a PIN session that are created at once have a number only one after the other',
    async () => {
      await addNumbers(database, usNumbers(1));
      const [opens, asks] = [sessionsOn(database, sessions.clock), sessionsOn(database, sessions.clock)];
      const claimed: string[] = [];
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      // Each has claimed its places and holds its transaction open, if nothing has kept it waiting before.
      for (const one of [opens, asks])
        one.events.subscribe(NumberAssigned, async (_, { sessionId }) => {
          claimed.push(sessionId);
          await gate;
        });

      const made = Promise.allSettled([
        opens.open({ first_party: party(1), create_session_with_single_party: true }),
        asks.open({
          first_party: party(3),
          second_party: party(4),
          is_pin_authentication_required: true,
          pin_prompt_play: 'https://example.com/p.mp3',
          first_party_pin: '1111',
          second_party_pin: '2222',
        }),
      ]);
      while (claimed.length < 2 && !(claimed.length === 1 && (await isAnyWaiting(database)))) await delay(LOOK_MS);
      const claimedAtOnce = claimed.length;
      goOn();

      const outcomes = await made;
      expect(claimedAtOnce).toBe(1);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const refused = outcomes.find((outcome) => outcome.status === 'rejected');
      expect(refused?.reason).toBeInstanceOf(NumberPoolExhausted);
    },
  );

  it('gives 64 parallel creators over overlapping parties no number twice and no half session', async () => {
    await addNumbers(database, usNumbers(10));
    const key = Buffer.alloc(32, 7);
    const clock = new FakeClock();
    const world = sessionsOn(database, clock, key);
    const refusals: unknown[] = [];
    let made = 0;

    await Promise.all(
      Array.from({ length: 64 }, async (_, creator) => {
        for (let round = 0; round < 6; round++) {
          const first = (creator * 7 + round * 3) % 23;
          const second = 30 + ((creator * 5 + round) % 19);
          try {
            const session = await world.open({ first_party: party(first), second_party: party(second) });
            made += 1;
            if ((creator + round) % 3 === 0) await world.end(session.id).catch(() => undefined);
          } catch (error) {
            if (!(error instanceof NumberPoolExhausted)) refusals.push(error);
          }
        }
      }),
    );

    expect(refusals).toEqual([]);
    expect(made).toBeGreaterThan(64);
    await expectOneSessionPerPlace(database, clock.now());
  }, 60_000);
});

/** Every live session has both its places, and no place has two live sessions. */
async function expectOneSessionPerPlace(database: Database, now: number): Promise<void> {
  const { live, places } = await database.read(async (manager) => ({
    live: (await manager.query(
      "SELECT id, virtual_number_id FROM masking_session WHERE status = 'active' AND expires_at > ?",
      [now],
    )) as {
      id: string;
      virtual_number_id: number;
    }[],
    places: (await manager.query('SELECT session_id, virtual_number_id FROM number_assignment WHERE free_after > ?', [
      now,
    ])) as {
      session_id: string;
      virtual_number_id: number;
    }[],
  }));
  const expected = live.flatMap((session) => [
    `${session.id} ${session.virtual_number_id}`,
    `${session.id} ${session.virtual_number_id}`,
  ]);
  expect(places.map((place) => `${place.session_id} ${place.virtual_number_id}`).sort()).toEqual(expected.sort());
}

/** A transaction in which something happens right after its first statement that finds anything. */
function afterFirstRows(tx: Tx, happens: () => Promise<unknown>): Tx {
  let hasHappened = false;
  const query = async (sql: string, parameters: unknown[]): Promise<unknown> => {
    const rows: unknown = await tx.query(sql, parameters);
    if (!hasHappened && Array.isArray(rows) && rows.length > 0) {
      hasHappened = true;
      await happens();
    }
    return rows;
  };
  return Object.create(tx, { query: { value: query } }) as Tx;
}

/** A transaction in which something happens right before its first statement that begins so. */
function beforeFirst(tx: Tx, beginning: string, happens: () => Promise<unknown>): Tx {
  let hasHappened = false;
  const query = async (sql: string, parameters: unknown[]): Promise<unknown> => {
    if (!hasHappened && sql.trim().startsWith(beginning)) {
      hasHappened = true;
      await happens();
    }
    return tx.query(sql, parameters);
  };
  return Object.create(tx, { query: { value: query } }) as Tx;
}

/** The server shows the same list again to whoever asks for it within 100 ms. */
const LOOK_MS = 120;

/** Whether a transaction in this database waits for a row that another one holds. */
async function isAnyWaiting(database: Database): Promise<boolean> {
  const rows = await database.read((manager) =>
    manager.query<unknown[]>(
      `SELECT trx_id FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = trx_mysql_thread_id
       WHERE trx_state = 'LOCK WAIT' AND db = DATABASE()`,
    ),
  );
  return rows.length > 0;
}
