import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import { ProviderBusy, ProviderOutcomeUnknown, type MessageState, type MessageWebhook } from '../plivo/index.js';
import type { Database } from '../platform/database/database.js';

const [NUMBER = ''] = usNumbers(1);
const OWN = { stranger: 'Nobody here.', failed: 'Not delivered.' };

describeOnEachDatabase('who has written', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: ReturnType<typeof textsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object): Promise<void> => {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT, settings);
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
  };
  beforeEach(() => begin({ text_notices: OWN }));

  const lent = (more: object = {}) =>
    world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      messaging: true,
      session_expiry: 3600,
      ...more,
    });
  const write = async (from: string, text: string, more: Partial<MessageWebhook> = {}): Promise<void> => {
    const message = textTold(from, NUMBER, text, more);
    await world.receiveText.run(verifiedText(message), message);
    await world.jobs.runDue();
    clock.advance(1000);
  };
  /** To whom what was sent, of all or of one. */
  const sent = (to?: string) =>
    plivo.sent.filter((one) => to === undefined || one.to === to.replace('+', '')).map(({ text }) => text);
  const notices = () =>
    database.read<{ id: string; kind: string; state: string; reason: string | null; amount: unknown }[]>((manager) =>
      manager.query('SELECT id, kind, state, reason, amount FROM text_notice ORDER BY created_at, id'),
    );
  const report = async (table: string, state: MessageState, errorCode: number | null = null): Promise<void> => {
    const rows = await database.read<{ id: string; message_uuid: string }[]>((manager) =>
      manager.query(`SELECT id, message_uuid FROM ${table} ORDER BY created_at DESC, id DESC`),
    );
    const [row] = rows;
    const told = { messageUuid: row?.message_uuid ?? '', state, sequence: 3, units: 1, amountMicros: 7000, errorCode };
    await world.noteReport.run(verifiedText({}), row?.id ?? '', told);
    await world.jobs.runDue();
    clock.advance(1000);
  };

  it('is told so where the other person wants no texts, once a day', async () => {
    await lent({ session_expiry: 86_400 });
    await write(party(2), 'STOP', { intent: 'optout' });
    for (const text of ['one', 'two', 'three']) await write(party(1), text);
    expect(sent()).toEqual(['This person does not receive texts at the moment.']);
    clock.advance(80_000_000);
    await lent({ session_expiry: 86_400 });
    clock.advance(6_400_000);
    await write(party(1), 'four');
    expect(sent(party(1))).toHaveLength(2);
  });

  it('is told that STOP and START were heard, and what HELP means, where Plivo does not', async () => {
    await lent();
    await write(party(2), 'help');
    expect(sent(party(2))).toEqual([expect.stringContaining('Text STOP')]);
    expect(sent(party(1))).toEqual(['help']);
    await write(party(2), 'stop');
    expect(sent(party(2)).at(-1)).toContain('no more texts');
    await write(party(2), 'start');
    clock.advance(60_000);
    await world.jobs.runDue();
    expect(sent(party(2)).at(-1)).toContain('again');
    await write(party(1), 'STOP', { intent: 'optout' });
    await write(party(1), 'HELP', { intent: 'help' });
    expect(sent(party(1))).toEqual(['help']);
  });

  it.each<[state: MessageState, code: number | null, sentence: string]>([
    ['failed', 80, 'Not delivered.'],
    ['undelivered', 30, 'Not delivered.'],
    ['failed', 200, 'This person does not receive texts at the moment.'],
  ])('is told of a text that %s by %s', async (state, code, sentence) => {
    await lent();
    await write(party(1), 'hello');
    await report('text_forward', state, code);
    await report('text_forward', state, code);
    expect(sent(party(1))).toEqual([sentence]);
    // A sentence of ours that fails is told to nobody.
    await report('text_notice', 'failed', 80);
    expect(plivo.sent).toHaveLength(2);
  });

  it('is not told of what has failed where the account does not want it, and of nothing that was delivered', async () => {
    await begin({});
    await lent();
    await write(party(1), 'hello');
    await report('text_forward', 'failed', 80);
    await write(party(1), 'hello');
    await report('text_forward', 'delivered');
    expect(sent(party(1))).toEqual([]);
  });

  it('is told once a day that the number is over, and a stranger what the account wants', async () => {
    const session = await lent();
    await world.sessions.end(session.id);
    for (const text of ['hello', 'are you there']) await write(party(1), text);
    for (const text of ['hello', 'buy this']) await write(party(7), text);
    expect(sent(party(1))).toEqual(['This number is no longer in use.']);
    expect(sent(party(7))).toEqual(['Nobody here.']);
    expect(sent(party(2))).toEqual([]);
  });

  it('is told nothing where it has no number or is one of ours, nor a stranger by default', async () => {
    await begin({});
    await lent();
    for (const from of ['AMAZON', '72975', '', NUMBER, party(7)]) await write(from, 'hello');
    expect(plivo.sent).toEqual([]);
  });

  it('is told that pictures stay behind, and that it is a number for calls', async () => {
    await lent();
    await write(party(1), 'look', { mediaCount: 1 });
    expect(sent(party(1))).toEqual(['Pictures cannot be passed on.']);
    expect(sent(party(2))).toEqual(['look']);
    await lent({ first_party: party(3), second_party: party(4), messaging: false }).catch(() => undefined);
    await write(party(3), 'hello');
    expect(sent(party(3))).toEqual(['This number takes calls only.']);
  });

  it('who answers by a machine that sends back what it gets is told once', async () => {
    const session = await lent();
    await world.sessions.end(session.id);
    await write(party(1), 'hello');
    for (let turn = 0; turn < 20; turn += 1) await write(party(1), sent(party(1)).at(-1) ?? '');
    for (let turn = 0; turn < 20; turn += 1) await write(party(7), `Out of office ${turn}`);
    expect(plivo.sent).toHaveLength(2);
    await begin({ text_notices: OWN });
    await lent();
    // Not even the first answer goes to who sends our own words.
    await write(party(7), 'Nobody here.');
    expect(plivo.sent).toEqual([]);
  });

  it.each([
    [3_600_000, 1],
    [3_600_001, 0],
  ])('is told that a text has failed %i ms after it: %i times', async (ms, times) => {
    await lent({ session_expiry: 86_400 });
    const writtenAt = clock.now();
    await write(party(1), 'hello');
    clock.advance(writtenAt + ms - clock.now());
    await report('text_forward', 'undelivered', 80);
    expect(sent(party(1))).toHaveLength(times);
  });

  it('is told once or not at all, whatever becomes of the request', async () => {
    plivo.afterwards = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    await write(party(7), 'hello');
    plivo.afterwards = () => null;
    await world.jobs.runDue();
    expect(sent(party(7))).toHaveLength(1);
    expect(await notices()).toMatchObject([{ state: 'unknown' }]);
    // Plivo's list has it.
    clock.advance(20_000);
    await world.jobs.runDue();
    expect(await notices()).toMatchObject([{ state: 'sent' }]);
    expect([sent(party(7)).length, plivo.looks.length]).toEqual([1, 1]);
    let refusals = 2;
    plivo.mishap = () => ((refusals -= 1) >= 0 ? new ProviderBusy(1) : null);
    await write(party(8), 'hello');
    for (let second = 0; second < 4; second += 1) {
      clock.advance(2000);
      await world.jobs.runDue();
    }
    expect(sent(party(8))).toHaveLength(1);
  });

  it('is not told by what was left over from a process that died between its note and Plivo', async () => {
    await write(party(7), 'hello');
    plivo.sent.length = 0;
    plivo.records.clear();
    const [{ id } = { id: '' }] = await notices();
    await database.transaction((tx) =>
      tx.query("UPDATE text_notice SET state = 'sending', message_uuid = NULL WHERE id = ?", [id]),
    );
    await world.sendNotices.run(id);
    expect(plivo.sent).toEqual([]);
    expect(await notices()).toMatchObject([{ state: 'unknown' }]);
    for (let minute = 0; minute < 12; minute += 1) {
      clock.advance(60_000);
      await world.jobs.runDue();
    }
    expect(plivo.sent).toEqual([]);
    expect([(await notices())[0]?.state, plivo.looks.length]).toEqual(['unconfirmed', 4]);
  });

  it('is told within the cap, and nothing stays reserved for it', async () => {
    const cap = { daily_spend_cap: '1', max_rate_per_minute: '0.01', max_rate_per_message: '0.6' };
    await begin({ text_notices: OWN, ...cap });
    const spent = async () => {
      const rows = await database.read<{ spent: unknown; reserved: unknown }[]>((manager) =>
        manager.query('SELECT spent, reserved FROM account_spend'),
      );
      return rows.map((row) => [Number(row.spent), Number(row.reserved)]);
    };
    await write(party(7), 'hello');
    expect(await spent()).toEqual([[0, 600_000]]);
    await write(party(8), 'hello');
    expect(sent(party(8))).toEqual([]);
    expect((await notices()).at(-1)).toMatchObject({ state: 'rejected', reason: 'spend-cap' });
    const [{ id } = { id: '' }] = await notices();
    const [message] = plivo.sent;
    const told = { messageUuid: message?.messageUuid ?? '', state: 'delivered' as const, sequence: 2, units: 1 };
    for (const errorCode of [null, null])
      await world.noteReport.run(verifiedText({}), id, { ...told, amountMicros: 7000, errorCode });
    expect(await spent()).toEqual([[0, 0]]);
  });

  it('leaves no sentence and no number of its own behind', async () => {
    await write(party(7), 'hello');
    const all = await database.read<object[]>((manager) => manager.query('SELECT * FROM text_notice'));
    expect(JSON.stringify(all)).not.toContain('Nobody here');
    expect(JSON.stringify(all)).not.toContain(party(7).slice(1));
  });
});
