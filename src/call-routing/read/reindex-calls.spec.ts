import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../../test/support/ground.js';
import { callsOn } from '../../../test/support/calls.js';
import { HOUR_MS } from '../../platform/clock.js';
import { newId } from '../../platform/ids.js';
import type { SessionRecord } from '../../sessions/index.js';
import { callerPlace, CALLS, dialledPlace, LEGS, type MaskedCall } from '../call.entity.js';
import { ReindexCalls } from './reindex-calls.js';

const [VIRTUAL = ''] = usNumbers(1);
const digits = (index: number): string => party(index).slice(1);

describeOnEachDatabase('what calls of earlier versions are found by', (open) => {
  let test: TestDatabase;
  let world: ReturnType<typeof callsOn>;
  let session: SessionRecord;

  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await test.dataSource.query('DELETE FROM call_reindex');
    await addNumbers(test.database, [VIRTUAL]);
    world = callsOn(test.database);
    session = await world.sessions.open({ first_party: party(1), second_party: party(2) });
  });

  function reindex(): ReindexCalls {
    const { clock, crypto, records } = world.sessions;
    const made = new ReindexCalls(test.database, clock, crypto, world.jobs, world.log, records);
    return made;
  }
  const started = async (): Promise<ReindexCalls> => {
    const made = reindex();
    await made.onApplicationBootstrap();
    return made;
  };

  /** As an earlier version wrote it: none of the new columns is set. */
  async function call(known: Partial<MaskedCall> = {}): Promise<string> {
    const { crypto, clock } = world.sessions;
    const id = newId();
    const place = { callId: id, accountId: ACCOUNT };
    await test.database.transaction((tx) =>
      CALLS.insert(tx, {
        id,
        accountId: ACCOUNT,
        sessionId: session.id,
        kind: 'inbound',
        aLegUuid: newId(),
        callerRole: 'first',
        caller: crypto.seal(callerPlace(place), digits(1)),
        dialled: crypto.seal(dialledPlace(place), digits(2)),
        pinAttempts: 0,
        decision: 'connect',
        reason: 'party',
        answer: '',
        createdAt: clock.now(),
        endedAt: clock.now(),
        ...known,
      }),
    );
    return id;
  }
  const leg = (callId: string, facts: object): Promise<void> =>
    test.database.transaction((tx) =>
      LEGS.insert(tx, {
        accountId: ACCOUNT,
        legUuid: newId(),
        callId,
        sessionId: session.id,
        side: 'B',
        isAnswered: false,
        isConnected: false,
        isEnded: true,
        ...facts,
      }),
    );
  const row = async (id: string): Promise<Record<string, unknown>> => {
    const [found] = await test.dataSource.query<Record<string, unknown>[]>(
      'SELECT caller_index, dialled_index, virtual_number, outcome FROM masked_call WHERE id = ?',
      [id],
    );
    return { ...found };
  };
  const jobs = async (): Promise<string[]> => {
    const found = await test.dataSource.query<{ payload: string }[]>(
      "SELECT payload FROM job WHERE kind = 'calls.reindex'",
    );
    return found.map(({ payload }) => payload);
  };

  it('is given to them by a job, from what is sealed in them and known of their legs', async () => {
    const talked = await call();
    await leg(talked, { isAnswered: true, duration: 5 });
    const busy = await call({ dialStatus: 'busy' });
    const on = await call({ endedAt: null });
    const refused = await call({
      caller: null,
      dialled: null,
      sessionId: null,
      decision: 'refuse',
      reason: 'stranger',
    });
    const prompted = await call({
      caller: null,
      dialled: null,
      sessionId: null,
      promptSessionId: session.id,
      decision: 'ask-pin',
      reason: 'pin',
    });

    const made = await started();
    expect(await jobs()).toEqual(['{"stage":"all"}']);
    await made.run('all');

    const found = { caller_index: session.firstIndex, dialled_index: session.secondIndex, virtual_number: VIRTUAL };
    expect(await row(talked)).toEqual({ ...found, outcome: 'connected' });
    expect(await row(busy)).toEqual({ ...found, outcome: 'busy' });
    expect(await row(on)).toEqual({ ...found, outcome: null });
    const nobody = { caller_index: null, dialled_index: null };
    expect(await row(refused)).toEqual({ ...nobody, virtual_number: null, outcome: 'refused' });
    expect(await row(prompted)).toEqual({ ...nobody, virtual_number: VIRTUAL, outcome: 'abandoned' });
    expect(await made.run('all')).toBe(0);
  });

  it('is given to all of many, by two processes at once', async () => {
    const ids = await Promise.all(Array.from({ length: 300 }, () => call()));
    const [one, other] = [await started(), await started()];
    expect(await jobs()).toHaveLength(1);
    const changed = await Promise.all([one.run('all'), other.run('all')]);
    expect(changed[0] + changed[1]).toBe(300);
    for (const id of ids) expect((await row(id))['caller_index']).toBe(session.firstIndex);
  });

  it('is given an hour later to what a process of the version before has written meanwhile', async () => {
    const { clock } = world.sessions;
    clock.advance(-25 * HOUR_MS);
    const older = await call();
    clock.advance(25 * HOUR_MS);
    const old = await call();
    const made = await started();
    await made.run('all');
    await test.dataSource.query('UPDATE masked_call SET caller_index = NULL');
    clock.advance(1000);
    const late = await call();

    expect(await jobs()).toEqual(['{"stage":"all"}', '{"stage":"late"}']);
    const [due] = await test.dataSource.query<{ run_at: number }[]>(
      `SELECT run_at FROM job WHERE kind = 'calls.reindex' AND payload LIKE '%late%'`,
    );
    expect(Number(due?.run_at)).toBe(clock.now() - 1000 + HOUR_MS);
    expect(await made.run('late')).toBe(2);
    expect((await row(late))['caller_index']).toBe(session.firstIndex);
    expect((await row(old))['caller_index']).toBe(session.firstIndex);
    expect((await row(older))['caller_index']).toBeNull();
    expect(await made.run('late')).toBe(0);
  });

  it('is no work for a new database, nor for one that has it', async () => {
    await started();
    expect(await jobs()).toEqual([]);
    await call();
    await started();
    expect(await jobs()).toEqual([]);
  });

  it('begins again with other rules of who is one phone, not with older ones', async () => {
    const id = await call();
    await (await started()).run('all');
    await test.dataSource.query('UPDATE call_reindex SET version = version - 1');
    await test.dataSource.query("UPDATE masked_call SET caller_index = 'of former rules'");
    await (await started()).run('all');
    expect((await row(id))['caller_index']).toBe(session.firstIndex);

    await test.dataSource.query("UPDATE call_reindex SET version = version + 1, stage = 'all'");
    await test.dataSource.query("UPDATE masked_call SET caller_index = 'of later rules'");
    expect(await (await started()).run('all')).toBe(0);
    expect((await row(id))['caller_index']).toBe('of later rules');
  });
});
