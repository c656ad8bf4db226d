import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addLeg,
  addNumbers,
  clearSessions,
  OWNER,
  party,
  sessionsOn,
  usNumbers,
} from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import { openInteraction } from './interactions.js';
import { ListSessions } from './list-sessions.js';
import { canonicalFilterName } from './session-list.dto.js';
import { nextOpened } from './opened-sessions.js';

const DAY_MS = 86_400_000;
const SUBACCOUNT = 'SAXXXXXXXXXXXXXXXXXX';

describeOnEachDatabase('the list of sessions', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;
  let list: ListSessions;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(3));
    sessions = sessionsOn(database);
    list = new ListSessions(database, sessions.clock, sessions.records, sessions.findSession);
  });

  const pair = async (first: number, second: number, session_expiry = 600): Promise<string> =>
    (await sessions.open({ first_party: party(first), second_party: party(second), session_expiry })).id;
  const page = (
    query: Record<string, unknown> = {},
    owner: { accountId: string; subaccountId: string | null } = OWNER,
  ) => list.run(owner, query);
  const ids = async (
    query: Record<string, unknown> = {},
    owner: { accountId: string; subaccountId: string | null } = OWNER,
  ) => (await page(query, owner)).objects.map(({ session_uuid }) => session_uuid);
  const later = (milliseconds: number): void => sessions.clock.advance(milliseconds);
  const ofSubaccount = (id: string): Promise<unknown> =>
    database.transaction((tx) =>
      tx.query('UPDATE masking_session SET subaccount_id = ? WHERE id = ?', [SUBACCOUNT, id]),
    );

  it('is newest first, twenty at a time, with links to its neighbours that keep the filters', async () => {
    const made: string[] = [];
    for (let index = 0; index < 22; index++) {
      made.unshift(await pair(100 + index, 200 + index));
      later(1000);
    }
    const path = `/v1/Account/${ACCOUNT}/Masking/Session/`;
    const first = await page({ status: 'active', nonsense: 'x' });
    expect(first.objects.map(({ session_uuid }) => session_uuid)).toEqual(made.slice(0, 20));
    expect(first.objects[0]?.resource_uri).toBe(`${path}${made[0]}/`);
    expect(first.meta).toEqual({
      limit: 20,
      offset: 0,
      total_count: 22,
      next: `${path}?status=active&limit=20&offset=20`,
      previous: null,
    });
    const second = await page({ offset: '20' });
    expect(second.objects.map(({ session_uuid }) => session_uuid)).toEqual(made.slice(20));
    expect(second.meta).toMatchObject({ next: null, previous: `${path}?limit=20&offset=0` });

    expect((await page({ limit: 2, offset: 3 })).meta).toMatchObject({
      next: `${path}?limit=2&offset=5`,
      previous: `${path}?limit=2&offset=1`,
    });
    expect((await page({ limit: 5, offset: 3 })).meta.previous).toBe(`${path}?limit=5&offset=0`);
    expect((await page({ limit: 2, offset: 20 })).meta.next).toBeNull();
    expect((await page({ limit: 2, offset: 19 })).meta.next).not.toBeNull();
  });

  it('of one instant is in the order of the ids', async () => {
    const made = [await pair(1, 2), await pair(3, 4), await pair(5, 6)];
    expect(await ids()).toEqual(made.sort().toReversed());
  });

  it.each([
    [0, 1],
    [-5, 1],
    [21, 20],
    ['7', 7],
    // A plus that was not encoded is a blank when it comes.
    [' 7', 7],
    ['+7', 7],
    ['007', 7],
    ['9'.repeat(40), 20],
    [`-${'9'.repeat(40)}`, 1],
    ['', 20],
    [null, 20],
  ])('has a limit that is moved into 1 to 20: %j is %i', async (limit, used) => {
    expect((await page({ limit })).meta.limit).toBe(used);
  });

  it.each([
    [{ limit: 'x' }, 'limit is not a number'],
    [{ limit: 1.5 }, 'limit is not a number'],
    [{ offset: 1.5 }, 'offset is not a number'],
    [{ offset: -1 }, 'offset is outside the allowed range'],
    [{ offset: '9'.repeat(40) }, 'offset is outside the allowed range'],
    [{ limit: '6e1' }, 'limit is not a number'],
    [{ limit: '0x7' }, 'limit is not a number'],
    [{ virtual_number: 'x' }, 'virtual_number is not a valid phone number'],
    [{ status: 'dead' }, 'status allowed values are active, in-progress, expired or all'],
    [{ created_time: 'yesterday' }, 'created_time is not a valid timestamp'],
    [{ expiry_time__gt: 'soon' }, 'expiry_time is not a valid timestamp'],
    [{ duration: 'x' }, 'duration is outside the allowed range'],
    [{ duration__lt: -1 }, 'duration__lt is outside the allowed range'],
    [{ first_party: 'x' }, 'first_party is not a valid phone number'],
  ])('refuses %j', async (query, sentence) => {
    await expect(page(query)).rejects.toMatchObject({ message: `Invalid parameter. ${sentence}` });
  });

  it('takes the last of a value that is given twice', async () => {
    const one = await pair(1, 2);
    await pair(3, 4);
    expect(await ids({ first_party: [party(3), party(1)] })).toEqual([one]);
  });

  it('goes by the role of a party, and by the virtual number', async () => {
    const one = await sessions.open({ first_party: party(1), second_party: party(2) });
    const other = await sessions.open({ first_party: party(1), second_party: party(3) });
    expect(await ids({ first_party: party(2) })).toEqual([]);
    expect(await ids({ second_party: party(2) })).toEqual([one.id]);
    expect(await ids({ first_party: party(1), second_party: party(3) })).toEqual([other.id]);
    expect(other.virtualNumber).not.toBe(one.virtualNumber);
    expect(await ids({ virtual_number: `+${other.virtualNumber}` })).toEqual([other.id]);
  });

  it.each(['80012345678', '8835100012345', '1202555'])('finds those on %s, which no plan knows', async (number) => {
    const one = await pair(1, 2);
    await database.transaction((tx) =>
      tx.query('UPDATE masking_session SET virtual_number = ? WHERE id = ?', [number, one]),
    );
    expect(await ids({ virtual_number: ` ${number}` })).toEqual([one]);
  });

  it('goes by status, to the millisecond of the expiry; active includes in-progress', async () => {
    const idle = await pair(1, 2, 60);
    const talking = await pair(3, 4, 60);
    const ended = await pair(5, 6, 60);
    await sessions.end(ended);
    const now = sessions.clock.now();
    const call = { id: idle.replace(/^.{8}/, 'cccccccc'), sessionId: talking, startedAt: now, busyUntil: now + 1000 };
    await database.transaction(async (tx) => {
      await openInteraction(tx, { ...call, role: 'first', legUuid: 'A' });
      await addLeg(tx, { ...call, legUuid: 'A' });
    });
    const both = [idle, talking].sort().toReversed();
    expect(await ids({ status: 'active' })).toEqual(both);
    expect(await ids({ status: 'in-progress' })).toEqual([talking]);
    expect(await ids({ status: 'expired' })).toEqual([ended]);
    expect(await ids({ status: 'all' })).toHaveLength(3);
    expect(await ids({ status: '' })).toHaveLength(3);
    later(999);
    expect(await ids({ status: 'in-progress' })).toEqual([talking]);
    later(1);
    expect(await ids({ status: 'in-progress' })).toEqual([]);
    later(58_999);
    expect(await ids({ status: 'active' })).toEqual(both);
    later(1);
    expect(await ids({ status: 'active' })).toEqual([]);
    expect(await ids({ status: 'expired' })).toHaveLength(3);
  });

  it('of a conversation that has ended is not in progress', async () => {
    const id = await pair(1, 2);
    const now = sessions.clock.now();
    const call = { id: id.replace(/^.{8}/, 'cccccccc'), sessionId: id, startedAt: now, busyUntil: now + 1000 };
    await database.transaction(async (tx) => {
      await openInteraction(tx, { ...call, role: 'second', legUuid: 'A' });
      await addLeg(tx, { ...call, legUuid: 'A' });
      await tx.query('UPDATE interaction SET ended_at = ?', [now]);
    });
    expect(await ids({ status: 'in-progress' })).toEqual([]);
  });

  describe('by time', () => {
    // 10:00:00, 10:00:01.5 and 10:00:03, each with an expiry of a minute more than the one before.
    let made: string[];
    beforeEach(async () => {
      made = [await pair(1, 2, 60)];
      later(1500);
      made.push(await pair(3, 4, 120));
      later(1500);
      made.push(await pair(5, 6, 180));
    });
    const which = async (query: Record<string, unknown>) => (await ids(query)).map((id) => made.indexOf(id)).sort();

    it.each([
      ['created_time', [1]],
      ['created_time__gt', [2]],
      ['created_time__gte', [1, 2]],
      ['created_time__lt', [0]],
      ['created_time__lte', [0, 1]],
    ])('%s of a second means all of it', async (name, expected) => {
      expect(await which({ [name]: '2026-01-05 10:00:01' })).toEqual(expected);
    });

    it.each([
      ['expiry_time', [1]],
      ['expiry_time__gt', [2]],
      ['expiry_time__gte', [1, 2]],
      ['expiry_time__lt', [0]],
      ['expiry_time__lte', [0, 1]],
    ])('%s', async (name, expected) => {
      expect(await which({ [name]: '2026-01-05 10:02:01' })).toEqual(expected);
    });

    it.each([
      ['duration', [1]],
      ['duration__gt', [2]],
      ['duration__gte', [1, 2]],
      ['duration__lt', [0]],
      ['duration__lte', [0, 1]],
    ])('%s in seconds', async (name, expected) => {
      expect(await which({ [name]: '120' })).toEqual(expected);
    });

    it('of a duration counts whole seconds', async () => {
      await database.transaction((tx) =>
        tx.query('UPDATE masking_session SET expires_at = expires_at + 999 WHERE id = ?', [made[1]]),
      );
      expect(await which({ duration: 120 })).toEqual([1]);
      await database.transaction((tx) =>
        tx.query('UPDATE masking_session SET expires_at = expires_at + 1 WHERE id = ?', [made[1]]),
      );
      expect(await which({ duration: 120 })).toEqual([]);
      expect(await which({ duration: 121 })).toEqual([1]);
    });

    it('all conditions hold at once', async () => {
      const query = { created_time__gte: '2026-01-05 10:00:01', created_time__lt: '2026-01-05 10:00:03' };
      expect(await which(query)).toEqual([1]);
      expect((await page({ created_time_gte: '2026-01-05 10:00:01' })).meta.total_count).toBe(2);
    });
  });

  it('looks back seven days, unless a bound on created or expiry time is given', async () => {
    const id = await pair(1, 2);
    later(7 * DAY_MS);
    expect(await ids()).toEqual([id]);
    later(1);
    expect(await ids()).toEqual([]);
    expect(await ids({ duration: 600 })).toEqual([]);
    expect(await ids({ expiry_time__gt: '2026-01-01 00:00' })).toEqual([id]);
    expect(await ids({ created_time__gt: '2026-01-01 00:00' })).toEqual([id]);
  });

  it("is one account's, or one subaccount's, which sees its own only", async () => {
    const main = await pair(1, 2);
    const own = await pair(3, 4);
    await ofSubaccount(own);
    const subaccount = { accountId: ACCOUNT, subaccountId: SUBACCOUNT };
    expect((await ids()).sort()).toEqual([main, own].sort());
    expect(await ids({ subaccount: SUBACCOUNT })).toEqual([own]);
    expect(await ids({ sub_account: SUBACCOUNT })).toEqual([own]);
    expect(await ids({}, subaccount)).toEqual([own]);
    expect(await ids({ subaccount: SUBACCOUNT }, subaccount)).toEqual([own]);
    expect(await ids({ subaccount: 'SAYYYYYYYYYYYYYYYYYY' }, subaccount)).toEqual([]);
    expect(await ids({}, { accountId: 'MAOTHEROTHEROTHER000', subaccountId: null })).toEqual([]);
    expect((await page({}, subaccount)).objects[0]?.resource_uri).toBe(
      `/v1/Account/${SUBACCOUNT}/Masking/Session/${own}/`,
    );
  });

  it.each([
    ['created_times', 'created_time'],
    ['created_time_gt', 'created_time__gt'],
    ['expiry_time__lte', 'expiry_time__lte'],
    ['session_duration', 'duration'],
    ['session_duration_lt', 'duration__lt'],
    ['sub_account', 'subaccount'],
    ['first_party', 'first_party'],
    ['created_time_xx', 'created_time_xx'],
  ])('knows the filter %s as %s', (arriving, name) => {
    expect(canonicalFilterName(arriving)).toBe(name);
  });

  it('can be walked through whole, in the order of the ids, or read by some ids', async () => {
    const made = [await pair(1, 2), await pair(3, 4), await pair(5, 6)].sort();
    await database.transaction((tx) => tx.query('UPDATE masking_session SET fee = 5 WHERE id = ?', [made[1]]));
    const walk = (after: string, limit: number) =>
      database.read(async (manager) => (await nextOpened(manager, { after, limit })).map(({ id }) => id));
    expect(await walk('', 2)).toEqual(made.slice(0, 2));
    expect(await walk(made[1]!, 2)).toEqual(made.slice(2));
    const some = await database.read((manager) => nextOpened(manager, { ids: [made[0]!, made[1]!] }));
    expect(some.map(({ id, fee }) => [id, fee]).sort()).toEqual([
      [made[0], 0],
      [made[1], 5],
    ]);
  });
});
