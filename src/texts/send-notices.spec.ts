import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import {
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  type MessageState,
  type SendMessage,
} from '../plivo/index.js';
import { TextFigured } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const STRANGER = party(9);
const SETTINGS = {
  text_notices: { stranger: 'Nobody here.' },
  daily_spend_cap: '1',
  max_rate_per_minute: '0.01',
  max_rate_per_message: '0.01',
};

describeOnEachDatabase('a sentence of ours', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object = SETTINGS): Promise<void> => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], settings));
    const told = textTold(STRANGER, NUMBER, 'hello');
    await world.receiveText.run(verifiedText(told), told);
  };
  beforeEach(() => begin());

  const rows = <Row>(sql: string): Promise<Row[]> => database.read((manager) => manager.query(sql));
  const change = (sql: string): Promise<unknown> => database.transaction((tx) => tx.query(sql));
  const notices = () =>
    rows<{ id: string; state: string; reason: string | null; message_uuid: string | null }>(
      'SELECT id, state, reason, message_uuid, look_ups, look_up_at FROM text_notice',
    );
  const run = async (by = world): Promise<unknown> => {
    const [{ id } = { id: '' }] = await notices();
    return by.sendNotices.run(id).catch((error: unknown) => error);
  };
  const sent = (): string[] => plivo.sent.map(({ text }) => text);
  const reserved = async (): Promise<number | undefined> => (await world.spend.today(ACCOUNT))?.reserved;
  const later = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await world.jobs.runDue();
  };
  /** Plivo's answer, after something has happened while it was asked. */
  const meanwhile = (happens: (order: SendMessage) => Promise<unknown>, answer: Error | null): void => {
    const { sendMessage } = plivo;
    plivo.sendMessage = async (credentials, order) => {
      await happens(order);
      if (answer !== null) throw answer;
      return sendMessage(credentials, order);
    };
  };
  const reported = async ({ reportUrl }: SendMessage, messageUuid: string, state: MessageState): Promise<void> => {
    const told = {
      messageUuid,
      state,
      sequence: 2,
      units: 1,
      amountMicros: 7000,
      errorCode: null,
    };
    await world.noteReport.run(verifiedText({}), reportUrl.split('/').at(-1) ?? '', told);
  };

  it('is sent over the number that was written to, and not kept by Plivo for longer than five minutes', async () => {
    await run();
    const [{ id } = { id: '' }] = await notices();
    expect(plivo.sent).toMatchObject([
      { from: NUMBER, to: STRANGER.slice(1), text: 'Nobody here.', expirySeconds: 300 },
    ]);
    expect(plivo.sent[0]?.reportUrl).toMatch(new RegExp(`/plivo/${ACCOUNT}/message-status/${id}$`));
    expect(await notices()).toMatchObject([{ state: 'accepted', message_uuid: plivo.sent[0]?.messageUuid }]);
  });

  it('that Plivo refuses has ended, and nothing stays reserved for it', async () => {
    plivo.mishap = () => new ProviderRefused(402, 'no money');
    expect(await run()).toBeUndefined();
    expect(await notices()).toMatchObject([{ state: 'rejected', reason: 'refused-402' }]);
    expect(await reserved()).toBe(0);
    plivo.mishap = () => null;
    await run();
    expect(sent()).toEqual([]);
  });

  it('that Plivo refuses ends alone, whatever else is to be said', async () => {
    const told = textTold(party(8), NUMBER, 'hello');
    await world.receiveText.run(verifiedText(told), told);
    plivo.mishap = () => new ProviderRefused(400, 'no');
    await run();
    expect((await notices()).map(({ state }) => state).toSorted()).toEqual(['pending', 'rejected']);
  });

  it('is asked for its price at an hour that each of its states sets once, and counted each time', async () => {
    const figured = announced(world.sessions.events, [TextFigured]);
    await run();
    const priceAt = async (): Promise<number> => {
      const [row] = await rows<{ at: unknown }>('SELECT price_at AS at FROM text_notice');
      return Number(row?.at) - clock.now();
    };
    expect([await priceAt(), figured.length]).toEqual([86_400_000, 1]);
    for (const [state, at] of [
      ['delivered', 600_000],
      ['delivered', 540_000],
    ] as const) {
      clock.advance(60_000);
      await reported(plivo.sent[0]!, plivo.sent[0]?.messageUuid ?? '', state);
      expect(await priceAt()).toBe(at);
    }
    expect(figured).toHaveLength(3);
  });

  it.each<[answer: string, error: () => Error, seconds: number]>([
    ['wait 0 s', () => new ProviderBusy(0), 1],
    ['wait 7 s', () => new ProviderBusy(7), 7],
    ['nothing', () => new ProviderUnavailable('Plivo was not reached'), 5],
  ])('that did not reach Plivo, which says %s, is tried again later and sent once', async (_, error, seconds) => {
    let times = 1;
    plivo.mishap = () => ((times -= 1) >= 0 ? error() : null);
    await world.jobs.runDue();
    expect(await notices()).toMatchObject([{ state: 'pending' }]);
    await later(seconds * 1000 - 1);
    expect(sent()).toEqual([]);
    await later(1);
    expect(sent()).toEqual(['Nobody here.']);
    expect(await reserved()).toBe(10_000);
  });

  it('is never sent again after an error that nobody knows', async () => {
    plivo.mishap = () => new TypeError('a fault of ours');
    expect(await run()).toBeInstanceOf(TypeError);
    expect(await notices()).toMatchObject([{ state: 'sending' }]);
    plivo.mishap = () => null;
    expect(await run()).toBeUndefined();
    expect([sent(), await notices()]).toMatchObject([[], [{ state: 'unknown' }]]);
  });

  it.each([
    [10_000, 'accepted'],
    [10_001, 'sending'],
  ])('is sent by who was held up for %i ms between writing that down and asking: %s', async (heldUpMs, state) => {
    const transaction = async (...work: Parameters<Database['transaction']>) => {
      const result = await database.transaction(...work);
      if ((await notices())[0]?.state === 'sending') clock.advance(heldUpMs);
      return result;
    };
    await run(textsOn(Object.assign(Object.create(database), { transaction }), clock, plivo));
    expect([plivo.sent.length, (await notices())[0]?.state]).toEqual([state === 'accepted' ? 1 : 0, state]);
  });

  it.each([
    ['', 300_000, { state: 'accepted', reason: null }],
    ['', 300_001, { state: 'rejected', reason: 'too-late' }],
    ['UPDATE text_notice SET recipient = NULL', 0, { state: 'rejected', reason: 'silent' }],
  ])('answers nothing any more when it is late, or its person erased: %s, %i ms later %j', async (sql, ms, left) => {
    if (sql !== '') await change(sql);
    clock.advance(ms);
    await run();
    expect([plivo.sent.length, await notices()]).toMatchObject([left.state === 'accepted' ? 1 : 0, [left]]);
  });

  it.each([
    [{ ...SETTINGS, text_notices: {} }, 'silent'],
    [{ ...SETTINGS, max_rate_per_message: undefined }, 'no-rate'],
    [{ ...SETTINGS, daily_spend_cap: '0.009' }, 'spend-cap'],
    [{ ...SETTINGS, daily_spend_cap: '0.01' }, null],
    [{ text_notices: SETTINGS.text_notices }, null],
  ])('is sent as the account wants it by then: with %j it is refused as %s', async (settings, reason) => {
    await turnTextsOn(database, ACCOUNT, settings);
    world = textsOn(database, clock, plivo);
    await run();
    expect([plivo.sent.length, await notices()]).toMatchObject([reason === null ? 1 : 0, [{ reason }]]);
  });

  it.each([
    ['has said STOP', ['stop'], ['You will get no more texts from this number. Text START to get them again.']],
    ['has said STOP and START', ['stop', 'start'], ['Nobody here.', 'You will get texts from this number again.']],
  ])('that waited is not said to who %s meanwhile, but that the last word was heard', async (_, words, said) => {
    plivo.mishap = () => new ProviderBusy(2);
    await world.jobs.runDue();
    for (const word of words) {
      clock.advance(100);
      const told = textTold(STRANGER, NUMBER, word);
      const { from, to, messageUuid } = told;
      const record = { messageUuid, direction: 'inbound' as const, from, to, state: null, at: clock.now() };
      plivo.records.set(messageUuid, { ...record, units: 1, amountMicros: 0, carrierFeeMicros: null, errorCode: null });
      await world.receiveText.run(verifiedText(told), told);
      await world.jobs.runDue();
    }
    plivo.mishap = () => null;
    await later(2000);
    expect(sent().toSorted()).toEqual(said);
  });

  it.each<[answer: string, error: (() => Error) | null]>([
    ['a refusal', () => new ProviderRefused(400, 'no')],
    ['that it is busy', () => new ProviderBusy(1)],
    ['nothing', () => new ProviderOutcomeUnknown('Plivo did not answer in time')],
    ['that it has it', null],
  ])('stays as a report has told of it, though Plivo then answers %s', async (_, error) => {
    meanwhile((order) => reported(order, 'its own', 'sent'), error && error());
    await run();
    expect(await notices()).toMatchObject([{ state: 'sent', message_uuid: 'its own', reason: null }]);
    expect(await reserved()).toBe(10_000);
    expect(await rows('SELECT look_up_at FROM text_notice')).toEqual([{ look_up_at: null }]);
  });

  it('is not said once texts are turned off, and nothing stays reserved for it', async () => {
    plivo.mishap = () => new ProviderBusy(1);
    await run();
    await database.transaction((tx) => world.settings.change(tx, ACCOUNT, { texts: 'off' }));
    plivo.mishap = () => null;
    await later(1000);
    expect([sent(), await notices(), await reserved()]).toMatchObject([
      [],
      [{ state: 'rejected', reason: 'not-enabled' }],
      0,
    ]);
  });

  it('of unknown outcome is looked for four times within ten minutes, then given up for good', async () => {
    plivo.mishap = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    const begunAt = clock.now();
    await run();
    plivo.mishap = () => null;
    for (const at of [20_000, 60_000, 180_000, 600_000]) {
      expect(await notices()).toMatchObject([{ state: 'unknown', look_up_at: expect.anything() }]);
      expect(await reserved()).toBe(10_000);
      await later(begunAt + at - 1 - clock.now());
      expect(plivo.looks).not.toContain(begunAt + at - 1);
      await later(1);
      expect(plivo.looks.at(-1)).toBe(begunAt + at);
    }
    await later(3_600_000);
    expect([plivo.looks.length, plivo.sent, await reserved()]).toEqual([4, [], 0]);
    expect(await notices()).toMatchObject([{ state: 'unconfirmed', look_up_at: null }]);
  });

  it('of unknown outcome is what a report says that comes while it is looked for', async () => {
    plivo.afterwards = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    await run();
    const { findMessages } = plivo;
    plivo.findMessages = async (...of: Parameters<typeof findMessages>) => {
      await reported(plivo.sent[0]!, plivo.sent[0]?.messageUuid ?? '', 'delivered');
      return findMessages(...of);
    };
    await later(20_000);
    expect(await notices()).toMatchObject([{ state: 'delivered', look_ups: 0, look_up_at: null }]);
    expect(await reserved()).toBe(0);
  });

  it('of unknown outcome to who was erased is looked for in no list, and given up', async () => {
    plivo.afterwards = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    await run();
    await change('UPDATE text_notice SET recipient = NULL');
    for (const ms of [20_000, 40_000, 120_000, 420_000]) await later(ms);
    expect([plivo.looks, await notices()]).toMatchObject([[], [{ state: 'unconfirmed' }]]);
  });
});
