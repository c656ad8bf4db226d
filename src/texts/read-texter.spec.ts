import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import type { MessageWebhook } from '../plivo/index.js';
import type { SessionRecord } from '../sessions/index.js';
import { TEXTS } from './text.entity.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = [party(1), party(2)];
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];

describeOnEachDatabase('who has written', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object = {}): Promise<void> => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], settings));
    session = await lent({ second_party: RAVI, session_expiry: 7200 });
  };
  const lent = (more: object): Promise<SessionRecord> =>
    world.sessions.open({ first_party: ANA, messaging: true, session_expiry: 86_400, ...more });
  beforeEach(() => begin());

  /** So many texts in a session, written so long ago. */
  const wrote = (count: number, ago: number, senderRole: 'first' | 'second' = 'first', sessionId = session.id) =>
    database.transaction((tx) =>
      TEXTS.insert(
        tx,
        Array.from({ length: count }, () => ({
          id: newId(),
          accountId: ACCOUNT,
          messageUuid: newId(),
          sessionId,
          senderRole,
          virtualNumber: NUMBER,
          decision: 'forward' as const,
          isHint: false,
          mediaCount: 0,
          receivedAt: clock.now() - ago,
        })),
      ),
    );
  const write = async (words: string | null, from = ANA, to = NUMBER): Promise<MessageWebhook> => {
    const told = { ...textTold(from, to, ''), text: words };
    await world.receiveText.run(verifiedText(told), told);
    return told;
  };
  const decided = async ({ messageUuid }: MessageWebhook) => {
    const rows = await database.read((manager) =>
      manager.query<{ decision: string; reason: string | null }[]>(
        'SELECT decision, reason FROM text_message WHERE message_uuid = ?',
        [messageUuid],
      ),
    );
    return rows[0] ?? { decision: 'unknown', reason: null };
  };
  const reasonOf = async (words: string | null, from = ANA): Promise<string | null> =>
    (await decided(await write(words, from))).reason;

  it('is a party of the line too, where Plivo names that in another spelling than the pool', async () => {
    await addNumbers(database, ['5215541637145']);
    const mexican = await world.sessions.open({ first_party: '+525541637100', second_party: RAVI });
    const { messageUuid } = await write('Here', RAVI, '525541637145');
    const rows = await database.read((manager) =>
      manager.query('SELECT session_id, virtual_number FROM text_message WHERE message_uuid = ?', [messageUuid]),
    );
    expect(rows).toEqual([{ session_id: mexican.id, virtual_number: '5215541637145' }]);
  });

  it.each([
    [29, MINUTE_MS - 1, null],
    [30, MINUTE_MS - 1, 'too-many'],
    [30, MINUTE_MS, null],
    [299, DAY_MS - 1, null],
    [300, DAY_MS - 1, 'too-many'],
    [300, DAY_MS, null],
  ])(
    'may write thirty texts a minute and three hundred a day: after %i within %i ms: %s',
    async (count, ago, reason) => {
      await wrote(count, ago);
      expect(await reasonOf('hello')).toBe(reason);
    },
  );

  it('is not held to what the other one, or somebody else, has written', async () => {
    await wrote(300, 1000, 'second');
    await wrote(300, 1000, 'first', newId());
    expect(await reasonOf('hello')).toBeNull();
  });

  it('is held to what was written within the minute, whatever is older', async () => {
    await wrote(30, 2 * DAY_MS);
    await wrote(29, MINUTE_MS / 2);
    expect([await reasonOf('one'), await reasonOf('two')]).toEqual([null, 'too-many']);
  });

  it('who writes more than any phone sends is told so, and nothing of it is kept', async () => {
    expect(await reasonOf('a'.repeat(6000))).toBe('too-long');
    expect(await reasonOf(null)).toBe('too-long');
  });

  it('has written as much as came, whatever is taken out of it', async () => {
    await begin({ text_redaction: ['links'] });
    expect(await reasonOf(`https://shop.example/${'a'.repeat(60)} `.repeat(75))).toBe('too-long');
  });

  it('is a stranger, or one of our own numbers', async () => {
    expect([await reasonOf('hello', NUMBER), await reasonOf('hello', party(9))]).toEqual(['loop', 'stranger']);
  });
  it('had a place here until a day ago, or is a stranger', async () => {
    await world.sessions.end(session.id);
    clock.advance(DAY_MS - 1);
    expect(await reasonOf('hello')).toBe('expired');
    clock.advance(1);
    expect(await reasonOf('hello')).toBe('stranger');
  });

  /** What is decided at once, and what once Plivo's record tells the time; of none with `undefined`. */
  const decisions = async (writtenAt?: number | null): Promise<(string | null)[]> => {
    const told = await write('hello');
    const first = await decided(told);
    const { messageUuid, from, to } = told;
    const bill = { units: 1, amountMicros: 0, carrierFeeMicros: null, errorCode: null };
    const record = { messageUuid, direction: 'inbound' as const, from, to, state: null, ...bill };
    if (writtenAt !== undefined) plivo.records.set(messageUuid, { ...record, at: writtenAt });
    await world.jobs.runDue();
    const { decision, reason } = await decided(told);
    return [first.decision, reason ?? decision];
  };

  it.each([
    [-1, 'late'],
    [0, 'forward'],
    [null, 'late'],
  ])(
    'had somebody else here within a day, and means the new one by what was written %s ms after: %s',
    async (after, decision) => {
      await world.sessions.end(session.id);
      clock.advance(16 * MINUTE_MS);
      const { createdAt } = await lent({ second_party: party(3) });
      clock.advance(1000);
      expect(await decisions(after === null ? null : createdAt + after)).toEqual(['wait', decision]);
    },
  );

  it('had somebody else on a number that has left the pool since and come back', async () => {
    await world.sessions.end(session.id);
    clock.advance(16 * MINUTE_MS);
    await database.transaction(async (tx) => {
      for (const table of ['number_assignment', 'virtual_number']) await tx.query(`DELETE FROM ${table}`);
    });
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    const { createdAt } = await lent({ second_party: party(3) });
    clock.advance(1000);
    expect(await decisions(createdAt - 1)).toEqual(['wait', 'late']);
  });

  it('had somebody else here a day ago, and can mean the new one alone', async () => {
    await world.sessions.end(session.id);
    clock.advance(16 * MINUTE_MS);
    await lent({ second_party: party(3) });
    clock.advance(DAY_MS - 16 * MINUTE_MS - 1);
    expect(await decisions()).toEqual(['wait', 'wait']);
    clock.advance(1);
    expect(await decisions()).toEqual(['forward', 'forward']);
  });

  it('had nobody here before, and somebody since: for a day it is asked when a text was written', async () => {
    await world.sessions.end(session.id);
    clock.advance(2 * DAY_MS);
    const alone = await lent({ create_session_with_single_party: true });
    clock.advance(1000);
    await world.sessions.update(alone.id, { second_party: party(3) });
    clock.advance(1000);
    await world.sessions.update(alone.id, { session_expiry: 86_400 });
    clock.advance(DAY_MS - 1001);
    expect(await decisions(clock.now() - DAY_MS)).toEqual(['wait', 'late']);
    expect(await decisions()).toEqual(['wait', 'wait']);
    clock.advance(1);
    expect(await decisions()).toEqual(['forward', 'forward']);
  });
});
