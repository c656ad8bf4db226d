import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from './support/database.js';
import { ACCOUNT, addNumbers, OWNER, party, sessionsOn, usNumbers } from './support/ground.js';
import { Account } from '../src/accounts/account.entity.js';
import { Accounts } from '../src/accounts/index.js';
import { CountOutcomes, FindCalls } from '../src/call-routing/index.js';
import { TimeZone } from '../src/platform/time-zone.js';
import { ListNumbers, PoolFigures, PoolRefusals } from '../src/number-pool/index.js';
import { takeLoad } from '../src/number-pool/live-sessions.js';
import { createLogger } from '../src/platform/logging/logger.js';
import { CountSessions } from '../src/sessions/count-sessions.js';
import { ListSessions } from '../src/sessions/list-sessions.js';
import { SearchSessions } from '../src/sessions/search-sessions.js';
import { FindTexts } from '../src/texts/index.js';
import type { E164 } from '../src/telephony/phone.js';

/** Tables that have a row for each session or more; the others have one for each number, account or block of sessions. */
const LARGE = [
  'masking_session',
  'number_assignment',
  'interaction',
  'masked_call',
  'call_leg',
  'session_stat',
  'text_message',
  'text_forward',
];

// SQLite plans without statistics, so its plans are those of a million rows. The server is told that there are a million.
describeOnEachDatabase('lists and figures', (open, kind) => {
  let test: TestDatabase;
  const statements = new Map<string, unknown[]>();

  beforeAll(async () => {
    test = await open();
    const { database, dataSource } = test;
    await dataSource.manager.insert(Account, {
      authId: ACCOUNT,
      name: 'Some',
      plivoAuthId: 'MA',
      plivoAuthToken: '',
      createdAt: 0,
    });
    await addNumbers(database, usNumbers(3));
    const sessions = sessionsOn(database);
    const log = createLogger({ level: 'silent', format: 'json' });
    const count = new CountSessions(database, sessions.clock, new Accounts(), log);
    count.blockSize = 2;
    for (let index = 0; index < 9; index++) {
      await sessions.open({ first_party: party(index), second_party: party(100 + index), session_expiry: 600 + index });
      sessions.clock.advance(1000);
    }
    sessions.clock.advance(60_000);

    if (kind === 'mysql') await pretendMillions(test);
    recordInto(statements, test);
    await count.run();
    const list = new ListSessions(database, sessions.clock, sessions.records, sessions.findSession);
    const search = new SearchSessions(
      database,
      sessions.clock,
      sessions.config,
      sessions.records,
      new Accounts(),
      sessions.textTotals,
    );
    for (const query of [
      {},
      { offset: 5 },
      { status: 'active' },
      { status: 'expired' },
      { status: 'in-progress' },
      { first_party: party(1) },
      { second_party: party(101), status: 'active' },
      { virtual_number: '+12025550000' },
      {
        subaccount: 'SAXXXXXXXXXXXXXXXXXX',
        created_time__gte: '2026-01-05 10:00',
        expiry_time__lt: '2026-01-05 10:10',
      },
      { duration__gt: 60 },
    ])
      await list.run(OWNER, query);
    for (const status of ['active', 'in-progress', 'expired'] as const) await search.run({ status, limit: 3 });
    for (const where of [{ party: party(1).slice(1) }, { virtualNumber: '12025550000' }, {}])
      await search.run({ ...(where as object), before: { at: sessions.clock.now(), id: 'f' }, limit: 3 });
    const refusals = new PoolRefusals(database, sessions.clock, sessions.events, log);
    await new PoolFigures(database, sessions.clock, refusals).run({});
    await new ListNumbers(database, sessions.clock).run({});
    await takeLoad((work) => database.browse(work), database, sessions.clock.now());
    await search.endingIn('0001', ACCOUNT, { most: 10, limit: 3 });
    await search.countOf(ACCOUNT, party(1).slice(1) as E164, 10);
    const calls = new FindCalls(database, new Accounts(), sessions.crypto, sessions.records);
    const before = { at: sessions.clock.now(), id: 'f' };
    const person = party(1).slice(1) as E164;
    for (const where of [
      {},
      { accountId: ACCOUNT },
      { outcome: 'refused' },
      { party: person },
      { dialled: person },
      { virtualNumber: '12025550000' },
      { sessionId: '00000000-0000-7000-8000-000000000000' },
      { party: person, outcome: 'busy', virtualNumber: '12025550000', from: 0, to: 1 },
    ])
      for (const from of [undefined, before]) await calls.run({ ...(where as object), before: from, limit: 3 });
    const texts = new FindTexts(database, sessions.crypto, sessions.findSession, new Accounts(), sessions.records);
    for (const where of [
      {},
      { accountId: ACCOUNT },
      { state: 'failed' },
      { state: 'pending', accountId: ACCOUNT },
      { state: 'refused' },
      { party: person },
      { virtualNumber: '12025550000' },
      { sessionId: '00000000-0000-7000-8000-000000000000' },
      { party: person, state: 'sent', virtualNumber: '12025550000', senderRole: 'first', from: 0, to: 1 },
    ])
      for (const from of [undefined, before]) await texts.search({ ...(where as object), before: from, limit: 3 });
    await calls.endingIn('0001', ACCOUNT, { most: 10, limit: 3 });
    await calls.countOf(ACCOUNT, person, 10);
    const outcomes = new CountOutcomes(database, new Accounts());
    await outcomes.run({ from: sessions.clock.now() - 86_400_000, to: sessions.clock.now(), zone: TimeZone.utc });
  });

  it('look at no large table row by row', async () => {
    const [scans, looked] = [[] as string[], [...statements].filter(([sql]) => sql.startsWith('SELECT'))];
    expect(looked.length).toBeGreaterThan(45);
    for (const [sql, parameters] of looked)
      for (const scan of await scansOf(test, kind, sql, parameters)) scans.push(`${scan}: ${sql}`);
    expect(scans).toEqual([]);
  });
});

