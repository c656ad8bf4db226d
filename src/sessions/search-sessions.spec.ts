import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { ACCOUNT, addLeg, addNumbers, clearSessions, party, sessionsOn, usNumbers } from '../../test/support/ground.js';
import { Accounts } from '../accounts/index.js';
import { Account } from '../accounts/account.entity.js';
import { newId } from '../platform/ids.js';
import { parseCaller } from '../telephony/phone.js';
import { noteInteraction, openInteraction, readInteractions } from './interactions.js';
import { SearchSessions, virtualNumbersOf, type SessionSearch } from './search-sessions.js';
import type { SessionRecord } from './session-record.js';

const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const NUMBERS = usNumbers(3);

describeOnEachDatabase('the search for sessions', (open) => {
  let test: TestDatabase;
  let sessions: ReturnType<typeof sessionsOn>;
  let search: SearchSessions;

  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await test.dataSource.query('DELETE FROM account');
    const account = { name: 'Some', plivoAuthId: 'MA', plivoAuthToken: '', createdAt: 0 };
    for (const authId of [ACCOUNT, OTHER_ACCOUNT])
      await test.dataSource.manager.insert(Account, { ...account, authId });
    await addNumbers(test.database, NUMBERS);
    sessions = sessionsOn(test.database);
    search = new SearchSessions(
      test.database,
      sessions.clock,
      sessions.config,
      sessions.records,
      new Accounts(),
      sessions.textTotals,
    );
  });

  const pair = (first: number, second: number) =>
    sessions.open({ first_party: party(first), second_party: party(second), session_expiry: 3600 });
  const ids = async (what: Partial<SessionSearch> = {}): Promise<string[]> =>
    (await search.run({ limit: 50, ...what })).map(({ session }) => session.id);
  /** A session of another account, with the same parties under its own key. */
  async function copied({ id, parties }: SessionRecord): Promise<string> {
    const copy = { id: newId(), accountId: OTHER_ACCOUNT, parties };
    const indexes = [parties.first, parties.second].map((number) => sessions.records.partyIndex(OTHER_ACCOUNT, number));
    await test.dataSource.query(
      `INSERT INTO masking_session (id, account_id, status, parties, first_index, second_index, virtual_number_id, virtual_number, settings,
         created_at, modified_at, expires_at)
       SELECT ?, ?, status, ?, ?, ?, virtual_number_id, virtual_number, settings, created_at + 1, modified_at, expires_at
       FROM masking_session WHERE id = ?`,
      [copy.id, copy.accountId, sessions.records.sealParties(copy), ...indexes, id],
    );
    return copy.id;
  }

  it('finds a party in either role, in every account', async () => {
    const first = await pair(1, 2);
    sessions.clock.advance(1000);
    const second = await pair(3, 1);
    await pair(4, 5);
    const elsewhere = await copied(first);

    const asked = { party: parseCaller(`tel:${party(1)}`)! };
    expect(await ids(asked)).toEqual([second.id, elsewhere, first.id]);
    expect(await ids({ ...asked, accountId: OTHER_ACCOUNT })).toEqual([elsewhere]);
    expect(await ids({ ...asked, accountId: 'MANOBODYNOBODYNOBODY' })).toEqual([]);
  });

  it('counts over all accounts, up to what is asked for', async () => {
    const first = await pair(1, 2);
    await pair(3, 1);
    await copied(first);
    const asked = { party: parseCaller(`tel:${party(1)}`)! };
    for (const what of [asked, {}]) {
      const counts = await Promise.all([1, 2, 3, 4].map((most) => search.count(what, most)));
      expect(counts).toEqual([1, 2, 3, 3]);
    }
    expect(await search.count({ accountId: OTHER_ACCOUNT }, 4)).toBe(1);
  });

  it('finds those that were opened within a time, along both ways of looking, the end left out', async () => {
    const begin = sessions.clock.now();
    const opened: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      opened.push((await pair(1, index + 2)).id);
      sessions.clock.advance(1000);
    }
    const within = { from: begin + 1000, to: begin + 2000 };
    for (const asked of [{}, { party: parseCaller(party(1))! }]) {
      expect(await ids({ ...asked, ...within })).toEqual([opened[1]]);
      expect(await ids({ ...asked, from: begin + 1000 })).toEqual([opened[2], opened[1]]);
      expect(await ids({ ...asked, to: begin + 1000 })).toEqual([opened[0]]);
      const before = { at: begin + 2000, id: opened[2]! };
      expect(await ids({ ...asked, to: begin + 2001, before })).toEqual([opened[1], opened[0]]);
    }
  });

  it('walks through all of every account, page after page, each once', async () => {
    const own: SessionRecord[] = [];
    for (let index = 0; index < 5; index += 1) own.push(await pair(2 * index, 2 * index + 1));
    const elsewhere = [await copied(own[0]!), await copied(own[1]!)];
    const pages: string[][] = [];
    for await (const page of search.pages({}, 2)) pages.push(page.map(({ session }) => session.id));
    const newest = own.map(({ id }) => id).toSorted((one, other) => (other < one ? -1 : 1));
    expect(pages.flat().toSorted()).toEqual([...newest, ...elsewhere].toSorted());
    expect(pages.every((page) => page.length <= 2)).toBe(true);
    expect((await search.pages({ accountId: OTHER_ACCOUNT }, 1).next()).value).toHaveLength(1);
  });

  it('combines the filters', async () => {
    const one = await pair(1, 2);
    const other = await pair(1, 3);
    const virtualNumber = parseCaller(other.virtualNumber)!;
    expect(other.virtualNumber).not.toBe(one.virtualNumber);
    expect(await ids({ party: parseCaller(party(1))!, virtualNumber })).toEqual([other.id]);
    expect(await ids({ party: parseCaller(party(2))!, virtualNumber })).toEqual([]);
  });

  it('looks back further than the list of customers', async () => {
    const { id } = await pair(1, 2);
    sessions.clock.advance(30 * 86_400_000);
    expect(await ids()).toEqual([id]);
  });

  it('tells live sessions from ended ones, whatever the tick has recorded', async () => {
    const over = await pair(1, 2);
    sessions.clock.advance(3_600_000);
    const live = await pair(3, 4);
    expect(await ids({ status: 'active' })).toEqual([live.id]);
    expect(await ids({ status: 'expired' })).toEqual([over.id]);
    expect(await ids({ status: 'in-progress' })).toEqual([]);
  });

  it('walks from page to page through sessions of all accounts that were opened at the same instant', async () => {
    const opened = [await pair(1, 2), await pair(3, 4), await pair(5, 6)];
    await copied(opened[0]!);
    await copied(opened[1]!);
    const all = await search.run({ limit: 50 });
    expect(all).toHaveLength(5);

    const walked: string[] = [];
    for (let before: SessionSearch['before']; ;) {
      const page = await search.run({ limit: 2, before });
      const last = page.at(-1);
      if (!last) break;
      walked.push(...page.map(({ session }) => session.id));
      before = { at: last.session.createdAt, id: last.session.id };
    }
    expect(walked).toEqual(all.map(({ session }) => session.id));
  });

  it('shows one session with its conversations', async () => {
    const { id } = await pair(1, 2);
    const now = sessions.clock.now();
    const call = {
      id: newId(),
      sessionId: id,
      startedAt: now,
      busyUntil: now + 60_000,
      role: 'first',
      legUuid: 'A',
    } as const;
    await test.database.transaction(async (tx) => {
      await openInteraction(tx, call);
      await addLeg(tx, call);
      const [interaction] = (await readInteractions(tx, [id])).get(id) ?? [];
      await noteInteraction(tx, { ...interaction!, amount: 8501 });
    });

    const found = await test.database.read((manager) => search.one(manager, id));
    expect(found.interactions).toMatchObject([{ id: call.id, amount: 8501 }]);
    expect(found.answer).toMatchObject({ session_uuid: id, status: 'in-progress', total_call_amount: 0.008501 });
    expect(await ids({ status: 'in-progress' })).toEqual([id]);
  });

  it.each(['', 'x', newId()])('refuses a session that nobody has: %j', async (id) => {
    await pair(1, 2);
    const asked = test.database.read((manager) => search.one(manager, id));
    await expect(asked).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('remembers the number of a session after the number has left the pool', async () => {
    const session = await pair(1, 2);
    await test.dataSource.query('DELETE FROM virtual_number');
    const numbers = await test.database.read((manager) => virtualNumbersOf(manager, [session.id, newId()]));
    expect([...numbers]).toEqual([[session.id, session.virtualNumber]]);
    expect(await test.database.read((manager) => virtualNumbersOf(manager, []))).toEqual(new Map());
  });

  it('of one instant are in the order of their ids, page by page', async () => {
    const made = [await pair(1, 2), await pair(3, 4), await pair(5, 6)].map(({ id }) => id);
    const expected = made.sort().toReversed();
    expect(await ids()).toEqual(expected);
    const at = sessions.clock.now();
    expect(await ids({ before: { at, id: expected[0]! } })).toEqual(expected.slice(1));
    expect(await ids({ limit: 2 })).toEqual(expected.slice(0, 2));
  });
});
