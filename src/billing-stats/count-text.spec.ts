import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addNumbers,
  announced,
  clearSessions,
  FakeClock,
  party,
  usNumbers,
} from '../../test/support/ground.js';
import { MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database, Tx } from '../platform/database/database.js';
import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import { newId } from '../platform/ids.js';
import { TimeZone } from '../platform/time-zone.js';
import type { MessageReport } from '../plivo/index.js';
import { parseCaller } from '../telephony/phone.js';
import { billedTexts, ForgetTexts } from '../texts/index.js';
import { RecountDiffered } from './billing-stats.events.js';
import { ForgetFigures } from './forget-figures.js';
import type { Grouping } from './group-stats.js';

const [VIRTUAL = ''] = usNumbers(1);
const ACCOUNT_ROW =
  "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'Some', 'x', 'sealed', 0)";
const [ANA, RAVI] = [party(1), party(2)];

describeOnEachDatabase('what texts come to', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let texts: ReturnType<typeof textsOn>;
  let billing: ReturnType<typeof billingOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await write((tx) => tx.query(ACCOUNT_ROW, [ACCOUNT]));
    await addNumbers(database, [VIRTUAL]);
    await write((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await set({ message_fee: '0.001' });
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    texts = textsOn(database, clock, plivo);
    billing = billingOn(database, texts as never);
  });

  const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(work);
  const set = (settings: object): Promise<void> => turnTextsOn(database, ACCOUNT, settings);
  const opened = async (more: object = {}) => {
    const session = await texts.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, ...more });
    clock.advance(1000);
    return session;
  };
  const receive = (from: string, words: string, more: object = {}, isHint = false): Promise<void> => {
    const text = textTold(from, VIRTUAL, words, { amountMicros: 5500, ...more });
    return texts.receiveText.run(verifiedText(text, isHint), text);
  };
  /** What Plivo reports of the last that was sent. */
  const report = async (state: MessageReport['state'], more: Partial<MessageReport> = {}): Promise<void> => {
    const messageUuid = plivo.sent.at(-1)?.messageUuid ?? '';
    const told = { messageUuid, state, sequence: null, units: 1, amountMicros: 7000, errorCode: null, ...more };
    await texts.noteReport.run(verifiedText(told), null, told);
  };
  const stats = async (...groupBy: Grouping[]): Promise<string[]> => {
    const time = { from: 0, to: clock.now() + DAY_MS, zone: TimeZone.utc };
    return (await billing.readStats.run({ ...time, accountId: ACCOUNT, groupBy })).map((row) =>
      [row.key, row.texts, row.textsDelivered, row.textsFailed, row.textUnits, row.textAmount, row.textOwnAmount].join(
        ' ',
      ),
    );
  };
  const differences = async (isRepair = false) => {
    await billing.recount.run(isRepair);
    const { callDifferences, textDifferences, sessionDifferences, sumDifferences, ...sums } =
      (await billing.recount.last())!;
    const unequal = [sums.texts - sums.statTexts, sums.textAmount - sums.statTextAmount];
    return [callDifferences, textDifferences, sessionDifferences, sumDifferences, ...unequal];
  };
  const answer = async (id: string) =>
    texts.sessions.findSession.run({ accountId: ACCOUNT, subaccountId: null } as never, id);

  it('is what Plivo charges for both legs, what carriers charge and our own price, each once', async () => {
    const { id } = await opened();
    plivo.carrierFee = 3000;
    await receive(ANA, 'hello');
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 0 0 1 5500 0`]);
    await texts.jobs.runDue();
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 0 0 2 6500 1000`]);
    for (let time = 0; time < 2; time += 1) await report('delivered');
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 1 0 2 13500 1000`]);

    clock.advance(600_000);
    expect(await texts.priceTexts.enqueue()).toBe(1);
    await texts.jobs.runDue();
    // Of the inbound one there is no record yet.
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 1 0 2 16500 1000`]);
    expect(await answer(id)).toMatchObject({
      messaging: true,
      total_message_count: 1,
      total_message_units: 2,
      total_message_amount: 0.0165,
      total_call_amount: 0,
      total_session_amount: 0.0165,
      last_message_time: '2026-01-05 10:00:01 +0000 UTC',
      last_interaction_time: '',
    });
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("takes a record's price where no report came, and asks no more once it is there", async () => {
    await opened();
    await receive(ANA, 'hello', { amountMicros: 0, messageUuid: '5b40a428-bfc7-4daf-9d06-726c558bf3b8' });
    await texts.jobs.runDue();
    await report('sent', { amountMicros: null });
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 0 0 2 1000 1000`]);
    const known = [...plivo.records.values()][0]!;
    const inbound = { ...known, direction: 'inbound' as const, state: null, amountMicros: 5500, carrierFeeMicros: 200 };
    const uuid = '5b40a428-bfc7-4daf-9d06-726c558bf3b8';
    plivo.records.set(uuid, { ...inbound, messageUuid: uuid });
    clock.advance(DAY_MS);
    await texts.priceTexts.enqueue();
    await texts.jobs.runDue();
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 0 0 2 13700 1000`]);
    clock.advance(2 * DAY_MS);
    expect(await texts.priceTexts.enqueue()).toBe(0);
  });

  it('asks for a record that is not there again, and gives up after two days', async () => {
    await opened();
    await receive(ANA, '');
    for (let time = 0; time < 10; time += 1) {
      clock.advance(6 * HOUR_MS);
      await texts.priceTexts.enqueue();
      await texts.jobs.runDue();
    }
    expect(await texts.priceTexts.enqueue()).toBe(0);
    expect(await stats('account')).toEqual([`${ACCOUNT} 0 0 0 1 5500 0`]);
  });

  it('is nothing for what failed, and the inbound leg alone for what was never sent', async () => {
    await opened();
    await receive(ANA, 'one');
    await texts.jobs.runDue();
    await report('sent');
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 0 0 2 13500 1000`]);
    await report('failed', { errorCode: 80 });
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 0 1 1 5500 0`]);
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('counts what strangers wrote for the number, and what is refused for the session', async () => {
    const { id } = await opened();
    await receive(party(9), 'who are you');
    await receive(ANA, '');
    expect(await stats('number')).toEqual([`+${VIRTUAL} 0 0 0 2 11000 0`]);
    expect(await stats('session')).toEqual([`${id} 0 0 0 1 5500 0`]);
    expect(await answer(id)).toMatchObject({
      total_message_count: 0,
      total_message_amount: 0.0055,
      last_message_time: '',
    });
    expect(await stats('direction')).toContain('text 0 0 0 2 11000 0');
  });

  it('counts nothing that anybody may have made up, before Plivo has confirmed it', async () => {
    await opened();
    const uuid = newId();
    await receive(ANA, 'made up', { messageUuid: uuid, amountMicros: 999_000_000 }, true);
    expect(await stats('account')).toEqual([`${ACCOUNT} 0 0 0 0 0 0`]);
    clock.advance(61_000);
    await texts.jobs.runDue();
    expect(await stats('account')).toEqual([`${ACCOUNT} 0 0 0 0 0 0`]);
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('says no word of texts where a session never had any, whatever was written to it', async () => {
    const { id } = await texts.sessions.open({ first_party: ANA, second_party: RAVI });
    const before = JSON.stringify(await answer(id));
    await receive(ANA, 'hello');
    expect(JSON.stringify(await answer(id))).toBe(before);
    expect(before).not.toMatch(/messag/);
    expect(await stats('session')).toContain(`${id} 0 0 0 1 5500 0`);
  });

  it('counts our own sentences: in the session and every sum, without a fee, and as no text', async () => {
    const { id } = await opened();
    plivo.carrierFee = 3000;
    await receive(ANA, '', { mediaCount: 1 });
    await texts.jobs.runDue();
    expect(plivo.sent.map(({ text }) => text)).toEqual(['Pictures cannot be passed on.']);
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
    for (let time = 0; time < 2; time += 1) await report('delivered');
    expect(await stats('session')).toEqual([`${id} 0 0 0 2 12500 0`]);
    clock.advance(600_000);
    for (let time = 0; time < 2; time += 1) {
      await texts.priceTexts.enqueue();
      await texts.jobs.runDue();
    }
    expect(await stats('session')).toEqual([`${id} 0 0 0 2 15500 0`]);
    expect(await answer(id)).toMatchObject({ total_message_count: 0, total_message_amount: 0.0155 });
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
    const uuid = plivo.sent[0]?.messageUuid ?? '';
    const billed = await write((tx) => billedTexts(tx, ACCOUNT, [uuid]));
    expect(billed.get(uuid)).toMatchObject({ units: 1, amount: 7000, carrierFee: 3000 });
    await write((tx) => tx.query('DELETE FROM text_tally'));
    await differences(true);
    expect([await differences(), await stats('session')]).toEqual([[0, 0, 0, 0, 0, 0], [`${id} 0 0 0 2 15500 0`]]);
  });

  it('keeps the price of a unit that held when the text came', async () => {
    await opened();
    await receive(ANA, 'hello');
    await texts.jobs.runDue();
    await set({ message_fee: '5' });
    await report('delivered');
    expect(await stats('account')).toEqual([`${ACCOUNT} 1 1 0 2 13500 1000`]);
  });

  it('finds by a recount what is wrong of a text or of a sum, and mends it', async () => {
    await opened();
    await receive(ANA, 'hello');
    await texts.jobs.runDue();
    await report('delivered');
    const right = await stats('account', 'number');
    await write((tx) => tx.query('UPDATE text_tally SET amount = amount + 1'));
    await write((tx) => tx.query("UPDATE call_stat SET text_units = text_units + 3 WHERE virtual_number <> ''"));
    expect(await differences()).toEqual([0, 1, 0, expect.any(Number), 0, 0]);
    await differences(true);
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await stats('account', 'number')).toEqual(right);
    await write((tx) => tx.query('DELETE FROM text_tally'));
    await differences(true);
    expect([await differences(), await stats('account', 'number')]).toEqual([[0, 0, 0, 0, 0, 0], right]);
  });

  it.each([1, 2, 3])('finds each of several that are wrong, %d at a time, and tells of them', async (pageSize) => {
    billing.recount.pageSize = pageSize;
    const news = announced(texts.sessions.events, [RecountDiffered]);
    await opened();
    for (const words of ['one', 'two', 'three']) {
      await receive(ANA, words);
      await texts.jobs.runDue();
      await report('delivered');
    }
    expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(news).toEqual([]);
    await write((tx) => tx.query('UPDATE text_tally SET amount = amount + 1'));
    expect((await differences()).slice(0, 3)).toEqual([0, 3, 0]);
    expect(news).toEqual([new RecountDiffered(expect.any(String) as never, 3, 0, expect.any(Number) as never, false)]);
  });

  it('takes the place of what was reserved for it under a cap', async () => {
    const cap = { daily_spend_cap: '0.05', max_rate_per_minute: '0.02', max_rate_per_message: '0.01' };
    await set({ message_fee: '0.001', ...cap });
    await opened();
    await receive(ANA, 'one');
    const today = async () => {
      const { spent, reserved } = (await texts.spend.today(ACCOUNT))!;
      return { spent, reserved };
    };
    expect(await today()).toEqual({ spent: 5500, reserved: 11_000 });
    await texts.jobs.runDue();
    await report('delivered');
    expect(await today()).toEqual({ spent: 13_500, reserved: 0 });
    for (const word of ['two', 'three', 'four']) await receive(ANA, word);
    // The last does not fit any more. What it costs to have received it is spent all the same.
    expect(await today()).toEqual({ spent: 13_500 + 3 * 5500, reserved: 22_000 });
    const refused = await write((tx) => tx.query<unknown[]>("SELECT id FROM text_message WHERE reason = 'spend-cap'"));
    expect(refused).toHaveLength(1);
  });

  it('is not passed on under a cap of an earlier version, which knew no price of a text, and says why', async () => {
    await set({ daily_spend_cap: '5', max_rate_per_minute: '0.02' });
    await opened();
    await receive(ANA, 'one');
    const refused = await write((tx) => tx.query<unknown[]>("SELECT id FROM text_message WHERE reason = 'no-rate'"));
    expect(refused).toHaveLength(1);
    expect(await texts.spend.today(ACCOUNT)).toBeNull();
  });

  it('takes the place of what was reserved for a sentence of ours', async () => {
    const cap = { daily_spend_cap: '0.05', max_rate_per_minute: '0.02', max_rate_per_message: '0.01' };
    await set({ text_notices: { stranger: 'Nobody here.' }, ...cap });
    await receive(party(9), 'hello');
    await texts.jobs.runDue();
    expect(await texts.spend.today(ACCOUNT)).toMatchObject({ spent: 5500, reserved: 10_000 });
    for (let time = 0; time < 2; time += 1) await report('delivered');
    expect(await texts.spend.today(ACCOUNT)).toMatchObject({ spent: 12_500, reserved: 0 });
  });

  describe('when it is forgotten', () => {
    const everything = async () => [...(await stats('account', 'number')), ...(await stats('subaccount', 'direction'))];
    const forget = () => new ForgetTexts(database, clock, texts.spend, texts.sessions.events, texts.media.deleteMedia);
    const rows = async (sql: string): Promise<Record<string, unknown>[]> => write((tx) => tx.query(sql));

    it('stays in every sum, whether its session goes, it alone, or its person is taken out of it', async () => {
      const { id } = await opened();
      await write((tx) => tx.query("UPDATE masking_session SET subaccount_id = 'SASUBSUBSUBSUBSUB000'"));
      await receive(ANA, 'one');
      await texts.jobs.runDue();
      await report('delivered');
      await receive(ANA, 'two');
      await receive(party(9), 'a stranger');
      const before = await everything();
      const figures = new ForgetFigures(database);

      const all = await write((tx) => forget().oldestOf(tx, [id], 10));
      expect([all.final.length, all.open.length]).toEqual([0, 2]);
      const [first = '', second = ''] = all.open;
      await write(async (tx) => {
        await forget().detach(tx, [second]);
        await figures.ofTexts(tx, [first]);
        await forget().run(tx, [first]);
        await figures.ofSessions(tx, [id]);
        await tx.query('DELETE FROM masking_session');
      });
      const failed = (line: string): string => line.replace(/ 2 1 0 /, ' 2 1 1 ');
      // What was still to be sent never will be, and says so; nothing else has changed.
      expect(await everything()).toEqual(before.map(failed));
      expect(await differences()).toEqual([0, 0, 0, 0, 0, 0]);
      expect(
        await rows('SELECT session_id, sender, sender_index FROM text_message WHERE sender_index IS NULL'),
      ).toEqual([{ session_id: null, sender: null, sender_index: null }]);
      expect(
        await rows(
          `SELECT 1 FROM text_forward WHERE session_id = '${id}' OR recipient IS NOT NULL OR body IS NOT NULL`,
        ),
      ).toEqual([]);
      await texts.jobs.runDue();
      expect(plivo.sent).toHaveLength(1);

      clock.advance(28 * HOUR_MS);
      const strangers = await write((tx) => forget().strangers(tx, ACCOUNT, clock.now(), 10));
      await write(async (tx) => {
        await figures.ofTexts(tx, strangers);
        await forget().run(tx, strangers);
      });
      expect(await rows('SELECT 1 FROM text_message')).toEqual([]);
      expect([await everything(), await differences()]).toEqual([before.map(failed), [0, 0, 0, 0, 0, 0]]);
    });

    it('goes with its session, its person or its time where it is a sentence of ours, and stays in the sums', async () => {
      await set({ text_notices: { stranger: 'Nobody here.' } });
      const { id } = await opened();
      const index = (number: string): string => texts.sessions.records.partyIndex(ACCOUNT, parseCaller(number)!)!;
      for (const from of [ANA, party(9)]) {
        await receive(from, from === ANA ? '' : 'hello', from === ANA ? { mediaCount: 1 } : {});
        await texts.jobs.runDue();
      }
      await report('delivered');
      // What an earlier fact forgot is remembered.
      const [before, off] = [await everything(), await differences()];
      const kept = (): Promise<Record<string, unknown>[]> =>
        rows('SELECT session_id, recipient FROM text_notice ORDER BY created_at, id');
      expect((await kept()).map((row) => row['session_id']).sort()).toEqual([id, null].sort());
      const person = { index: index(party(9)), until: clock.now() };
      expect(await write((tx) => forget().owing(tx, [id]))).toEqual([id]);
      expect(await write((tx) => forget().countOf(tx, person))).toBe(2);
      await write(async (tx) => forget().blank(tx, await forget().elsewhere(tx, person, 10)));
      expect(await write((tx) => forget().countOf(tx, person))).toBe(0);
      const { open: owed } = await write((tx) => forget().oldestOf(tx, [id], 10));
      expect(owed).toHaveLength(2);
      await write((tx) => forget().detach(tx, owed));
      expect(await kept()).toEqual([1, 2].map(() => ({ session_id: null, recipient: null })));
      clock.advance(28 * HOUR_MS);
      const strangers = await write((tx) => forget().strangers(tx, ACCOUNT, clock.now(), 10));
      await write(async (tx) => {
        await new ForgetFigures(database).ofTexts(tx, strangers);
        await forget().run(tx, strangers);
      });
      expect([await kept(), await everything(), await differences()]).toEqual([[], before, off]);
    });

    it('is waited for while a price may come', async () => {
      const { id } = await opened();
      await receive(ANA, 'one');
      const owing = (): Promise<string[]> => write((tx) => forget().owing(tx, [id]));
      expect(await owing()).toEqual([id]);
      await texts.jobs.runDue();
      await report('delivered');
      expect(await owing()).toEqual([id]);
      clock.advance(3 * DAY_MS);
      await texts.priceTexts.enqueue();
      await texts.jobs.runDue();
      expect(await owing()).toEqual([]);
    });
  });
});
