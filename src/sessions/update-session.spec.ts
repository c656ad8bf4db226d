import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addNumbers,
  announced,
  clearSessions,
  OWNER,
  party,
  sessionsOn,
  usNumbers,
} from '../../test/support/ground.js';
import { NumberPoolExhausted, NumberReleased } from '../number-pool/index.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { EVERY_COUNTRY } from '../telephony/destinations.js';
import type { E164 } from '../telephony/phone.js';
import { UpdateSessionPipe } from './session-body.pipe.js';
import { NEVER } from './session.entity.js';
import { SessionEnded, SessionUpdated } from './sessions.events.js';
import { UpdateSession } from './update-session.js';

const [VIRTUAL = ''] = usNumbers(1);
const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const SINGLE = { create_session_with_single_party: true };
const PIN = {
  is_pin_authentication_required: true,
  pin_prompt_play: 'https://example.com/p.mp3',
  first_party_pin: '1111',
  second_party_pin: '2222',
};

describeOnEachDatabase('a live session', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;
  let told: object[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    sessions = sessionsOn(database);
    told = announced(sessions.events, [SessionUpdated, SessionEnded, NumberReleased]);
  });

  const pair = { first_party: party(1), second_party: party(2) };
  const now = (): number => sessions.clock.now();
  const later = (milliseconds: number): void => sessions.clock.advance(milliseconds);
  const route = (caller: string, virtualNumber = VIRTUAL, account = ACCOUNT) =>
    database.transaction((tx) =>
      sessions.findRoute.run(tx, account, virtualNumber as E164, caller.replace('+', '') as E164),
    );
  const strangers = (virtualNumber = VIRTUAL, account = ACCOUNT) =>
    database.transaction((tx) => sessions.findStrangers.run(tx, account, virtualNumber as E164));
  const byPin = (pin: string) =>
    database.transaction((tx) => sessions.findStrangers.byPin(tx, ACCOUNT, VIRTUAL as E164, pin));
  const rows = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    database.read((manager) => manager.query<Row[]>(sql, parameters));
  const ended = 'Session already expired';

  describe('that is updated', () => {
    it('keeps what the update does not name, is announced, and has changed now', async () => {
      const session = await sessions.open({ ...pair, session_expiry: 600 });
      later(1000);
      const updated = await sessions.update(session.id, { ring_timeout: 20 });
      expect(updated).toEqual({
        ...session,
        settings: { ...session.settings, ring_timeout: 20 },
        modifiedAt: now(),
      });
      expect(told).toEqual([new SessionUpdated(ACCOUNT, session.id, false, false, session.virtualNumber)]);
      const kept = await database.transaction((tx) => sessions.findSessionById.run(tx, ACCOUNT, session.id));
      expect(kept).toMatchObject({ settings: { ring_timeout: 20 }, modifiedAt: now(), expiresAt: session.expiresAt });
    });

    it('has a new end, and is on its number until then and the cool-off after it', async () => {
      const session = await sessions.open({ ...pair, session_expiry: 60, virtual_number_cooloff_period: 30 });
      later(10_000);
      await sessions.update(session.id, { session_expiry: 600 });
      const held = await rows<{ free_after: number }>('SELECT free_after FROM number_assignment');
      expect(held.map(({ free_after }) => Number(free_after))).toEqual([now() + 630_000, now() + 630_000]);
    });

    it('is refused to who does not have it, and once it has ended, to the millisecond', async () => {
      const session = await sessions.open({ ...pair, session_expiry: 60 });
      const { clock, config, events, records } = sessions;
      const updating = new UpdateSession(clock, config, events, records);
      const by = (accountId: string, subaccountId: string | null, id = session.id) =>
        database.transaction((tx) =>
          updating.run(tx, { accountId, subaccountId }, id, new UpdateSessionPipe(config).transform({}), EVERY_COUNTRY),
        );
      for (const asked of [
        () => by(OTHER_ACCOUNT, null),
        () => by(ACCOUNT, 'SAXXXXXXXXXXXXXXXXXX'),
        () => by(ACCOUNT, null, newId()),
      ])
        await expect(asked()).rejects.toMatchObject({ kind: 'not-found' });
      later(59_999);
      await by(ACCOUNT, null);
      later(1);
      await expect(by(ACCOUNT, null)).rejects.toThrow(ended);
    });

    it('is refused a party that may not be called', async () => {
      const session = await sessions.open({ first_party: party(1), ...SINGLE });
      const { clock, config, events, records } = sessions;
      const request = new UpdateSessionPipe(config).transform({ second_party: '+442079460123' });
      const updating = new UpdateSession(clock, config, events, records);
      await expect(
        database.transaction((tx) => updating.run(tx, OWNER, session.id, request, { allowed_countries: ['US'] })),
      ).rejects.toMatchObject({ code: 'destination_not_allowed' });
    });

    it('is not refused for a party that it does not change, wherever calls may go since', async () => {
      const session = await sessions.open({ first_party: party(1), second_party: party(2) });
      const { clock, config, events, records } = sessions;
      const request = new UpdateSessionPipe(config).transform({ ring_timeout: 40 });
      const updating = new UpdateSession(clock, config, events, records);
      const updated = await database.transaction((tx) =>
        updating.run(tx, OWNER, session.id, request, { allowed_countries: ['FR'] }),
      );
      expect(updated.settings.ring_timeout).toBe(40);
    });

    it('is not refused for a party that it names as it is, whatever holds for new ones since', async () => {
      const { clock, config, events, records } = sessions;
      const updating = new UpdateSession(clock, config, events, records);
      const update = (id: string, body: object, allowed_countries: string[]) =>
        database.transaction((tx) =>
          updating.run(tx, OWNER, id, new UpdateSessionPipe(config).transform({ ...body }), { allowed_countries }),
        );
      const session = await sessions.open({ first_party: party(1), second_party: party(2) });
      await addNumbers(database, [party(1).slice(1)]);
      const same = { first_party: party(1), second_party: party(2) };
      expect((await update(session.id, { ...same, ring_timeout: 40 }, ['FR'])).settings.ring_timeout).toBe(40);

      // Nor for the other one, when one is new.
      const single = await sessions.open({ first_party: party(3), ...SINGLE });
      const [abroad, barred] = ['+33612345678', '+33612345679'];
      const joined = await update(single.id, { first_party: party(3), second_party: abroad }, ['FR']);
      expect(joined.parties).toMatchObject({ first: party(3).slice(1), second: abroad.slice(1) });
      await expect(update(single.id, { second_party: barred }, ['US'])).rejects.toMatchObject({
        code: 'destination_not_allowed',
        details: { param: 'second_party' },
      });
    });

    it('of one party takes the other, which is its seat from then on', async () => {
      const session = await sessions.open({ second_party: party(2), ...SINGLE });
      expect((await strangers()).open).toMatchObject({ role: 'first' });
      const updated = await sessions.update(session.id, { first_party: party(1) });
      expect(updated.parties).toMatchObject({ first: party(1).slice(1), second: party(2).slice(1) });
      expect(await route(party(1))).toMatchObject({ role: 'first', session: { id: session.id } });
      expect(await route(party(2))).toMatchObject({ role: 'second' });
      expect((await strangers()).open).toBeNull();
    });

    it('may not have one phone as both parties, nor its own number as one', async () => {
      const session = await sessions.open({ first_party: party(1), ...SINGLE });
      await expect(sessions.update(session.id, { second_party: party(1) })).rejects.toThrow(
        'Invalid parameter. first_party and second_party must be different',
      );
      await expect(sessions.update(session.id, { second_party: `+${VIRTUAL}` })).rejects.toThrow(
        'Invalid parameter. second_party must not be a virtual number',
      );
    });

    it('lets the party that leaves be given its number again after the cool-off, counted from now', async () => {
      const cooling = { ...SINGLE, virtual_number_cooloff_period: 30, session_expiry: 3600 };
      const session = await sessions.open({ ...pair, ...cooling });
      await sessions.update(session.id, { second_party: party(3) });
      const other = { first_party: party(2), second_party: party(4) };
      later(29_999);
      await expect(sessions.open(other)).rejects.toBeInstanceOf(NumberPoolExhausted);
      later(1);
      await expect(sessions.open(other)).resolves.toMatchObject({ virtualNumber: VIRTUAL });
      await expect(sessions.open({ first_party: party(1), second_party: party(5) })).rejects.toBeInstanceOf(
        NumberPoolExhausted,
      );
    });

    it('takes back a party that left it, and one whose other session has ended', async () => {
      const session = await sessions.open({ ...pair, ...SINGLE });
      await sessions.update(session.id, { second_party: party(3) });
      await sessions.update(session.id, { second_party: party(2) });
      expect(await route(party(2))).toMatchObject({ role: 'second' });
      const other = await sessions.open({ first_party: party(8), second_party: party(9) });
      await expect(sessions.update(session.id, { second_party: party(9) })).rejects.toBeInstanceOf(NumberPoolExhausted);
      await sessions.end(other.id);
      await sessions.update(session.id, { second_party: party(9) });
      expect(await route(party(9))).toMatchObject({ session: { id: session.id } });
    });

    it('is refused to become the pair of another live session, and may once that has run out', async () => {
      await addNumbers(database, ['12025550001', '12025550002']);
      await sessions.open({ ...pair, session_expiry: 60 });
      const session = await sessions.open({ first_party: party(1), ...SINGLE, session_expiry: 3600 });
      expect(session.virtualNumber).not.toBe(VIRTUAL);
      later(59_999);
      await expect(sessions.update(session.id, { second_party: party(2) })).rejects.toThrow(
        'Invalid parameter. these two parties have a live session of their own',
      );
      later(1);
      await sessions.update(session.id, { second_party: party(2) });
      expect((await sessions.open(pair)).id).toBe(session.id);
    });

    it('with PIN goes on asking strangers when its missing party is set', async () => {
      const session = await sessions.open({ first_party: party(1), ...SINGLE, ...PIN });
      await sessions.update(session.id, { second_party: party(2) });
      expect((await strangers()).prompt?.id).toBe(session.id);
    });

    it('keeps its place for strangers while a party is missing', async () => {
      const session = await sessions.open({ first_party: party(1), ...SINGLE });
      await sessions.update(session.id, { first_party: party(3) });
      expect((await strangers()).open).toMatchObject({ role: 'second' });
    });
  });

  describe('that is ended', () => {
    it('is over now, has let go of its pair, and is told so with the cool-off of its number', async () => {
      const session = await sessions.open({ ...pair, virtual_number_cooloff_period: 30, session_expiry: 3600 });
      later(5000);
      await sessions.end(session.id);
      expect(told).toEqual([
        new NumberReleased(ACCOUNT, session.id, now() + 30_000),
        new SessionEnded(ACCOUNT, session.id, 'deleted', now()),
      ]);
      const [row] = await rows<Record<string, unknown>>('SELECT * FROM masking_session');
      expect(row).toMatchObject({ status: 'expired', pair_index: null, expires_at: now(), modified_at: now() });
      later(29_999);
      await expect(sessions.open(pair)).rejects.toBeInstanceOf(NumberPoolExhausted);
      later(1);
      expect((await sessions.open(pair)).virtualNumber).toBe(VIRTUAL);
    });

    it('takes nothing of its own with it of another session', async () => {
      await addNumbers(database, ['12025550001']);
      const session = await sessions.open(pair);
      const other = await sessions.open({ first_party: party(1), second_party: party(3) });
      await sessions.end(session.id);
      expect(await route(party(3), other.virtualNumber)).toMatchObject({ session: { id: other.id } });
      await expect(sessions.findSession.run(OWNER, other.id)).resolves.toMatchObject({ status: 'active' });
    });

    it('is refused where nobody has it, and when it has ended already, to the millisecond', async () => {
      await expect(sessions.end(newId())).rejects.toMatchObject({ kind: 'not-found' });
      const session = await sessions.open({ ...pair, session_expiry: 60 });
      later(60_000);
      await expect(sessions.end(session.id)).rejects.toThrow(ended);
    });
  });

  describe('whose time has passed', () => {
    it('is recorded as expired and announced with the instant of its expiry, once, and no other', async () => {
      await addNumbers(database, ['12025550001', '12025550002']);
      const due = await sessions.open({ ...pair, session_expiry: 60 });
      const live = await sessions.open({ first_party: party(3), second_party: party(4), session_expiry: 61 });
      later(59_999);
      expect(await sessions.expireDue.run()).toBe(0);
      later(1);
      expect(await sessions.expireDue.run()).toBe(1);
      expect(told).toEqual([new SessionEnded(ACCOUNT, due.id, 'expired', now())]);
      expect(await rows('SELECT id, pair_index FROM masking_session WHERE status = ?', ['expired'])).toEqual([
        { id: due.id, pair_index: null },
      ]);
      later(1000);
      expect(await sessions.expireDue.run()).toBe(1);
      expect(told[1]).toEqual(new SessionEnded(ACCOUNT, live.id, 'expired', now()));
      expect(await sessions.expireDue.run()).toBe(0);
    });

    it('is recorded before the next ones, five hundred at a time', async () => {
      await database.transaction(async (tx) => {
        for (let index = 0; index < 501; index++)
          await tx.query(
            `INSERT INTO masking_session (id, account_id, status, parties, virtual_number_id, virtual_number, settings, created_at, modified_at, expires_at)
             VALUES (?, ?, 'active', '', 1, '', '{}', 0, 0, ?)`,
            [`due-${index}`, ACCOUNT, now() - index],
          );
      });
      expect(await sessions.expireDue.run()).toBe(501);
      const order = told.map((event) => (event as SessionEnded).endedAt);
      expect(order).toEqual(order.toSorted((left, right) => left - right));
      expect(order).toHaveLength(501);
    });
  });

  it('that never ends is on its number for good', async () => {
    sessions = sessionsOn(database, undefined, undefined, { ZERO_SESSION_EXPIRY: 'never' });
    const session = await sessions.open({ ...pair, session_expiry: 0 });
    expect(session.expiresAt).toBe(NEVER);
    later(400 * 86_400_000);
    expect(await sessions.expireDue.run()).toBe(0);
    expect(await route(party(1))).toMatchObject({ session: { id: session.id } });
  });

  describe('is found by a caller', () => {
    it('that is its party, on its own number, of its own account, until the millisecond of its expiry', async () => {
      await addNumbers(database, ['12025550001']);
      const session = await sessions.open({ ...pair, session_expiry: 60 });
      expect(await route(party(1))).toMatchObject({ role: 'first', session: { id: session.id } });
      expect(await route(party(2))).toMatchObject({ role: 'second' });
      expect(await route(party(3))).toBeNull();
      expect(await route(party(1), '12025550001')).toBeNull();
      expect(await route(party(1), VIRTUAL, OTHER_ACCOUNT)).toBeNull();
      later(59_999);
      expect(await route(party(1))).not.toBeNull();
      later(1);
      expect(await route(party(1))).toBeNull();
    });

    it('not any more once the session has moved to another number', async () => {
      const session = await sessions.open(pair);
      await database.transaction((tx) =>
        tx.query('UPDATE masking_session SET virtual_number_id = virtual_number_id + 1 WHERE id = ?', [session.id]),
      );
      expect(await route(party(1))).toBeNull();
    });

    it('in the role that the session gives it, whatever its place on the number remembers', async () => {
      const session = await sessions.open(pair);
      await database.transaction((tx) => tx.query("UPDATE number_assignment SET role = 'second'"));
      expect(await route(party(1))).toMatchObject({ session: { id: session.id }, role: 'first' });
      expect(await route(party(2))).toMatchObject({ session: { id: session.id }, role: 'second' });
    });
  });

  describe('answers for strangers', () => {
    it('in the role that is missing, until the millisecond of its expiry, on its own number and account', async () => {
      await addNumbers(database, ['12025550001']);
      const session = await sessions.open({ first_party: party(1), ...SINGLE, session_expiry: 60 });
      expect(await strangers()).toEqual({
        open: { role: 'second', session: expect.objectContaining({ id: session.id }) },
        prompt: null,
        play: null,
      });
      const nobody = { open: null, prompt: null, play: null };
      expect(await strangers('12025550001')).toEqual(nobody);
      expect(await strangers(VIRTUAL, OTHER_ACCOUNT)).toEqual(nobody);
      later(59_999);
      expect((await strangers()).open).not.toBeNull();
      later(1);
      expect(await strangers()).toEqual(nobody);
    });

    it('never where both parties are known, whatever it claims', async () => {
      const session = await sessions.open(pair);
      await database.transaction((tx) =>
        tx.query(
          "INSERT INTO pin_assignment (virtual_number_id, pin_index, session_id, role, free_after) VALUES (?, '*', ?, 'second', ?)",
          [session.virtualNumberId, session.id, session.expiresAt],
        ),
      );
      expect((await strangers()).open).toBeNull();
    });

    it('with the newest prompt and the newest file', async () => {
      const more = (index: number) => ({
        first_party: party(index),
        second_party: party(index + 1),
        ...PIN,
        first_party_pin: `111${index}`,
        second_party_pin: `222${index}`,
        unknown_caller_play: `https://example.com/${index}.mp3`,
      });
      await sessions.open(more(1));
      later(1000);
      const newest = await sessions.open(more(3));
      expect(await strangers()).toMatchObject({
        open: null,
        prompt: { id: newest.id },
        play: 'https://example.com/3.mp3',
      });
    });

    it('with an older session from the millisecond on in which the newest runs out', async () => {
      const older = await sessions.open({ ...pair, ...PIN, session_expiry: 600 });
      later(1000);
      const other = {
        first_party: party(3),
        second_party: party(4),
        first_party_pin: '3333',
        second_party_pin: '4444',
      };
      const newest = await sessions.open({ ...PIN, ...other, session_expiry: 60 });
      later(59_999);
      expect((await strangers()).prompt?.id).toBe(newest.id);
      later(1);
      expect((await strangers()).prompt?.id).toBe(older.id);
    });

    it('with the later of two sessions of one instant', async () => {
      const ids = [
        await sessions.open({ ...pair, ...PIN }),
        await sessions.open({
          first_party: party(3),
          second_party: party(4),
          ...PIN,
          first_party_pin: '3333',
          second_party_pin: '4444',
        }),
      ].map(({ id }) => id);
      expect((await strangers()).prompt?.id).toBe(ids.sort().at(-1));
    });

    it('with a file that is not asked for with a PIN, and the other way round', async () => {
      await sessions.open({ ...pair, unknown_caller_play: 'https://example.com/u.mp3' });
      expect(await strangers()).toEqual({ open: null, prompt: null, play: 'https://example.com/u.mp3' });
      await clearSessions(database);
      await addNumbers(database, [VIRTUAL]);
      const session = await sessions.open({ ...pair, ...PIN });
      expect(await strangers()).toMatchObject({ open: null, prompt: { id: session.id }, play: null });
    });

    it('by the PIN of the role that it opens, and by no other', async () => {
      const session = await sessions.open({ ...pair, ...PIN, session_expiry: 60 });
      expect(await byPin('1111')).toMatchObject({ role: 'first', session: { id: session.id } });
      expect(await byPin('2222')).toMatchObject({ role: 'second' });
      expect(await byPin('3333')).toBeNull();
      later(60_000);
      expect(await byPin('1111')).toBeNull();
    });
  });

  describe('is shown', () => {
    it('to its account, and to the subaccount that has it', async () => {
      const session = await sessions.open(pair);
      const find = (accountId: string, subaccountId: string | null, id = session.id) =>
        sessions.findSession.run({ accountId, subaccountId }, id);
      expect(await find(ACCOUNT, null)).toMatchObject({ session_uuid: session.id });
      await database.transaction((tx) => tx.query("UPDATE masking_session SET subaccount_id = 'SAX'"));
      expect(await find(ACCOUNT, 'SAX')).toMatchObject({ session_uuid: session.id });
      expect(await find(ACCOUNT, null)).toMatchObject({ session_uuid: session.id });
      for (const asked of [
        () => find(ACCOUNT, 'SAY'),
        () => find(OTHER_ACCOUNT, null),
        () => find(ACCOUNT, null, newId()),
      ])
        await expect(asked()).rejects.toMatchObject({ kind: 'not-found' });
    });
  });
});
