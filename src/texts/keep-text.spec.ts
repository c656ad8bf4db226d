import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { ProviderBusy, type MessageWebhook } from '../plivo/index.js';
import type { SessionRecord } from '../sessions/index.js';
import { ForwardTurned } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = [party(1), party(2)];
/** Two messages, of eleven units and of one. */
const LONG = `${'a'.repeat(1600)}${'b'.repeat(100)}`;
const RATES = { max_rate_per_minute: '0.01', max_rate_per_message: '0.01', message_fee: '0.002' };

interface Forward {
  role: string;
  position: unknown;
  units: unknown;
  media: unknown;
}

describeOnEachDatabase('a text that is to be passed on', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let session: SessionRecord;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object, more: object = {}): Promise<void> => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], settings));
    await database.transaction((tx) => tx.query('UPDATE virtual_number SET has_mms = 1'));
    const people = { first_party: ANA, second_party: RAVI };
    session = await world.sessions.open({ ...people, messaging: true, session_expiry: 7200, ...more });
  };
  const write = async (words: string, from = ANA, more: Partial<MessageWebhook> = {}): Promise<void> => {
    const told = textTold(from, NUMBER, words, more);
    await world.receiveText.run(verifiedText(told), told);
  };
  const forwards = async (): Promise<string[]> =>
    (
      await database.read((manager) =>
        manager.query<Forward[]>(
          'SELECT sender_role AS role, position, units, media_count AS media FROM text_forward ORDER BY created_at, position',
        ),
      )
    ).map(({ role, position, units, media }) => `${role} ${String(position)} ${String(units)} ${String(media)}`);
  const decisions = () =>
    database.read<object[]>((manager) => manager.query('SELECT decision, reason FROM text_message'));
  const reserved = async (): Promise<number | undefined> => (await world.spend.today(ACCOUNT))?.reserved;

  it.each([
    ['0.144', 'forward', null, 144_000],
    ['0.143999', 'refuse', 'spend-cap', 0],
    ['0.131999', 'refuse', 'spend-cap', 0],
  ])('in two messages needs room for both under a cap of %s: %s, %s', async (cap, decision, reason, kept) => {
    await begin({ ...RATES, daily_spend_cap: cap });
    await write(LONG);
    expect([await decisions(), await reserved()]).toEqual([[{ decision, reason }], kept]);
    expect(await forwards()).toEqual(decision === 'forward' ? ['first 1 11 0', 'first 2 1 0'] : []);
    const left = await database.read((manager) => manager.query<unknown[]>('SELECT 1 FROM spend_reservation'));
    expect(left).toHaveLength(decision === 'forward' ? 2 : 0);
  });

  it('reaches nobody under a cap where nobody has said what a text costs at the most', async () => {
    await begin({ ...RATES, daily_spend_cap: '1', max_rate_per_message: null });
    await write('one');
    expect([await decisions(), await forwards(), await reserved()]).toEqual([
      [{ decision: 'refuse', reason: 'no-rate' }],
      [],
      undefined,
    ]);
  });

  it('has its place behind all that its sender wrote, and none beside the other person', async () => {
    await begin({});
    for (const [words, from] of [
      [LONG, ANA],
      ['yes', RAVI],
      ['three', ANA],
    ] as const)
      await write(words, from);
    const all = ['first 1 11 0', 'first 2 1 0', 'first 3 1 0', 'second 1 1 0'];
    expect((await forwards()).toSorted()).toEqual(all);
    await world.jobs.runDue();
    expect((await forwards()).toSorted()).toEqual(all);
    expect(await reserved()).toBeUndefined();
  });

  it('of a picture alone is one unit, and all pictures go with the first message', async () => {
    await begin({ ...RATES, messaging_media: true, daily_spend_cap: '1' });
    for (const words of ['', LONG]) {
      const messageUuid = newId();
      const media = [`https://media.plivo.com/Account/MA/Message/${messageUuid}/Media/${newId()}`];
      await write(words, ANA, { messageUuid, media, mediaCount: 1, kind: 'mms' });
    }
    expect(await forwards()).toEqual(['first 1 1 1', 'first 2 11 1', 'first 3 1 0']);
    expect(await reserved()).toBe(13 * 12_000);
  });

  const sent = (): string[][] => plivo.sent.map(({ to, text }) => [to, text]);
  const ends = () =>
    database.read<object[]>((manager) => manager.query('SELECT state, reason FROM text_forward ORDER BY position'));

  it('goes to the other of the two, whoever wrote it', async () => {
    await begin({});
    await write('yes?', ANA);
    await write('yes', RAVI);
    await world.jobs.runDue();
    expect(sent().toSorted()).toEqual([
      [ANA.slice(1), 'yes'],
      [RAVI.slice(1), 'yes?'],
    ]);
  });

  it('has its lane, which waits for a busy Plivo, tried at once', async () => {
    await begin({});
    await write('one');
    let refusals = 1;
    plivo.mishap = () => ((refusals -= 1) >= 0 ? new ProviderBusy(30) : null);
    await world.jobs.runDue();
    clock.advance(1000);
    expect([await world.jobs.runDue(), sent()]).toEqual([0, []]);
    await write('two');
    await world.jobs.runDue();
    expect(sent().map(([, words]) => words)).toEqual(['one', 'two']);
  });

  it('reaches nobody else than whom it was meant for', async () => {
    await begin({}, { create_session_with_single_party: true });
    await write('one');
    await world.sessions.update(session.id, { second_party: party(3) });
    await world.jobs.runDue();
    expect([sent(), await ends()]).toEqual([[], [{ state: 'rejected', reason: 'party-changed' }]]);
  });

  it('is for nobody where its session is gone', async () => {
    await begin({});
    await write('one');
    await database.transaction((tx) => tx.query('DELETE FROM masking_session'));
    await world.jobs.runDue();
    expect([sent(), await ends()]).toEqual([[], [{ state: 'rejected', reason: 'session-gone' }]]);
  });

  it('waits for its pictures, and goes without those that do not come', async () => {
    await begin({ messaging_media: true });
    const messageUuid = newId();
    const media = [`https://media.plivo.com/Account/MA/Message/${messageUuid}/Media/some`];
    await write('look', ANA, { messageUuid, media, mediaCount: 1, kind: 'mms' });
    const lane = { accountId: ACCOUNT, sessionId: session.id, senderRole: 'first' as const };
    await expect(world.forwardTexts.run(lane)).rejects.toMatchObject({ name: 'Defer' });
    expect(sent()).toEqual([]);
    for (let minute = 0; minute < 10; minute += 1) {
      clock.advance(60_000);
      await world.jobs.runDue();
    }
    expect(sent()).toEqual([
      [RAVI.slice(1), 'look'],
      [ANA.slice(1), 'Pictures cannot be passed on.'],
    ]);
  });

  it.each([
    [0, 0],
    [1, 1],
  ])('keeps its words where the account keeps texts for %i days: %i', async (days, kept) => {
    await begin({ text_retention_days: days });
    await write('one');
    const found = await database.read((manager) =>
      manager.query<{ kept: unknown }[]>('SELECT is_body_kept AS kept FROM text_forward'),
    );
    expect(found.map((row) => Number(row.kept))).toEqual([kept]);
  });

  it.each([
    ['UPDATE text_message SET sender = NULL, sender_index = NULL', [{ outcome: 'failed', told: { from: '' } }]],
    ['DELETE FROM text_message', []],
  ])('of who was erased is told without a number, and to nobody else: %s', async (erase, events) => {
    await begin({ text_notices: { failed: 'Not delivered.' } });
    await write('one');
    await world.jobs.runDue();
    await database.transaction((tx) => tx.query(erase));
    const told = announced(world.sessions.events, [ForwardTurned]);
    const { messageUuid = '' } = plivo.sent[0] ?? {};
    const failed = { messageUuid, state: 'failed' as const, sequence: 1, units: 1, amountMicros: 0, errorCode: 80 };
    await world.noteReport.run(verifiedText({}), null, failed);
    await world.jobs.runDue();
    expect(told).toMatchObject(events);
    expect([told.length, sent()]).toEqual([events.length, [[RAVI.slice(1), 'one']]]);
    expect((await ends())[0]).toMatchObject({ state: 'failed' });
  });
});
