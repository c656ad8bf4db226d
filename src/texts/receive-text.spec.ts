import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import type { MessageRecord, MessageWebhook } from '../plivo/index.js';
import type { SessionRecord } from '../sessions/index.js';
import { TextFigured, TextRefused, TextTaken } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI, STRANGER] = [party(1), party(2), party(9)];

describeOnEachDatabase('a text that comes in', (open) => {
  let database: Database;
  let clock: FakeClock;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    const begun = await beginTexts(database, [NUMBER]);
    ({ clock, world } = begun);
    await database.transaction((tx) => tx.query('DELETE FROM webhook_receipt'));
    await lend();
  });

  const lend = async (more: object = {}): Promise<void> => {
    const people = { first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 7200 };
    session = await world.sessions.open({ ...people, ...more });
  };
  const receive = (told: MessageWebhook, isHint = false, isAwaited?: () => boolean): Promise<void> =>
    world.receiveText.run(verifiedText(told, isHint), told, isAwaited);
  const rows = (sql: string): Promise<Record<string, unknown>[]> => database.read((manager) => manager.query(sql));
  const kept = async (): Promise<number[]> =>
    Promise.all(
      ['text_message', 'text_forward', 'webhook_receipt', 'job'].map(
        async (table) => (await rows(`SELECT 1 FROM ${table}`)).length,
      ),
    );
  const recordOf = (at: number | null): MessageRecord => {
    const facts = { messageUuid: newId(), direction: 'inbound' as const, from: ANA.slice(1), to: NUMBER, state: null };
    return { ...facts, at, units: 2, amountMicros: 5500, carrierFeeMicros: null, errorCode: null };
  };
  const unheard = async (record: MessageRecord) => {
    const settings = await world.settings.of(ACCOUNT);
    return database.transaction((tx) => world.receiveText.unheard(tx, ACCOUNT, record, settings));
  };

  it('is taken down with whose it is, what it costs and when that is asked for; a receipt of its webhook too', async () => {
    const told = textTold(ANA, NUMBER, 'hello', { units: 2, amountMicros: 5500 });
    await receive(told);
    const [row] = await rows('SELECT * FROM text_message');
    expect(row).toMatchObject({
      message_uuid: told.messageUuid,
      session_id: session.id,
      sender_role: 'first',
      body: null,
    });
    expect(row).toMatchObject({ decision: 'forward', reason: null, virtual_number: NUMBER });
    const numbers = ['units', 'amount', 'is_hint', 'received_at', 'price_at'].map((name) => Number(row?.[name]));
    expect(numbers).toEqual([2, 5500, 0, clock.now(), clock.now() + 600_000]);
    // It is to be sent, and nothing of it to be looked up.
    expect(await kept()).toEqual([1, 1, 1, 1]);
  });

  it('is taken once, however often it is told', async () => {
    const told = textTold(ANA, NUMBER, 'hello');
    for (let time = 0; time < 3; time += 1) await receive(told);
    expect((await kept()).slice(0, 2)).toEqual([1, 1]);
  });

  it('leaves nothing behind where nobody waits for the answer any more: it is told again', async () => {
    let looks = 0;
    const told = textTold(ANA, NUMBER, 'hello');
    await expect(receive(told, false, () => (looks += 1) === 1)).rejects.toThrow();
    await expect(receive(told, false, () => false)).rejects.toThrow();
    expect(await kept()).toEqual([0, 0, 0, 0]);
  });

  it('leaves nothing behind in an account without texts', async () => {
    await turnTextsOn(database, ACCOUNT, { texts: 'off' });
    await textsOn(database, clock, {}).receiveText.run(verifiedText({}), textTold(ANA, NUMBER, 'hello'));
    expect(await kept()).toEqual([0, 0, 0, 0]);
  });

  it('stays the same text when it is signed better, and as it is when it is signed worse', async () => {
    const told = textTold(ANA, NUMBER, 'hello');
    await receive(told, true);
    const [waiting] = await rows('SELECT id, received_at FROM text_message');
    clock.advance(1000);
    await receive(told, true);
    expect(await rows('SELECT decision FROM text_message')).toEqual([{ decision: 'wait' }]);
    for (const isHint of [false, true]) await receive(told, isHint);
    expect(await rows('SELECT id, received_at, decision FROM text_message')).toEqual([
      { ...waiting, decision: 'forward' },
    ]);
    expect((await rows('SELECT is_hint FROM text_message')).map((row) => Number(row['is_hint']))).toEqual([0]);
  });

  it.each([
    ['when it was written', -60_000, -60_000],
    ['now, where that lies in the future', 60_000, 0],
    ['now, where nobody knows', null, 0],
  ])('that Plivo could not tell of was received %s', async (_, at, received) => {
    const figured = announced(world.sessions.events, [TextFigured]);
    const record = recordOf(at === null ? null : clock.now() + at);
    expect(await unheard(record)).toMatchObject({ decision: 'refuse', reason: 'unheard' });
    const [row] = await rows('SELECT received_at, is_hint, media_count, units FROM text_message');
    expect(Object.values(row ?? {}).map(Number)).toEqual([clock.now() + received, 0, 0, 2]);
    expect(figured).toHaveLength(1);
    expect([await unheard(record), (await kept())[0]]).toEqual([null, 1]);
  });

  it('is told to the customer of a session with texts alone: what is taken with its units, what is refused with its reason', async () => {
    const news = announced(world.sessions.events, [TextTaken, TextRefused]);
    await receive(textTold(ANA, NUMBER, `${'a'.repeat(1600)}${'b'.repeat(200)}`));
    await receive(textTold(ANA, NUMBER, ''));
    await receive(textTold(STRANGER, NUMBER, 'hello'));
    await receive(textTold(ANA, NUMBER, 'later'), true);
    expect(news).toMatchObject([{ units: 13, text: { role: 'first' } }, { reason: 'empty' }]);
    expect(news).toHaveLength(2);
    await world.sessions.end(session.id);
    ({ clock, world } = await beginTexts(database, [NUMBER]));
    const others = announced(world.sessions.events, [TextTaken, TextRefused]);
    await lend({ messaging: false });
    await receive(textTold(ANA, NUMBER, 'hello'));
    expect(others).toEqual([]);
  });

  it('with pictures is one unit in its first message, however long its words', async () => {
    ({ clock, world } = await beginTexts(database, [NUMBER], { messaging_media: true }));
    await database.transaction((tx) => tx.query('UPDATE virtual_number SET has_mms = 1'));
    await lend();
    const news = announced(world.sessions.events, [TextTaken]);
    const told = textTold(ANA, NUMBER, `${'a'.repeat(1600)}${'b'.repeat(200)}`, { mediaCount: 1, kind: 'mms' });
    const media = [`https://media.plivo.com/Account/MA/Message/${told.messageUuid}/Media/some`];
    await receive({ ...told, media });
    expect(news).toMatchObject([{ units: 1 + 2, text: { mediaCount: 1 } }]);
  });

  it('that goes no further has its pictures deleted at Plivo, once anybody vouches for it', async () => {
    const statuses = async () => (await rows('SELECT status FROM text_media')).map((row) => row['status']);
    for (const [isHint, to, found] of [
      [true, NUMBER, []],
      [false, 'AMAZON', []],
      [false, NUMBER, ['deleting']],
    ] as const) {
      const told = textTold(STRANGER, to, 'look', { mediaCount: 1, kind: 'mms' });
      const media = [`https://media.plivo.com/Account/MA/Message/${told.messageUuid}/Media/some`];
      await receive({ ...told, media }, isHint);
      expect(await statuses()).toEqual(found);
    }
  });
});
