import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addAccounts,
  addNumbers,
  announced,
  clearSessions,
  FakeClock,
  party,
  usNumbers,
} from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import { HOUR_MS } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import { newRandomId } from '../platform/ids.js';
import { ProviderBusy, ProviderUnavailable } from '../plivo/index.js';
import { ForgetTexts } from './forget-texts.js';
import { TextRefused } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const OTHER = 'MAOTHEROTHEROTHER000';
const digits = (number: string): string => number.replace('+', '');

describeOnEachDatabase('a text that Plivo could not tell of', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: ReturnType<typeof textsOn>;
  let told: object[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT, { text_notices: { failed: 'Not delivered.' } });
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
    told = announced(world.sessions.events, [TextRefused]);
  });

  const untold = (from: string, to = NUMBER): string => {
    const messageUuid = newRandomId();
    const price = { units: 1, amountMicros: 5500, carrierFeeMicros: 0, errorCode: null };
    const facts = { messageUuid, direction: 'inbound' as const, from, to, state: null, at: clock.now() };
    plivo.untold.unshift({ ...facts, ...price });
    return messageUuid;
  };
  const sweep = () => world.sweepTexts.run({ accountId: ACCOUNT });
  const texts = () =>
    database.read<Record<string, unknown>[]>((manager) =>
      manager.query('SELECT message_uuid, decision, reason, amount FROM text_message ORDER BY received_at, id'),
    );
  const lent = (second: number, seconds = 3600) =>
    world.sessions.open({
      first_party: party(1),
      second_party: party(second),
      messaging: true,
      session_expiry: seconds,
    });

  it('is taken down once, paid, and told to customer and sender', async () => {
    await lent(2);
    clock.advance(1000);
    const uuid = untold(digits(party(1)));
    clock.advance(480_000);
    await sweep();
    await sweep();
    const [text, ...more] = await texts();
    expect({ ...text, amount: Number(text?.['amount']) }).toMatchObject({
      message_uuid: uuid,
      reason: 'unheard',
      amount: 5500,
    });
    expect([more, told]).toMatchObject([[], [{ reason: 'unheard' }]]);
    await world.jobs.runDue();
    expect(plivo.sent.map(({ to, text: words }) => [to, words])).toEqual([[digits(party(1)), 'Not delivered.']]);
  });

  it("is nobody's who has the place only since it was written", async () => {
    await lent(2, 60);
    clock.advance(1000);
    untold(digits(party(1)));
    clock.advance(1_000_000);
    await lent(3);
    await sweep();
    expect(await texts()).toMatchObject([{ decision: 'refuse', reason: 'late' }]);
    expect(told).toMatchObject([{ reason: 'late' }]);
  });

  it('is passed on when its words come after all', async () => {
    await lent(2);
    clock.advance(1000);
    const messageUuid = untold(digits(party(1)));
    await sweep();
    const text = textTold(party(1), NUMBER, 'here I am', { messageUuid });
    for (const again of [text, text]) await world.receiveText.run(verifiedText(again), again);
    await world.jobs.runDue();
    expect(plivo.sent.map(({ text: words }) => words).filter((words) => words !== 'Not delivered.')).toEqual([
      'here I am',
    ]);
    expect(await texts()).toMatchObject([{ decision: 'forward', reason: null }]);
  });

  it('does not count beside itself when its words come: thirty a minute are passed on with it', async () => {
    await lent(2);
    for (let other = 0; other < 29; other += 1) {
      const text = textTold(party(1), NUMBER, 'hello');
      await world.receiveText.run(verifiedText(text), text);
    }
    const decided: unknown[] = [];
    for (let place = 30; place < 32; place += 1) {
      const messageUuid = untold(digits(party(1)));
      await sweep();
      const text = textTold(party(1), NUMBER, 'here I am', { messageUuid });
      await world.receiveText.run(verifiedText(text), text);
      decided.push((await texts()).find((row) => row['message_uuid'] === messageUuid)?.['reason']);
    }
    expect(decided).toEqual([null, 'too-many']);
  });

  it('is no business of ours on a number of others, and of a sender who is blotted out nobody', async () => {
    await lent(2);
    untold(digits(party(1)), '12025559999');
    untold(digits(party(1)), 'AMAZON');
    untold('14155550***');
    await sweep();
    expect(await texts()).toMatchObject([{ reason: 'unheard' }]);
    expect(told).toEqual([]);
  });

  it.each([
    ['its session was erased', true],
    ['its time was over', false],
  ])('is not taken anew, with its writer, as long as Plivo lists it although %s', async (_, isErased) => {
    const session = await lent(2);
    clock.advance(1000);
    untold(digits(party(isErased ? 1 : 9)));
    await sweep();
    // Its price is known.
    await database.transaction((tx) => tx.query('UPDATE text_message SET price_at = NULL'));
    const forget = new ForgetTexts(database, clock, world.spend, world.sessions.events, world.media.deleteMedia);
    const kept = () => database.read((manager) => manager.query('SELECT id, sender FROM text_message'));
    const [text] = await kept();
    await database.transaction(async (tx) => {
      if (!isErased) return forget.run(tx, await forget.strangers(tx, ACCOUNT, clock.now(), 10));
      const { final, open: listed } = await forget.oldestOf(tx, [session.id], 10);
      await forget.detach(tx, listed);
      return forget.run(tx, final);
    });
    await sweep();
    expect(await kept()).toEqual([isErased ? { ...text, sender: null } : text]);
    clock.advance(28 * HOUR_MS);
    expect(await database.transaction((tx) => forget.strangers(tx, ACCOUNT, clock.now(), 10))).toContain(text.id);
  });

  it('is found behind a hundred others by the next sweep', async () => {
    await lent(2);
    const first = untold(digits(party(1)));
    for (let other = 0; other < 100; other += 1) untold(`1415555${4000 + other}`);
    await sweep();
    expect(await texts()).toHaveLength(100);
    await sweep();
    expect((await texts()).map((row) => row['message_uuid'])).toContain(first);
  });

  /** What Plivo's list was asked for. */
  const asked = (): { cameFrom: number; cameUntil: number; offset: number }[] => {
    const all: { cameFrom: number; cameUntil: number; offset: number }[] = [];
    const { findUntoldMessages } = plivo;
    plivo.findUntoldMessages = async (credentials, span) => {
      all.push(span as (typeof all)[number]);
      return findUntoldMessages(credentials, span);
    };
    return all;
  };

  it('is looked for in what came within 26 hours, five pages at a time, and from the first page again after the last', async () => {
    const looks = asked();
    for (let other = 0; other < 120; other += 1) untold(`1415555${4000 + other}`, '12025559999');
    const ofSubaccount = () => world.sweepTexts.run({ accountId: ACCOUNT, subaccountId: 'SASUBSUBSUBSUBSUB000' });
    for (const again of [sweep, ofSubaccount, sweep, sweep]) await again();
    const first = [0, 20, 40, 60, 80];
    expect(looks.map(({ offset }) => offset)).toEqual([...first, ...first, 100, 120, ...first]);
    const span = { cameFrom: clock.now() - 26 * 3_600_000, cameUntil: clock.now() };
    expect(looks[0]).toMatchObject(span);
  });

  it('is looked for a minute later where Plivo cannot be asked, and a fault of ours is told', async () => {
    for (const error of [new ProviderBusy(1), new ProviderUnavailable('not reached')]) {
      plivo.findUntoldMessages = async () => Promise.reject(error);
      await expect(sweep()).rejects.toMatchObject({ name: 'Defer', seconds: 60 });
    }
    const fault = new TypeError('a fault of ours');
    plivo.findUntoldMessages = async () => Promise.reject(fault);
    await expect(sweep()).rejects.toBe(fault);
  });

  it('is looked for of accounts with texts, each by a job, and of no other', async () => {
    const account = 'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at)';
    await database.transaction((tx) => tx.query(`${account} VALUES (?, 'Some', 'x', 'sealed', 0)`, [ACCOUNT]));
    const looks = asked();
    expect(await world.sweepTexts.enqueue()).toBe(1);
    expect([await world.jobs.runDue(), looks.length]).toEqual([1, 1]);
    await turnTextsOn(database, ACCOUNT, { texts: 'off' });
    world = textsOn(database, clock, plivo);
    await sweep();
    expect([await world.sweepTexts.enqueue(), await world.jobs.runDue(), looks.length]).toEqual([0, 0, 1]);
  });
  it('is looked for of each account by a job of its own', async () => {
    await addAccounts(database, [ACCOUNT, OTHER]);
    await turnTextsOn(database, OTHER);
    const looks = asked();
    expect([await world.sweepTexts.enqueue(), await world.sweepTexts.enqueue()]).toEqual([2, 2]);
    expect([await world.jobs.runDue(), looks.length]).toEqual([2, 2]);
  });

  it('is passed on and refused to nobody where its words come while it is looked for', async () => {
    await lent(2);
    clock.advance(1000);
    const messageUuid = untold(digits(party(1)));
    const text = textTold(party(1), NUMBER, 'here I am', { messageUuid });
    const looks = asked();
    let isTold = false;
    const read = async (...work: Parameters<Database['read']>) => {
      const found = await database.read(...work);
      if (looks.length > 0 && !isTold) {
        isTold = true;
        await world.receiveText.run(verifiedText(text), text);
      }
      return found;
    };
    await textsOn(Object.assign(Object.create(database), { read }), clock, plivo).sweepTexts.run({
      accountId: ACCOUNT,
    });
    expect([await texts(), told]).toMatchObject([[{ message_uuid: messageUuid, decision: 'forward' }], []]);
  });
});
