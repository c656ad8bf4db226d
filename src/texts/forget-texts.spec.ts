import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { HOUR_MS } from '../platform/clock.js';
import type { Database, Tx } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';
import { parseCaller } from '../telephony/phone.js';
import { ForgetTexts } from './forget-texts.js';
import { TextFigured } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI, EVE, KIM, STRANGER] = [party(1), party(2), party(3), party(4), party(9)];
const SETTINGS = {
  text_notices: { stranger: 'Nobody here.' },
  text_retention_days: 7,
  daily_spend_cap: '1',
  max_rate_per_minute: '0.01',
  max_rate_per_message: '0.01',
};
const TABLES = ['text_message', 'text_forward', 'text_notice'];

describeOnEachDatabase('texts that are forgotten', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let forget: ForgetTexts;
  let one: SessionRecord;
  let other: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  /** Of each of two sessions a text, and help that its person has asked for; and what a stranger wrote. */
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], SETTINGS));
    forget = new ForgetTexts(database, clock, world.spend, world.sessions.events, world.media.deleteMedia);
    one = await lend(ANA, RAVI);
    other = await lend(EVE, KIM);
    for (const from of [ANA, EVE]) {
      await write(from, 'help');
      clock.advance(1000);
    }
    await write(STRANGER, 'hello');
  });

  const lend = (first: string, second: string) =>
    world.sessions.open({ first_party: first, second_party: second, messaging: true, session_expiry: 7200 });
  const write = async (from: string, words: string, isHint = false): Promise<void> => {
    const told = textTold(from, NUMBER, words);
    await world.receiveText.run(verifiedText(told, isHint), told);
    await world.jobs.runDue();
  };
  const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(work);
  const change = (sql: string, values: unknown[] = []): Promise<unknown> => within((tx) => tx.query(sql, values));
  const rows = <Row = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    database.read((manager) => manager.query(sql, values));
  const ids = async (table: string, where = '1 = 1', values: unknown[] = []): Promise<string[]> =>
    (await rows<{ id: string }>(`SELECT id FROM ${table} WHERE ${where} ORDER BY id`, values)).map(({ id }) => id);
  const ofSession = (table: string, { id }: SessionRecord): Promise<string[]> => ids(table, 'session_id = ?', [id]);
  /** How many rows each table has. */
  const left = async (): Promise<number[]> => Promise.all(TABLES.map(async (table) => (await ids(table)).length));
  /** Nothing is to come of them, and Plivo's list has them no more. */
  const settled = async (): Promise<void> => {
    clock.advance(28 * HOUR_MS);
    for (const table of TABLES) await change(`UPDATE ${table} SET price_at = NULL`);
    for (const table of ['text_forward', 'text_notice']) await change(`UPDATE ${table} SET state = 'delivered'`);
  };
  const personOf = (number: string, until = clock.now()) => ({
    index: world.sessions.records.partyIndex(ACCOUNT, parseCaller(number)!)!,
    until,
  });

  it.each([
    ['text_forward', "state = 'pending'", true],
    ['text_forward', "state = 'sending'", true],
    ['text_forward', "state = 'unknown'", true],
    ['text_forward', "state = 'unconfirmed'", false],
    ['text_forward', 'price_at = 1', true],
    ['text_message', 'price_at = 1', true],
    ['text_notice', "state = 'pending'", true],
    ['text_notice', "state = 'sending'", true],
    ['text_notice', "state = 'rejected'", false],
    ['text_notice', 'price_at = 1', true],
  ])('are waited for while something of them is to come: %s, %s: %s', async (table, set, isOwed) => {
    await settled();
    const both = [one.id, other.id];
    expect(await within((tx) => forget.owing(tx, both))).toEqual([]);
    await change(`UPDATE ${table} SET ${set} WHERE session_id = ?`, [one.id]);
    expect(await within((tx) => forget.owing(tx, both))).toEqual(isOwed ? [one.id] : []);
    expect(await within((tx) => forget.owing(tx, [other.id]))).toEqual([]);
    const { final, open: owed } = await within((tx) => forget.oldestOf(tx, [one.id], 10));
    expect([final.length, owed.length]).toEqual(isOwed ? [1, 1] : [2, 0]);
  });

  it('go with their session, with what was reserved for them, and nobody else does', async () => {
    const reservations = async (): Promise<number> => (await rows('SELECT 1 FROM spend_reservation')).length;
    expect([await left(), await reservations()]).toEqual([[3, 2, 3], 5]);
    expect(await within((tx) => forget.count(tx, [one.id]))).toBe(1);
    expect(await within((tx) => forget.count(tx, [one.id, other.id]))).toBe(2);
    await within((tx) => forget.ofSessions(tx, [one.id]));
    expect([await left(), await reservations()]).toEqual([[2, 1, 2], 3]);
    for (const table of TABLES)
      expect([await ofSession(table, one), (await ofSession(table, other)).length]).toEqual([[], 1]);
  });

  it('go one by one, each with what was sent on of it', async () => {
    const [text = ''] = await ofSession('text_message', one);
    const [notice = ''] = await ofSession('text_notice', other);
    for (const id of [text, notice]) await within((tx) => forget.run(tx, [id]));
    expect(await left()).toEqual([2, 1, 2]);
    expect([await ofSession('text_forward', one), await ofSession('text_notice', other)]).toEqual([[], []]);
    await within((tx) => forget.run(tx, []));
    expect(await left()).toEqual([2, 1, 2]);
  });

  it('of strangers are found by their time, the oldest first', async () => {
    const found = (limit: number, until = clock.now(), account = ACCOUNT): Promise<string[]> =>
      within((tx) => forget.strangers(tx, account, until, limit));
    const [text = ''] = await ids('text_message', 'session_id IS NULL');
    const [notice = ''] = await ids('text_notice', 'session_id IS NULL');
    const cameAt = clock.now();
    clock.advance(28 * HOUR_MS);
    expect(await found(10)).toEqual([text, notice]);
    expect([await found(1), await found(10, cameAt - 1), await found(10, clock.now(), 'MAOTHER')]).toEqual([
      [text],
      [],
      [],
    ]);
    clock.advance(1000);
    await write(party(8), 'later');
    clock.advance(28 * HOUR_MS);
    expect([await found(1), await found(3)]).toEqual([[text], [text, expect.any(String), notice]]);
  });

  it('of a person are those of its sessions, and those that it wrote or was sent elsewhere', async () => {
    const count = (number: string, until?: number) =>
      database.read((manager) => forget.countOf(manager, personOf(number, until)));
    const elsewhere = (number: string, limit = 10, until?: number) =>
      database.read((manager) => forget.elsewhere(manager, personOf(number, until), limit));
    await write(RAVI, 'help');
    await change('DELETE FROM text_notice WHERE session_id = ?', [other.id]);
    expect([await count(ANA), await count(EVE), await count(STRANGER), await count(party(8))]).toEqual([4, 1, 2, 0]);
    const own = [await elsewhere(ANA), await elsewhere(RAVI)];
    expect([own, (await elsewhere(STRANGER)).length]).toEqual([[[], []], 2]);
    expect((await elsewhere(STRANGER, 10, clock.now() - 1)).length).toBe(0);
    expect((await elsewhere(STRANGER, 1)).length).toBe(2);
    // Whose place somebody else has by now.
    await change('UPDATE masking_session SET second_index = ? WHERE id = ?', [personOf(party(7)).index, one.id]);
    expect((await elsewhere(RAVI)).length).toBe(3);
    expect(await elsewhere(ANA)).toEqual([]);
    expect((await elsewhere(RAVI, 10, one.createdAt)).length).toBe(1);
    expect(await elsewhere(RAVI, 10, one.createdAt - 1)).toEqual([]);
    // Who was a stranger then.
    await lend(STRANGER, party(8));
    expect((await elsewhere(STRANGER)).length).toBe(2);
  });

  it.each([
    ['delivered', { state: 'delivered', reason: null }],
    ['pending', { state: 'rejected', reason: 'session-gone' }],
    ['sending', { state: 'unconfirmed', reason: null }],
    ['unknown', { state: 'unconfirmed', reason: null }],
  ])('lose their people and words, and what is %s then is %j', async (state, ended) => {
    const [text = ''] = await ofSession('text_message', one);
    await change('UPDATE text_forward SET state = ?, look_up_at = 5, body = ? WHERE text_id = ?', [state, 'x', text]);
    const figured = announced(world.sessions.events, [TextFigured]);
    const before = (await world.spend.today(ACCOUNT))?.reserved ?? 0;
    await within((tx) => forget.blank(tx, [text]));
    const none = { recipient: null, recipient_index: null, body: null, look_up_at: null };
    const [forward] = await rows('SELECT * FROM text_forward WHERE text_id = ?', [text]);
    expect({ ...forward, kept: Number(forward?.['is_body_kept']) }).toMatchObject({ ...none, ...ended, kept: 0 });
    expect(await rows('SELECT sender, sender_index, body, session_id FROM text_message WHERE id = ?', [text])).toEqual([
      { sender: null, sender_index: null, body: null, session_id: one.id },
    ]);
    expect(before - ((await world.spend.today(ACCOUNT))?.reserved ?? 0)).toBe(state === 'delivered' ? 0 : 10_000);
    expect(figured).toEqual([new TextFigured(ACCOUNT, text)]);
    expect(await ids('text_message', 'sender IS NULL')).toEqual([text]);
  });

  it('that wait for a record are refused when they lose their people', async () => {
    await write(ANA, 'hello', true);
    const [waiting = ''] = await ids('text_message', "decision = 'wait'");
    const [taken = ''] = await ofSession('text_message', one);
    await within((tx) => forget.blank(tx, [waiting, taken]));
    expect(await rows('SELECT decision, reason FROM text_message WHERE id = ?', [waiting])).toEqual([
      { decision: 'refuse', reason: 'unverified' },
    ]);
    expect(await rows('SELECT decision FROM text_message WHERE id = ?', [taken])).toEqual([{ decision: 'forward' }]);
  });

  it.each([
    ['delivered', 'delivered', 0],
    ['pending', 'rejected', 10_000],
    ['sending', 'unknown', 10_000],
  ])('that are sentences of ours lose their people too: what was %s is %s', async (state, ended, freed) => {
    const [notice = ''] = await ofSession('text_notice', one);
    await change('UPDATE text_notice SET state = ? WHERE id = ?', [state, notice]);
    const before = (await world.spend.today(ACCOUNT))?.reserved ?? 0;
    const figured = announced(world.sessions.events, [TextFigured]);
    await within((tx) => forget.blank(tx, [notice]));
    expect(await rows('SELECT state, recipient FROM text_notice WHERE id = ?', [notice])).toEqual([
      { state: ended, recipient: null },
    ]);
    expect(before - ((await world.spend.today(ACCOUNT))?.reserved ?? 0)).toBe(freed);
    expect([figured, await ids('text_notice', 'recipient IS NULL')]).toEqual([
      [new TextFigured(ACCOUNT, notice)],
      [notice],
    ]);
  });

  it("whose session is about to go belong to none from there on, and are nobody's", async () => {
    const [text = '', notice = ''] = [
      ...(await ofSession('text_message', one)),
      ...(await ofSession('text_notice', one)),
    ];
    for (const id of [text, notice]) await within((tx) => forget.detach(tx, [id]));
    for (const table of TABLES)
      expect([await ofSession(table, one), (await ofSession(table, other)).length]).toEqual([[], 1]);
    expect(await ids('text_forward', 'session_id = id AND text_id = ?', [text])).toHaveLength(1);
    expect(await ids('text_message', 'sender IS NULL AND session_id IS NULL')).toEqual([text]);
    await within((tx) => forget.detach(tx, []));
    expect(plivo.sent.length).toBeGreaterThan(0);
  });

  it('are taken the oldest first, texts and sentences of ours', async () => {
    clock.advance(60_000);
    await write(RAVI, 'help');
    await settled();
    const oldest = async (limit: number) => (await within((tx) => forget.oldestOf(tx, [one.id], limit))).final;
    const [text = '', notice = ''] = await Promise.all(
      ['text_message', 'text_notice'].map(async (table) => (await oldestIn(table))[0]),
    );
    expect((await oldest(2)).toSorted()).toEqual([text, notice].toSorted());
    expect((await oldest(4)).length).toBe(4);
    await change('UPDATE text_notice SET created_at = created_at + 1000000');
    expect(await oldest(1)).toEqual([text]);
    await change('UPDATE text_message SET received_at = received_at + 2000000');
    expect(await oldest(1)).toEqual([notice]);
  });
  const oldestIn = async (table: string): Promise<string[]> => {
    const at = table === 'text_message' ? 'received_at' : 'created_at';
    return (await rows<{ id: string }>(`SELECT id FROM ${table} WHERE session_id = ? ORDER BY ${at}`, [one.id])).map(
      ({ id }) => id,
    );
  };
});
