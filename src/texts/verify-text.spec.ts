import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';
import { ProviderBusy, ProviderUnavailable, type MessageRecord, type MessageWebhook } from '../plivo/index.js';
import { TextFigured } from './texts.events.js';

const [NUMBER = '', OTHER = ''] = usNumbers(2);
const [ANA, RAVI, EVE] = [party(1), party(2), party(3)];

describeOnEachDatabase('a text that waits for its record', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let asked: number[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER, OTHER]));
    await lend(RAVI);
    asked = [];
    const { getMessage } = plivo;
    plivo.getMessage = (credentials, uuid) => (asked.push(clock.now()), getMessage(credentials, uuid));
  });

  const lend = (second: string) =>
    world.sessions.open({ first_party: ANA, second_party: second, messaging: true, session_expiry: 7200 });
  /** Told by V2 alone, unless it is signed better. */
  const receive = async (words: string, from = ANA, isHint = true): Promise<MessageWebhook> => {
    const told = textTold(from, NUMBER, words);
    await world.receiveText.run(verifiedText(told, isHint), told);
    return told;
  };
  const recorded = ({ messageUuid, from, to }: MessageWebhook, more: Partial<MessageRecord> = {}): void => {
    const known = { messageUuid, direction: 'inbound' as const, from, to, state: null, at: clock.now() };
    const price = { units: 1, amountMicros: 5500, carrierFeeMicros: null, errorCode: null };
    plivo.records.set(messageUuid, { ...known, ...price, ...more });
  };
  const later = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await world.jobs.runDue();
  };
  const texts = () =>
    database.read<{ decision: string; reason: string | null; body: string | null }[]>((manager) =>
      manager.query('SELECT decision, reason, body FROM text_message ORDER BY received_at, id'),
    );
  const sent = (): string[] => plivo.sent.map(({ text }) => text);

  it('is looked up every five seconds for a minute, and then reaches nobody', async () => {
    await receive('hello');
    const begunAt = clock.now();
    for (let second = 0; second < 60; second += 1) {
      await later(second === 0 ? 0 : 1000);
      expect(await texts()).toMatchObject([{ decision: 'wait', body: expect.anything() }]);
    }
    await later(1000);
    expect(asked.map((at) => (at - begunAt) / 5000)).toEqual(Array.from({ length: 13 }, (_, look) => look));
    expect([sent(), await texts()]).toEqual([[], [{ decision: 'refuse', reason: 'unverified', body: null }]]);
  });

  it('is passed on once its record is there, and counted then', async () => {
    const told = await receive('hello');
    const figured = announced(world.sessions.events, [TextFigured]);
    await later(0);
    expect([sent(), figured]).toEqual([[], []]);
    recorded(told);
    await later(5000);
    expect(sent()).toEqual(['hello']);
    expect(await texts()).toEqual([{ decision: 'forward', reason: null, body: null }]);
    expect(figured.length).toBeGreaterThan(0);
  });

  it('is passed on by a record that shows stars for the last digits', async () => {
    recorded(await receive('hello'), { from: `${ANA.slice(1, -3)}***`, to: `${NUMBER.slice(0, -3)}***` });
    await later(0);
    expect(sent()).toEqual(['hello']);
  });

  it.each<[what: string, more: Partial<MessageRecord>]>([
    ['of another sender', { from: EVE.slice(1) }],
    ['of another number', { to: OTHER }],
    ['of one that was sent', { direction: 'outbound' }],
  ])('reaches nobody by a record %s', async (_, more) => {
    recorded(await receive('hello'), more);
    await later(0);
    expect([sent(), await texts()]).toMatchObject([[], [{ decision: 'refuse', reason: 'unverified' }]]);
  });

  it.each([
    ['AMAZON', 'no-number'],
    ['GOOGLE', 'unverified'],
  ])('of a name is told as such where the record has that name: %s: %s', async (from, reason) => {
    recorded(await receive('hello', 'AMAZON'), { from });
    const figured = announced(world.sessions.events, [TextFigured]);
    await later(0);
    expect(figured).toHaveLength(reason === 'unverified' ? 0 : 1);
    expect(await texts()).toMatchObject([{ decision: 'refuse', reason }]);
  });

  it.each([0, 1000])('waits for what the same person wrote %i ms before', async (before) => {
    const first = await receive('one');
    clock.advance(before);
    recorded(await receive('two'));
    await later(0);
    for (let second = 0; second < 3; second += 1) await later(1000);
    expect(sent()).toEqual([]);
    recorded(first);
    await later(2000);
    await later(1000);
    expect(sent()).toEqual(['one', 'two']);
  });

  it('waits while Plivo cannot be asked, which is by who has its number there, and while a fault is ours', async () => {
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET subaccount_id = 'SASUBSUBSUBSUBSUB000'"));
    const { readRecord } = world.noteOptOuts as unknown as { readRecord: object };
    const askedFor: (string | null)[] = [];
    const of = async (_: string, subaccount: string | null) => (askedFor.push(subaccount), { authId: 'MA' });
    Object.assign(readRecord, { plivoAccess: { of } });
    const { getMessage } = plivo;
    const faults = [new ProviderBusy(1), new ProviderUnavailable('not reached'), new TypeError('a fault of ours')];
    plivo.getMessage = async (credentials, uuid) => {
      const fault = faults.shift();
      if (fault) throw fault;
      return getMessage(credentials, uuid);
    };
    recorded(await receive('hello'));
    for (let looks = 0; looks < 2; looks += 1) await later(looks * 5000);
    expect((await texts())[0]?.decision).toBe('wait');
    await later(5000);
    expect(faults).toEqual([]);
    const [job] = await database.read((manager) => manager.query<Record<string, unknown>[]>('SELECT * FROM job'));
    expect(JSON.stringify(job)).toContain('a fault of ours');
    for (let minute = 0; minute < 5; minute += 1) await later(60_000);
    expect(sent()).toEqual(['hello']);
    expect(new Set(askedFor)).toEqual(new Set(['SASUBSUBSUBSUBSUB000']));
  });

  it('waits for nobody else, and not for what was written after it', async () => {
    await receive('of somebody else', RAVI);
    clock.advance(1000);
    recorded(await receive('hello'));
    clock.advance(1000);
    await receive('later');
    await later(0);
    expect(sent()).toEqual(['hello']);
  });

  it('reaches nobody where the account has turned texts off meanwhile', async () => {
    recorded(await receive('hello'));
    await turnTextsOn(database, ACCOUNT, { texts: 'off' });
    world = textsOn(database, clock, plivo);
    await later(0);
    expect([sent(), await texts()]).toMatchObject([[], [{ decision: 'refuse', reason: 'not-enabled', body: null }]]);
  });

  it('that is signed better while it is looked up is passed on once', async () => {
    const told = await receive('hello');
    recorded(told);
    const { getMessage } = plivo;
    plivo.getMessage = async (credentials, uuid) => {
      await world.receiveText.run(verifiedText(told), told);
      return getMessage(credentials, uuid);
    };
    await later(0);
    await later(60_000);
    expect(sent()).toEqual(['hello']);
  });

  it('may be meant for who had the place before: it reaches nobody without a record that says when it was written', async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER]));
    await world.sessions.end((await lend(RAVI)).id);
    clock.advance(16 * 60_000);
    const since = clock.now();
    await lend(EVE);
    clock.advance(1000);
    const told = await Promise.all(['early', 'now', 'unknown'].map((words) => receive(words, ANA, false)));
    expect((await texts()).map(({ decision }) => decision)).toEqual(['wait', 'wait', 'wait']);
    recorded(told[0]!, { at: since - 1 });
    recorded(told[1]!, { at: since });
    for (let second = 0; second < 62; second += 1) await later(1000);
    expect(sent()).toEqual(['now']);
    expect((await texts()).map(({ reason }) => reason).sort()).toEqual(['late', 'late', null].sort());
  });
});
