import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
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
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import { isOwnSentence } from '../accounts/index.js';
import type { MessageWebhook } from '../plivo/index.js';
import type { Database } from '../platform/database/database.js';
import { PartyOpted } from './texts.events.js';

const NUMBERS = usNumbers(3);
const [ONE = '', TWO = '', THREE = ''] = NUMBERS;

describeOnEachDatabase('who wants no texts', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: ReturnType<typeof textsOn>;
  let told: object[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object = {}): Promise<void> => {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, NUMBERS);
    await database.transaction(async (tx) => {
      await tx.query("UPDATE virtual_number SET texts = 'yes'");
      await tx.query("UPDATE virtual_number SET campaign_id = 'C1' WHERE number IN (?, ?)", [ONE, TWO]);
    });
    await turnTextsOn(database, ACCOUNT, settings);
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
    told = announced(world.sessions.events, [PartyOpted]);
  };
  beforeEach(() => begin());

  const lent = (first: number, second: number) =>
    world.sessions.open({
      first_party: party(first),
      second_party: party(second),
      messaging: true,
      session_expiry: 86_400,
    });
  /** Written at that instant, and brought now. */
  const write = async (
    from: number,
    number: string,
    text: string,
    more: Partial<MessageWebhook> = {},
    at = clock.now(),
  ) => {
    const message = textTold(party(from), number, text, more);
    const known = { direction: 'inbound' as const, from: message.from, to: number, state: null, units: 1 };
    plivo.records.set(message.messageUuid, {
      ...known,
      messageUuid: message.messageUuid,
      amountMicros: 0,
      carrierFeeMicros: null,
      errorCode: null,
      at,
    });
    await world.receiveText.run(verifiedText(message), message);
    return message;
  };
  const decided = async (from: number, number: string, text: string, more: Partial<MessageWebhook> = {}) => {
    const { messageUuid } = await write(from, number, text, more);
    await world.jobs.runDue();
    clock.advance(1000);
    const rows = await database.read<{ decision: string; reason: string | null }[]>((manager) =>
      manager.query('SELECT decision, reason FROM text_message WHERE message_uuid = ?', [messageUuid]),
    );
    return rows[0]?.reason ?? rows[0]?.decision;
  };

  it('is asked by STOP and written to again after START, and may write all the while', async () => {
    await lent(1, 2);
    expect(await decided(2, ONE, ' stop \n')).toBe('stop');
    expect(await decided(1, ONE, 'hello?')).toBe('recipient-opted-out');
    expect(await decided(2, ONE, 'I can still write')).toBe('forward');
    expect(await decided(2, ONE, 'Start')).toBe('start');
    expect(await decided(1, ONE, 'hello again')).toBe('forward');
    // Who may be written to anyway says START to the other person.
    expect(await decided(2, ONE, 'Start')).toBe('forward');
    const passedOn = plivo.sent.filter(({ text }) => !isOwnSentence(text, {}));
    expect(passedOn.map(({ text }) => text)).toEqual(['I can still write', 'hello again', 'Start']);
    expect(told).toMatchObject([
      { role: 'second', kind: 'out' },
      { role: 'second', kind: 'in' },
    ]);
  });

  it.each<[text: string, intent: MessageWebhook['intent'], outcome: string, isOut: boolean]>([
    ['Stop it', null, 'forward', false],
    ['STOP!', null, 'forward', false],
    ['unsubscribe', null, 'stop', true],
    ['CANCEL', null, 'forward', false],
    ['CANCEL', 'optout', 'forward', true],
    ['YES', 'optin', 'forward', false],
    ['HELP', 'help', 'forward', false],
    ['no more of this', 'optout', 'stop', true],
    ['STOP', 'help', 'forward', false],
    ['BAJA', null, 'forward', false],
  ])('%s, which Plivo takes for %s', async (text, intent, outcome, isOut) => {
    await lent(1, 2);
    expect(await decided(2, ONE, text, { intent })).toBe(outcome);
    expect(await decided(1, ONE, 'hello')).toBe(isOut ? 'recipient-opted-out' : 'forward');
  });

  it('is asked in the languages of the account', async () => {
    await begin({ language: 'de-DE', text_languages: ['es', 'fr'] });
    await lent(1, 2);
    for (const [word, back] of [
      ['abmelden', 'anmelden'],
      ['Baja', 'ALTA'],
      ['arrêt', 'début'],
      ['de\u0301sabonner', 'START'],
    ] as const) {
      expect(await decided(2, ONE, word)).toBe('stop');
      expect(await decided(1, ONE, 'hello')).toBe('recipient-opted-out');
      expect(await decided(2, ONE, back)).toBe('start');
    }
    expect(await decided(2, ONE, '停止')).toBe('forward');
  });

  it('holds for all numbers of a campaign and for no other, for one person and nobody else', async () => {
    const session = await lent(1, 2);
    expect(session.virtualNumber).toBe(ONE);
    expect(await decided(9, TWO, 'STOP')).toBe('stop');
    await decided(2, ONE, 'STOP');
    const others = await lent(3, 2);
    // Whom it is for wants no texts from the campaign: there is a number outside of it.
    expect(others.virtualNumber).toBe(THREE);
    expect(await decided(3, THREE, 'hello')).toBe('forward');
    const last = await lent(4, 2);
    expect([ONE, TWO]).toContain(last.virtualNumber);
    expect(await decided(4, last.virtualNumber, 'hello')).toBe('recipient-opted-out');
    expect(await decided(2, last.virtualNumber, 'to four')).toBe('forward');
    const [answer] = await database.transaction((tx) => world.sessions.findSession.answers(tx, [last]));
    expect(answer).toMatchObject({ messaging_blocked: ['second_party'] });
    const [free] = await database.transaction((tx) => world.sessions.findSession.answers(tx, [others]));
    expect(free).not.toHaveProperty('messaging_blocked');
    expect(await decided(2, TWO, 'START')).toBe('start');
    expect(await decided(1, ONE, 'hello')).toBe('forward');
  });

  it('is remembered beyond the session, for who comes next', async () => {
    const session = await lent(1, 2);
    await decided(2, ONE, 'STOP');
    await world.sessions.end(session.id);
    clock.advance(2 * 86_400_000);
    const again = await lent(1, 2);
    expect(again.virtualNumber).toBe(THREE);
  });

  it("follows from Plivo's refusal where nobody has heard a word, and START outdoes it", async () => {
    await lent(1, 2);
    await write(1, ONE, 'hello');
    await world.jobs.runDue();
    const [sent] = plivo.sent;
    const rows = await database.read<{ id: string }[]>((manager) => manager.query('SELECT id FROM text_forward'));
    const report = { messageUuid: sent?.messageUuid ?? '', state: 'failed' as const, sequence: 2, units: 1 };
    for (const errorCode of [200, 200])
      await world.noteReport.run(verifiedText({}), rows[0]?.id ?? '', { ...report, amountMicros: 0, errorCode });
    clock.advance(1000);
    expect(told).toMatchObject([{ role: 'second', kind: 'out' }]);
    expect(await decided(1, ONE, 'hello?')).toBe('recipient-opted-out');
    expect(await decided(2, ONE, 'START')).toBe('start');
    expect(await decided(1, ONE, 'hello!')).toBe('forward');
  });

  it('gets nothing that was on its way to Plivo when STOP came', async () => {
    await lent(1, 2);
    await write(1, ONE, 'too late');
    await write(2, ONE, 'STOP');
    await world.jobs.runDue();
    expect(plivo.sent.filter(({ text }) => !isOwnSentence(text, {}))).toEqual([]);
    const rows = await database.read<object[]>((manager) => manager.query('SELECT state, reason FROM text_forward'));
    expect(rows).toMatchObject([{ state: 'rejected', reason: 'recipient-opted-out' }]);
  });

  it('is written to again where an operator removes it', async () => {
    await lent(1, 2);
    await decided(2, ONE, 'STOP');
    const rows = await database.read<{ id: string }[]>((manager) => manager.query('SELECT id FROM text_opt_out'));
    await database.transaction((tx) => world.noteOptOuts.remove(tx, rows[0]?.id ?? ''));
    expect(await decided(1, ONE, 'hello')).toBe('forward');
  });

  it('holds as they were written, in whatever order and however often they come', async () => {
    const words = fc.array(fc.constantFrom('STOP', 'START'), { minLength: 2, maxLength: 4 });
    const orders = words.chain((list) =>
      fc.record({
        list: fc.constant(list),
        order: fc.shuffledSubarray(
          list.map((_, place) => place),
          { minLength: list.length },
        ),
        isDatedEarly: fc.boolean(),
      }),
    );
    let session = 0;
    await fc.assert(
      fc.asyncProperty(orders, async ({ list, order, isDatedEarly }) => {
        session += 1;
        const [first, second] = [100 + 2 * session, 101 + 2 * session];
        const { virtualNumber: number } = await lent(first, second);
        clock.advance(60_000);
        const begun = clock.now() - 10_000;
        for (const place of order) {
          const message = await write(second, number, list[place] ?? '', {}, begun + place * 1000);
          await world.receiveText.run(verifiedText(message), message);
          if (isDatedEarly) await world.jobs.runDue();
        }
        await world.jobs.runDue();
        const isOut = (await decided(first, number, 'hello')) === 'recipient-opted-out';
        expect(isOut).toBe(list.at(-1) === 'STOP');
        await world.sessions.end((await lent(first, second)).id);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('is not written to when texts that were off are on again, nor answered meanwhile; START is heard too', async () => {
    const { virtualNumber } = await lent(1, 2);
    const turn = async (texts: 'on' | 'off'): Promise<void> => {
      await turnTextsOn(database, ACCOUNT, { texts });
      clock.advance(5000);
    };
    await turn('off');
    await write(2, virtualNumber, 'STOP');
    await write(1, virtualNumber, 'hello');
    await world.jobs.runDue();
    await turn('on');
    await write(1, virtualNumber, 'are you there');
    await world.jobs.runDue();
    expect(plivo.sent.map(({ to }) => to)).toEqual([party(1).slice(1)]);
    expect(told).toMatchObject([{ role: 'second', kind: 'out' }]);

    await turn('off');
    await write(2, virtualNumber, 'START');
    await world.jobs.runDue();
    await turn('on');
    await write(1, virtualNumber, 'and now');
    await world.jobs.runDue();
    expect(plivo.sent.at(-1)).toMatchObject({ to: party(2).slice(1), text: 'and now' });
  });
});