/** Each text once, with the parameters it came with first. */
function recordInto(statements: Map<string, unknown[]>, { database }: TestDatabase): void {
  const browse = database.browse.bind(database);
  database.browse = (work) =>
    browse((manager) => {
      const query = (sql: string, parameters: unknown[] = []): Promise<unknown> => {
        if (!statements.has(sql)) statements.set(sql, parameters);
        return manager.query(sql, parameters);
      };
      return work(Object.assign(Object.create(manager) as typeof manager, { query }));
    });
}

/** Statistics as of a million rows, of which few have the same beginning of a key but those of an account and of a status. */
async function pretendMillions({ dataSource }: TestDatabase): Promise<void> {
  const tables = LARGE.map((table) => `'${table}'`).join(', ');
  for (const table of LARGE) {
    await dataSource.query(`ALTER TABLE ${table} STATS_PERSISTENT = 1, STATS_AUTO_RECALC = 0`);
    await dataSource.query(`ANALYZE TABLE ${table}`);
  }
  const here = `database_name = DATABASE() AND table_name IN (${tables})`;
  await dataSource.query(
    `UPDATE mysql.innodb_table_stats SET n_rows = 1000000, clustered_index_size = 60000, sum_of_other_index_sizes = 60000 WHERE ${here}`,
  );
  await dataSource.query(
    `UPDATE mysql.innodb_index_stats SET stat_value = CASE WHEN stat_name IN ('size', 'n_leaf_pages') THEN 10000
       WHEN stat_description IN ('account_id', 'status') THEN 2 ELSE 500000 END WHERE ${here}`,
  );
  for (const table of LARGE) await dataSource.query(`FLUSH TABLE ${table}`);
}

/** The large tables, by the names that the statement gives them, which a plan reads whole. */
async function scansOf(
  { dataSource }: TestDatabase,
  kind: string,
  sql: string,
  parameters: unknown[],
): Promise<string[]> {
  const aliases = LARGE.flatMap((table) =>
    [...sql.matchAll(new RegExp(`\\b${table}\\b\`?(?: (?!WHERE|INDEXED|FORCE|ORDER|GROUP|ON|SET)(\\w+))?`, 'g'))].map(
      ([, alias]) => alias ?? table,
    ),
  );
  if (kind === 'sqlite') {
    const plan = await dataSource.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
    return plan
      .map(({ detail }) => detail)
      .filter((detail) => aliases.some((alias) => new RegExp(`^SCAN ${alias}\\b`).test(detail)));
  }
  const plan = await dataSource.query<{ table: string | null; type: string | null }[]>(`EXPLAIN ${sql}`, parameters);
  return plan
    .filter(({ table, type }) => aliases.includes(table ?? '') && (type === 'ALL' || type === 'index'))
    .map(({ table, type }) => `${type} ${table}`);
}
