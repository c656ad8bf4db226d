import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { party, usNumbers } from '../../test/support/ground.js';
import { beginTexts, textTold, verifiedText } from '../../test/support/text-world.js';
import type { Database } from '../platform/database/database.js';
import { billedLegsOfTexts } from './billed-texts.js';
import type { ForwardState } from './join-reports.js';
import { isFiguredAlike, nextTexts, textFigures } from './text-figures.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = [party(1), party(2)];
/** Two messages. */
const LONG = `${'a'.repeat(1600)}${'b'.repeat(100)}`;

describeOnEachDatabase('what a text comes to', (open) => {
  let database: Database;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ world } = await beginTexts(database, [NUMBER], { text_notices: { stranger: 'Nobody here.' } }));
    await world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 7200 });
  });

  const write = async (words: string, from = ANA, isHint = false): Promise<string> => {
    const told = textTold(from, NUMBER, words, { units: 12, amountMicros: 5500 });
    await world.receiveText.run(verifiedText(told, isHint), told);
    await world.jobs.runDue();
    return told.messageUuid;
  };
  const change = (sql: string, values: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, values));
  const ids = async (table: string): Promise<string[]> =>
    (await database.read((manager) => manager.query<{ id: string }[]>(`SELECT id FROM ${table} ORDER BY id`))).map(
      ({ id }) => id,
    );
  const figuresOf = async (id: string) => (await database.read((manager) => textFigures(manager, [id]))).get(id);

  it.each<[state: ForwardState, isDelivered: boolean, isFailed: boolean, forwardedUnits: number]>([
    ['delivered', true, false, 14],
    ['sent', false, false, 14],
    ['accepted', false, false, 14],
    ['undelivered', false, true, 14],
    ['failed', false, true, 11],
    ['rejected', false, true, 11],
    ['unconfirmed', false, true, 11],
    ['unknown', false, false, 11],
    ['pending', false, false, 11],
  ])(
    'is that of all its messages, of which one has arrived and one is %s: arrived %s, failed %s, %i units sent on',
    async (state, isDelivered, isFailed, forwardedUnits) => {
      await write(LONG);
      const sent = 'UPDATE text_forward SET state = ?, units = ?, amount = ?, carrier_fee = ? WHERE position = ?';
      await change(sent, ['delivered', 11, 7000, 300, 1]);
      await change(sent, [state, 3, 3000, null, 2]);
      await change('UPDATE text_message SET carrier_fee = 100');
      const [id = ''] = await ids('text_message');
      const amount = 5500 + 100 + 7000 + 300 + 3000;
      const units = 12 + forwardedUnits;
      expect(await figuresOf(id)).toMatchObject({
        isTaken: true,
        isDelivered,
        isFailed,
        forwardedUnits,
        units,
        amount,
      });
    },
  );

  it.each<[state: ForwardState, units: number]>([
    ['pending', 0],
    ['unknown', 0],
    ['failed', 0],
    ['accepted', 2],
    ['delivered', 2],
  ])('is of a sentence of ours that is %s %i units, and what it costs', async (state, units) => {
    await write('hello', party(9));
    await change('UPDATE text_notice SET state = ?, units = 2, amount = 7000, carrier_fee = 300', [state]);
    const [id = ''] = await ids('text_notice');
    const nobody = { isTaken: false, isDelivered: false, isFailed: false, forwardedUnits: 0 };
    expect(await figuresOf(id)).toMatchObject({ ...nobody, units, amount: 7300 });
  });

  it('is read of every text and sentence of ours, page by page', async () => {
    for (let from = 10; from < 14; from += 1) await write('hello', party(from));
    const all = [...(await ids('text_message')), ...(await ids('text_notice'))].sort();
    const walked: string[] = [];
    for (let page = ['']; page.length > 0; walked.push(...page))
      page = await database.read((manager) => nextTexts(manager, walked.at(-1) ?? '', 2));
    expect(walked).toEqual(all);
    expect((await database.read((manager) => textFigures(manager, all))).size).toBe(8);
  });

  it('is billed by each leg that Plivo has named, and by none that anybody may have made up', async () => {
    const inbound = await write(LONG);
    const stranger = await write('hello', party(9));
    await write('made up', party(8), true);
    const forwards = await ids('text_forward');
    const notices = await ids('text_notice');
    const all = [...(await ids('text_message')), ...notices];
    for (const [place, id] of forwards.entries())
      await change('UPDATE text_forward SET message_uuid = ? WHERE id = ?', [place === 0 ? 'sent' : null, id]);
    await change("UPDATE text_notice SET message_uuid = 'said'");
    const billed = async (some: string[]): Promise<string[]> =>
      (await database.read((manager) => billedLegsOfTexts(manager, some))).map(({ messageUuid }) => messageUuid).sort();
    expect(await billed(all)).toEqual([inbound, stranger, 'sent', 'said'].sort());
    expect(await billed(notices)).toEqual(['said']);
    await change('UPDATE text_notice SET message_uuid = NULL');
    expect([await billed(notices), await billed([])]).toEqual([[], []]);
    const [text] = await database.read((manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM text_message WHERE message_uuid = ?', [inbound]),
    );
    expect(await billed([text?.id ?? ''])).toEqual([inbound, 'sent'].sort());
  });
});

describe('a message that has got further', () => {
  it.each<[before: ForwardState, after: ForwardState, isAlike: boolean]>([
    ['accepted', 'sent', true],
    ['pending', 'accepted', false],
    ['sent', 'delivered', false],
    ['sent', 'failed', false],
    ['sent', 'undelivered', false],
    ['undelivered', 'failed', false],
    ['rejected', 'unconfirmed', true],
  ])('comes to the same as before from %s to %s: %s', (before, after, isAlike) => {
    const known = { units: 1, amount: 7000 };
    expect(isFiguredAlike({ ...known, state: before }, { ...known, state: after })).toBe(isAlike);
  });

  it('comes to something else where its units or its price do', () => {
    const known = { state: 'sent' as const, units: 1, amount: 7000 };
    expect(isFiguredAlike(known, { ...known, units: 2 })).toBe(false);
    expect(isFiguredAlike(known, { ...known, amount: 0 })).toBe(false);
    expect(isFiguredAlike(known, { ...known })).toBe(true);
  });
});
