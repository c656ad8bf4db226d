import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { ProviderOutcomeUnknown, type MessageRecord, type MessageReport } from '../plivo/index.js';
import { ForwardTurned, TextFigured } from './texts.events.js';

const [NUMBER = '', OTHER = ''] = usNumbers(2);
const [ANA, RAVI] = [party(1), party(2)];
const DAY_MS = 86_400_000;
const SETTINGS = {
  text_notices: { stranger: 'Nobody.' },
  daily_spend_cap: '1',
  max_rate_per_minute: '0.01',
  max_rate_per_message: '0.01',
};

interface Row {
  id: string;
  state: string;
  message_uuid: string | null;
  price_at: unknown;
}

describeOnEachDatabase('a report about a text', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let foreign: object[];
  let asked: string[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER, OTHER], SETTINGS));
    await world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 7200 });
    foreign = [];
    const log = { error: (what: string, of: object) => foreign.push({ what, ...of }) };
    Object.assign(world.noteReport, { log });
    asked = [];
    const { getMessage } = plivo;
    plivo.getMessage = (credentials, uuid) => (asked.push(uuid), getMessage(credentials, uuid));
  });

  const write = async (words: string, from = ANA): Promise<void> => {
    const told = textTold(from, NUMBER, words);
    await world.receiveText.run(verifiedText(told), told);
    await world.jobs.runDue();
  };
  const rows = (table = 'text_forward'): Promise<Row[]> =>
    database.read((manager) =>
      manager.query(`SELECT id, state, message_uuid, price_at FROM ${table} ORDER BY created_at`),
    );
  const only = async (): Promise<Row> => (await rows())[0]!;
  const tell = async (
    forwardId: string | null,
    told: Partial<MessageReport> = {},
    { isHint = false, accountId = ACCOUNT } = {},
  ): Promise<void> => {
    const messageUuid = plivo.sent[0]?.messageUuid ?? '';
    const rest = { state: 'delivered' as const, sequence: null, units: 1, amountMicros: 7000, errorCode: null };
    await world.noteReport.run({ ...verifiedText({}, isHint), accountId }, forwardId, {
      messageUuid,
      ...rest,
      ...told,
    });
  };
  const report = async (...told: Parameters<typeof tell>): Promise<void> => {
    await tell(...told);
    await world.jobs.runDue();
  };
  const change = (sql: string): Promise<unknown> => database.transaction((tx) => tx.query(sql));

  it('is about that which its address names, or else the message itself', async () => {
    await write('hello');
    await report((await only()).id, { state: 'sent' });
    expect((await only()).state).toBe('sent');
    await report(null);
    expect((await only()).state).toBe('delivered');
    expect(foreign).toEqual([]);
  });

  it('is about no text of another account', async () => {
    await write('hello');
    for (const id of [(await only()).id, null]) await report(id, {}, { accountId: 'MAOTHEROTHEROTHER000' });
    expect((await only()).state).toBe('accepted');
  });

  it('is taken down as received, so that it is not heard twice', async () => {
    await write('hello');
    const received = async (): Promise<number> =>
      (await database.read((manager) => manager.query<unknown[]>('SELECT 1 FROM webhook_receipt'))).length;
    const before = await received();
    await report((await only()).id);
    expect(await received()).toBe(before + 1);
  });

  it('is told as an error where it is about another message than the text was', async () => {
    await write('hello');
    const { id } = await only();
    await report(id, { messageUuid: 'another' });
    expect(await rows()).toMatchObject([{ state: 'accepted', message_uuid: plivo.sent[0]?.messageUuid }]);
    expect(foreign).toEqual([{ what: 'text.foreign_report', forward: id, message_uuid: 'another' }]);
  });

  it('is told as an error where another text is known to be that message', async () => {
    await write('one');
    plivo.mishap = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    await write('two');
    const two = (await rows()).find(({ state }) => state === 'unknown');
    await report(two?.id ?? '');
    expect((await rows()).map(({ state }) => state).sort()).toEqual(['accepted', 'unknown']);
    expect(foreign).toMatchObject([{ forward: two?.id }]);
    await report(two?.id ?? '', { messageUuid: 'its own' });
    expect((await rows()).find(({ id }) => id === two?.id)).toMatchObject({
      state: 'delivered',
      message_uuid: 'its own',
    });
  });

  it('that comes before the answer to the request stands', async () => {
    const { sendMessage } = plivo;
    plivo.sendMessage = async (credentials, order) => {
      const answer = await sendMessage(credentials, order);
      await tell(order.reportUrl.split('/').at(-1) ?? '', { sequence: 3 });
      return answer;
    };
    await write('hello');
    expect(await rows()).toMatchObject([{ state: 'delivered', message_uuid: plivo.sent[0]?.messageUuid }]);
  });

  it('sets the hour at which its price is asked for, once for each state', async () => {
    await write('hello');
    const { id } = await only();
    const priceAt = async (): Promise<number> => Number((await only()).price_at) - clock.now();
    expect(await priceAt()).toBe(DAY_MS);
    clock.advance(60_000);
    await report(id, { state: 'sent' });
    expect(await priceAt()).toBe(DAY_MS);
    clock.advance(60_000);
    await report(id);
    expect(await priceAt()).toBe(600_000);
    clock.advance(60_000);
    await report(id, { units: 2 });
    expect(await priceAt()).toBe(540_000);
  });

  it('is told and counted once, and frees what was reserved when nothing more can come', async () => {
    await write('hello');
    const { id } = await only();
    const news = announced(world.sessions.events, [TextFigured, ForwardTurned]);
    const after = async (told: Partial<MessageReport>): Promise<unknown[]> => {
      news.length = 0;
      await report(id, told);
      const reserved = (await world.spend.today(ACCOUNT))?.reserved;
      return [reserved, ...news.map((one) => (one instanceof ForwardTurned ? one.outcome : 'figured')).toSorted()];
    };
    expect(await after({ state: 'sent' })).toEqual([10_000, 'figured', 'sent']);
    expect(await after({ state: 'sent' })).toEqual([10_000]);
    expect(await after({ state: 'sent', sequence: 2, amountMicros: 8000 })).toEqual([10_000, 'figured']);
    expect(await after({})).toEqual([0, 'delivered', 'figured']);
    expect(await after({})).toEqual([0]);
  });

  it.each([
    ['failed', 200, 1],
    ['failed', 30, 0],
    ['undelivered', 200, 0],
  ] as const)('that it has %s by %i says that its person wants no texts: %i', async (state, errorCode, wishes) => {
    await write('hello');
    for (let time = 0; time < 2; time += 1) {
      await report((await only()).id, { state, errorCode });
      const known = await database.read((manager) => manager.query<unknown[]>('SELECT 1 FROM text_opt_out'));
      expect(known).toHaveLength(wishes);
    }
  });

  const recorded = (more: Partial<MessageRecord>): void => {
    for (const [uuid, record] of plivo.records) plivo.records.set(uuid, { ...record, state: 'delivered', ...more });
  };

  it.each<[record: string, more: Partial<MessageRecord>, state: string]>([
    ['that says the same', {}, 'delivered'],
    ['that says otherwise', { state: 'undelivered' }, 'undelivered'],
    ['of another number', { from: OTHER }, 'accepted'],
    ['of another message', { messageUuid: 'another' }, 'accepted'],
  ])('that nothing vouches for is asked of Plivo: by a record %s the text is %j', async (_, more, state) => {
    await write('hello');
    recorded(more);
    for (let time = 0; time < 2; time += 1)
      await report((await only()).id, { state: 'failed', errorCode: 30 }, { isHint: true });
    expect((await only()).state).toBe(state);
    expect(asked[0]).toBe(plivo.sent[0]?.messageUuid);
  });

  it.each([
    ['is delivered already', "state = 'delivered'"],
    ['is of nobody any more', 'recipient = NULL'],
    ['Plivo has not named yet', 'message_uuid = NULL'],
  ])('that nothing vouches for is asked of nobody where the text %s', async (_, set) => {
    await write('hello');
    const { id } = await only();
    await change(`UPDATE text_forward SET ${set}`);
    recorded({});
    await report(id, { state: 'failed' }, { isHint: true });
    expect(asked).toEqual([]);
    expect((await only()).state).not.toBe('failed');
  });

  it('that nothing vouches for changes nothing where Plivo has no record', async () => {
    await write('hello');
    plivo.records.clear();
    await report((await only()).id, {}, { isHint: true });
    expect([asked.length, (await only()).state, foreign]).toEqual([1, 'accepted', []]);
  });

  it('is one of a sentence of ours, if signed, by its address or the message itself', async () => {
    await write('hello', party(9));
    const notice = async (): Promise<Row> => (await rows('text_notice'))[0]!;
    const { id } = await notice();
    await report(id, {}, { isHint: true });
    await report(id, {}, { accountId: 'MAOTHEROTHEROTHER000' });
    await report(id, { messageUuid: 'another' });
    expect((await notice()).state).toBe('accepted');
    await report(null, { state: 'sent' });
    expect((await notice()).state).toBe('sent');
    await report(id);
    expect([(await notice()).state, foreign]).toEqual(['delivered', []]);
  });
});
