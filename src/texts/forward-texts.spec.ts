import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import {
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  type SendMessage,
} from '../plivo/index.js';
import type { SessionRecord } from '../sessions/index.js';
import { ForwardTurned, TextFigured } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = [party(1), party(2)];
const CAP = { daily_spend_cap: '1', max_rate_per_minute: '0.01', max_rate_per_message: '0.01' };

describeOnEachDatabase('a text on its way to Plivo', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], CAP));
    await lend();
  });

  const lend = async (more: object = {}): Promise<void> => {
    const people = { first_party: ANA, second_party: RAVI };
    session = await world.sessions.open({ ...people, messaging: true, session_expiry: 3600, ...more });
  };
  const write = async (...words: string[]): Promise<void> => {
    for (const text of words) {
      const told = textTold(ANA, NUMBER, text);
      await world.receiveText.run(verifiedText(told), told);
    }
  };
  const lane = () => ({ accountId: ACCOUNT, sessionId: session.id, senderRole: 'first' as const });
  const run = (by = world): Promise<unknown> => by.forwardTexts.run(lane()).catch((error: unknown) => error);
  const sent = (): string[] => plivo.sent.map(({ text }) => text);
  const rows = <Row>(sql: string): Promise<Row[]> => database.read((manager) => manager.query(sql));
  const change = (sql: string): Promise<unknown> => database.transaction((tx) => tx.query(sql));
  const forwards = async () =>
    (
      await rows<{ state: string; reason: string | null; attempt: unknown; body: string | null }>(
        'SELECT state, reason, attempt, body FROM text_forward ORDER BY position',
      )
    ).map((row) => ({ ...row, attempt: Number(row.attempt), body: row.body !== null }));
  const reserved = async (): Promise<number | undefined> => (await world.spend.today(ACCOUNT))?.reserved;
  /** Plivo's answer, after something has happened while it was asked. */
  const meanwhile = (happens: (order: SendMessage) => Promise<unknown>, answer: Error): void => {
    plivo.sendMessage = async (_, order) => {
      await happens(order);
      throw answer;
    };
  };

  it('that Plivo refuses has ended: told with its reason, without words, and the next one goes on', async () => {
    const told = announced(world.sessions.events, [ForwardTurned]);
    await write('one', 'two');
    const figured = announced(world.sessions.events, [TextFigured]);
    let refusals = 1;
    plivo.mishap = () => ((refusals -= 1) >= 0 ? new ProviderRefused(402, 'no money') : null);
    expect(await reserved()).toBe(20_000);
    await world.jobs.runDue();

    expect(sent()).toEqual(['two']);
    expect(await forwards()).toMatchObject([
      { state: 'rejected', reason: 'refused-402', attempt: 1, body: false },
      { state: 'accepted', reason: null, body: false },
    ]);
    expect(told).toMatchObject([{ outcome: 'failed', told: { reason: 'refused-402', to: RAVI.slice(1) } }]);
    expect([await reserved(), figured.length]).toEqual([10_000, 2]);
  });

  it.each<[answer: string, error: () => Error, seconds: number]>([
    ['wait 0 s', () => new ProviderBusy(0), 1],
    ['wait 7 s', () => new ProviderBusy(7), 7],
    ['wait 99 s', () => new ProviderBusy(99), 30],
    ['nothing', () => new ProviderUnavailable('Plivo was not reached'), 5],
  ])('that did not reach Plivo, which says %s, is tried again later and sent once', async (_, error, seconds) => {
    await write('one');
    let times = 1;
    plivo.mishap = () => ((times -= 1) >= 0 ? error() : null);
    await world.jobs.runDue();
    expect(await forwards()).toMatchObject([{ state: 'pending', attempt: 1, body: true }]);
    clock.advance(seconds * 1000 - 1);
    await world.jobs.runDue();
    expect(sent()).toEqual([]);
    clock.advance(1);
    await world.jobs.runDue();
    expect(sent()).toEqual(['one']);
    expect(await forwards()).toMatchObject([{ state: 'accepted', attempt: 2 }]);
  });

  it.each([
    ["state = 'unknown'", { state: 'unknown', attempt: 1 }],
    ['attempt = 2', { state: 'sending', attempt: 2 }],
  ])('is put back by nobody else than who was about to send it last: %s', async (set, left) => {
    await write('one');
    meanwhile(() => change(`UPDATE text_forward SET ${set}`), new ProviderBusy(1));
    expect(await run()).toMatchObject({ name: 'RetryLater', seconds: 1 });
    expect(await forwards()).toMatchObject([left]);
  });

  it('is put back alone, whatever others are about to be sent', async () => {
    await write('one');
    const other = await world.sessions.open({ first_party: party(3), second_party: party(4), messaging: true });
    const told = textTold(party(3), other.virtualNumber, 'other');
    await world.receiveText.run(verifiedText(told), told);
    meanwhile(
      () => change("UPDATE text_forward SET state = 'sending', attempt = 1 WHERE state = 'pending'"),
      new ProviderBusy(1),
    );
    await run();
    expect((await forwards()).map(({ state }) => state).sort()).toEqual(['pending', 'sending']);
  });

  it('is not taken back by a refusal where a report has named it meanwhile', async () => {
    await write('one');
    meanwhile(
      async ({ reportUrl }) => {
        const delivered = { messageUuid: 'some-uuid', state: 'delivered' as const, sequence: 1, units: 1 };
        const report = { ...delivered, amountMicros: 7000, errorCode: null };
        await world.noteReport.run(verifiedText({}), reportUrl.split('/').at(-1) ?? '', report);
      },
      new ProviderRefused(400, 'no'),
    );
    await run();
    expect(await forwards()).toMatchObject([{ state: 'delivered', reason: null }]);
  });

  it('is never sent again after an error that nobody knows', async () => {
    await write('one');
    plivo.mishap = () => new TypeError('a fault of ours');
    expect(await run()).toBeInstanceOf(TypeError);
    expect(await forwards()).toMatchObject([{ state: 'sending' }]);
    plivo.mishap = () => null;
    expect(await run()).toMatchObject({ name: 'Defer' });
    expect([sent(), await forwards()]).toMatchObject([[], [{ state: 'unknown' }]]);
  });

  it.each([
    [10_000, ['one']],
    [10_001, []],
  ])('is sent by who was held up for %i ms between writing that down and asking: %j', async (heldUpMs, words) => {
    await write('one');
    const transaction = async (...work: Parameters<Database['transaction']>) => {
      const result = await database.transaction(...work);
      if (plivo.sent.length === 0 && (await forwards())[0]?.state === 'sending') clock.advance(heldUpMs);
      return result;
    };
    await run(textsOn(Object.assign(Object.create(database), { transaction }), clock, plivo));
    expect(sent()).toEqual(words);
    expect((await forwards())[0]?.state).toBe(words.length > 0 ? 'accepted' : 'unknown');
  });

  it.each([
    ['2 minutes after the end of its session', 120_000, 'expired', () => world.sessions.end(session.id)],
    ['2 minutes after it was first tried', 120_000, 'not-sent', () => tried()],
    ['a quarter of an hour after it was taken', 900_000, 'too-late', async () => undefined],
  ])('still goes out %s (%i ms), and not later: %s', async (_, longest, reason, begin) => {
    for (const [late, words, left] of [
      [0, ['one'], { state: 'accepted', reason: null }],
      [1, [], { state: 'rejected', reason, body: false }],
    ] as const) {
      ({ clock, plivo, world } = await beginTexts(database, [NUMBER], CAP));
      await lend();
      await write('one');
      await begin();
      clock.advance(longest + late);
      await run();
      expect([sent(), await forwards()]).toMatchObject([words, [left]]);
    }
  });
  const tried = async (): Promise<void> => {
    plivo.mishap = () => new ProviderBusy(1);
    await run();
    plivo.mishap = () => null;
  };

  it('goes no further once texts are turned off: the customer is told, its words go, and nothing stays reserved', async () => {
    const told = announced(world.sessions.events, [ForwardTurned]);
    await write('one', 'two');
    plivo.mishap = () => new ProviderBusy(1);
    await run();
    await database.transaction((tx) => world.settings.change(tx, ACCOUNT, { texts: 'off' }));
    plivo.mishap = () => null;
    clock.advance(1000);
    await run();

    expect(sent()).toEqual([]);
    const ended = { state: 'rejected', reason: 'not-enabled', body: false };
    expect(await forwards()).toMatchObject([ended, ended]);
    expect(told).toMatchObject([{ told: { reason: 'not-enabled' } }, { told: { reason: 'not-enabled' } }]);
    expect(await reserved()).toBe(0);
    expect(await rows('SELECT id FROM text_notice')).toEqual([]);
  });

  it('of unknown outcome is looked for though texts are turned off', async () => {
    await write('one', 'two');
    plivo.afterwards = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    await world.jobs.runDue();
    await database.transaction((tx) => world.settings.change(tx, ACCOUNT, { texts: 'off' }));
    plivo.afterwards = () => null;
    clock.advance(20_000);
    await world.jobs.runDue();
    clock.advance(60_000);
    await world.jobs.runDue();

    expect(sent()).toEqual(['one']);
    expect(await forwards()).toMatchObject([
      { state: 'sent', reason: null },
      { state: 'rejected', reason: 'not-enabled' },
    ]);
  });

  it('waits for a minute behind one of unknown outcome', async () => {
    await write('one', 'two');
    plivo.afterwards = () => new ProviderOutcomeUnknown('Plivo did not answer in time');
    expect(await run()).toMatchObject({ name: 'Defer', seconds: 60 });
    plivo.afterwards = () => null;
    clock.advance(59_999);
    expect(await run()).toMatchObject({ name: 'Defer', seconds: 0.001 });
    expect(sent()).toEqual(['one']);
    clock.advance(1);
    await run();
    expect(sent()).toEqual(['one', 'two']);
  });

  it.each([
    [14_999, 3],
    [15_000, 2],
  ])('has its turn for half a minute: where Plivo takes %i ms, %i of a lane go out in it', async (ms, count) => {
    await write('one', 'two', 'three', 'four');
    plivo.afterwards = () => {
      clock.advance(ms);
      return null;
    };
    expect(await run()).toMatchObject({ name: 'Defer', seconds: 0 });
    expect(sent()).toHaveLength(count);
    expect((await forwards()).filter(({ state }) => state === 'accepted')).toHaveLength(count);
    await run();
    expect(sent()).toEqual(['one', 'two', 'three', 'four']);
  });

  it.each([
    [3600, 0, 900],
    [100, 0, 160],
    [100, 110_000, 60],
  ])(
    'is kept by Plivo no longer than its session of %i s lasts, %i ms later: for %i s',
    async (expiry, late, longest) => {
      await lend({ session_expiry: expiry });
      await write('one');
      clock.advance(late);
      await run();
      const [{ id } = { id: '' }] = await rows<{ id: string }>('SELECT id FROM text_forward');
      expect(plivo.sent).toMatchObject([
        { from: NUMBER, to: RAVI.slice(1), text: 'one', mediaUrls: [], expirySeconds: longest },
      ]);
      expect(plivo.sent[0]?.reportUrl).toMatch(new RegExp(`/plivo/${ACCOUNT}/message-status/${id}$`));
    },
  );
});
