import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { testConfig } from '../../test/support/ground.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { FakeClock } from '../../test/support/ground.js';
import { Accounts, AccountSettings, PlivoAccess } from '../accounts/index.js';
import { PlivoClient } from '../plivo/index.js';
import { Metrics } from '../platform/metrics.js';
import { Clock } from '../platform/clock.js';
import { readConfig } from '../platform/settings/config.js';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { createLogger } from '../platform/logging/logger.js';
import { chooseNumber } from './choose-number.js';
import type { NumberWish } from './number-wish.js';
import { FollowListing } from './follow-listing.js';
import { ListNumbers, type NumberFilter } from './list-numbers.js';
import { MeasureNumbers } from './measure-numbers.js';
import { ReadListing } from './read-listing.js';
import { TellListingNews } from './tell-listing-news.js';
import { EnqueueNumberSync, SyncNumbers } from './sync-numbers.js';

const ACCOUNT = 'MAFIRSTFIRSTFIRST000';
const OTHER = 'MAOTHEROTHEROTHER000';
const FOREIGN_SUBACCOUNT = 'SAFOREIGNFOREIGNFOR0';

interface Wire {
  number: string;
  voice_enabled: boolean;
  alias: string | null;
  sub_account: string | null;
  application: string | null;
}
const wire = (number: string, more: Partial<Wire> = {}): Wire => ({
  number,
  voice_enabled: true,
  alias: null,
  sub_account: null,
  application: `/v1/Account/${ACCOUNT}/Application/1001/`,
  ...more,
});
const wishOf = (party: string): NumberWish => ({
  accountId: ACCOUNT,
  subaccountId: null,
  callingCode: null,
  parties: [{ index: 'x'.repeat(22), number: party }],
  pinIndexes: [],
  isOpen: false,
  now: Date.now(),
});
const many = (count: number, area = '415'): Wire[] =>
  Array.from({ length: count }, (_, line) => wire(`1${area}5550${String(100 + line)}`));

const PUBLIC_URL = 'https://masking.example/base';
const HOME = {
  app_id: '1001',
  app_name: 'masking',
  answer_url: `${PUBLIC_URL}/plivo/${ACCOUNT}/answer#ct=2000&rc=2`,
  hangup_url: `${PUBLIC_URL}/plivo/${ACCOUNT}/hangup#rc=5`,
};
const HOTLINE = { app_id: '1002', app_name: 'Hotline', answer_url: 'https://hotline.example/answer', hangup_url: '' };
const led = (application: { app_id: string }) => ({
  application: `/v1/Account/${ACCOUNT}/Application/${application.app_id}/`,
});

/** Speaks as much of Plivo's number and application lists as the sync uses: pages of 20, a total, and ways to fail. */
class NumberList {
  numbers: Wire[] = [];
  applications = [HOME, HOTLINE];
  /** Applications that only a question for them finds. */
  unlisted: (typeof HOME)[] = [];
  /** Applications that nobody but a subaccount is shown, by its Auth ID. */
  readonly ofSubaccount = new Map<string, (typeof HOME)[]>();
  applicationStatus = 200;
  /** Whose token is not taken. */
  refusedUser: string | null = null;
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
    if (url.pathname.includes('/Application/')) return this.answerApplication(url.pathname, offset, response, user);
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

  private answerApplication(path: string, offset: number, response: ServerResponse, user = ''): void {
    const id = path.split('/')[5];
    const listed = user.startsWith('SA') ? (this.ofSubaccount.get(user) ?? []) : this.applications;
    const meta = { total_count: listed.length };
    if (user === this.refusedUser) return void response.writeHead(401).end('no');
    const answer = id
      ? [...listed, ...this.unlisted].find(({ app_id }) => app_id === id)
      : { meta, objects: listed.slice(offset, offset + 20) };
    response
      .writeHead(answer ? this.applicationStatus : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer ?? {}));
  }
}

