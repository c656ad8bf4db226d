import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { FakeClock } from '../../test/support/ground.js';
import { Accounts, PlivoAccess } from '../accounts/index.js';
import { PlivoClient } from '../plivo/index.js';
import { Clock } from '../platform/clock.js';
import { readConfig } from '../platform/settings/config.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { createLogger } from '../platform/logging/logger.js';
import { FollowListing } from './follow-listing.js';
import { ReadListing } from './read-listing.js';
import { EnqueueNumberSync, SyncNumbers } from './sync-numbers.js';

const ACCOUNT = 'MAFIRSTFIRSTFIRST000';
const OTHER = 'MAOTHEROTHEROTHER000';
const FOREIGN_SUBACCOUNT = 'SAFOREIGNFOREIGNFOR0';

interface Wire {
  number: string;
  voice_enabled: boolean;
  alias: string | null;
  sub_account: string | null;
}
const wire = (number: string, more: Partial<Wire> = {}): Wire => ({
  number,
  voice_enabled: true,
  alias: null,
  sub_account: null,
  ...more,
});
const many = (count: number, area = '415'): Wire[] =>
  Array.from({ length: count }, (_, line) => wire(`1${area}5550${String(100 + line)}`));

/** Speaks as much of Plivo's number list as the sync uses: pages of 20, a total, and two ways to fail. */
class NumberList {
  numbers: Wire[] = [];
  /** Requests from this offset on are answered with this status. */
  fault: { fromOffset: number; status: number } | null = null;
  /** Rows that the total counts and no page has. */
  withheld = 0;
  readonly asked: string[] = [];
  private server!: Server;

  async listen(): Promise<string> {
    this.server = createServer((request, response) => this.answer(request, response));
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://plivo');
    const offset = Number(url.searchParams.get('offset'));
    const limit = Number(url.searchParams.get('limit'));
    const [user] = Buffer.from(request.headers.authorization?.slice('Basic '.length) ?? '', 'base64')
      .toString()
      .split(':');
    this.asked.push(`${user} ${url.pathname} ${offset}`);
    if (this.fault && offset >= this.fault.fromOffset) {
      response.writeHead(this.fault.status).end('no');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        api_id: 'x',
        meta: { limit, offset, next: null, previous: null, total_count: this.numbers.length + this.withheld },
        objects: this.numbers.slice(offset, offset + limit),
      }),
    );
  }
}

