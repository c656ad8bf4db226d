import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { ProviderBusy, ProviderRefused, ProviderUnavailable, type MessageRecord } from '../plivo/index.js';
import { TextFigured } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = [party(1), party(2)];
const OTHER = 'MAOTHEROTHEROTHER000';
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

interface Leg {
  message_uuid: string;
  amount: unknown;
  carrier_fee: unknown;
  price_at: unknown;
}

describeOnEachDatabase('what a text costs', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let asked: string[];
  /** What Plivo says of any, where that is not what it has. */
  let answer: (uuid: string) => Promise<MessageRecord | null>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], { text_notices: { stranger: 'Nobody here.' } }));
    await world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 7200 });
    asked = [];
    answer = async (uuid) => plivo.records.get(uuid) ?? null;
    plivo.getMessage = (_, uuid) => (asked.push(uuid), answer(uuid));
  });

  const write = async (from = ANA): Promise<string> => {
    const told = textTold(from, NUMBER, 'hello', { amountMicros: 5500 });
    await world.receiveText.run(verifiedText(told), told);
    await world.jobs.runDue();
    return told.messageUuid;
  };
  const recorded = (messageUuid: string, more: Partial<MessageRecord>): void => {
    const told = { direction: 'inbound' as const, from: ANA.slice(1), to: NUMBER, state: null, at: clock.now() };
    const price = { units: 1, amountMicros: 5500, carrierFeeMicros: 300, errorCode: null };
    plivo.records.set(messageUuid, { messageUuid, ...told, ...price, ...more });
  };
  const change = (sql: string, values: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, values));
  const legs = async (table: string) =>
    (
      await database.read((manager) =>
        manager.query<Leg[]>(`SELECT message_uuid, amount, carrier_fee, price_at FROM ${table}`),
      )
    ).map(({ amount, carrier_fee: fee, price_at: at }) =>
      [amount, fee, at].map((value) => (value === null ? null : Number(value))),
    );
  const price = () => world.priceTexts.run(ACCOUNT).catch((error: unknown) => error);
  const allDue = async (table: string): Promise<void> => {
    for (const each of ['text_message', 'text_forward', 'text_notice'])
      await change(`UPDATE ${each} SET price_at = ?`, [each === table ? clock.now() : null]);
  };

  it.each<[answer: string, error: () => Error]>([
    ['that it is busy', () => new ProviderBusy(1)],
    ['nothing', () => new ProviderUnavailable('not reached')],
  ])('is asked for a minute later where Plivo says %s', async (_, error) => {
    await write();
    clock.advance(10 * MINUTE_MS);
    const before = await legs('text_message');
    answer = async () => Promise.reject(error());
    expect(await price()).toMatchObject({ name: 'Defer', seconds: 60 });
    expect(await legs('text_message')).toEqual(before);
  });

  it('is what was told where Plivo refuses to show more, and stays to be asked for where a fault is ours', async () => {
    await write();
    clock.advance(10 * MINUTE_MS);
    const fault = new TypeError('a fault of ours');
    answer = async () => Promise.reject(fault);
    expect(await price()).toBe(fault);
    expect(await legs('text_message')).toEqual([[5500, null, clock.now()]]);
    answer = async () => Promise.reject(new ProviderRefused(404, 'no'));
    expect(await price()).toBeUndefined();
    expect(await legs('text_message')).toEqual([[5500, null, clock.now() + 6 * HOUR_MS]]);
  });

  it.each(['text_message', 'text_forward', 'text_notice'])(
    'is asked for every six hours where there is no record, for two days: of a row of %s',
    async (table) => {
      const figured = announced(world.sessions.events, [TextFigured]);
      await write(table === 'text_notice' ? party(9) : ANA);
      plivo.records.clear();
      const begunAt = clock.now();
      for (const [at, next] of [
        [2 * DAY_MS - 1, 2 * DAY_MS - 1 + 6 * HOUR_MS],
        [2 * DAY_MS, null],
      ] as const) {
        clock.advance(begunAt + at - clock.now());
        await allDue(table);
        figured.length = 0;
        await price();
        expect((await legs(table)).map(([, , priceAt]) => priceAt)).toEqual([next === null ? null : begunAt + next]);
        expect(figured).toEqual([]);
      }
    },
  );

  it('is what the record says last of one that came in, and nothing is asked any more', async () => {
    const figured = announced(world.sessions.events, [TextFigured]);
    const uuid = await write();
    recorded(uuid, { amountMicros: 6000 });
    await allDue('text_message');
    figured.length = 0;
    await price();
    expect(await legs('text_message')).toEqual([[6000, 300, null]]);
    expect(figured).toHaveLength(1);
    recorded(uuid, { amountMicros: null, carrierFeeMicros: null });
    await allDue('text_message');
    await price();
    expect(await legs('text_message')).toEqual([[6000, 300, null]]);
  });

  it.each(['text_forward', 'text_notice'])('is what the record says last of one that was sent: %s', async (table) => {
    const figured = announced(world.sessions.events, [TextFigured]);
    await write(table === 'text_notice' ? party(9) : ANA);
    const [{ messageUuid } = { messageUuid: '' }] = plivo.sent;
    const priced = async (more: Partial<MessageRecord>) => {
      recorded(messageUuid, { direction: 'outbound', state: 'sent', ...more });
      await allDue(table);
      figured.length = 0;
      await price();
      expect(figured.length).toBeGreaterThan(0);
      return (await legs(table)).map(([amount, fee]) => [amount, fee]);
    };
    expect(await priced({ amountMicros: 7000, carrierFeeMicros: 400 })).toEqual([[7000, 400]]);
    expect(await priced({ amountMicros: 7100, carrierFeeMicros: null })).toEqual([[7100, 400]]);
    expect(await priced({ amountMicros: 7100, carrierFeeMicros: 500 })).toEqual([[7100, 500]]);
    expect(await priced({ carrierFeeMicros: null, state: 'failed', errorCode: 80 })).toEqual([[0, 500]]);
  });

  it.each([
    ['text_message', 'UPDATE text_message SET price_at = NULL'],
    ['text_message', 'DELETE FROM text_message'],
    ['text_forward', 'UPDATE text_forward SET price_at = NULL'],
    ['text_forward', 'DELETE FROM text_forward'],
    ['text_notice', 'UPDATE text_notice SET price_at = NULL'],
    ['text_notice', 'DELETE FROM text_notice'],
  ])('is left alone where it was settled while Plivo was asked: %s, %s', async (table, meanwhile) => {
    const uuid = await write(table === 'text_notice' ? party(9) : ANA);
    await allDue(table);
    let after: unknown;
    answer = async (messageUuid) => {
      await change(meanwhile);
      after = await legs(table);
      recorded(messageUuid, { amountMicros: 9999, direction: messageUuid === uuid ? 'inbound' : 'outbound' });
      return plivo.records.get(messageUuid) ?? null;
    };
    await price();
    expect(asked).toHaveLength(1);
    expect(await legs(table)).toEqual(after);
  });

  it('is asked for ten at a time, those that have waited longest first, and the rest ten seconds later', async () => {
    const uuids: string[] = [];
    for (let text = 0; text < 5; text += 1) {
      uuids.push(await write());
      clock.advance(1000);
    }
    const begun = clock.now();
    const sent = plivo.sent.map(({ messageUuid }) => messageUuid);
    const order = uuids.flatMap((uuid, place) => [uuid, sent[place] ?? '']);
    for (let text = 0; text < 6; text += 1) order.push(await write(party(9)));
    for (const [place, uuid] of order.entries())
      for (const table of ['text_message', 'text_forward'])
        await change(`UPDATE ${table} SET price_at = ? WHERE message_uuid = ?`, [begun + 10 * MINUTE_MS + place, uuid]);
    await change('UPDATE text_notice SET price_at = NULL');
    clock.advance(begun + 10 * MINUTE_MS + order.length - 1 - clock.now());
    expect(await price()).toMatchObject({ name: 'Defer', seconds: 10 });
    expect(asked).toEqual(order.slice(0, 10));
    await price();
    expect(asked).toEqual(order);
  });

  it('is asked for with the credentials of who has the number', async () => {
    const { plivoAccess } = world.priceTexts as unknown as { plivoAccess: object };
    const askedFor: (string | null)[] = [];
    const of = async (_: string, subaccount: string | null) => (askedFor.push(subaccount), { authId: 'MA' });
    Object.assign(world.priceTexts, { plivoAccess: Object.assign(Object.create(plivoAccess), { of }) });
    await change("UPDATE virtual_number SET subaccount_id = 'SASUBSUBSUBSUBSUB000'");
    await write();
    await allDue('text_message');
    await price();
    await change('UPDATE text_message SET virtual_number = NULL');
    await allDue('text_message');
    await price();
    expect(askedFor).toEqual(['SASUBSUBSUBSUBSUB000', null]);
  });

  it('is asked for when it is due, for accounts that have such texts', async () => {
    await write();
    clock.advance(10 * MINUTE_MS - 1);
    expect([await world.priceTexts.enqueue(), await price(), asked]).toEqual([0, undefined, []]);
    clock.advance(1);
    expect(await world.priceTexts.enqueue()).toBe(1);
    await change('UPDATE text_message SET account_id = ?', [OTHER]);
    expect([await world.priceTexts.enqueue(), await price(), asked]).toEqual([0, undefined, []]);
  });
});
