import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { isSilent } from '../number-pool/index.js';
import type { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import type { SessionRecord } from '../sessions/index.js';
import { parseCaller } from '../telephony/phone.js';
import { PartyOpted } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI, EVE] = [party(1), party(2), party(3)];

describeOnEachDatabase('a word about being written to', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let session: SessionRecord;
  let told: object[];
  let asked: number[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (more: object = {}): Promise<void> => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER]));
    const people = { first_party: ANA, second_party: RAVI };
    session = await world.sessions.open({ ...people, messaging: true, session_expiry: 7200, ...more });
    told = announced(world.sessions.events, [PartyOpted]);
    asked = [];
    const { getMessage } = plivo;
    plivo.getMessage = (credentials, uuid) => (asked.push(clock.now()), getMessage(credentials, uuid));
  };
  beforeEach(() => begin());

  /** `at`: when Plivo's record says it was written; null for no record. */
  const say = async (word: string, at: number | null, { from = RAVI, isHint = false } = {}): Promise<void> => {
    const text = textTold(from, NUMBER, word);
    const known = { direction: 'inbound' as const, from: text.from, to: NUMBER, state: null, units: 1 };
    const { messageUuid } = text;
    const price = { amountMicros: 0, carrierFeeMicros: null, errorCode: null };
    if (at !== null) plivo.records.set(messageUuid, { messageUuid, ...known, ...price, at });
    await world.receiveText.run(verifiedText(text, isHint), text);
    await world.jobs.runDue();
  };
  const later = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await world.jobs.runDue();
  };
  const silent = (number = RAVI): Promise<boolean> => {
    const partyIndex = world.sessions.records.partyIndex(ACCOUNT, parseCaller(number)!)!;
    return database.read((manager) => isSilent(manager, ACCOUNT, { partyIndex, virtualNumber: NUMBER }));
  };
  const facts = (): Promise<Record<string, unknown>[]> =>
    database.read((manager) => manager.query('SELECT id, kind, source FROM text_opt_out'));
  const sentTo = (number: string): string[] =>
    plivo.sent.filter(({ to }) => to === number.slice(1)).map(({ text }) => text);

  it('holds as of when it came, where Plivo has no record of it within a minute', async () => {
    await say('stop', clock.now());
    expect(await silent()).toBe(true);
    clock.advance(10_000);
    const cameAt = clock.now();
    asked = [];
    await say('start', null);
    for (let second = 1; second < 60; second += 1) {
      await later(1000);
      expect(await silent()).toBe(true);
    }
    await later(1000);
    expect(await silent()).toBe(false);
    expect(asked.map((at) => (at - cameAt) / 5000)).toEqual(Array.from({ length: 13 }, (_, look) => look));
    expect(told).toMatchObject([
      { role: 'second', kind: 'out' },
      { role: 'second', kind: 'in', at: cameAt },
    ]);
    expect(sentTo(RAVI)).toEqual([expect.stringContaining('no more texts'), expect.stringContaining('again')]);
    await later(120_000);
    expect(asked).toHaveLength(13);
  });

  it('holds as of when it was written, however late it comes', async () => {
    const writtenAt = clock.now();
    clock.advance(50_000);
    await say('stop', clock.now());
    clock.advance(50_000);
    await say('start', writtenAt);
    expect([await silent(), told.length, sentTo(RAVI).length]).toEqual([true, 1, 1]);
  });

  it.each([true, false])(
    'was written no later than it came, whatever a record says (by V2 alone: %s)',
    async (isHint) => {
      await say('stop', clock.now());
      clock.advance(1000);
      await say('start', clock.now() + 60_000, { isHint });
      expect(await silent()).toBe(false);
      clock.advance(1000);
      await say('stop', clock.now());
      expect(await silent()).toBe(true);
    },
  );

  it('that comes with its record is not looked up again', async () => {
    await say('stop', clock.now(), { isHint: true });
    expect([await silent(), asked.length]).toEqual([true, 1]);
    expect(told).toMatchObject([{ kind: 'out', at: clock.now() }]);
  });

  const write = (sql: string, values: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, values));

  it('is not asked for again once that is known, nor where its text is gone', async () => {
    await say('stop', clock.now());
    const [{ id } = { id: '' }] = await database.read((manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM text_message'),
    );
    await database.transaction((tx) => world.jobs.enqueue(tx, 'texts.date-word', { textId: id }));
    await later(0);
    expect(asked).toHaveLength(1);
    await say('start', null);
    await write('DELETE FROM text_message');
    await later(5000);
    expect(asked).toHaveLength(2);
    expect(await database.read((manager) => manager.query('SELECT 1 FROM job'))).toEqual([]);
  });

  it('stays as it was settled while it was asked for', async () => {
    const at = clock.now() - 1000;
    plivo.getMessage = async (_, uuid) => {
      await write('UPDATE text_opt_out SET is_settled = 1, at = ?', [at]);
      return plivo.records.get(uuid) ?? null;
    };
    await say('stop', clock.now() - 5000);
    const found = await database.read((manager) => manager.query<{ at: unknown }[]>('SELECT at FROM text_opt_out'));
    expect(found.map((row) => Number(row.at))).toEqual([at]);
  });

  it('that nobody vouches for is none', async () => {
    await say('stop', null, { isHint: true });
    expect([await silent(), await facts()]).toEqual([false, []]);
    for (let second = 0; second < 65; second += 5) await later(5000);
    expect([await silent(), await facts(), sentTo(RAVI)]).toEqual([false, [], []]);
  });

  it('of a name, or that asks for help, is none', async () => {
    await say('stop', clock.now(), { from: 'AMAZON' });
    await say('help', clock.now());
    expect([await facts(), told]).toEqual([[], []]);
  });

  /** Plivo refuses a message from this one because its recipient wants none. */
  const refused = async (from: string, meanwhile: () => Promise<unknown> = async () => undefined): Promise<void> => {
    await say('hello', null, { from });
    await meanwhile();
    const report = {
      messageUuid: plivo.sent.at(-1)?.messageUuid ?? '',
      state: 'failed' as const,
      sequence: 2,
      units: 1,
    };
    await world.noteReport.run(verifiedText({}), null, { ...report, amountMicros: 0, errorCode: 200 });
  };

  it.each([
    [ANA, RAVI, 'second'],
    [RAVI, ANA, 'first'],
  ])(
    'that Plivo has heard and we have not follows from its refusal: %s writes, %s is silent',
    async (from, of, role) => {
      await refused(from);
      expect([await silent(of), await silent(from)]).toEqual([true, false]);
      expect(told).toMatchObject([{ role, kind: 'out' }]);
      expect(await facts()).toMatchObject([{ kind: 'out', source: 'refusal' }]);
    },
  );

  it('is told of nobody who has taken the place since', async () => {
    await begin({ create_session_with_single_party: true });
    await refused(ANA, () => world.sessions.update(session.id, { second_party: EVE }));
    expect([await silent(RAVI), await silent(EVE), told]).toEqual([true, false, []]);
  });

  it('of who was erased meanwhile is nobody’s', async () => {
    const erase = 'UPDATE text_forward SET recipient = NULL, recipient_index = NULL';
    await refused(ANA, () => database.transaction((tx) => tx.query(erase)));
    expect([await facts(), told]).toEqual([[], []]);
  });

  it('is taken back by an operator, told to the customer, and once', async () => {
    await say('stop', clock.now());
    const [{ id } = { id: '' }] = await facts();
    clock.advance(1000);
    await database.transaction((tx) => world.noteOptOuts.remove(tx, String(id)));
    expect(await silent()).toBe(false);
    expect(told.at(-1)).toMatchObject({ role: 'second', kind: 'in', at: clock.now() });
    await expect(database.transaction((tx) => world.noteOptOuts.remove(tx, String(id)))).rejects.toThrow(NotFound);
  });
});
