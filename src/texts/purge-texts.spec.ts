import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { Database } from '../platform/database/database.js';

const [NUMBER = ''] = usNumbers(1);
const DAY_MS = 86_400_000;
const OTHER = 'MAOTHEROTHEROTHER000';

describeOnEachDatabase('words that an account keeps', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], { text_retention_days: 2 }));
    const people = { first_party: party(1), second_party: party(2) };
    await world.sessions.open({ ...people, messaging: true, session_expiry: 86_400 });
  });

  const write = async (words: string): Promise<void> => {
    const told = textTold(party(1), NUMBER, words);
    await world.receiveText.run(verifiedText(told), told);
  };
  const keep = async (days: number): Promise<void> => {
    await turnTextsOn(database, ACCOUNT, { text_retention_days: days });
    world = textsOn(database, clock, plivo);
  };
  const change = (sql: string, values: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, values));
  /** By position: whether its words are there, and are said to be. */
  const kept = async (): Promise<boolean[][]> =>
    (
      await database.read((manager) =>
        manager.query<{ body: string | null; kept: unknown }[]>(
          'SELECT body, is_body_kept AS kept FROM text_forward ORDER BY position',
        ),
      )
    ).map(({ body, kept: isKept }) => [body !== null, Number(isKept) === 1]);

  it('go when their days are over, counted, and not before', async () => {
    await write('one');
    await world.jobs.runDue();
    clock.advance(1);
    await write('two');
    await world.jobs.runDue();
    clock.advance(2 * DAY_MS - 2);
    expect([await world.purgeTexts.run(), await kept()]).toEqual([
      0,
      [
        [true, true],
        [true, true],
      ],
    ]);
    clock.advance(1);
    expect([await world.purgeTexts.run(), await kept()]).toEqual([
      1,
      [
        [false, false],
        [true, true],
      ],
    ]);
    clock.advance(1);
    expect([await world.purgeTexts.run(), await kept()]).toEqual([
      1,
      [
        [false, false],
        [false, false],
      ],
    ]);
    expect(await world.purgeTexts.run()).toBe(0);
  });

  it('go by the days of now', async () => {
    await write('one');
    await world.jobs.runDue();
    await keep(5);
    clock.advance(4 * DAY_MS);
    expect(await world.purgeTexts.run()).toBe(0);
    await keep(0);
    expect([await world.purgeTexts.run(), await kept()]).toEqual([1, [[false, false]]]);
  });

  it.each([
    ["state = 'pending'", [true, true]],
    ["state = 'sending'", [true, true]],
    ["state = 'unconfirmed'", [false, false]],
    ['is_body_kept = 0', [true, false]],
  ])('stay as long as they are to be sent: where %s: %j', async (set, left) => {
    await write('one');
    await change(`UPDATE text_forward SET ${set}`);
    clock.advance(3 * DAY_MS);
    await world.purgeTexts.run();
    expect(await kept()).toEqual([left]);
  });

  it('of one account go, and nobody else is touched', async () => {
    await write('one');
    await write('two');
    await world.jobs.runDue();
    await change('UPDATE text_forward SET account_id = ? WHERE position = 2', [OTHER]);
    clock.advance(3 * DAY_MS);
    expect([await world.purgeTexts.run(), await kept()]).toEqual([
      1,
      [
        [false, false],
        [true, true],
      ],
    ]);
  });

  it('are none where the account keeps none: they go when Plivo has them', async () => {
    await keep(0);
    await write('one');
    expect(await kept()).toEqual([[true, false]]);
    await world.jobs.runDue();
    expect(await kept()).toEqual([[false, false]]);
  });
});
