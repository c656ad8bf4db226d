import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Database, Tx } from '../platform/database/database.js';
import { parseCaller, type E164 } from '../telephony/phone.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, sessionsOn, usNumbers } from '../../test/support/ground.js';

const [NUMBER = ''] = usNumbers(1);

describeOnEachDatabase('the route of a caller', (open, kind) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [NUMBER]);
    sessions = sessionsOn(database);
  });

  const pair = (first: number) => ({ first_party: party(first), second_party: party(first + 1) });
  const find = (tx: Tx, caller: number) =>
    sessions.findRoute.run(tx, ACCOUNT, NUMBER as E164, parseCaller(party(caller)) as E164);
  const findAt = (caller: number) =>
    database.transaction((tx) => {
      const seat = sessions.findRoute.seatOf(ACCOUNT, NUMBER as E164, parseCaller(party(caller)) as E164);
      return sessions.findRoute.at(tx, seat);
    });
  const findNow = (caller: number) => database.transaction((tx) => find(tx, caller));

  it('is each party in its role, and nobody else', async () => {
    const session = await sessions.open(pair(1));

    expect(await findNow(1)).toMatchObject({ session: { id: session.id }, role: 'first' });
    expect(await findNow(2)).toMatchObject({ session: { id: session.id }, role: 'second' });
    expect(await findNow(3)).toBeNull();
    expect(await findAt(1)).toMatchObject({ isHeldAtOnce: true });
  });

  it('is nobody once the session has ended, to the millisecond', async () => {
    await sessions.open({ ...pair(1), session_expiry: 60 });

    sessions.clock.advance(59_999);
    expect(await findNow(1)).not.toBeNull();
    sessions.clock.advance(1);
    expect(await findNow(1)).toBeNull();
  });

  it('is nobody for a party that was replaced, and the one who came instead', async () => {
    const single = { first_party: party(1), second_party: party(2), create_session_with_single_party: true };
    const session = await sessions.open(single);
    await sessions.update(session.id, { second_party: party(9) });

    expect(await findNow(2)).toBeNull();
    expect(await findNow(9)).toMatchObject({ session: { id: session.id }, role: 'second' });
  });

  it("is not another account's", async () => {
    await sessions.open(pair(1));

    const foreign = await database.transaction((tx) =>
      sessions.findRoute.run(tx, 'MAOTHEROTHEROTHER000', NUMBER as E164, parseCaller(party(1)) as E164),
    );
    expect(foreign).toBeNull();
  });

  if (kind === 'sqlite') return;

  it('keeps the row of its session, and nothing that other sessions on the number need', async () => {
    await sessions.open(pair(1));
    const other = await sessions.open(pair(3));
    const done: string[] = [];

    await database.transaction(async (tx) => {
      await find(tx, 1);
      // Whatever of these waited would wait for ever: this transaction ends after them.
      expect(await findNow(3)).toMatchObject({ session: { id: other.id } });
      await sessions.open(pair(5));
      await database.transaction((second) => second.query('UPDATE virtual_number SET alias = ?', ['renamed']));
      await sessions.end(other.id);
      done.push('others');
      const same = findNow(2).then(() => done.push('the other party'));
      // Its turn comes when this transaction ends, and not before.
      await Promise.race([same, sessions.open(pair(7))]);
      expect(done).toEqual(['others']);
    });
    await findNow(2);
    expect(done[0]).toBe('others');
  });

  it('is the new session of a caller whose old one ended on that number while the answer waited for it', async () => {
    const old = await sessions.open(pair(1));
    let waiting: ReturnType<typeof findAt> | undefined;
    let renewed = '';

    await database.transaction(async (tx) => {
      await sessions.endIn(tx, old.id);
      ({ id: renewed } = await sessions.openIn(tx, pair(1)));
      waiting = findAt(1);
      await asksForLock(database);
    });

    // Whatever was read behind the first look was read before the new one's row was held.
    expect(await waiting).toMatchObject({ session: { id: renewed }, role: 'first', isHeldAtOnce: false });
  });
});

/** Until some transaction of this database waits for a row. */
async function asksForLock(database: Database): Promise<void> {
  for (;;) {
    const rows: unknown[] = await database.read((manager) =>
      manager.query(
        "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%masking_session s%FOR UPDATE%' AND id <> CONNECTION_ID()",
      ),
    );
    if (rows.length > 0) return;
  }
}
