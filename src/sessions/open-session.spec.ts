import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, OWNER, party, sessionsOn, usNumbers } from '../../test/support/ground.js';
import {
  NumberPoolExhausted,
  PinTaken,
  type AllocateNumber,
  type AllocationRequest,
  type PoolRefusals,
} from '../number-pool/index.js';
import type { Database } from '../platform/database/database.js';
import { EVERY_COUNTRY } from '../telephony/destinations.js';
import type { E164 } from '../telephony/phone.js';
import { OpenSession } from './open-session.js';
import { CreateSessionPipe } from './session-body.pipe.js';
import type { SessionOwner, SessionRecord } from './session-record.js';
import { SessionOpened, SessionUpdated } from './sessions.events.js';

const SUBACCOUNT = 'SAXXXXXXXXXXXXXXXXXX';
const OTHER_SUBACCOUNT = 'SAYYYYYYYYYYYYYYYYYY';
const FILE = 'https://example.com/unknown.mp3';
const PIN = { is_pin_authentication_required: true, pin_prompt_play: 'https://example.com/p.mp3' };
const SINGLE = { create_session_with_single_party: true };

describeOnEachDatabase('opening a session', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;
  let told: (SessionOpened | SessionUpdated)[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(2));
    sessions = sessionsOn(database);
    told = [];
    sessions.events.subscribe(SessionOpened, async (_tx, event) => void told.push(event));
    sessions.events.subscribe(SessionUpdated, async (_tx, event) => void told.push(event));
  });

  const pair = { first_party: party(1), second_party: party(2) };
  const row = async (id: string): Promise<Record<string, unknown>> =>
    (
      await database.read<Record<string, unknown>[]>((m) => m.query('SELECT * FROM masking_session WHERE id = ?', [id]))
    )[0]!;
  const strangersOn = (virtualNumber: string) =>
    database.transaction((tx) => sessions.findStrangers.run(tx, ACCOUNT, virtualNumber as E164));

  /** Opens with a pool that only writes down what is wished for, and refuses as often as told. */
  function wishing(refusals = 0, Refusal: typeof NumberPoolExhausted = PinTaken) {
    const wishes: AllocationRequest[] = [];
    const noted: unknown[] = [];
    const allocate = {
      run: async (_tx: unknown, wish: AllocationRequest) => {
        wishes.push(wish);
        if (wishes.length <= refusals) throw new Refusal(1);
        return { id: 7, number: '12025550007' };
      },
    } as unknown as AllocateNumber;
    const poolRefusals = { note: (wish: unknown) => void noted.push(wish) } as unknown as PoolRefusals;
    const { clock, config, events, records } = sessions;
    const openSession = new OpenSession(clock, config, events, records, allocate, poolRefusals);
    const run = (body: Record<string, unknown>, owner: SessionOwner = OWNER, fee = '0'): Promise<SessionRecord> =>
      database.transaction((tx) =>
        openSession.run(tx, owner, new CreateSessionPipe(config).transform(body), {
          ...EVERY_COUNTRY,
          session_fee: fee,
        }),
      );
    return { wishes, noted, run };
  }

  it('keeps it as asked for, and announces it with the wish to be called', async () => {
    const opened = await sessions.open({ ...pair, session_expiry: 600, initiate_call_to_first_party: true });
    const now = sessions.clock.now();
    expect(opened).toMatchObject({
      accountId: ACCOUNT,
      subaccountId: null,
      status: 'active',
      virtualNumber: usNumbers(1)[0],
      createdAt: now,
      modifiedAt: now,
      expiresAt: now + 600_000,
      renewals: 0,
      fee: 0,
    });
    expect(told).toEqual([new SessionOpened(opened, true)]);
    await sessions.open({ first_party: party(3), second_party: party(4) });
    expect(told[1]).toMatchObject({ isCallRequested: false });
  });

  it('charges what a session costs the account then', async () => {
    const opened = await wishing().run(pair, OWNER, '0.25');
    expect([opened.fee, Number((await row(opened.id))['fee'])]).toEqual([250_000, 250_000]);
  });

  it('renews the live session of the pair, and announces that with the wish of this create', async () => {
    const { id } = await sessions.open({ ...pair, initiate_call_to_first_party: true });
    sessions.clock.advance(1000);
    expect(await sessions.open(pair)).toMatchObject({
      id,
      renewals: 1,
      settings: { initiate_call_to_first_party: true },
    });
    expect(await sessions.open({ ...pair, initiate_call_to_first_party: true })).toMatchObject({ id, renewals: 2 });
    expect((await row(id))['renewals']).toBe(2);
    expect(told.slice(1)).toEqual([
      new SessionUpdated(ACCOUNT, id, true, false, expect.any(String) as never),
      new SessionUpdated(ACCOUNT, id, true, true, expect.any(String) as never),
    ]);
  });

  it('with a renewal holds the number for the new time', async () => {
    const { virtualNumber } = await sessions.open({ ...pair, session_expiry: 60 });
    await sessions.open({ ...pair, session_expiry: 600 });
    sessions.clock.advance(300_000);
    const other = await sessions.open({ first_party: party(1), second_party: party(9) });
    expect(other.virtualNumber).not.toBe(virtualNumber);
  });

  it('with a renewal that brings a file for unknown callers has it found on the number', async () => {
    const { virtualNumber } = await sessions.open(pair);
    expect((await strangersOn(virtualNumber)).play).toBeNull();
    await sessions.open({ ...pair, unknown_caller_play: FILE, session_expiry: 600 });
    expect((await strangersOn(virtualNumber)).play).toBe(FILE);
    await sessions.open({ ...pair, unknown_caller_play: `${FILE}?2`, session_expiry: 600 });
    expect((await strangersOn(virtualNumber)).play).toBe(`${FILE}?2`);
    sessions.clock.advance(599_999);
    expect((await strangersOn(virtualNumber)).play).toBe(`${FILE}?2`);
    sessions.clock.advance(1);
    expect((await strangersOn(virtualNumber)).play).toBeNull();
  });

  it('makes the session of a pair that has run out give way to the millisecond, although nobody has recorded it', async () => {
    const first = await sessions.open({ ...pair, session_expiry: 60 });
    sessions.clock.advance(59_999);
    expect((await sessions.open({ ...pair, session_expiry: 60 })).id).toBe(first.id);
    sessions.clock.advance(60_000);
    const second = await sessions.open(pair);
    expect(second.id).not.toBe(first.id);
    expect([(await row(first.id))['pair_index'], (await row(second.id))['pair_index']]).toEqual([
      null,
      expect.any(String),
    ]);
  });

  it('refuses a party that may not be called, and leaves nothing behind', async () => {
    const { clock, config, events, records } = sessions;
    const allocate = { run: async () => ({ id: 7, number: '12025550007' }) } as unknown as AllocateNumber;
    const opening = new OpenSession(clock, config, events, records, allocate, undefined as unknown as PoolRefusals);
    const body = new CreateSessionPipe(config).transform({ ...pair, second_party: '+442079460123' });
    const terms = { allowed_countries: ['US'], session_fee: '0' };
    await expect(database.transaction((tx) => opening.run(tx, OWNER, body, terms))).rejects.toMatchObject({
      code: 'destination_not_allowed',
    });
    expect(await database.read((m) => m.query('SELECT id FROM masking_session'))).toEqual([]);
  });

  describe('for whom', () => {
    beforeEach(() =>
      database.transaction(async (tx) => {
        await tx.query('DELETE FROM subaccount');
        for (const [id, account] of [
          [SUBACCOUNT, ACCOUNT],
          [OTHER_SUBACCOUNT, 'MAOTHEROTHEROTHER000'],
        ])
          await tx.query("INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES (?, ?, 'x', 0)", [
            id,
            account,
          ]);
      }),
    );
    const invalid = { message: 'Invalid parameter. subaccount is not valid' };

    it('is the account, or one of its subaccounts where it says so', async () => {
      const { run } = wishing();
      expect(await run(pair)).toMatchObject({ accountId: ACCOUNT, subaccountId: null });
      expect(await run({ ...pair, subaccount: SUBACCOUNT })).toMatchObject({ subaccountId: SUBACCOUNT });
      await expect(run({ ...pair, subaccount: OTHER_SUBACCOUNT })).rejects.toMatchObject(invalid);
      await expect(run({ ...pair, subaccount: 'SAZZZZZZZZZZZZZZZZZZ' })).rejects.toMatchObject(invalid);
    });

    it('is a subaccount that opens it for itself, and for nobody else', async () => {
      const { run } = wishing();
      const own = { accountId: ACCOUNT, subaccountId: SUBACCOUNT };
      expect(await run(pair, own)).toMatchObject({ subaccountId: SUBACCOUNT });
      const named = { first_party: party(5), second_party: party(6), subaccount: SUBACCOUNT };
      expect(await run(named, own)).toMatchObject({ subaccountId: SUBACCOUNT });
      await expect(run({ ...pair, subaccount: OTHER_SUBACCOUNT }, own)).rejects.toMatchObject(invalid);
      const another = { accountId: ACCOUNT, subaccountId: 'SAZZZZZZZZZZZZZZZZZZ' };
      await expect(run({ ...pair, subaccount: SUBACCOUNT }, another)).rejects.toMatchObject(invalid);
    });

    it('has pairs of its own: the same two of another owner are another session', async () => {
      const { run } = wishing();
      const main = await run(pair);
      expect((await run({ ...pair, subaccount: SUBACCOUNT })).id).not.toBe(main.id);
    });
  });

  describe('wishes for a number', () => {
    const index = (number: string) => sessions.records.partyIndex(ACCOUNT, number.slice(1));

    it('on which both parties are, for as long as it lives and cools off', async () => {
      const { wishes, run } = wishing();
      const { id } = await run({ ...pair, session_expiry: 60, virtual_number_cooloff_period: 30 });
      const now = sessions.clock.now();
      expect(wishes).toEqual([
        {
          accountId: ACCOUNT,
          subaccountId: null,
          sessionId: id,
          callingCode: '1',
          country: 'US',
          parties: [
            { role: 'first', index: index(party(1)), number: party(1).slice(1) },
            { role: 'second', index: index(party(2)), number: party(2).slice(1) },
          ],
          pins: [],
          playIndex: null,
          prefersMedia: false,
          isOpen: false,
          openRole: 'second',
          now,
          freeAfter: now + 90_000,
        },
      ]);
    });

    it.each([
      [{ first_party: '+442079460123', second_party: party(2) }, '44'],
      [{ second_party: '+442079460123', ...SINGLE }, '44'],
      [{ first_party: '+442079460123', second_party: party(2), geomatch: false }, null],
    ])('of the country of the first party, or of the only one, unless any will do: %j', async (body, callingCode) => {
      const { wishes, run } = wishing();
      await run(body);
      expect(wishes[0]?.callingCode).toBe(callingCode);
    });

    it('of its own country first, where others share the calling code, and then of any of them', async () => {
      await addNumbers(database, ['14165550100']);
      const canadian = '+16045550123';
      const lent = async (body: Record<string, unknown>) => (await sessions.open(body)).virtualNumber;
      expect(await lent({ first_party: canadian, second_party: party(1) })).toBe('14165550100');
      expect(await lent({ first_party: canadian, second_party: party(2) })).toBe(usNumbers(2)[0]);
      expect(await lent({ first_party: party(1), second_party: party(3) })).toBe(usNumbers(2)[0]);
      expect(await lent({ first_party: '+16045550124', second_party: party(4), ...PIN, generate_pin: true })).toBe(
        '14165550100',
      );
    });

    it('that the same two had before, also where it is not of their country', async () => {
      const two = { first_party: '+16045550123', second_party: party(1) };
      const before = await sessions.open(two);
      await sessions.end(before.id);
      await addNumbers(database, ['14165550100']);
      expect((await sessions.open(two)).virtualNumber).toBe(before.virtualNumber);
    });

    it.each([
      [{ first_party: party(1), ...SINGLE }, true, 'second'],
      [{ second_party: party(1), ...SINGLE }, true, 'first'],
      [{ ...pair, ...SINGLE }, false, 'second'],
      [{ first_party: party(1), ...SINGLE, ...PIN, second_party_pin: '2222' }, false, 'second'],
    ])(
      'that takes strangers, where one party is missing and no PIN is asked for: %j',
      async (body, isOpen, openRole) => {
        const { wishes, run } = wishing();
        await run(body);
        expect(wishes[0]).toMatchObject({ isOpen, ...(isOpen && { openRole }) });
      },
    );

    it('where its PINs and its file for unknown callers have a place', async () => {
      const { wishes, run } = wishing();
      const { id } = await run({
        ...pair,
        ...PIN,
        first_party_pin: '1111',
        second_party_pin: '2222',
        unknown_caller_play: FILE,
      });
      expect(wishes[0]).toMatchObject({
        pins: [
          { role: 'first', index: sessions.records.pinIndex(ACCOUNT, '1111') },
          { role: 'second', index: sessions.records.pinIndex(ACCOUNT, '2222') },
        ],
        playIndex: sessions.records.playIndex(ACCOUNT, id),
      });
    });
  });

  describe('where no number fits', () => {
    it('is refused at once with PINs of its own, and counted for the operator', async () => {
      const { wishes, noted, run } = wishing(9);
      const own = { ...pair, ...PIN, first_party_pin: '1111', second_party_pin: '2222' };
      await expect(run(own)).rejects.toBeInstanceOf(NumberPoolExhausted);
      expect([wishes.length, noted]).toEqual([1, [wishes[0]]]);
      expect(await database.read((m) => m.query('SELECT id FROM masking_session'))).toEqual([]);
      expect(told).toEqual([]);
    });

    it('draws other PINs where they are ours, five times at the most', async () => {
      const { wishes, noted, run } = wishing(9);
      const drawn = { ...pair, ...PIN, generate_pin: true, generate_pin_length: 15 };
      await expect(run(drawn)).rejects.toBeInstanceOf(NumberPoolExhausted);
      expect(new Set(wishes.map(({ pins }) => JSON.stringify(pins))).size).toBe(5);
      expect([wishes.length, noted.length]).toEqual([5, 1]);
    });

    it('draws no other PINs where the parties are what is in the way', async () => {
      const { wishes, noted, run } = wishing(9, NumberPoolExhausted);
      await expect(run({ ...pair, ...PIN, generate_pin: true })).rejects.toBeInstanceOf(NumberPoolExhausted);
      expect([wishes.length, noted.length]).toEqual([1, 1]);
    });

    it('has the PINs with which it found one', async () => {
      const { wishes, noted, run } = wishing(2);
      const { parties } = await run({ ...pair, ...PIN, generate_pin: true, generate_pin_length: 15 });
      expect([wishes.length, noted]).toEqual([3, []]);
      expect(wishes[2]?.pins[0]?.index).toBe(sessions.records.pinIndex(ACCOUNT, parties.firstPin ?? ''));
    });

    it('passes on what else goes wrong', async () => {
      const { clock, config, events, records } = sessions;
      const broken = { run: () => Promise.reject(new Error('no database')) } as unknown as AllocateNumber;
      const noted = { note: () => expect('nothing').toBe('noted') } as unknown as PoolRefusals;
      const opening = new OpenSession(clock, config, events, records, broken, noted);
      const body = new CreateSessionPipe(config).transform({ ...pair, ...PIN, generate_pin: true });
      const terms = { ...EVERY_COUNTRY, session_fee: '0' };
      await expect(database.transaction((tx) => opening.run(tx, OWNER, body, terms))).rejects.toThrow('no database');
    });
  });
});
