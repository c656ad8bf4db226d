import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addAccounts, addNumbers, clearSessions, party, usNumbers } from '../../test/support/ground.js';
import type { CallSettingsPatch } from '../accounts/index.js';
import type { CallLeg } from '../call-routing/call.entity.js';
import type { RecordState } from '../call-routing/index.js';
import type { Database } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';
import { INTERACTIONS } from '../sessions/interaction.entity.js';
import { ownAmountOf } from './count-call.js';
import { ForgetFigures } from './forget-figures.js';

const HOUR = 3_600_000;
const OTHER = 'MAOTHEROTHEROTHER000';

describeOnEachDatabase('counting calls', (open, kind) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let billing: ReturnType<typeof billingOn>;
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(2));
    await addAccounts(database, [ACCOUNT, OTHER]);
    calls = callsOn(database);
    billing = billingOn(database, calls);
    session = await calls.sessions.open({ first_party: party(1), second_party: party(2) });
  });

  const set = (patch: CallSettingsPatch) => database.transaction((tx) => calls.settings.change(tx, ACCOUNT, patch));
  /** The conversation that the API shows of it. */
  const converse = (callId: string): Promise<void> =>
    database.transaction((tx) =>
      INTERACTIONS.insert(tx, {
        id: callId,
        sessionId: session.id,
        startedAt: 0,
        busyUntil: 0,
        legCount: 2,
        duration: 0,
        billedDuration: 0,
        amount: 0,
      }),
    );
  /** Both legs have ended; the second was talked on for 50 s. */
  const talk = async (uuid = 'a', more: { sessionId?: string } = {}): Promise<string> => {
    const sessionId = more.sessionId ?? session.id;
    const callId = await billing.call(uuid, { sessionId });
    await billing.leg(uuid, { callId, sessionId, duration: 60, billedDuration: 60, amount: 8500 });
    await billing.leg(`${uuid}-b`, { callId, sessionId, side: 'B', duration: 50, billedDuration: 120, amount: 24_000 });
    return callId;
  };
  const number = () => `+${session.virtualNumber}`;

  it('counts one that has ended in its hour, number, session and account, however often it is told', async () => {
    await talk();
    for (const _ of [1, 2, 3]) await billing.figured('a');

    const sums = '1 1 50 180 32500 1 0';
    expect(await billing.stats('hour')).toEqual([`2026-01-05T10:00:00Z ${sums}`]);
    expect(await billing.stats('day')).toEqual([`2026-01-05 ${sums}`]);
    expect(await billing.stats('number')).toEqual([`${number()} ${sums}`]);
    expect(await billing.stats('session')).toEqual([`${session.id} ${sums}`]);
    expect(await billing.stats('account')).toEqual([`${ACCOUNT} ${sums}`]);
  });

  it('counts none that is still on', async () => {
    await talk();
    await billing.learn('a', { isEnded: false });
    await billing.figured('a');

    expect(await billing.stats('account')).toEqual([`${ACCOUNT} 0 0 0 0 0 1 0`]);
  });

  it('adds what becomes known later, and takes away what was too much', async () => {
    await talk();
    await billing.learn('a-b', {
      isEnded: false,
      duration: null,
      billedDuration: null,
      amount: null,
      isAnswered: false,
    });
    await billing.figured('a');
    expect(await billing.stats('number')).toEqual([`${number()} 1 0 0 60 8500 1 0`]);

    await billing.learn('a-b', { isEnded: true, duration: 70, billedDuration: 600, amount: 900_000, isAnswered: true });
    await billing.figured('a');
    expect(await billing.stats('number')).toEqual([`${number()} 1 1 70 660 908500 1 0`]);

    await billing.learn('a-b', { duration: 50, billedDuration: 120, amount: 24_000 });
    await billing.figured('a');
    expect(await billing.stats('number')).toEqual([`${number()} 1 1 50 180 32500 1 0`]);
    expect(await billing.stats('session')).toEqual([`${session.id} 1 1 50 180 32500 1 0`]);
  });

  it('counts a call whose begin nobody tells in the hour of its end, and moves it once its begin is known', async () => {
    calls.sessions.clock.advance(HOUR);
    await billing.leg('a', { startedAt: null, endedAt: null, amount: 500 });
    await billing.figured('a', { number: session.virtualNumber });
    expect(await billing.stats('hour')).toEqual([
      '2026-01-05T10:00:00Z 0 0 0 0 0 1 0',
      '2026-01-05T11:00:00Z 1 0 0 0 500 0 0',
    ]);

    calls.sessions.clock.advance(HOUR);
    await billing.figured('a');
    expect((await billing.stats('hour')).at(-1)).toBe('2026-01-05T11:00:00Z 1 0 0 0 500 0 0');

    await billing.learn('a', { startedAt: calls.sessions.clock.now() - 2 * HOUR });
    await billing.figured('a');
    expect(await billing.stats('hour')).toEqual([
      '2026-01-05T10:00:00Z 1 0 0 0 500 1 0',
      '2026-01-05T11:00:00Z 0 0 0 0 0 0 0',
    ]);
  });

  it('moves a call that turns out to be one of a session to it and its number', async () => {
    await billing.leg('a', { amount: 500 });
    await billing.figured('a', { number: '12025550001' });
    expect(await billing.stats('number')).toEqual([`${number()} 0 0 0 0 0 1 0`, '+12025550001 1 0 0 0 500 0 0']);

    const callId = await billing.call('a', { sessionId: session.id });
    await billing.learn('a', { callId, sessionId: session.id });
    await billing.figured('a');
    expect(await billing.stats('number')).toEqual([`${number()} 1 0 0 0 500 1 0`, '+12025550001 0 0 0 0 0 0 0']);
    expect(await billing.stats('session')).toEqual([`${session.id} 1 0 0 0 500 1 0`]);
  });

  it('moves a call from one session to another, each with its own', async () => {
    const other = await calls.sessions.open({ first_party: party(1), second_party: party(3) });
    await talk('a');
    await billing.figured('a');
    await database.transaction((tx) => tx.query('UPDATE masked_call SET session_id = ?', [other.id]));
    await billing.figured('a');

    expect(await billing.stats('session')).toEqual(
      [`${session.id} 0 0 0 0 0 1 0`, `${other.id} 1 1 50 180 32500 1 0`].sort(),
    );
    expect(other.virtualNumber).not.toBe(session.virtualNumber);
    expect(await billing.stats('number')).toEqual([
      `${number()} 0 0 0 0 0 1 0`,
      `+${other.virtualNumber} 1 1 50 180 32500 1 0`,
    ]);
  });

  it.each([
    ["a number of the account's own", '12025550001', '+12025550001'],
    ["another account's number", '12025550077', 'unknown'],
    ['a number of nobody, which could be a person', '14155559999', 'unknown'],
    ['nothing', null, 'unknown'],
  ])(
    'counts a call of no session for the number that Plivo names, if it is one of ours: %s',
    async (_, told, shown) => {
      await addNumbers(database, ['12025550077']);
      await database.transaction((tx) =>
        tx.query('UPDATE virtual_number SET account_id = ? WHERE number = ?', [OTHER, '12025550077']),
      );
      await billing.leg('a', { amount: 500 });
      await billing.figured('a', { number: told });

      expect(await billing.stats('number')).toContain(`${shown} 1 0 0 0 500 0 0`);
    },
  );

  it.each([
    ["the account's own, for it", '12025550001', '+12025550001'],
    ['by now of another account, for none', '12025550077', 'unknown'],
  ])(
    'counts a call that was taken out of its session before its end was known by the number that was called: %s',
    async (_, virtualNumber, shown) => {
      await addNumbers(database, ['12025550077']);
      await database.transaction((tx) =>
        tx.query('UPDATE virtual_number SET account_id = ? WHERE number = ?', [OTHER, '12025550077']),
      );
      const callId = await billing.call('a', { sessionId: null, virtualNumber });
      await billing.leg('a', { callId, amount: 500 });
      await billing.figured('a');

      expect(await billing.stats('number')).toContain(`${shown} 1 0 0 0 500 0 0`);
    },
  );

  it.each([
    ['once it was counted', true],
    ['before it was', false],
  ])('counts on for its subaccount a call whose session was erased %s', async (_, isCounted) => {
    const subaccountId = 'SASUBSUBSUBSUBSUB000';
    await database.transaction((tx) =>
      tx.query('UPDATE masking_session SET subaccount_id = ? WHERE id = ?', [subaccountId, session.id]),
    );
    const callId = await billing.call('a', { sessionId: session.id, virtualNumber: session.virtualNumber });
    await billing.leg('a', { callId, sessionId: session.id, subaccountId, amount: null });
    if (isCounted) await billing.figured('a');
    await database.transaction(async (tx) => {
      await tx.query('UPDATE masked_call SET session_id = NULL');
      await tx.query('UPDATE call_leg SET session_id = NULL');
      await new ForgetFigures(database).detach(tx, ACCOUNT, ['a']);
    });
    await billing.learn('a', { amount: 500 });
    await billing.figured('a', { number: session.virtualNumber });

    expect(await billing.stats('subaccount')).toContain(`${subaccountId} 1 0 0 0 500 0 0`);
  });

  it('keeps to the number it counted for when a later word names none or a foreign one', async () => {
    await billing.leg('a', { amount: 500 });
    await billing.figured('a', { number: '12025550001' });
    await billing.learn('a', { amount: 700 });
    await billing.figured('a', { number: '14155559999' });
    await billing.figured('a');

    expect(await billing.stats('number')).toContain('+12025550001 1 0 0 0 700 0 0');
  });

  it("counts for the session's number, whatever Plivo names", async () => {
    await talk();
    await billing.figured('a', { number: '12025550001' });
    await billing.learn('a', { amount: 8501 });
    await billing.figured('a', { number: '12025550001' });

    expect(await billing.stats('number')).toEqual([`${number()} 1 1 50 180 32501 1 0`]);
  });

  it('keeps calls of accounts apart', async () => {
    await billing.leg('a', { amount: 500 });
    await billing.leg('a', { amount: 900, accountId: OTHER });
    await billing.figured('a');
    await billing.figured('a', { accountId: OTHER });

    expect(await billing.stats('account')).toEqual([`${OTHER} 1 0 0 0 900 0 0`, `${ACCOUNT} 1 0 0 0 500 1 0`]);
    expect(await billing.stats('account', OTHER)).toEqual([`${OTHER} 1 0 0 0 900 0 0`]);
  });

  it("adds the account's own price of a minute, that of the day on which the call was first counted", async () => {
    await set({ minute_fee: '0.01' });
    const callId = await talk();
    await converse(callId);
    await billing.figured('a');
    expect(await billing.stats('account')).toEqual([`${ACCOUNT} 1 1 50 180 62500 1 0`]);

    await set({ minute_fee: '5' });
    await billing.learn('a-b', { billedDuration: 180 });
    await billing.figured('a');
    expect(await billing.stats('account')).toEqual([`${ACCOUNT} 1 1 50 240 72500 1 0`]);
    const charged = await database.read((manager) => manager.query<unknown[]>('SELECT own_amount FROM interaction'));
    expect(charged).toEqual([{ own_amount: 40_000 }]);

    // A record may make nothing of it.
    for (const leg of ['a', 'a-b']) await billing.learn(leg, { billedDuration: 0, amount: 0 });
    await billing.figured('a');
    expect(await billing.stats('account')).toEqual([`${ACCOUNT} 1 1 50 0 0 1 0`]);
    const left = await database.read((manager) => manager.query<unknown[]>('SELECT own_amount FROM interaction'));
    expect(left).toEqual([{ own_amount: 0 }]);
  });

  it('charges a conversation nothing where the account has no price of its own', async () => {
    const callId = await talk();
    await converse(callId);
    await billing.figured('a');

    const charged = await database.read((manager) => manager.query<unknown[]>('SELECT own_amount FROM interaction'));
    expect(charged).toEqual([{ own_amount: null }]);
  });

  it('bills a part of a minute in proportion, rounded up to the micro-unit', () => {
    expect([0, 1, 59, 60, 61, 120].map((seconds) => ownAmountOf(seconds, 10_000))).toEqual([
      0, 167, 9834, 10_000, 10_167, 20_000,
    ]);
    expect(ownAmountOf(600, 0)).toBe(0);
  });

  it('counts a session once with its fee, and not again when it is renewed', async () => {
    calls.sessions.clock.advance(HOUR);
    const costly = { first_party: party(3), second_party: party(4) };
    const made = await calls.sessions.open(costly, '0.25');
    calls.sessions.clock.advance(600_000);
    await calls.sessions.open(costly, '0.25');

    expect(await billing.stats('session')).toEqual(
      [`${session.id} 0 0 0 0 0 1 0`, `${made.id} 0 0 0 0 0 1 250000`].sort(),
    );
    expect(await billing.stats('hour')).toEqual([
      '2026-01-05T10:00:00Z 0 0 0 0 0 1 0',
      '2026-01-05T11:00:00Z 0 0 0 0 0 1 250000',
    ]);
  });

  it('counts a call once although many transactions learn of it at the same time', async () => {
    await talk();
    await Promise.all(Array.from({ length: 12 }, () => billing.figured('a')));

    expect(await billing.stats('number')).toEqual([`${number()} 1 1 50 180 32500 1 0`]);
    expect(await billing.stats('session')).toEqual([`${session.id} 1 1 50 180 32500 1 0`]);
  });

  it('spreads what many transactions add to over eight rows of the account and two of a number; on SQLite, over none', async () => {
    for (let one = 0; one < 40; one++) {
      await billing.leg(`a${one}`, { amount: 1 });
      await billing.figured(`a${one}`, { number: '12025550001' });
    }
    const rows = await database.read((manager) =>
      manager.query<{ virtual_number: string; shard: number }[]>('SELECT virtual_number, shard FROM call_stat'),
    );
    const shards = (digits: string) =>
      rows.filter((row) => row.virtual_number === digits).map(({ shard }) => Number(shard));

    expect(shards('12025550001').sort()).toEqual(kind === 'sqlite' ? [0] : [0, 1]);
    expect(shards('').length).toBeGreaterThan(kind === 'sqlite' ? 0 : 3);
    expect(Math.max(...shards(''))).toBeLessThan(kind === 'sqlite' ? 1 : 8);
    expect(await billing.stats('number')).toContain('+12025550001 40 0 0 0 40 0 0');
  });

  const CAP = { daily_spend_cap: '1', max_rate_per_minute: '0.02' };
  const reserve = (holder: string) =>
    database.transaction((tx) =>
      calls.spend.reserve(tx, { accountId: ACCOUNT, holder, micros: 140_000, cap: CAP.daily_spend_cap }),
    );

  it('spends what a call came to, with the own price, and more or less as it changes', async () => {
    await set({ ...CAP, minute_fee: '0.01' });
    const callId = await talk();
    await reserve(callId);
    await billing.figured('a');
    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 62_500, reserved: 0 });

    await billing.learn('a', { amount: 9500 });
    await billing.figured('a');
    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 63_500, reserved: 0 });
    await billing.learn('a-b', { billedDuration: 60, amount: 12_000 });
    await billing.figured('a');
    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 41_500, reserved: 0 });
  });

  it('gives back what a requested call had reserved, under the request', async () => {
    await set(CAP);
    await talk();
    const requestId = session.id;
    await database.transaction((tx) => tx.query('UPDATE masked_call SET request_id = ?', [requestId]));
    await reserve(requestId);
    await billing.figured('a');

    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 32_500, reserved: 0 });
  });

  it.each<[string, { decision?: 'refuse' }, Partial<CallLeg>, RecordState, number]>([
    ['whose caller was refused and that has its price', { decision: 'refuse' }, {}, 'open', 0],
    ['that dialled somebody of whom nothing is known yet', {}, {}, 'open', 140_000],
    ['that dialled somebody, and Plivo knows of no further leg', {}, {}, 'settled', 0],
    ['that has no price yet', { decision: 'refuse' }, { amount: null }, 'settled', 140_000],
    ['that never gets a price, and is given up', {}, { amount: null }, 'given-up', 0],
  ])('gives a reservation back once nothing more can come: a call %s', async (_, call, leg, records, reserved) => {
    await set(CAP);
    const callId = await billing.call('a', { sessionId: session.id, ...call });
    await billing.leg('a', { callId, sessionId: session.id, billedDuration: 60, amount: 8500, ...leg });
    await reserve(callId);
    await billing.figured('a', { records });

    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ reserved });
  });

  it('begins the day of a cap with what its calls have cost since midnight', async () => {
    await talk('yesterday');
    await billing.learn('yesterday', { amount: 500_000 });
    await billing.figured('yesterday');
    calls.sessions.clock.advance(14 * HOUR);
    await billing.leg('a', { amount: 900_000 });
    await billing.figured('a', { number: session.virtualNumber });
    await billing.leg('a', { amount: 50_000, accountId: OTHER });
    await billing.figured('a', { accountId: OTHER });
    await set(CAP);

    expect(await reserve('one')).toBe(false);
    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 900_000 });
  });

  it('knows what calls have cost while the account had neither cap nor rate, once it has a cap again', async () => {
    await set(CAP);
    const callId = await talk();
    await reserve(callId);
    await set({ daily_spend_cap: null, max_rate_per_minute: null });
    await billing.figured('a');
    await talk('b');
    await billing.learn('b', { amount: 900_000 });
    await billing.figured('b');
    await set(CAP);

    expect(await reserve('one')).toBe(false);
    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 956_500, reserved: 0 });
  });

  it('spends nothing of an account that never had a cap', async () => {
    await talk();
    await reserve('another');
    await billing.figured('a');

    expect(await calls.spend.today(ACCOUNT)).toMatchObject({ spent: 0 });
  });
});
