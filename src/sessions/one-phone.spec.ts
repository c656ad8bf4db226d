import { beforeEach, beforeAll, expect, it } from '@jest/globals';
import { clearSessions, addNumbers, ACCOUNT, FakeClock, OWNER, sessionsOn } from '../../test/support/ground.js';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { NumberPoolExhausted } from '../number-pool/index.js';
import type { E164 } from '../telephony/phone.js';
import { sessionFilter } from './session-filter.js';

const [WITH_9, WITHOUT_9] = ['5491166773399', '541166773399'] as const;
const [B, C] = ['14155550101', '14155550102'];
const NUMBER = '12025550140';
const SPELLINGS = [
  [WITH_9, WITHOUT_9],
  [WITHOUT_9, WITH_9],
  ['5511969357255', '551169357255'],
  ['970599123456', '972599123456'],
  ['972599123456', '970599123456'],
  ['525541637145', '5215541637145'],
  ['447911123456', '4407911123456'],
  ['2290197123456', '22997123456'],
] as const;

describeOnEachDatabase('one phone, however spelt', (open) => {
  let database: TestDatabase['database'];
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });

  beforeEach(async () => {
    await clearSessions(database);
    sessions = sessionsOn(database, new FakeClock());
    await addNumbers(database, [NUMBER]);
  });

  const pair = (first: string, second: string, more: Record<string, unknown> = {}) =>
    sessions.open({ first_party: `+${first}`, second_party: `+${second}`, geomatch: false, ...more });
  const routeOf = (caller: string) =>
    database.transaction((tx) => sessions.findRoute.run(tx, ACCOUNT, NUMBER as E164, caller as E164));

  it.each(SPELLINGS)('%s is found as %s', async (given, shown) => {
    const { id } = await pair(given, B);

    expect(await routeOf(shown)).toMatchObject({ session: { id, parties: { first: given } }, role: 'first' });
  });

  it.each(SPELLINGS.slice(0, 6))('%s has a number, and %s is not lent it for somebody else', async (given, other) => {
    await pair(given, B);

    await expect(pair(other, C)).rejects.toThrow(NumberPoolExhausted);
    await expect(pair(C, other)).rejects.toThrow(NumberPoolExhausted);
  });

  it('is found by the lists in every spelling', async () => {
    const { id } = await pair(WITH_9, B);
    const filter = sessionFilter(OWNER, { first_party: WITHOUT_9 }, sessions.records, sessions.clock.now());

    expect(
      await database.read((manager) =>
        manager.query(`SELECT id FROM masking_session s WHERE ${filter.sql}`, filter.parameters),
      ),
    ).toEqual([{ id }]);
  });

  it('is refused as both parties', async () => {
    const refused = { message: 'Invalid parameter. first_party and second_party must be different' };

    await expect(pair(WITH_9, WITHOUT_9)).rejects.toMatchObject(refused);
    await expect(pair(WITHOUT_9, WITH_9)).rejects.toMatchObject(refused);
  });

  it('renews its session in another spelling, and is shown and dialled in the one given last', async () => {
    const made = await pair(WITH_9, B);
    const renewed = await pair(WITHOUT_9, B);

    expect(renewed).toMatchObject({ id: made.id, renewals: 1, parties: { first: WITHOUT_9, second: B } });
    expect((await sessions.findSession.run(OWNER, made.id)).first_party).toBe(WITHOUT_9);
    expect(await routeOf(WITH_9)).toMatchObject({ session: { parties: { first: WITHOUT_9 } }, role: 'first' });
  });

  it('keeps its PINs through such a renewal', async () => {
    const pins = {
      is_pin_authentication_required: true,
      first_party_pin: '1234',
      second_party_pin: '5678',
      pin_prompt_play: 'https://files.example/prompt.mp3',
    };
    await pair(WITH_9, B, pins);

    expect((await pair(WITHOUT_9, B)).parties).toEqual({
      first: WITHOUT_9,
      second: B,
      firstPin: '1234',
      secondPin: '5678',
    });
  });

  it('may be spelt anew by an update, though its session lets no party be replaced', async () => {
    const { id } = await pair(WITH_9, B);

    expect((await sessions.update(id, { first_party: `+${WITHOUT_9}` })).parties.first).toBe(WITHOUT_9);
    await expect(sessions.update(id, { first_party: `+${C}` })).rejects.toThrow('first_party cannot be updated');
    expect(await routeOf(WITH_9)).toMatchObject({ session: { id }, role: 'first' });
  });

  it('cannot join its own session as the missing party', async () => {
    const { id } = await sessions.open({
      first_party: WITH_9,
      create_session_with_single_party: true,
      geomatch: false,
    });

    await expect(sessions.update(id, { second_party: WITHOUT_9 })).rejects.toThrow('must be different');
  });

  it('cannot join a session on a number that it has for another one', async () => {
    await pair(WITH_9, B);
    const { id } = await sessions.open({ first_party: C, create_session_with_single_party: true, geomatch: false });

    await expect(sessions.update(id, { second_party: WITHOUT_9 })).rejects.toThrow(NumberPoolExhausted);
  });

  it('is no party where it is a virtual number', async () => {
    await addNumbers(database, [WITHOUT_9, '551169357255']);
    const refused = {
      code: 'party_is_virtual_number',
      message: 'Invalid parameter. first_party must not be a virtual number',
    };

    await expect(pair(WITH_9, B)).rejects.toMatchObject(refused);
    await expect(pair('5511969357255', WITH_9)).rejects.toMatchObject(refused);
    const { id } = await sessions.open({ first_party: C, create_session_with_single_party: true, geomatch: false });
    await expect(sessions.update(id, { second_party: WITH_9 })).rejects.toThrow('second_party must not be a virtual');
  });
});
