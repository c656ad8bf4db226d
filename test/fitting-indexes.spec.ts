import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Audit } from '../src/admin/audit/audit.js';
import { FindCallbacks } from '../src/callbacks/find-callbacks.js';
import { FailingReceivers } from '../src/callbacks/failing-receivers.js';
import { ReplayCallbacks } from '../src/callbacks/replay-callbacks.js';
import { ListSessions } from '../src/sessions/list-sessions.js';
import { describeOnEachDatabase, type TestDatabase } from './support/database.js';
import { ACCOUNT, OWNER, sessionsOn } from './support/ground.js';

const SESSION = '01a231b9-babe-7000-8000-000000030d3f';

/** Where a database that is left to itself takes another index, and walks through hundreds of thousands of rows for a page. */
describeOnEachDatabase('what people look for is found', (open, kind) => {
  let test: TestDatabase;
  let asked: [sql: string, parameters: unknown[]][];
  let sessions: ReturnType<typeof sessionsOn>;
  let audit: Audit;
  let callbacks: FindCallbacks;
  let replays: ReplayCallbacks;

  beforeAll(async () => {
    test = await open();
    const { database } = test;
    sessions = sessionsOn(database);
    const { clock, crypto } = sessions;
    audit = new Audit(database, clock);
    callbacks = new FindCallbacks(database, crypto);
    replays = new ReplayCallbacks(database, clock, crypto, {} as never, {} as FailingReceivers, {} as never);
    for (const way of ['browse', 'transaction'] as const) {
      const run = database[way].bind(database) as typeof database.browse;
      database[way] = ((work) =>
        run((manager) => {
          const query = (sql: string, parameters: unknown[] = []): Promise<unknown> => {
            asked.push([sql, parameters]);
            return manager.query(sql, parameters);
          };
          return work(Object.assign(Object.create(manager) as typeof manager, { query }));
        })) as typeof database.browse;
    }
  });
  beforeEach(() => {
    asked = [];
  });

  /** Of the first statement that reads the table. */
  const indexOf = async (table: string): Promise<string | null> => {
    const [sql, parameters] = asked.find(([text]) => text.startsWith('SELECT') && text.includes(`FROM ${table}`))!;
    if (kind === 'sqlite') {
      const plan = await test.dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
      return /USING (?:COVERING )?INDEX (\w+)/.exec(plan[0]?.detail ?? '')?.[1] ?? null;
    }
    const [plan] = await test.dataSource.query<{ key: string | null }[]>(`EXPLAIN ${sql}`, parameters);
    return plan?.key ?? null;
  };

  it.each([
    [{}, 'created'],
    [{ since: 5, until: 9 }, 'created'],
    [{ accountId: ACCOUNT, until: 9 }, 'created'],
    [{ status: 'delivered' }, 'status'],
    [{ status: 'delivered', until: 5 }, 'status'],
    [{ status: 'delivered', sessionId: SESSION }, 'sequence'],
    [{ sessionId: SESSION, since: 5 }, 'sequence'],
  ])('of callbacks %j by %s', async (search, index) => {
    await callbacks.run({ ...(search as object), limit: 3 });
    expect(await indexOf('callback')).toBe(`callback_${index}`);
  });

  it.each([
    [{ status: 'delivered' }, 'status'],
    [{ status: 'delivered', since: 5, until: 9, accountId: ACCOUNT }, 'status'],
    [{ status: 'parked', sessionId: SESSION }, 'sequence'],
  ] as const)('and sent again, %j by %s, counted without settled_at', async (range, index) => {
    await replays.count(range);
    expect(await indexOf('callback')).toBe(`callback_${index}`);
    expect(asked[0]?.[0]).not.toContain('settled_at');

    asked = [];
    await replays['batch']({ ...range, before: 9, after: { at: 0, id: '' } });
    expect(await indexOf('callback')).toBe(`callback_${index}`);
  });

  it.each([
    [{}, 'time'],
    [{ from: 5, to: 9 }, 'time'],
    [{ action: 'session.ended', to: 9 }, 'action'],
    [{ actor: 'admin', to: 9 }, 'operator'],
    [{ actor: ACCOUNT, action: 'session.ended' }, 'actor'],
    [{ actor: 'admin', action: 'session.ended', target: 'x' }, 'target'],
  ])('in the audit %j by %s', async (search, index) => {
    await audit.list({ ...(search as object), limit: 3 });
    expect(await indexOf('audit_entry')).toBe(`audit_entry_${index}`);
  });

  it.each(['active', 'expired'] as const)(
    'of sessions that are %s by what the index of the list has',
    async (status) => {
      const list = new ListSessions(test.database, sessions.clock, sessions.records, sessions.findSession);
      await list.run(OWNER, { status, duration__gt: 60 });
      const [counted] = asked.filter(([sql]) => sql.includes('COUNT(*)') && sql.includes('FROM masking_session'));
      expect(counted?.[0]).toContain('masking_session_created');
      expect(counted?.[0]).not.toContain('s.status');
    },
  );
});
