import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { announced, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { TextFigured } from './texts.events.js';

const [NUMBER = ''] = usNumbers(1);
const STRANGER = party(9);
const OWN = { text_notices: { stranger: 'Nobody here.' } };
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];

describeOnEachDatabase('who is told something by us', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object = OWN): Promise<void> => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER], settings));
  };
  const write = async (words = 'hello', from = STRANGER): Promise<void> => {
    const told = textTold(from, NUMBER, words);
    await world.receiveText.run(verifiedText(told), told);
    await world.jobs.runDue();
  };
  const sent = (): string[] => plivo.sent.map(({ text }) => text);
  const change = (sql: string): Promise<unknown> => database.transaction((tx) => tx.query(sql));

  it.each([
    ['an hour later, on another day', 13.5 * 60 * MINUTE_MS, 60 * MINUTE_MS, 1],
    ['a day later, but for a moment', 0, DAY_MS - 1, 1],
    ['a day later', 0, DAY_MS, 2],
  ])('is told the same once in 24 hours: %s', async (_, first, later, times) => {
    await begin();
    clock.advance(first);
    await write();
    clock.advance(later);
    await write();
    expect(sent()).toHaveLength(times);
  });

  it('is told by what costs, and is counted from the beginning', async () => {
    await begin();
    const figured = announced(world.sessions.events, [TextFigured]);
    const told = textTold(STRANGER, NUMBER, 'hello');
    await world.receiveText.run(verifiedText(told), told);
    // What was written, and what answers it.
    expect(figured).toHaveLength(2);
  });

  it('is told nothing who has said STOP, but that it was heard', async () => {
    await begin();
    await write('stop');
    await write();
    expect(sent()).toEqual([expect.stringContaining('no more texts')]);
  });

  it.each([
    ['the account has no sentence for it', {}, ''],
    ['its country is none of those that may be called', { ...OWN, allowed_countries: ['DE'] }, ''],
    ['the number takes no texts', OWN, "UPDATE virtual_number SET texts = 'no'"],
  ])('is told nothing where %s', async (_, settings, sql) => {
    await begin(settings);
    if (sql !== '') await change(sql);
    await write();
    const rows = await database.read((manager) => manager.query<unknown[]>('SELECT 1 FROM text_notice'));
    expect([sent(), rows]).toEqual([[], []]);
  });
});
