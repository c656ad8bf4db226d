import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import type { SessionRecord } from '../sessions/index.js';
import { TEXTS } from './text.entity.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = [party(1), party(2)];
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];

describeOnEachDatabase('who has written', (open) => {
  let database: Database;
  let clock: FakeClock;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, world } = await beginTexts(database, [NUMBER]));
    const people = { first_party: ANA, second_party: RAVI };
    session = await world.sessions.open({ ...people, messaging: true, session_expiry: 7200 });
  });

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
  const reasonOf = async (words: string, from = ANA): Promise<string | null | undefined> => {
    const told = textTold(from, NUMBER, words);
    await world.receiveText.run(verifiedText(told), told);
    const rows = await database.read((manager) =>
      manager.query<{ reason: string | null }[]>('SELECT reason FROM text_message WHERE message_uuid = ?', [
        told.messageUuid,
      ]),
    );
    return rows[0]?.reason;
  };

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
  });

  it('is a stranger, or one of our own numbers', async () => {
    expect([await reasonOf('hello', NUMBER), await reasonOf('hello', party(9))]).toEqual(['loop', 'stranger']);
  });
});
