import { Accounts } from '../accounts/index.js';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, usNumbers } from '../../test/support/ground.js';
import { CALLS, type MaskedCall } from '../call-routing/call.entity.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { KeepNumberFacts } from './keep-number-facts.js';
import { ReadNumberHealth, type NumberHealth } from './read-number-health.js';
import { CALL_TALLIES } from './stat.entity.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const [ONE, TWO, THREE] = usNumbers(3) as [string, string, string];

describeOnEachDatabase('the health of numbers', (open) => {
  let database: Database;
  let clock: FakeClock;
  let keep: KeepNumberFacts;
  let read: ReadNumberHealth;
  let ids: Map<string, number>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    const row = [ACCOUNT, 'A', 'MA', '', 0];
    await database.transaction((tx) =>
      tx.query(
        'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
        row,
      ),
    );
    await database.transaction((tx) => tx.query('DELETE FROM number_fact'));
    await addNumbers(database, [ONE, TWO, THREE, '442079460000']);
    const rows = await database.read((manager) =>
      manager.query<{ id: number; number: string }[]>('SELECT id, number FROM virtual_number'),
    );
    ids = new Map(rows.map(({ id, number }) => [number, id]));
    clock = new FakeClock();
    keep = new KeepNumberFacts(database, clock, new Accounts());
    read = new ReadNumberHealth(database, clock);
  });

  const decided = (number: string, more: Partial<MaskedCall> = {}): Promise<void> =>
    database.transaction((tx) =>
      CALLS.insert(tx, {
        id: newId(),
        accountId: ACCOUNT,
        virtualNumberId: ids.get(number) ?? null,
        kind: 'inbound',
        aLegUuid: newId(),
        pinAttempts: 0,
        decision: 'connect',
        reason: 'party',
        answer: '',
        createdAt: clock.now(),
        ...more,
      }),
    );
  const counted = (number: string, isConnected: boolean, talkSeconds: number): Promise<void> =>
    database.transaction((tx) =>
      CALL_TALLIES.insert(tx, {
        accountId: ACCOUNT,
        aLegUuid: newId(),
        quarter: clock.now() - (clock.now() % HOUR),
        direction: 'inbound',
        subaccountId: '',
        virtualNumber: number,
        isConnected,
        talkSeconds,
        billedSeconds: 60,
        amount: 0,
        ownAmount: 0,
        minuteFee: 0,
      }),
    );
  /** Calls of this moment, of which so many are answered and so many of those at once over. */
  const calls = async (number: string, dialled: number, answered: number, short = 0): Promise<void> => {
    for (let call = 0; call < dialled; call++) {
      await decided(number);
      await counted(number, call < answered, call < short ? 6 : call < answered ? 7 : 0);
    }
  };
  const refused = (number: string, reason: string, decision: 'refuse' | 'redirect' = 'refuse') =>
    decided(number, { decision, reason });
  const health = async (): Promise<NumberHealth[]> => read.run(ACCOUNT);
  const ofOne = async (): Promise<Partial<NumberHealth>> => (await health())[0] ?? {};

  it('is not known of numbers that nobody has called', async () => {
    expect(await keep.run()).toBe(7 * 24 + 1);
    const all = await health();
    expect(all.map(({ number }) => number)).toEqual([ONE, TWO, THREE, '442079460000'].map((digits) => `+${digits}`));
    expect(all[0]).toEqual({
      number: `+${ONE}`,
      country: 'US',
      subaccount: null,
      calls: 0,
      answered: 0,
      answer_rate: null,
      short_calls: 0,
      refusals: {},
      suspect: null,
      because: null,
      rests_on: { calls: 0, others: 0 },
    });
  });

  it('is what became of their calls, refusals apart and by reason', async () => {
    await calls(ONE, 6, 4, 1);
    await refused(ONE, 'stranger');
    await refused(ONE, 'stranger', 'redirect');
    await refused(ONE, 'busy');
    await decided(ONE, { decision: 'ask-pin' });
    await refused(TWO, 'locked');
    await keep.run();
    expect(await ofOne()).toMatchObject({
      calls: 6,
      answered: 4,
      answer_rate: 0.667,
      short_calls: 1,
      refusals: { busy: 1, stranger: 2 },
      suspect: null,
      rests_on: { calls: 6, others: 0 },
    });
    expect((await health())[1]).toMatchObject({ calls: 0, refusals: { locked: 1 } });
  });

  it('is that of seven days, kept by the hour, whatever is looked at twice', async () => {
    await calls(ONE, 1, 1);
    clock.advance(HOUR);
    await calls(ONE, 2, 1);
    await keep.run();
    // What was answered before the last look and counted after it.
    clock.advance(HOUR);
    await counted(ONE, true, 60);
    await decided(ONE);
    expect(await keep.run()).toBe(4);
    expect(await keep.run()).toBe(3);
    expect(await ofOne()).toMatchObject({ calls: 4, answered: 3 });

    clock.advance(7 * DAY - HOUR);
    await keep.run();
    expect(await ofOne()).toMatchObject({ calls: 3, answered: 2 });
    clock.advance(2 * DAY);
    await keep.run();
    expect(await ofOne()).toMatchObject({ calls: 0 });
    const rows = await database.read((manager) => manager.query('SELECT * FROM number_fact'));
    expect(rows).toEqual([]);
  });

  it('is kept on at once when a clock that was days ahead is set back', async () => {
    clock.advance(3 * DAY);
    await calls(ONE, 2, 2);
    await keep.run();
    clock.advance(-3 * DAY);
    await calls(ONE, 1, 1);
    await keep.run();
    expect(await ofOne()).toMatchObject({ calls: 1, answered: 1 });
  });

  it('is suspect beside the others of its country, and says what it rests on', async () => {
    await calls(ONE, 40, 4);
    await calls(TWO, 40, 30);
    await calls(THREE, 40, 29);
    await calls('442079460000', 60, 3);
    await keep.run();
    expect((await health()).map(({ suspect, because, rests_on }) => [suspect, because, rests_on])).toEqual([
      [true, 'answer-rate', { calls: 40, others: 80 }],
      [false, null, { calls: 40, others: 80 }],
      [false, null, { calls: 40, others: 80 }],
      [null, null, { calls: 60, others: 0 }],
    ]);
  });

  it('leaves retired numbers out, and other accounts', async () => {
    await calls(ONE, 3, 3);
    await keep.run();
    await database.transaction((tx) =>
      tx.query("UPDATE virtual_number SET status = 'retired' WHERE number = ?", [ONE]),
    );
    expect((await health()).map(({ number }) => number)).not.toContain(`+${ONE}`);
    expect(await read.run('MAOTHER')).toEqual([]);
  });
});
