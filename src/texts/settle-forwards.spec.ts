import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import {
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  type MessageRecord,
} from '../plivo/index.js';
import { ForwardTurned, TextFigured } from './texts.events.js';

const [NUMBER = '', OTHER = ''] = usNumbers(2);
const [ANA, RAVI] = [party(1), party(2)];
const SETTINGS = { text_notices: { stranger: 'Nobody here.' } };
const CAP = { daily_spend_cap: '1', max_rate_per_minute: '0.01', max_rate_per_message: '0.01' };

describeOnEachDatabase('a text of unknown outcome', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object): Promise<void> => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER, OTHER], settings));
    await world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 7200 });
  };
  beforeEach(() => begin({ ...SETTINGS, ...CAP }));

  const write = async (from: string, words: string): Promise<void> => {
    const told = textTold(from, NUMBER, words);
    await world.receiveText.run(verifiedText(told), told);
    await world.jobs.runDue();
  };
  /** Sent, and Plivo has it or has not; nobody knows. */
  const doubt = async (words: string, isThere: boolean, from = ANA): Promise<void> => {
    Object.assign(plivo, { [isThere ? 'afterwards' : 'mishap']: () => new ProviderOutcomeUnknown('late') });
    await write(from, words);
    Object.assign(plivo, { afterwards: () => null, mishap: () => null });
  };
  const later = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await world.jobs.runDue();
  };
  const rows = <Row>(sql: string): Promise<Row[]> => database.read((manager) => manager.query(sql));
  const change = (sql: string, values: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, values));
  const forwards = () =>
    rows<{ id: string; state: string; message_uuid: string | null; body: string | null }>(
      'SELECT id, state, message_uuid, body FROM text_forward ORDER BY position',
    );
  const states = async (): Promise<string[]> => (await forwards()).map(({ state }) => state);

  it.each([
    [{}, false],
    [{ text_retention_days: 7 }, true],
  ])(
    'is looked for four times within ten minutes, then given up for good; of %j its words: %s',
    async (more, isKept) => {
      await begin({ ...CAP, ...more });
      const begunAt = clock.now();
      await doubt('hello', false);
      const news = announced(world.sessions.events, [TextFigured, ForwardTurned]);
      for (const at of [20_000, 60_000, 180_000, 600_000]) {
        expect(await states()).toEqual(['unknown']);
        await later(begunAt + at - 1 - clock.now());
        expect(plivo.looks).not.toContain(begunAt + at - 1);
        await later(1);
        expect(plivo.looks.at(-1)).toBe(begunAt + at);
      }
      await later(3_600_000);

      expect([plivo.looks.length, plivo.sent, (await world.spend.today(ACCOUNT))?.reserved]).toEqual([4, [], 0]);
      const [forward] = await forwards();
      expect([forward?.state, forward?.body !== null]).toEqual(['unconfirmed', isKept]);
      expect(news).toMatchObject([
        { textId: expect.anything() },
        { outcome: 'failed', told: { reason: 'unconfirmed' } },
      ]);
    },
  );

  it.each([
    [-5001, 'unknown'],
    [-5000, 'sent'],
    [50_000, 'sent'],
    [50_001, 'unknown'],
  ])('is not what Plivo had %i ms after it: %s', async (shift, state) => {
    await doubt('hello', true);
    for (const record of plivo.records.values()) Object.assign(record, { at: clock.now() + shift });
    for (const ms of [20_000, 40_000]) await later(ms);
    expect(await states()).toEqual([state]);
  });

  it.each<[what: string, listed: (own: MessageRecord) => MessageRecord[]]>([
    ['another number', (own) => [{ ...own, from: OTHER }]],
    ['another person', (own) => [{ ...own, to: party(3).slice(1) }]],
    ['two that it might be', (own) => [own, { ...own, messageUuid: 'another' }]],
  ])('is not found where Plivo lists %s', async (_, listed) => {
    await doubt('hello', true);
    plivo.findMessages = async () => [...plivo.records.values()].flatMap(listed);
    await later(20_000);
    expect(await forwards()).toMatchObject([{ state: 'unknown', message_uuid: null }]);
  });

  it('is not what another text, or a sentence of ours, is known to be', async () => {
    await write(ANA, 'one');
    await write(RAVI, 'help');
    await doubt('two', true);
    await later(20_000);
    expect((await forwards()).map(({ message_uuid: uuid }) => uuid)).toContain(
      plivo.sent.find(({ text }) => text === 'two')?.messageUuid,
    );
  });

  it.each([
    ['text_forward', 'unconfirmed', -54_999, 'unknown'],
    ['text_forward', 'unknown', 54_999, 'unknown'],
    ['text_forward', 'sending', -1, 'unknown'],
    ['text_forward', 'unconfirmed', -55_000, 'sent'],
    ['text_forward', 'unconfirmed', 55_000, 'sent'],
    ['text_forward', 'rejected', -1, 'sent'],
    ['text_notice', 'unconfirmed', -1, 'unknown'],
    ['text_notice', 'accepted', -1, 'sent'],
  ])(
    'is not found while it may be another one: of %s, %s, sent %i ms apart: %s',
    async (table, state, apart, found) => {
      plivo.mishap = () => new ProviderRefused(400, 'no');
      await write(ANA, 'one');
      plivo.mishap = () => null;
      await write(RAVI, 'help');
      plivo.records.clear();
      await doubt('two', true);
      const two = (await forwards()).find((one) => one.state === 'unknown');
      const rival = `UPDATE ${table} SET state = ?, sending_at = ?, message_uuid = NULL WHERE id <> ? AND recipient_index =
      (SELECT recipient_index FROM (SELECT * FROM text_forward) f WHERE f.id = ?)`;
      const others = [state, clock.now() + apart, two?.id, two?.id];
      if (table === 'text_notice') await change('UPDATE text_forward SET sending_at = 0 WHERE id <> ?', [two?.id]);
      else await change('UPDATE text_notice SET sending_at = 0');
      await change(rival, others);
      await later(20_000);
      expect((await forwards()).find(({ id }) => id === two?.id)?.state).toBe(found);
    },
  );

  it.each([
    [0, 'text_forward', 'text_notice'],
    [1, 'text_notice', 'text_forward'],
    [-1, 'text_forward', 'text_notice'],
  ])('is looked for in turn with sentences of ours, due %i ms after one: %s, then %s', async (after, first, then) => {
    await doubt('hello', false);
    await doubt('hello', false, party(9));
    const due = clock.now();
    await change('UPDATE text_forward SET look_up_at = ?', [due + after]);
    await change('UPDATE text_notice SET look_up_at = ?', [due]);
    clock.advance(1);
    const looked = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const table of ['text_forward', 'text_notice'])
        if ((await rows(`SELECT 1 FROM ${table} WHERE looked_at IS NOT NULL`)).length > 0) found.push(table);
      return found;
    };
    const look = () => world.settleForwards.run(ACCOUNT).catch((error: unknown) => error);
    expect(await look()).toMatchObject({ name: 'Defer', seconds: 6 });
    expect(await looked()).toEqual([first]);
    clock.advance(5999);
    expect(await look()).toMatchObject({ name: 'Defer', seconds: 0.001 });
    expect(await looked()).toEqual([first]);
    clock.advance(1);
    await look();
    expect(await looked()).toEqual([first, then].sort());
  });

  it.each<[answer: string, error: () => Error]>([
    ['that it is busy', () => new ProviderBusy(1)],
    ['nothing', () => new ProviderUnavailable('not reached')],
    ['that it may not', () => new ProviderRefused(404, 'no')],
  ])('is looked for again where Plivo says %s', async (_, error) => {
    await doubt('hello', true);
    const { findMessages } = plivo;
    plivo.findMessages = async () => Promise.reject(error());
    await later(20_000);
    expect(await states()).toEqual(['unknown']);
    plivo.findMessages = findMessages;
    await later(39_999);
    expect(plivo.looks).toEqual([]);
    await later(1);
    expect(await states()).toEqual(['sent']);
  });

  it('has been looked for by nobody where that fails for a reason of ours', async () => {
    await doubt('hello', true);
    const fault = new TypeError('a fault of ours');
    plivo.findMessages = async () => Promise.reject(fault);
    clock.advance(20_000);
    await expect(world.settleForwards.run(ACCOUNT)).rejects.toBe(fault);
    expect(await rows('SELECT look_ups FROM text_forward')).toMatchObject([{ look_ups: 0 }]);
  });

  it('is what a report says that comes while it is looked for', async () => {
    await doubt('hello', false);
    const [{ id } = { id: '' }] = await forwards();
    plivo.findMessages = async () => {
      const told = { messageUuid: 'its-own', state: 'undelivered' as const, sequence: 3, units: 1 };
      await world.noteReport.run(verifiedText({}), id, { ...told, amountMicros: 7000, errorCode: 30 });
      return [];
    };
    await later(20_000);
    expect(await forwards()).toMatchObject([{ state: 'undelivered', message_uuid: 'its-own', body: null }]);
    await later(3_600_000);
    expect(await rows('SELECT look_ups, look_up_at FROM text_forward')).toMatchObject([
      { look_ups: 0, look_up_at: null },
    ]);
  });

  it('is looked for before those that have waited less, of its account alone, and nobody when all are known', async () => {
    await doubt('one', true);
    clock.advance(1000);
    await doubt('two', true, RAVI);
    const run = () => world.settleForwards.run(ACCOUNT).catch((error: unknown) => error);
    clock.advance(19_000);
    await run();
    expect(await rows("SELECT sender_role FROM text_forward WHERE state = 'sent'")).toEqual([{ sender_role: 'first' }]);
    clock.advance(6000);
    await change("UPDATE text_forward SET account_id = 'MAOTHEROTHEROTHER000' WHERE state = 'unknown'");
    expect([await run(), (await states()).toSorted()]).toEqual([undefined, ['sent', 'unknown']]);
  });

  it('is looked for in time, though an earlier one of its account is to be looked for later', async () => {
    await doubt('one', false);
    for (const ms of [20_000, 40_000, 120_000, 6000]) await later(ms);
    const begunAt = clock.now();
    await doubt('two', true, RAVI);
    await later(20_000);
    expect(plivo.looks.at(-1)).toBe(begunAt + 20_000);
  });

  it('whose person was erased is looked for by nobody', async () => {
    await doubt('hello', true);
    await change('UPDATE text_forward SET recipient = NULL');
    clock.advance(20_000);
    await expect(world.settleForwards.run(ACCOUNT)).rejects.toMatchObject({ name: 'Defer' });
    expect([plivo.looks, await rows('SELECT looked_at FROM text_forward')]).toEqual([[], [{ looked_at: null }]]);
  });
});
