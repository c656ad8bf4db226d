import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, OWNER, party, usNumbers, type FakeClock } from '../../test/support/ground.js';
import { beginTexts, textsOn, textTold, verifiedText, type MessagePlivo } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import { Accounts } from '../accounts/index.js';
import type { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { newId } from '../platform/ids.js';
import type { MessageWebhook } from '../plivo/index.js';
import type { SessionRecord } from '../sessions/index.js';
import { FindTexts, type FoundText } from './find-texts.js';
import { TEXTS } from './text.entity.js';

const [NUMBER = '', SECOND = ''] = usNumbers(2);
const [ANA, RAVI, MAYA] = [party(1), party(2), party(3)];
const OTHER = { accountId: 'MAOTHEROTHEROTHER000', subaccountId: null };
const SUBACCOUNT = { ...OWNER, subaccountId: 'SASUBSUBSUBSUBSUB000' };
/** Two messages. */
const LONG = `${'a'.repeat(1600)}${'b'.repeat(100)}`;
const FROM_FIRST = { at: 0, id: '' };

describeOnEachDatabase('texts that are looked at', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: Awaited<ReturnType<typeof beginTexts>>['world'];
  let session: SessionRecord;
  let findTexts: FindTexts;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    ({ clock, plivo, world } = await beginTexts(database, [NUMBER, SECOND], { text_retention_days: 2 }));
    session = await lent(ANA, RAVI);
    const { crypto, findSession, records } = world.sessions;
    findTexts = new FindTexts(database, crypto, findSession, new Accounts(), records);
  });

  const lent = (first: string, second: string): Promise<SessionRecord> =>
    world.sessions.open({ first_party: first, second_party: second, messaging: true, session_expiry: 7200 });
  /** Its MessageUUID. Words that are longer than any phone sends are null. */
  const write = async (
    words: string | null,
    from = ANA,
    to = NUMBER,
    more: Partial<MessageWebhook> = {},
  ): Promise<string> => {
    const told = { ...textTold(from, to, ''), text: words, ...more };
    await world.receiveText.run(verifiedText(told), told);
    return told.messageUuid;
  };
  const change = (sql: string, values: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, values));
  const keepNone = async (): Promise<void> => {
    await turnTextsOn(database, ACCOUNT, { text_retention_days: 0 });
    world = textsOn(database, clock, plivo);
  };
  const uuids = (texts: FoundText[]): string[] => texts.map(({ text }) => text.messageUuid);
  const indexOf = (number: string): string => world.sessions.records.partyIndex(ACCOUNT, number.slice(1)) ?? '';
  const idOf = async (uuid: string): Promise<string> => {
    const rows = await database.read((manager) =>
      manager.query<{ id: string }[]>('SELECT id FROM text_message WHERE message_uuid = ?', [uuid]),
    );
    return rows[0]?.id ?? '';
  };

  it('are those of a session, newest first and page by page, each with its messages in their order', async () => {
    const first = await write(LONG);
    clock.advance(1);
    const [second, third] = [await write('two', RAVI), await write('three')];
    await lent(MAYA, party(4)).then(({ virtualNumber }) => write('other', MAYA, virtualNumber));
    const page = (limit: number, offset: number) => findTexts.ofSession(OWNER, session.id, { limit, offset });

    const all = await page(10, 0);
    expect([all.total, uuids(all.texts)]).toEqual([3, [third, second, first]]);
    expect(all.texts.map(({ sender, recipient }) => [sender, recipient])).toEqual([
      [ANA.slice(1), RAVI.slice(1)],
      [RAVI.slice(1), ANA.slice(1)],
      [ANA.slice(1), RAVI.slice(1)],
    ]);
    expect(all.texts.at(-1)?.forwards.map(({ position }) => position)).toEqual([1, 2]);
    expect(all.texts.map(({ forwards }) => forwards.length)).toEqual([1, 1, 2]);
    expect(uuids((await page(2, 0)).texts)).toEqual([third, second]);
    expect(await page(2, 2)).toMatchObject({ total: 3, texts: [{ text: { messageUuid: first } }] });
    expect(await page(2, 3)).toEqual({ total: 3, texts: [] });
  });

  it('name nobody who was erased, nor whom a text was for that went no further', async () => {
    await write('one');
    await change('UPDATE text_message SET sender = NULL');
    await change('UPDATE text_forward SET recipient = NULL');
    await write(null);
    const { texts } = await findTexts.ofSession(OWNER, session.id, { limit: 10, offset: 0 });
    expect(texts.map(({ sender, recipient }) => [sender, recipient])).toEqual([
      [ANA.slice(1), null],
      [null, null],
    ]);
  });

  it('are nothing to other accounts, and to subaccounts that have not lent the number', async () => {
    const uuid = await write('one');
    await world.jobs.runDue();
    for (const owner of [OTHER, SUBACCOUNT])
      for (const look of [
        () => findTexts.ofSession(owner, session.id, { limit: 1, offset: 0 }),
        () => findTexts.words(owner, session.id, uuid),
        () => findTexts.leg(owner, uuid),
        () => findTexts.leg(owner, plivo.sent[0]?.messageUuid ?? ''),
      ])
        await expect(look()).rejects.toBeInstanceOf(NotFound);
  });

  it('have a leg that came in and one for each message that went on, each with its own bill', async () => {
    const inbound = await write('one');
    const takenAt = clock.now();
    await change('UPDATE text_message SET amount = 5500, carrier_fee = 11');
    clock.advance(2000);
    await world.jobs.runDue();
    await change('UPDATE text_forward SET units = 2, amount = 14000, carrier_fee = 22, error_code = 30');
    const outbound = plivo.sent[0]?.messageUuid ?? '';

    expect(await findTexts.leg(OWNER, inbound)).toEqual({
      messageUuid: inbound,
      direction: 'inbound',
      at: takenAt,
      state: 'received',
      from: ANA.slice(1),
      to: NUMBER,
      mediaCount: 0,
      units: 1,
      amount: 5500,
      carrierFee: 11,
      errorCode: null,
    });
    expect(await findTexts.leg(OWNER, outbound)).toEqual({
      messageUuid: outbound,
      direction: 'outbound',
      at: takenAt + 2000,
      state: 'accepted',
      from: NUMBER,
      to: RAVI.slice(1),
      mediaCount: 0,
      units: 2,
      amount: 14_000,
      carrierFee: 22,
      errorCode: 30,
    });
    await change('UPDATE text_message SET sender = NULL');
    await change('UPDATE text_forward SET recipient = NULL');
    expect(await findTexts.leg(OWNER, inbound)).toMatchObject({ from: null });
    expect(await findTexts.leg(OWNER, outbound)).toMatchObject({ to: null });
  });

  it('have a leg in a session alone: a stranger is shown to nobody, nor what is not there', async () => {
    const stranger = await write('hello', MAYA);
    await write('one');
    for (const uuid of [stranger, newId()]) await expect(findTexts.leg(OWNER, uuid)).rejects.toBeInstanceOf(NotFound);
  });

  it('have words while these are kept, all of them and in their order', async () => {
    const uuid = await write(LONG);
    const later = await write('two');
    // Ids are Plivo's: another account may have the same.
    const theirs = {
      id: newId(),
      ...OTHER,
      messageUuid: uuid,
      decision: 'word' as const,
      isHint: false,
      mediaCount: 0,
    };
    const { subaccountId: _, ...row } = theirs;
    await database.transaction((tx) => TEXTS.insert(tx, { ...row, receivedAt: 0 }));
    await world.jobs.runDue();

    const id = await idOf(later);
    expect(await findTexts.words(OWNER, session.id, uuid)).toBe(LONG);
    expect(await findTexts.wordsById(id)).toEqual({ accountId: ACCOUNT, sessionId: session.id, words: 'two' });
    const another = await lent(MAYA, party(4));
    await expect(findTexts.words(OWNER, another.id, uuid)).rejects.toBeInstanceOf(NotFound);
    await expect(findTexts.words(OWNER, session.id, newId())).rejects.toBeInstanceOf(NotFound);
    await expect(findTexts.wordsById(newId())).rejects.toBeInstanceOf(NotFound);
    clock.advance(2 * 86_400_000);
    await world.purgeTexts.run();
    await expect(findTexts.words(OWNER, session.id, later)).rejects.toBeInstanceOf(NotFound);
    await expect(findTexts.wordsById(id)).rejects.toBeInstanceOf(NotFound);
  });

  it.each([
    ['is still to be sent, and kept no longer', 'UPDATE text_forward SET is_body_kept = 0'],
    ['is gone', 'UPDATE text_forward SET body = NULL'],
  ])('have no words of what %s', async (_, sql) => {
    const uuid = await write('one');
    await change(sql);
    await expect(findTexts.words(OWNER, session.id, uuid)).rejects.toBeInstanceOf(NotFound);
    await expect(findTexts.wordsById(await idOf(uuid))).rejects.toBeInstanceOf(NotFound);
    const [found] = await findTexts.ofPerson('wrote', indexOf(ANA), FROM_FIRST, 10);
    expect(found && findTexts.wordsOf(found)).toBeNull();
  });

  it('have for who exports them the words that are kept, beside those that are not', async () => {
    await keepNone();
    await write(LONG);
    await change('UPDATE text_forward SET is_body_kept = 1 WHERE position = 2');
    const [found] = await findTexts.ofPerson('wrote', indexOf(ANA), FROM_FIRST, 10);
    expect(found && findTexts.wordsOf(found)).toBe('b'.repeat(100));
  });

  it("are a person's who wrote them, was sent them, or was not", async () => {
    const wrote = [await write('one'), await write(null)];
    const sent = await write('two', RAVI);
    const notSent = await write(null, RAVI);
    clock.advance(1000);
    const erased = await write(null, RAVI);
    await change('UPDATE text_message SET sender = NULL, sender_index = NULL WHERE message_uuid = ?', [erased]);
    await write('who are you', MAYA);
    const said = await write('stop', RAVI);
    await lent(MAYA, party(4)).then(({ virtualNumber }) => write(null, MAYA, virtualNumber));
    const ofPerson = async (number: string) => {
      const sides = ['wrote', 'was sent', 'was not sent'] as const;
      return Promise.all(
        sides.map(async (side) => uuids(await findTexts.ofPerson(side, indexOf(number), FROM_FIRST, 10))),
      );
    };
    expect(await ofPerson(ANA)).toEqual([wrote, [sent], [notSent, erased]]);
    expect(await ofPerson(RAVI)).toEqual([[sent, notSent, said], [wrote[0]], [wrote[1], erased]]);
  });

  it.each(['wrote', 'was sent', 'was not sent'] as const)(
    'go on, the oldest first, behind the last that was seen, also among those of one instant: what somebody %s',
    async (side) => {
      const from = side === 'wrote' ? ANA : RAVI;
      const made: string[] = [];
      for (const ago of [0, 0, 0, 1000, 0]) {
        clock.advance(ago);
        made.push(await write(side === 'was not sent' ? null : 'hello', from));
      }
      const seen: string[] = [];
      for (let after = FROM_FIRST; ;) {
        const page = await findTexts.ofPerson(side, indexOf(ANA), after, 2);
        expect(page.length).toBeLessThanOrEqual(2);
        seen.push(...uuids(page));
        const last = page.at(-1);
        if (last === undefined) break;
        after = { at: last.text.receivedAt, id: last.text.id };
      }
      expect(seen).toEqual(made);
    },
  );

  it('are answered by sentences of ours, of which each is shown once, the oldest first', async () => {
    await write('look', ANA, NUMBER, { mediaCount: 1 });
    clock.advance(1);
    for (const word of ['help', 'stop']) await write(word);
    await write('help', RAVI);
    const seen: string[] = [];
    const ids: string[] = [];
    for (let after = FROM_FIRST; ;) {
      const [notice, more] = await findTexts.noticesTo(indexOf(ANA), after, 1);
      expect(more).toBeUndefined();
      if (notice === undefined) break;
      expect(notice).toMatchObject({ virtualNumber: NUMBER, state: 'pending' });
      seen.push(notice.kind);
      ids.push(notice.id);
      after = { at: notice.createdAt, id: notice.id };
    }
    expect([seen[0], seen.toSorted()]).toEqual(['media-dropped', ['help', 'media-dropped', 'stopped']]);
    // Of those of one instant.
    expect(ids.slice(1)).toEqual(ids.slice(1).toSorted());
  });
});