describeOnEachDatabase('following the numbers of a Plivo account', (open) => {
  const clock = new Clock();
  const crypto = new Crypto(Buffer.alloc(32, 7));
  let dataSource: DataSource;
  let database: Database;
  let plivo: PlivoClient;
  let syncNumbers: SyncNumbers;
  let metrics: Metrics;
  let written: Record<string, unknown>[];
  let list: NumberList;
  /** Accounts whose settings hear of other numbers. */
  let told: string[];

  beforeAll(async () => {
    ({ dataSource, database } = await open());
    for (const id of [ACCOUNT, OTHER]) {
      const token = crypto.seal({ column: 'account.plivo_auth_token', row: id, account: id }, 'token');
      await dataSource.query(
        'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
        [id, 'Some', id, token, 0],
      );
    }
  });

  beforeEach(async () => {
    for (const table of [
      'virtual_number',
      'masking_session',
      'number_assignment',
      'doubted_listing',
      'job',
      'subaccount',
      'subaccount_at_plivo',
    ])
      await dataSource.query(`DELETE FROM ${table}`);
    list = new NumberList();
    metrics = new Metrics();
    written = [];
    const log = createLogger(
      { level: 'info', format: 'json' },
      { write: (line: string) => void written.push(JSON.parse(line) as Record<string, unknown>) },
    );
    plivo = new PlivoClient({ baseUrl: await list.listen(), retryPauseMs: 1 });
    told = [];
    const settings = new AccountSettings(database, clock, readConfig({}));
    settings.numbersChanged = (accountId) => void told.push(accountId);
    syncNumbers = new SyncNumbers(
      database,
      new ReadListing(new PlivoAccess(database, crypto), plivo, readConfig({ PUBLIC_URL })),
      new FollowListing(clock, settings),
      new TellListingNews(log, metrics),
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

  it('tells the settings of its account that there may be other numbers', async () => {
    list.numbers = many(1);
    await syncNumbers.run(ACCOUNT);
    expect(told).toEqual([ACCOUNT]);
  });

  it('reads all pages and adds the voice numbers in their order', async () => {
    list.numbers = [
      ...many(43),
      wire('14155550999', { voice_enabled: false }),
      wire('442079460000', { alias: 'London', sub_account: FOREIGN_SUBACCOUNT }),
    ];

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 44, updated: 0, missing: [] });

    expect(list.asked.filter((asked) => asked.includes('/Number/'))).toEqual(
      [0, 20, 40].map((offset) => `${ACCOUNT} /v1/Account/${ACCOUNT}/Number/ ${offset}`),
    );
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

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 0, updated: 0, missing: [], doubted: true });
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

  const shown = async (filter: NumberFilter = {}) =>
    (await new ListNumbers(database, clock).run(filter)).items.map(({ number, status, application }) => [
      number,
      status,
      application,
    ]);

  const missing = async () => (await stored()).filter((row) => row['missing_since'] !== null).length;

  it.each([
    ['is empty', 0],
    ['has fewer than half', 2],
  ])('changes nothing for a listing that %s, until the next says the same', async (_, kept) => {
    list.numbers = many(5);
    await syncNumbers.run(ACCOUNT);
    const before = await stored();
    list.numbers = [...many(kept).map((number) => ({ ...number, alias: 'New' })), ...many(3, '212')];

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 0, updated: 0, missing: [], doubted: true });
    expect(await stored()).toEqual(before);
    expect(written).toMatchObject([{ msg: 'numbers.listing-withheld', account: ACCOUNT, known: 5, found: kept }]);

    const applied = await syncNumbers.run(ACCOUNT);
    expect([applied.added, applied.updated, applied.missing.length, applied.doubted]).toEqual([
      3,
      kept,
      5 - kept,
      undefined,
    ]);
    expect(written.at(-1)).toMatchObject({ msg: 'numbers.listing-applied', known: 5, found: kept });
    const counted = await metrics.registry.metrics();
    expect(counted).toContain('masking_number_listings_doubted_total{outcome="withheld"} 1');
    expect(counted).toContain('masking_number_listings_doubted_total{outcome="applied"} 1');
    expect(await syncNumbers.run(ACCOUNT)).not.toHaveProperty('doubted');
  });

  it('believes half of the numbers at once, and doubts anew after a whole listing', async () => {
    list.numbers = many(4);
    await syncNumbers.run(ACCOUNT);
    list.numbers = many(1);
    await syncNumbers.run(ACCOUNT);
    list.numbers = many(4);
    await syncNumbers.run(ACCOUNT);
    list.numbers = many(1);
    expect(await syncNumbers.run(ACCOUNT)).toMatchObject({ doubted: true });
    expect(await missing()).toBe(0);

    list.numbers = many(2);
    await syncNumbers.run(ACCOUNT);
    expect(await missing()).toBe(2);
  });

  it('lends no number whose application leads elsewhere, or that has none', async () => {
    const [home, hotline, none, gone] = many(4).map(({ number }) => number);
    list.numbers = [
      wire(home!),
      wire(hotline!, led(HOTLINE)),
      wire(none!, { application: null }),
      wire(gone!, led({ app_id: '1009' })),
    ];

    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 4, updated: 0, missing: [] });

    const elsewhere = [
      [`+${hotline}`, 'elsewhere', 'Hotline'],
      [`+${none}`, 'elsewhere', null],
      [`+${gone}`, 'elsewhere', null],
    ];
    expect(await shown()).toEqual([[`+${home}`, 'active', 'masking'], ...elsewhere]);
    expect(await shown({ status: 'elsewhere' })).toEqual(elsewhere);
    expect(await shown({ status: 'active' })).toEqual([[`+${home}`, 'active', 'masking']]);
    const lent = (party: string) => database.transaction((tx) => chooseNumber(tx, wishOf(party)));
    expect(await lent('14155559901')).toMatchObject({ number: home });
    expect(await lent(home!)).toBeNull();
    expect(written).toMatchObject([{ msg: 'numbers.elsewhere', account: ACCOUNT, numbers: 3, live_sessions: 0 }]);
    expect(JSON.stringify(written)).not.toContain('1415555');
    expect(await metrics.registry.metrics()).toContain('masking_numbers_elsewhere_total 3');
  });

  it.each([
    ['another account’s path', `${PUBLIC_URL}/plivo/${OTHER}/answer`],
    ['another host', `https://masking.example.org/base/plivo/${ACCOUNT}/answer`],
    ['another path', `${PUBLIC_URL}/plivo/${ACCOUNT}/hangup`],
    ['no URL', 'masking'],
  ])('takes %s for elsewhere', async (_, answer_url) => {
    list.applications = [{ ...HOME, answer_url }];
    list.numbers = many(1);

    await syncNumbers.run(ACCOUNT);
    expect(await shown({ status: 'elsewhere' })).toHaveLength(1);
  });

  it('takes the path of the number’s own subaccount for here', async () => {
    list.applications = [{ ...HOME, answer_url: `${PUBLIC_URL}/plivo/${FOREIGN_SUBACCOUNT}/answer` }];
    list.numbers = [wire('14155550100', { sub_account: FOREIGN_SUBACCOUNT }), wire('14155550101')];

    await syncNumbers.run(ACCOUNT);
    expect((await shown()).map(([, status]) => status)).toEqual(['active', 'elsewhere']);
  });

  it('asks for applications that the list does not name', async () => {
    list.unlisted = [HOME];
    list.applications = [];
    list.numbers = many(3);

    await syncNumbers.run(ACCOUNT);
    expect(await shown({ status: 'active' })).toHaveLength(3);
    expect(list.asked.filter((asked) => asked.includes('/Application/'))).toHaveLength(2);
  });

  it('keeps live sessions on a number that turns elsewhere, and lends it again when it is back', async () => {
    list.numbers = many(1);
    await syncNumbers.run(ACCOUNT);
    const [{ id }] = await dataSource.query<[{ id: number }]>('SELECT id FROM virtual_number');
    await dataSource.query(
      `INSERT INTO masking_session (id, account_id, status, parties, first_index, second_index, virtual_number_id, virtual_number,
        settings, created_at, modified_at, expires_at) VALUES (?, ?, 'active', '', 'a', 'b', ?, ?, '', 0, 0, ?)`,
      [newId(), ACCOUNT, id, many(1)[0]!.number, clock.now() + 60_000],
    );
    list.numbers = [wire(many(1)[0]!.number, led(HOTLINE))];

    await syncNumbers.run(ACCOUNT);
    await syncNumbers.run(ACCOUNT);

    const [lost] = (await new ListNumbers(database, clock).run({})).items;
    expect(lost).toMatchObject({ status: 'elsewhere', application: 'Hotline', live_sessions: 1 });
    expect(await database.transaction((tx) => chooseNumber(tx, wishOf('14155559901')))).toBeNull();
    const elsewhere = { msg: 'numbers.elsewhere', numbers: 1, live_sessions: 1 };
    expect(written).toMatchObject([elsewhere, elsewhere]);
    expect(await metrics.registry.metrics()).toContain('masking_numbers_elsewhere_total 1');

    list.numbers = many(1);
    await syncNumbers.run(ACCOUNT);
    expect(await shown()).toEqual([['+14155550100', 'active', 'masking']]);
    expect(written).toMatchObject([elsewhere, elsewhere, { msg: 'numbers.returned', numbers: 1 }]);
    expect(await database.transaction((tx) => chooseNumber(tx, wishOf('14155559901')))).not.toBeNull();
  });

  it.each([401, 429, 503])('changes nothing when the applications are answered with %d', async (status) => {
    list.numbers = many(2);
    await syncNumbers.run(ACCOUNT);
    list.numbers = [wire(many(1)[0]!.number, led(HOTLINE)), ...many(3, '212')];
    list.applicationStatus = status;

    await expect(syncNumbers.run(ACCOUNT)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await shown()).toEqual(many(2).map(({ number }) => [`+${number}`, 'active', 'masking']));
  });

  const leads = async () => (await new ListNumbers(database, clock).run({})).items.map(({ leads_to }) => leads_to);
  const register = async (authId: string, account = ACCOUNT, token?: string) => {
    await dataSource.query('INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES (?, ?, ?, ?)', [
      authId,
      account,
      'Branch',
      0,
    ]);
    if (token === undefined) return;
    const place: SealedPlace = { column: 'subaccount_at_plivo.plivo_auth_token', row: authId, account };
    await dataSource.query('INSERT INTO subaccount_at_plivo VALUES (?, ?)', [authId, crypto.seal(place, token)]);
  };

  it('says of each number what is wrong with it, once an account and look, and what to do', async () => {
    const partly = { ...HOME, app_id: '1003', app_name: 'half', hangup_url: 'https://hotline.example/end' };
    list.applications.push(partly);
    list.numbers = [
      wire('14155550100'),
      wire('14155550101', led(HOTLINE)),
      wire('14155550102', { application: null }),
      wire('14155550103', led(partly)),
      wire('14155550104', led({ app_id: '1009' })),
    ];

    await syncNumbers.run(ACCOUNT);

    expect(await leads()).toEqual(['here', 'elsewhere', 'no-application', 'hangup-elsewhere', 'application-unknown']);
    expect(written).toEqual([
      expect.objectContaining({
        level: 'warn',
        msg: 'numbers.elsewhere',
        account: ACCOUNT,
        numbers: 3,
        elsewhere: 1,
        no_application: 1,
        application_unknown: 1,
        hangup_elsewhere: 1,
        applications: ['Hotline', 'half'],
        remedy: expect.stringContaining(`answer_url PUBLIC_URL/plivo/${ACCOUNT}/answer`),
      }),
    ]);
    expect(JSON.stringify(written)).not.toMatch(/1415555|hotline\.example/);
  });

  it.each([
    ['hangup-elsewhere', { hangup_url: 'https://hotline.example/end' }, 'warn', 'numbers.partly-elsewhere'],
    ['fallback-elsewhere', { fallback_answer_url: 'https://hotline.example/' }, 'warn', 'numbers.partly-elsewhere'],
    ['hangup-missing', { hangup_url: '' }, 'info', 'numbers.hangup-missing'],
  ])('lends a number with %s all the same, and says so', async (lead, changed, level, msg) => {
    list.applications = [{ ...HOME, ...changed }];
    list.numbers = many(1);

    await syncNumbers.run(ACCOUNT);

    expect(await leads()).toEqual([lead]);
    expect(await shown()).toEqual([['+14155550100', 'active', 'masking']]);
    expect(await database.transaction((tx) => chooseNumber(tx, wishOf('14155559901')))).not.toBeNull();
    expect(written).toMatchObject([{ level, msg, numbers: 0, [lead.replace('-', '_')]: 1 }]);
  });

  it('says nothing of numbers that operators have taken out of service, nor where all is right', async () => {
    list.numbers = [wire('14155550100'), wire('14155550101', led(HOTLINE))];
    await syncNumbers.run(ACCOUNT);
    await dataSource.query("UPDATE virtual_number SET status = 'draining' WHERE number = '14155550101'");
    written.splice(0);

    await syncNumbers.run(ACCOUNT);
    expect(written).toEqual([]);
  });

  const away = (numbers: Wire[]) => numbers.map((number) => ({ ...number, application: null }));
  it.each<[string, () => void]>([
    ['no application any more', () => (list.applications = [])],
    ['other applications only', () => (list.applications = [HOTLINE])],
    ['numbers without their applications', () => (list.numbers = away(many(3)))],
  ])('changes nothing where Plivo shows %s, until the next look says the same', async (_, befall) => {
    list.numbers = many(3);
    await syncNumbers.run(ACCOUNT);
    befall();

    expect(await syncNumbers.run(ACCOUNT)).toMatchObject({ doubted: true });
    expect(await leads()).toEqual(['here', 'here', 'here']);
    expect(written).toMatchObject([{ msg: 'numbers.listing-withheld', reason: 'applications', known: 3, found: 0 }]);

    expect(await syncNumbers.run(ACCOUNT)).not.toHaveProperty('doubted');
    expect(await shown({ status: 'elsewhere' })).toHaveLength(3);
    expect(written.map(({ msg }) => msg)).toEqual([
      'numbers.listing-withheld',
      'numbers.listing-applied',
      'numbers.elsewhere',
    ]);
  });

  it('believes at once that half of the applications are gone, or that all lead elsewhere by name', async () => {
    list.numbers = many(4);
    await syncNumbers.run(ACCOUNT);
    list.numbers = [...many(2), ...away(many(4).slice(2))];
    expect(await syncNumbers.run(ACCOUNT)).not.toHaveProperty('doubted');
    expect(await shown({ status: 'elsewhere' })).toHaveLength(2);

    list.applications = [{ ...HOME, answer_url: HOTLINE.answer_url }];
    expect(await syncNumbers.run(ACCOUNT)).not.toHaveProperty('doubted');
    expect(await shown({ status: 'elsewhere' })).toHaveLength(4);
  });

  it('does not doubt that numbers which never led here have no application', async () => {
    list.numbers = [...away(many(3)), wire('14155550110')];
    for (let look = 0; look < 3; look += 1) expect(await syncNumbers.run(ACCOUNT)).not.toHaveProperty('doubted');
    expect(await shown({ status: 'elsewhere' })).toHaveLength(3);
  });

  it('leaves the operator’s word about a number added by hand, whatever subaccount Plivo names', async () => {
    await dataSource.query(
      `INSERT INTO virtual_number (account_id, number, calling_code, country, alias, status, is_synced, created_at)
       VALUES (?, '14155550100', '1', 'US', 'Mine', 'active', 0, 0)`,
      [ACCOUNT],
    );
    list.numbers = [wire('14155550100', { sub_account: FOREIGN_SUBACCOUNT })];

    await syncNumbers.run(ACCOUNT);
    expect(written).toEqual([]);
    expect(await database.transaction((tx) => chooseNumber(tx, wishOf('14155559901')))).not.toBeNull();
  });

  it('takes a line for the number that the pool has in another spelling, and for one where Plivo lists both', async () => {
    await dataSource.query(
      `INSERT INTO virtual_number (account_id, number, calling_code, country, alias, status, is_synced, created_at)
       VALUES (?, '5215541637145', '52', 'MX', 'Mine', 'active', 0, 0)`,
      [ACCOUNT],
    );
    list.numbers = ['525541637145', '541166773399', '5491166773399'].map((number) => wire(number, led(HOTLINE)));

    await syncNumbers.run(ACCOUNT);
    await syncNumbers.run(ACCOUNT);
    expect(await shown()).toEqual([
      ['+5215541637145', 'elsewhere', 'Hotline'],
      ['+541166773399', 'elsewhere', 'Hotline'],
    ]);
  });

  it('does not take a lack of applications for a lack of numbers said twice', async () => {
    list.numbers = many(3);
    await syncNumbers.run(ACCOUNT);
    list.numbers = [];
    await syncNumbers.run(ACCOUNT);
    list.numbers = many(3);
    list.applications = [];

    expect(await syncNumbers.run(ACCOUNT)).toMatchObject({ doubted: true });
    expect(await leads()).toEqual(['here', 'here', 'here']);
    expect(await syncNumbers.run(ACCOUNT)).not.toHaveProperty('doubted');
    expect(await shown({ status: 'elsewhere' })).toHaveLength(3);
  });

  it('asks with a subaccount’s own credentials for applications that the account is not shown', async () => {
    const own = { ...HOME, app_id: '2001', app_name: 'branch' };
    list.ofSubaccount.set(FOREIGN_SUBACCOUNT, [own]);
    list.numbers = [wire('14155550100', { sub_account: FOREIGN_SUBACCOUNT, ...led(own) })];
    await syncNumbers.run(ACCOUNT);
    expect(await leads()).toEqual(['application-unknown']);

    await register(FOREIGN_SUBACCOUNT, ACCOUNT, 'own-token');
    await syncNumbers.run(ACCOUNT);
    expect(await leads()).toEqual(['here']);
    expect(list.asked).toContain(`${FOREIGN_SUBACCOUNT} /v1/Account/${FOREIGN_SUBACCOUNT}/Application/ 0`);

    list.refusedUser = FOREIGN_SUBACCOUNT;
    await expect(syncNumbers.run(ACCOUNT)).rejects.toThrow(`applications of subaccount ${FOREIGN_SUBACCOUNT}`);
    expect(await leads()).toEqual(['here']);
  });

  it('lends a number of a subaccount that nobody has registered to nobody, and to that one’s sessions afterwards', async () => {
    list.numbers = [wire('14155550100', { sub_account: FOREIGN_SUBACCOUNT }), wire('14155550101')];
    await syncNumbers.run(ACCOUNT);

    const known = async () =>
      (await new ListNumbers(database, clock).run({})).items.map(({ subaccount, subaccount_known }) => [
        subaccount,
        subaccount_known,
      ]);
    const lentTo = (subaccountId: string | null) =>
      database.transaction((tx) => chooseNumber(tx, { ...wishOf('14155559901'), subaccountId }));
    expect(await known()).toEqual([
      [FOREIGN_SUBACCOUNT, false],
      [null, null],
    ]);
    expect(await lentTo(null)).toMatchObject({ number: '14155550101' });
    const unknown = { msg: 'numbers.unknown-subaccount', numbers: 1, subaccounts: [FOREIGN_SUBACCOUNT] };
    expect(written).toMatchObject([unknown]);

    await register(FOREIGN_SUBACCOUNT, OTHER);
    expect((await known())[0]).toEqual([FOREIGN_SUBACCOUNT, false]);
    await dataSource.query('DELETE FROM subaccount');
    await register(FOREIGN_SUBACCOUNT);
    await syncNumbers.run(ACCOUNT);
    expect((await known())[0]).toEqual([FOREIGN_SUBACCOUNT, true]);
    expect(await lentTo(FOREIGN_SUBACCOUNT)).toMatchObject({ number: '14155550100' });
    expect(await lentTo(null)).toMatchObject({ number: '14155550101' });
    expect(written).toHaveLength(1);
  });

  it('is measured by what is stored, whichever process has followed the listing', async () => {
    const measured = new Metrics();
    const measure = new MeasureNumbers(database, measured);
    list.numbers = [
      wire('14155550100', { sub_account: FOREIGN_SUBACCOUNT }),
      wire('14155550101', led(HOTLINE)),
      wire('14155550102', led(HOTLINE)),
    ];
    await syncNumbers.run(ACCOUNT);
    await dataSource.query(
      `INSERT INTO virtual_number (account_id, number, calling_code, country, alias, status, is_synced, created_at)
       VALUES (?, '14155550109', '1', 'US', '', 'active', 0, 0)`,
      [ACCOUNT],
    );
    await measure.run();
    const figures = await measured.registry.metrics();
    for (const line of ['led{leads_to="here"} 1', 'led{leads_to="elsewhere"} 2', 'led{leads_to="unknown"} 1'])
      expect(figures).toContain(`masking_numbers_${line}\n`);
    expect(figures).toContain('masking_numbers_linked{subaccount="unknown"} 1\n');

    list.numbers = [wire('14155550100', { sub_account: FOREIGN_SUBACCOUNT }), ...many(3).slice(1)];
    await register(FOREIGN_SUBACCOUNT);
    await syncNumbers.run(ACCOUNT);
    await measure.run();
    expect(await measured.registry.metrics()).toContain('masking_numbers_led{leads_to="elsewhere"} 0\n');
    for (const line of ['unknown"} 0', 'known"} 1'])
      expect(await measured.registry.metrics()).toContain(`masking_numbers_linked{subaccount="${line}\n`);
  });

  it.each(['draining', 'retired'] as const)('shows an operator’s %s before elsewhere', async (status) => {
    list.numbers = [wire(many(1)[0]!.number, led(HOTLINE))];
    await syncNumbers.run(ACCOUNT);
    await dataSource.query('UPDATE virtual_number SET status = ?', [status]);

    expect(await shown()).toEqual([['+14155550100', status, 'Hotline']]);
    expect(await shown({ status })).toHaveLength(1);
    expect(await shown({ status: 'elsewhere' })).toEqual([]);
  });

  it('leads a number added by hand as Plivo does once it is listed, and not before', async () => {
    await dataSource.query(
      `INSERT INTO virtual_number (account_id, number, calling_code, country, alias, status, is_synced, created_at)
       VALUES (?, '14155550100', '1', 'US', 'Mine', 'active', 0, 0)`,
      [ACCOUNT],
    );
    await syncNumbers.run(ACCOUNT);
    expect(await shown()).toEqual([['+14155550100', 'active', null]]);

    list.numbers = [wire('14155550100', led(HOTLINE))];
    await syncNumbers.run(ACCOUNT);
    expect(await shown()).toEqual([['+14155550100', 'elsewhere', 'Hotline']]);
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

    // Where it leads is known from now on.
    expect(await syncNumbers.run(ACCOUNT)).toEqual({ added: 0, updated: 1, missing: [] });
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
    const enqueueNumberSync = new EnqueueNumberSync(database, jobs, new Accounts(), syncNumbers, testConfig());
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
    const enqueueNumberSync = new EnqueueNumberSync(database, jobs, new Accounts(), syncNumbers, testConfig());
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