describeOnEachDatabase('following the numbers of a Plivo account', (open) => {
  const clock = new Clock();
  const crypto = new Crypto(Buffer.alloc(32, 7));
  let dataSource: DataSource;
  let database: Database;
  let plivo: PlivoClient;
  let syncNumbers: SyncNumbers;
  let list: NumberList;

  beforeAll(async () => {
    ({ dataSource, database } = await open());
    for (const id of [ACCOUNT, OTHER]) {
      const token = crypto.seal({ column: 'account.plivo_auth_token', row: id, account: id }, 'token');
      await dataSource.query('INSERT INTO account VALUES (?, ?, ?, ?, ?)', [id, 'Some', id, token, 0]);
    }
  });

  beforeEach(async () => {
    for (const table of ['virtual_number', 'job']) await dataSource.query(`DELETE FROM ${table}`);
    list = new NumberList();
    plivo = new PlivoClient({ baseUrl: await list.listen(), retryPauseMs: 1 });
    syncNumbers = new SyncNumbers(
      database,
      new ReadListing(new PlivoAccess(database, crypto), plivo),
      new FollowListing(clock),
    );
  });

  afterEach(async () => {
    list.close();
    await plivo.onApplicationShutdown();
  });

  const stored = () =>
    dataSource.query<Record<string, unknown>[]>(
      'SELECT number, subaccount_id, alias, is_synced, missing_since FROM virtual_number ORDER BY id',
    );

  it('reads all pages and adds the voice numbers in their order', async () => {
    list.numbers = [
      ...many(43),
      wire('14155550999', { voice_enabled: false }),
      wire('442079460000', { alias: 'London', sub_account: FOREIGN_SUBACCOUNT }),
    ];

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 44, updated: 0, missing: [] });

    expect(list.asked).toEqual([0, 20, 40].map((offset) => `${ACCOUNT} /v1/Account/${ACCOUNT}/Number/ ${offset}`));
    const rows = await stored();
    expect(rows.map((row) => row['number'])).toEqual([...many(43).map(({ number }) => number), '442079460000']);
    expect(rows.at(-1)).toMatchObject({
      subaccount_id: FOREIGN_SUBACCOUNT,
      alias: 'London',
      is_synced: 1,
      missing_since: null,
    });
  });

  it('changes nothing the second time', async () => {
    list.numbers = many(3);
    await syncNumbers.run(ACCOUNT);
    const before = await stored();

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 0, updated: 0, missing: [] });
    expect(await stored()).toEqual(before);
  });

  it('follows links, and marks what is gone until it is back', async () => {
    list.numbers = many(3);
    await syncNumbers.run(ACCOUNT);
    list.numbers = [{ ...many(1)[0]!, alias: 'Desk', sub_account: FOREIGN_SUBACCOUNT }];
    const lostAt = clock.now();

    const lost = await syncNumbers.run(ACCOUNT);

    expect(lost).toEqual({ added: 0, updated: 1, missing: ['+14155550101', '+14155550102'] });
    const [linked, gone] = await stored();
    expect(linked).toMatchObject({ alias: 'Desk', subaccount_id: FOREIGN_SUBACCOUNT, missing_since: null });
    expect(Number(gone!['missing_since'])).toBeGreaterThanOrEqual(lostAt);

    const [, since] = await stored();
    clock.advance(60_000);
    expect((await syncNumbers.run(ACCOUNT)).missing).toHaveLength(2);
    expect((await stored())[1]).toEqual(since);

    list.numbers = many(3);
    expect((await syncNumbers.run(ACCOUNT)).missing).toEqual([]);
    expect((await stored()).map((row) => row['missing_since'])).toEqual([null, null, null]);
  });

  it.each([
    ['a page in the middle fails', 503, 'provider_unavailable'],
    ['Plivo asks to slow down', 429, 'provider_busy'],
    ['Plivo refuses the credentials', 401, 'provider_refused'],
  ])('changes nothing when %s', async (_, status, code) => {
    list.numbers = many(5);
    await syncNumbers.run(ACCOUNT);
    const before = await stored();
    list.numbers = many(45, '212');
    list.fault = { fromOffset: 40, status };

    await expect(syncNumbers.run(ACCOUNT)).rejects.toMatchObject({ code, kind: 'unavailable' });
    expect(await stored()).toEqual(before);
  });

  it('changes nothing when the listing is shorter than its total', async () => {
    list.numbers = many(30);
    await syncNumbers.run(ACCOUNT);
    const before = await stored();
    list.numbers = many(25);
    list.withheld = 5;

    await expect(syncNumbers.run(ACCOUNT)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await stored()).toEqual(before);
  });

  it('leaves numbers added by hand and numbers of another account as they are', async () => {
    const { number: mine } = many(2)[0]!;
    const { number: theirs } = many(2)[1]!;
    for (const [id, number] of [
      [ACCOUNT, mine],
      [OTHER, theirs],
    ])
      await dataSource.query(
        `INSERT INTO virtual_number (account_id, number, calling_code, country, alias, status, is_synced, created_at)
         VALUES (?, ?, '1', 'US', 'Mine', 'active', 0, 0)`,
        [id, number],
      );
    const before = await stored();
    list.numbers = many(2).map((number) => ({ ...number, alias: 'Theirs' }));

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 0, updated: 0, missing: [] });
    list.numbers = [];
    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 0, updated: 0, missing: [] });
    expect(await stored()).toEqual(before);
  });

  it('adds each number once when two syncs meet', async () => {
    list.numbers = many(60);

    const results = await Promise.all([syncNumbers.run(ACCOUNT), syncNumbers.run(ACCOUNT)]);

    expect(results.map(({ added }) => added).sort()).toEqual([0, 60]);
    expect(await stored()).toHaveLength(60);
  });

  it('refuses an unknown account without asking Plivo', async () => {
    await expect(syncNumbers.run('MAUNKNOWNUNKNOWN0000')).rejects.toMatchObject({ kind: 'not-found' });
    expect(list.asked).toEqual([]);
  });

  it('is tried again after 1, 2, 4, 8, 16 and 32 minutes, then hourly, and adds the numbers once Plivo lists them', async () => {
    const still = new FakeClock();
    const jobs = new Jobs(database, still, readConfig({}), createLogger({ level: 'silent', format: 'json' }));
    const enqueueNumberSync = new EnqueueNumberSync(database, jobs, new Accounts(), syncNumbers);
    enqueueNumberSync.onModuleInit();
    list.numbers = many(2);
    list.fault = { fromOffset: 0, status: 401 };
    await enqueueNumberSync.run();

    for (const minutes of [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]) {
      expect(await jobs.runDue()).toBe(2);
      const waiting = await jobs.list({ limit: 10 });
      expect(waiting.map(({ state, runAt }) => [state, (runAt - still.now()) / 60_000])).toEqual([
        ['waiting', minutes],
        ['waiting', minutes],
      ]);
      still.advance(minutes * 60_000);
    }
    list.fault = null;
    expect(await jobs.runDue()).toBe(2);
    expect(await stored()).toHaveLength(2);
    expect(await jobs.list({ limit: 10 })).toEqual([]);
  });

  it('runs in the background, once for each account, and again after a failure', async () => {
    const jobs = new Jobs(database, clock, readConfig({}), createLogger({ level: 'silent', format: 'json' }));
    const enqueueNumberSync = new EnqueueNumberSync(database, jobs, new Accounts(), syncNumbers);
    enqueueNumberSync.onModuleInit();
    list.numbers = many(2);
    list.fault = { fromOffset: 0, status: 401 };
    await enqueueNumberSync.run();
    await enqueueNumberSync.run();

    expect(await jobs.runDue()).toBe(2);
    expect(await stored()).toEqual([]);
    await enqueueNumberSync.run();
    list.fault = null;
    expect(await jobs.runDue()).toBe(0);

    clock.advance(61_000);
    expect(await jobs.runDue()).toBe(2);
    expect(await stored()).toHaveLength(2);
  });
});
