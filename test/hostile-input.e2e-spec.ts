import { createHash } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signV3 } from '../src/plivo/index.js';
import { FakeClock } from './support/ground.js';
import { basic, describeOnEachService, type Answer, type RequestOptions, type Service } from './support/service.js';
import { anyCharacter } from './support/any-character.js';

/** A login takes no more: whoever logs in has shown nothing yet. */
const LOGIN_BYTES = 8 * 1024;
const SEED = 20_260_105;

// Numbers, PINs and a token that occur nowhere by chance; the last facts look for them in everything that leaves the service or stays in it.
const AMY = '+14158675309';
const BEN = '+14152749061';
const STRANGER = '+442071838750';
const AMYS_PIN = '73914682';
const BENS_PIN = '40286173';
const WRONG_TOKEN = 'canary9f3bWrongToken7c21';
const PROMPT = 'https://files.example.com/prompt.mp3';
const NOBODYS_UUID = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const WEBHOOKS = [
  '/answer',
  '/hangup',
  `/sessions/${NOBODYS_UUID}/calls/${NOBODYS_UUID}/dial-event`,
  `/sessions/${NOBODYS_UUID}/calls/${NOBODYS_UUID}/dial-action`,
];

interface Refusal {
  api_id?: string;
  error?: string;
  detail?: string;
  request_id?: string;
  param?: string;
}

describeOnEachService('hostile input', (start, kind) => {
  let service: Service;
  let sessionId: string;
  let subaccountToken: string;
  let tables: string[];
  let before: Record<string, string>;
  /** Every body of a refusal that the facts below met. */
  const refusals: string[] = [];

  beforeAll(async () => {
    // Nothing works in the background, so that whatever a table gains, a request has put there. The simulator's routes are there too.
    service = await start({ clock: new FakeClock(), settings: { ROLE: 'api', PROVIDER: 'simulator' } });
    tables = await tableNames();
    const made = await service.admin('POST', `/accounts/${service.authId}/subaccounts`, { name: 'Couriers' });
    subaccountToken = String(made.body['auth_token']);
    const body = {
      first_party: AMY,
      second_party: BEN,
      session_expiry: 86_400,
      is_pin_authentication_required: true,
      first_party_pin: AMYS_PIN,
      second_party_pin: BENS_PIN,
      pin_prompt_play: PROMPT,
    };
    const opened = await service.sessions('POST', '/', body, { headers: { 'idempotency-key': `call ${AMY}` } });
    expect(opened.status).toBe(201);
    sessionId = String(opened.body['session_uuid']);
  });

  const ask = async (path: string, options?: RequestOptions): Promise<Answer<Refusal>> => {
    const answer = await service.request<Refusal>(path, options);
    if (answer.status >= 400) refusals.push(answer.text);
    return answer;
  };
  const asAdmin = (options: RequestOptions = {}): RequestOptions => ({
    ...options,
    as: null,
    headers: { authorization: `Bearer ${service.adminToken}`, ...options.headers },
  });
  /** With the credentials that the path asks for. */
  const askAllowed = (path: string, options: RequestOptions = {}): Promise<Answer<Refusal>> =>
    ask(path, path.startsWith('/admin') ? asAdmin(options) : options);

  async function tableNames(): Promise<string[]> {
    const rows = await service.dataSource.query<{ name: string }[]>(
      kind === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    return rows.map((row) => row.name).sort();
  }
  async function counts(): Promise<unknown> {
    const columns = tables.map((table) => `(SELECT COUNT(*) FROM ${table}) AS ${table}`);
    const [row] = await service.dataSource.query<unknown[]>(`SELECT ${columns.join(', ')}`);
    return row;
  }
  /** That webhooks were refused is written down some seconds later, in the middle of any fact, and many of them alert somebody. */
  const rowsOf = (table: string): string =>
    ({ refused_webhook: 'refused_webhook WHERE 0 = 1', job: "job WHERE kind <> 'alerts.raise'" })[table] ?? table;
  /** Every row of every table. */
  async function dump(): Promise<Record<string, string>> {
    const contents: Record<string, string> = {};
    for (const table of tables)
      contents[table] = JSON.stringify(await service.dataSource.query(`SELECT * FROM ${rowsOf(table)}`));
    return contents;
  }
  async function expectUnchangedSince(earlier: Record<string, string>): Promise<void> {
    const now = await dump();
    expect(tables.filter((table) => now[table] !== earlier[table])).toEqual([]);
  }

  /** A refusal in the shape of its path, with words. */
  function expectRefusal(path: string, answer: Answer<Refusal>, status?: number): void {
    const told = { path: path.slice(0, 120), status: answer.status, text: answer.text.slice(0, 300) };
    const isExpected = status === undefined ? Math.trunc(answer.status / 100) === 4 : answer.status === status;
    expect({ ...told, isExpected, hasShape: hasShapeOf(path, answer) }).toEqual({
      ...told,
      isExpected: true,
      hasShape: true,
    });
    expect(answer.text).not.toMatch(/node_modules|\bat .*\.[jt]s|SELECT |INSERT /);
  }

  function hasShapeOf(path: string, { body, headers }: Answer<Refusal>): boolean {
    const id = headers['x-request-id'];
    const isWorded = /\w/.test(body.error ?? body.detail ?? '');
    const type = String(headers['content-type']);
    const isProblem = type.startsWith('application/problem+json') && body.request_id === id && 'detail' in body;
    // The simulated Plivo answers as Plivo does.
    const isPlivos = type.startsWith('application/json') && 'error' in body;
    if (path.startsWith('/v1')) return isWorded && isPlivos && body.api_id === id;
    return isWorded && (isProblem || (isPlivos && path.startsWith('/simulator/v1')));
  }

  /** Routes of the table with their parameters filled in. */
  const filledRoutes = (methods: string[], value?: string): { method: string; path: string }[] => {
    const fill = (name: string): string => {
      const values: Record<string, string> = {
        authId: service.authId,
        auth_id: service.authId,
        uuid: sessionId,
        number: '14155550100',
      };
      return value ?? values[name] ?? NOBODYS_UUID;
    };
    return service.routes
      .filter(({ method, url }) => methods.includes(method) && !url.includes('*'))
      .map(({ method, url }) => ({ method, path: url.replace(/:([A-Za-z_]+)/g, (_, name: string) => fill(name)) }));
  };

  /** Plivo's forms have refusals of their own, and the simulator's inbox stands for a customer's server, which takes what comes. */
  const takesAnything = (path: string): boolean => path.startsWith('/plivo/') || path.startsWith('/simulator/inbox');

  const takesMegabytes = (path: string): boolean => path.startsWith('/admin/accounts/') && path.endsWith('/import');

  const takesCsvAlone = (path: string): boolean =>
    path === '/admin/invoices/compare' || path === '/admin/numbers/import';

  describe('leaves nothing behind:', () => {
    beforeEach(async () => {
      before = await dump();
    });
    afterEach(async () => {
      await expectUnchangedSince(before);
    });

    const deep = (levels: number): string => `{"first_party":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    it.each<[name: string, bodies: (string | Buffer)[], status: number]>([
      [
        'malformed JSON',
        [
          '{',
          '}',
          '{"a":}',
          "{'a':1}",
          'undefined',
          'NaN',
          '{"a":NaN}',
          '{"a":1}}',
          '{"a":1} {"b":2}',
          '\u0000',
          '{"a":"\u0001"}',
        ],
        400,
      ],
      ['JSON that is no object', ['[]', '[{}]', '"text"', '1', '-0.5e3', 'null', 'true', `["${AMY}"]`], 400],
      [
        'keys of the prototype',
        [
          '{"__proto__":{"isAdmin":true}}',
          '{"a":{"b":[{"__proto__":1}]}}',
          String.raw`{"\u005f\u005fproto__":{}}`,
          '{"constructor":{"prototype":{"x":1}}}',
        ],
        400,
      ],
      ['deep nesting', [deep(30), deep(1_000), deep(30_000), '{"a":'.repeat(100) + '1' + '}'.repeat(100)], 400],
      [
        'bodies of 1 MB',
        [`{"first_party":"${'1'.repeat(1_048_576)}"}`, ' '.repeat(1_048_576), Buffer.alloc(1_048_576, 0xff)],
        413,
      ],
    ])('%s, on every route that takes a body', async (_, bodies, status) => {
      for (const { method, path } of filledRoutes(['POST', 'PUT', 'PATCH'])) {
        if (takesAnything(path)) continue;
        const refused = takesCsvAlone(path) ? 415 : takesMegabytes(path) ? 400 : status;
        for (const body of bodies) {
          const isTooLong = path === '/admin/login' && body.length > LOGIN_BYTES;
          expectRefusal(path, await askAllowed(path, { method, body }), isTooLong ? 413 : refused);
        }
      }
    });

    it('1 MB where a megabyte of CSV is allowed: rows that are none are named', async () => {
      const path = `/admin/numbers/import?account=${service.authId}`;
      for (const csv of [
        'x'.repeat(1_048_576),
        `number\n${'x\n'.repeat(100_000)}`,
        '\u0000',
        '"',
        `number\n"${'\n'.repeat(9)}`,
      ])
        expectRefusal(
          path,
          await askAllowed(path, { method: 'POST', body: csv, headers: { 'content-type': 'text/csv' } }),
          400,
        );
      const tooLarge = { method: 'POST', body: 'x'.repeat(3 * 1_048_576), headers: { 'content-type': 'text/csv' } };
      expectRefusal(path, await askAllowed(path, tooLarge), 413);
    });

    it('a call log that is none, or too large a one', async () => {
      const path = `/admin/invoices/compare?account=${service.authId}&month=2026-01`;
      const send = (body: string | Buffer) =>
        askAllowed(path, { method: 'POST', body, headers: { 'content-type': 'text/csv' } });
      const header = 'Call UUID,Call duration,Billed duration,Billed amount,From number';
      for (const csv of [
        '\u0000',
        Buffer.alloc(1_048_576, 0xff),
        'x'.repeat(1_048_576),
        '\n'.repeat(1_048_576),
        '"',
        `${header}\n"${AMY}",1,60,1`,
        `${header}\na,1,60,${AMY}1e9`,
        `${header}\na,-1,60,0,${AMY}`,
        `${header}\na,1,60,0,"${AMY}`,
      ])
        expectRefusal(path, await send(csv), 400);
      expectRefusal(path, await send(Buffer.alloc(101 * 1_048_576, 'x')), 413);
    });

    it('bodies of other types, on every route that takes a body', async () => {
      const types = [
        'text/plain',
        'application/xml',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
      ];
      for (const { method, path } of filledRoutes(['POST', 'PUT', 'PATCH'])) {
        if (takesAnything(path)) continue;
        for (const type of types) {
          const body = new URLSearchParams({ first_party: AMY, second_party: BEN }).toString();
          expectRefusal(path, await askAllowed(path, { method, body, headers: { 'content-type': type } }), 415);
        }
      }
    });

    it('bytes that are no UTF-8', async () => {
      const body = Buffer.concat([
        Buffer.from('{"first_party":"+1415'),
        Buffer.from([0xff, 0xc0, 0x80]),
        Buffer.from('"}'),
      ]);
      for (const { method, path } of filledRoutes(['POST']).filter((route) => route.path.startsWith('/v1')))
        expectRefusal(path, await askAllowed(path, { method, body }), 400);
    });

    it('parameters of 10,000 characters in the path of every route', async () => {
      for (const long of ['1'.repeat(10_000), '%2e%2e%2f'.repeat(1_111), '%00'.repeat(3_333)]) {
        for (const { method, path } of filledRoutes(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], long)) {
          if (path.includes(long))
            expectRefusal(path, await askAllowed(path, { method, body: method === 'GET' ? undefined : {} }));
        }
      }
    });

    it('addresses of 10,000 characters that are no route', async () => {
      for (const base of ['/', '/v1/', '/admin/', '/plivo/', '/simulator/'])
        expectRefusal(base, await askAllowed(`${base}${'x/'.repeat(5_000)}`), 404);
    });

    it('filters of 10,000 characters', async () => {
      const long = '9'.repeat(10_000);
      const names = [
        'first_party',
        'virtual_number',
        'status',
        'created_time__lt',
        'duration',
        'limit',
        'offset',
        'subaccount',
      ];
      for (const name of names) {
        const path = `/v1/Account/${service.authId}/Masking/Session?${name}=${long}`;
        expectRefusal(path, await ask(path), 400);
      }
      for (const name of ['limit', 'cursor', 'account', 'country', 'status', 'unknown']) {
        const path = `/admin/numbers?${name}=${long}`;
        expectRefusal(path, await askAllowed(path), 400);
      }
    });

    it('addresses longer than any header may be', async () => {
      for (const base of ['/v1/Account/', '/admin/']) {
        const answer = await service.raw(`GET ${base}${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`);
        expect(answer).toMatch(/^HTTP\/1\.1 431 /);
        expect(answer).toMatch(base === '/admin/' ? /"request_id"/ : /"api_id"/);
      }
    });

    it('percent signs that encode nothing', async () => {
      for (const base of [
        `/v1/Account/${service.authId}/Masking/Session/`,
        '/admin/numbers/',
        `/plivo/${service.authId}/`,
      ])
        for (const bad of ['%', '%ZZ', '%E2%98', '%FF', `%C0%80${AMY}`]) {
          const method = base.startsWith('/admin') ? 'DELETE' : 'POST';
          const answer = await askAllowed(base + bad, { method, body: {} });
          expectRefusal(base, answer);
        }
    });

    it('what is no HTTP', async () => {
      const requests = [
        'nonsense\r\n\r\n',
        `GET /v1/${AMY} HTTP/9.9\r\n\r\n`,
        'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
        'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
        'POST /v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
        `GET /v1/x HTTP/1.1\r\nHost: x\r\nX-Phone: ${AMY}\u0000\r\n\r\n`,
        `GET / HTTP/1.1\r\nHost: x\r\n${'a'.repeat(70_000)}: 1\r\n\r\n`,
      ];
      for (const bytes of requests) {
        const answer = await service.raw(bytes);
        refusals.push(answer);
        expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
        expect(answer).toMatch(/x-request-id: [0-9a-f-]{36}/i);
      }
    });

    const inherited = { toString: 1, valueOf: {}, hasOwnProperty: 'x', constructor: 'x', isPrototypeOf: [] };

    it('names of Object.prototype in the masking API, which are unknown names like any other', async () => {
      const path = `/v1/Account/${service.authId}/Masking/Session`;
      const create = { ...inherited, first_party: 'x', second_party: BEN };
      const update = { ...inherited, ring_timeout: 'x', first_party: 'x' };
      expectRefusal(path, await ask(path, { method: 'POST', body: create }), 400);
      expectRefusal(path, await ask(`${path}/${sessionId}`, { method: 'POST', body: update }), 400);
      const names = Object.keys(inherited).map((name) => `${name}=1`);
      expect((await ask(`${path}?${names.join('&')}&__proto__=1&status=all`)).status).toBe(200);
    });

    it('names of Object.prototype in the admin API, where unknown names are refused', async () => {
      for (const name of Object.keys(inherited)) {
        expectRefusal('/admin/numbers', await askAllowed(`/admin/numbers?${name}=1`), 400);
        const body = { name: 'A', plivo_auth_id: 'MA1', plivo_auth_token: 'x', [name]: 1 };
        expectRefusal('/admin/accounts', await askAllowed('/admin/accounts', { method: 'POST', body }), 400);
      }
    });

    it.each([
      ['with a NUL', 'a\u0000b'],
      ['with a bell', 'a\u0007'],
      ['turned around', '\u202e'],
      ['NUL', '\u0000'],
    ])('an account or subaccount whose name is %s', async (_, name) => {
      const account = { name, plivo_auth_id: 'MA1', plivo_auth_token: 'x' };
      const subaccounts = `/admin/accounts/${service.authId}/subaccounts`;
      expectRefusal('/admin/accounts', await askAllowed('/admin/accounts', { method: 'POST', body: account }), 400);
      expectRefusal(subaccounts, await askAllowed(subaccounts, { method: 'POST', body: { name } }), 400);
    });

    it('a key that comes twice: the last one counts, and it alone', async () => {
      const path = `/v1/Account/${service.authId}/Masking/Session`;
      const twice = `{"first_party":"${AMY}","second_party":"${BEN}","first_party":"x"}`;
      expectRefusal(path, await ask(path, { method: 'POST', body: twice }), 400);
      const query = `${path}?first_party=${encodeURIComponent(AMY)}&first_party=x`;
      expectRefusal(path, await ask(query), 400);
    });

    it('headers that make no sense', async () => {
      const path = `/v1/Account/${service.authId}/Masking/Session`;
      for (const [name, value] of Object.entries({
        // A key at the limit would be honoured, and its refusal kept as its answer.
        'idempotency-key': AMY.repeat(22),
        'content-type': `text/${AMY.slice(1)}`,
        'content-encoding': 'gzip',
      })) {
        const answer = await ask(path, { method: 'POST', body: { first_party: AMY }, headers: { [name]: value } });
        expectRefusal(path, answer);
      }
    });
  });

  describe('wrong values of every parameter', () => {
    const TIMEOUT = 240_000;
    const runs = (many: number): { seed: number; numRuns: number } => ({
      seed: SEED,
      numRuns: kind === 'sqlite' ? many : Math.ceil(many / 8),
    });
    const junk = fc.oneof(
      fc.boolean(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(1e308, -1e308, 2 ** 53, 1e21, -0.1, 9_999_999_999_999_998),
      fc.array(fc.jsonValue(), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue(), { maxKeys: 3 }),
      fc.constantFrom<unknown>([[]], [null], [AMY], { first_party: AMY }, { length: 11 }, { $gt: '' }),
    );
    const strings = fc.oneof(
      fc.string({ minLength: 1, unit: anyCharacter }),
      fc.string({ minLength: 1 }),
      fc.constantFrom(
        '\u0000',
        '\u202e',
        '💥',
        '٣٦٠٠',
        '３６００',
        '<script>',
        "' OR 1=1 --",
        'null',
        'undefined',
        '%00',
        '../..',
      ),
    );
    const notNumeric = strings.filter((text) => !/^[+-]?[0-9]{1,15}$/.test(text.trim()));
    const oneOfOr = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof(junk, arbitrary);

    const phone = oneOfOr(
      fc.oneof(
        strings.filter((text) => !/^(tel:)?[\s+0-9]*$/i.test(text.trim())),
        fc.constantFrom(
          '+１４１５８６７５３０９',
          '+٠١٤١٥٨٦٧٥٣٠٩',
          `sip:${AMY}@example.com`,
          `${AMY}<4`,
          `${AMY}\u0000`,
          `${AMY},${BEN}`,
          `0${AMY.slice(1)}`,
          `+${AMY}`,
          '+1415867530',
          `${AMY}00000`,
          'anonymous',
          '+999123456789',
          '(415) 867-5309',
          '9'.repeat(10_000),
        ),
      ),
    );
    const flag = fc.oneof(
      junk.filter((value) => typeof value !== 'boolean'),
      strings.filter((text) => !/^(true|false)$/i.test(text)),
      fc.constantFrom(0, 1, 'yes', 'ｔｒｕｅ', 'true '),
    );
    const outside = (least: number, most: number, allowed: number[] = []): fc.Arbitrary<unknown> =>
      fc.oneof(
        junk.filter(
          (value) => typeof value !== 'number' || (!(value >= least && value <= most) && !allowed.includes(value)),
        ),
        fc.integer({ max: least - 1 }).filter((value) => !allowed.includes(value)),
        fc.integer({ min: most + 1 }),
        fc.integer({ min: most + 1 }).map(String),
        notNumeric,
      );
    const noneOf = (...words: string[]): fc.Arbitrary<unknown> =>
      oneOfOr(strings.filter((text) => !words.includes(text.toLowerCase())));
    const url = oneOfOr(
      fc.oneof(
        strings.filter((text) => !/^https?:/i.test(text.trim())),
        fc.constantFrom(
          'ftp://x/y',
          'javascript:alert(1)',
          '//x/y',
          'http://',
          'https://x/"><Dial>',
          'http://x/ y',
          'http://x/\u0000',
          `http://x/${'y'.repeat(1000)}`,
        ),
      ),
    );
    const pin = fc.oneof(
      junk.filter((value) => typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1000),
      fc.constantFrom(999, '123', '1234567890123456', '12a4', '１２３４', '1234\n', ' 1234', -1234, 1234.5),
      strings.filter((text) => !/^[0-9]{4,15}$/.test(text)),
    );
    const subaccountId = oneOfOr(
      fc.oneof(strings, fc.constantFrom('SA', 'SAXXXXXXXXXXXXXXXXXX', 'saxxxxxxxxxxxxxxxxxx')),
    );

    const changeable: Record<string, fc.Arbitrary<unknown>> = {
      first_party: phone,
      second_party: phone,
      session_expiry: outside(60, 86_400, [0, -0]),
      record: flag,
      record_file_format: noneOf('mp3', 'wav'),
      recording_callback_url: url,
      recording_callback_method: noneOf('get', 'post'),
      callback_url: url,
      callback_method: noneOf('get', 'post'),
      first_party_play_url: url,
      second_party_play_url: url,
    };
    const createOnly: Record<string, fc.Arbitrary<unknown>> = {
      initiate_call_to_first_party: flag,
      geomatch: flag,
      subaccount: subaccountId,
      is_pin_authentication_required: flag,
      generate_pin: flag,
      generate_pin_length: outside(4, 15, [0, -0]),
      first_party_pin: pin,
      second_party_pin: pin,
      pin_prompt_play: url,
      pin_retry: outside(0, 5, [-0]),
      pin_retry_wait: outside(5, 10, [0, -0]),
      incorrect_pin_play: url,
      unknown_caller_play: url,
      force_pin_authentication: flag,
      create_session_with_single_party: flag,
      virtual_number_cooloff_period: outside(0, 3600, [-0]),
    };
    const wrong = (parameters: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<[string, unknown]> =>
      fc.oneof(...Object.entries(parameters).map(([name, value]) => fc.tuple(fc.constant(name), value)));
    const pinOn = {
      is_pin_authentication_required: true,
      first_party_pin: '4711',
      second_party_pin: '4712',
      pin_prompt_play: PROMPT,
    };
    const path = (rest = ''): string => `/v1/Account/${service.authId}/Masking/Session${rest}`;

    /** 400 that names the parameter; a body that the JSON reader refuses before is as good. */
    async function expectNamed(name: string, at: string, answer: Answer<Refusal>): Promise<void> {
      expectRefusal(at, answer, 400);
      const { error, detail, param } = answer.body;
      if (error !== 'Invalid JSON' && detail !== 'Invalid JSON')
        expect({ name, told: `${param} ${error ?? detail}` }).toEqual({ name, told: expect.stringContaining(name) });
    }

    async function holdsFor<T>(
      arbitrary: fc.Arbitrary<T>,
      many: number,
      check: (value: T) => Promise<void>,
    ): Promise<void> {
      const rows = await counts();
      await fc.assert(
        fc.asyncProperty(arbitrary, async (value) => {
          await check(value);
          expect(await counts()).toEqual(rows);
        }),
        runs(many),
      );
    }

    it(
      'of create are refused by name',
      () =>
        holdsFor(wrong({ ...changeable, ...createOnly }), 1200, async ([name, value]) => {
          const body = { first_party: '+14155550103', second_party: '+14155550104', ...pinOn, [name]: value };
          await expectNamed(name, path(), await ask(path(), { method: 'POST', body }));
        }),
      TIMEOUT,
    );

    it(
      'of update are refused by name',
      () =>
        holdsFor(wrong(changeable), 500, async ([name, value]) => {
          const at = path(`/${sessionId}`);
          await expectNamed(name, at, await ask(at, { method: 'POST', body: { [name]: value } }));
        }),
      TIMEOUT,
    );

    it(
      'of list are refused by name',
      () => {
        const words = strings.filter((text) => text.trim() !== '');
        const time = fc.oneof(
          words.filter((text) => !/^\d{4}-\d/.test(text)),
          fc.constantFrom(
            '2026-02-30 10:00',
            '2026-01-05',
            '10:00',
            '1767607200',
            '2026-01-05 25:00',
            '２０２６-01-05 10:00',
            '2026-01-05 10:00:00 CET',
          ),
        );
        const seconds = fc.oneof(notNumeric, fc.constantFrom('-1', '1.5', '1e3', '99999999999999999999', '٣'));
        const page = fc.oneof(
          words.filter((text) => !/^-?[0-9]{1,15}$/.test(text)),
          fc.constantFrom('1.5', '1e1', '0x10', '9'.repeat(400)),
        );
        const comparisons = ['', '__gt', '__gte', '__lt', '__lte'];
        const filters: Record<string, fc.Arbitrary<unknown>> = {
          first_party: phone,
          second_party: phone,
          // Of the pool, which has numbers that no country's plan knows.
          virtual_number: phone.filter((value) => typeof value !== 'string' || !/^\s*\+?[0-9 ]{1,30}\s*$/.test(value)),
          status: words.filter((text) => !['active', 'in-progress', 'expired', 'all'].includes(text)),
          limit: page,
          offset: fc.oneof(page, fc.constantFrom('-1', '-999999999999999')),
          subaccount: fc.constantFrom('SA', 'x', '\u0000', 'SAxxxxxxxxxxxxxxxxxx'),
          ...Object.fromEntries(comparisons.map((suffix) => [`created_time${suffix}`, time])),
          ...Object.fromEntries(comparisons.map((suffix) => [`expiry_time${suffix}`, time])),
          ...Object.fromEntries(comparisons.map((suffix) => [`duration${suffix}`, seconds])),
        };
        return holdsFor(wrong(filters), 700, async ([name, value]) => {
          const text = typeof value === 'string' ? value : `x${JSON.stringify(value)}`;
          const at = path(`?${name}=${encodeURIComponent(text.slice(0, 1500))}`);
          await expectNamed(name.replace(/__.*/, ''), at, await ask(at));
        });
      },
      TIMEOUT,
    );

    it(
      'that are tolerated do no harm: time limits that are none',
      async () => {
        // call_time_limit and ring_timeout take anything: what is no number is not given. The rest of the body refuses the request.
        const names = fc.constantFrom('call_time_limit', 'ring_timeout');
        await holdsFor(fc.tuple(names, oneOfOr(strings)), 200, async ([name, value]) => {
          const body = { first_party: AMY, second_party: 'x', [name]: value };
          expectRefusal(path(), await ask(path(), { method: 'POST', body }), 400);
        });
      },
      TIMEOUT,
    );

    it(
      'of the admin routes are refused by name',
      () => {
        const control = fc.constantFrom('a\u0000\u0000', 'a\nb', 'a\u2028b', 'x'.repeat(101));
        const notText = junk.filter((value) => typeof value !== 'string');
        const requests: Record<string, { base: object; wrong: Record<string, fc.Arbitrary<unknown>> }> = {
          'POST /admin/accounts': {
            base: { name: 'A', plivo_auth_id: 'MAX', plivo_auth_token: 'x' },
            wrong: {
              name: fc.oneof(notText, control, fc.constantFrom(null, '', ' ')),
              plivo_auth_id: fc.oneof(
                notText.filter((value) => !/^[A-Za-z0-9]{1,64}$/.test(String(value))),
                fc.constantFrom(null, '', 'a b', 'ＭＡ'),
              ),
              plivo_auth_token: fc.oneof(fc.constantFrom(null, '', 'a b', 'é', 'x'.repeat(201), {}, [])),
              auth_id: fc.oneof(notText, fc.constantFrom('', 'MA', 'SAXXXXXXXXXXXXXXXXXX', 'maxxxxxxxxxxxxxxxxxx')),
            },
          },
          [`POST /admin/accounts/${service.authId}/subaccounts`]: {
            base: { name: 'A' },
            wrong: { name: fc.oneof(notText, control, fc.constantFrom(null, '')) },
          },
          'POST /admin/numbers': {
            base: { account: service.authId, number: '+12025550001' },
            wrong: {
              account: fc.oneof(notText, fc.constantFrom(null, '', 'x'.repeat(21))),
              number: fc.oneof(notText, phone, fc.constant(null)),
              subaccount: fc.oneof(notText, fc.constantFrom('x', 'SAXXXXXXXXXXXXXXXXXX', 'x'.repeat(21))),
              alias: fc.oneof(notText, control, fc.constant(null)),
            },
          },
          'PATCH /admin/numbers/14155550100': {
            base: {},
            wrong: {
              status: fc.oneof(junk, strings, fc.constant(null)),
              subaccount: fc.oneof(notText, fc.constantFrom('x', 'SAXXXXXXXXXXXXXXXXXX')),
              alias: fc.oneof(notText, control, fc.constant(null)),
            },
          },
        };
        const one = fc.oneof(
          ...Object.entries(requests).map(([request, { base, wrong: parameters }]) =>
            wrong(parameters).map(([name, value]) => ({ request, body: { ...base, [name]: value }, name })),
          ),
        );
        return holdsFor(one, 400, async ({ request, body, name }) => {
          const [method, at = ''] = request.split(' ');
          await expectNamed(name, at, await askAllowed(at, { method, body }));
        });
      },
      TIMEOUT,
    );

    it(
      'in paths and in queries of the admin routes never break anything',
      () => {
        const routes = [
          ['DELETE', '/admin/numbers/?'],
          ['PATCH', '/admin/numbers/?'],
          ['GET', '/admin/accounts/?/tokens'],
          ['POST', '/admin/accounts/?/tokens'],
          ['POST', '/admin/accounts/?/subaccounts'],
          ['DELETE', `/admin/accounts/${service.authId}/tokens/?`],
          ['GET', `/v1/Account/${service.authId}/Masking/Session/?`],
          ['GET', '/v1/Account/?/Masking/Session'],
        ] as const;
        const lists = ['/admin/accounts', '/admin/numbers', '/admin/audit', '/admin/pool'] as const;
        const names = ['limit', 'cursor', 'account', 'country', 'status'] as const;
        const asked = fc.oneof(
          fc
            .tuple(
              fc.constantFrom(...routes),
              strings.filter((text) => /[^./\\]/.test(text)),
            )
            .map(([[method, at], text]) => ({
              method: method as string,
              at: at.replace('?', encodeURIComponent(text)),
              isRefused: true,
            })),
          fc.tuple(fc.constantFrom(...lists), fc.constantFrom(...names), strings).map(([at, name, text]) => ({
            method: 'GET',
            at: `${at}?${name}=${encodeURIComponent(text)}`,
            isRefused: false,
          })),
        );
        return holdsFor(asked, 400, async ({ method, at, isRefused }) => {
          const body = method === 'GET' ? undefined : method === 'PATCH' ? { alias: 'x' } : { name: 'x' };
          const answer = await askAllowed(at, { method, body });
          if (isRefused || answer.status !== 200) expectRefusal(at, answer);
        });
      },
      TIMEOUT,
    );

    it(
      "of the simulator's routes never break anything",
      () => {
        const routes = filledRoutes(['POST', 'PUT', 'DELETE']).filter(
          ({ path: at }) => at.startsWith('/simulator/') && !/\/(clock|reset)$/.test(at),
        );
        const names = ['from', 'to', 'answer_url', 'digits', 'duration', 'mode', 'seed', 'lose', 'status', 'app_id'];
        const bodies = fc.dictionary(fc.constantFrom(...names), fc.oneof(junk, strings), { maxKeys: 4 });
        return fc.assert(
          fc.asyncProperty(fc.constantFrom(...routes), bodies, async ({ method, path: at }, body) => {
            const answer = await ask(at, { method, body });
            expect({ at, method, status: answer.status, isBroken: answer.status >= 500 }).toMatchObject({
              isBroken: false,
            });
          }),
          runs(300),
        );
      },
      TIMEOUT,
    );
  });

  describe('webhooks', () => {
    const call = {
      CallUUID: 'aaaaaaaa-0000-4000-8000-000000000077',
      From: AMY.slice(1),
      To: '14155550100',
      Direction: 'inbound',
      Event: 'StartApp',
      CallStatus: 'ringing',
    };
    const signed = (path: string, params: Record<string, string> = call, nonce = '12345678901234567890') => ({
      nonce,
      signature: signV3({
        method: 'POST',
        url: `${service.baseUrl}/plivo/${service.authId}${path}`,
        params: Object.entries(params),
        nonce,
        token: service.authToken,
      }),
    });
    const post = (
      path: string,
      body: string,
      headers: Record<string, string>,
      method = 'POST',
    ): Promise<Answer<Refusal>> =>
      ask(path, {
        method,
        as: null,
        body: method === 'GET' ? undefined : body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });
    const form = new URLSearchParams(call).toString();

    describe('that are not signed by Plivo are 403 and leave nothing:', () => {
      beforeEach(async () => {
        before = await dump();
      });
      afterEach(async () => {
        await expectUnchangedSince(before);
      });

      it.each(WEBHOOKS)('%s', async (path) => {
        const at = `/plivo/${service.authId}${path}`;
        const { nonce, signature } = signed(path);
        const right = { 'x-plivo-signature-v3': signature, 'x-plivo-signature-v3-nonce': nonce };
        const wrongToken = signV3({
          method: 'POST',
          url: service.baseUrl + at,
          params: Object.entries(call),
          nonce,
          token: WRONG_TOKEN,
        });
        const evil = 'evil.example.com';
        const atEvil = { method: 'POST' as const, url: `http://${evil}${at}`, params: Object.entries(call), nonce };
        const forged = {
          'x-plivo-signature-v3': signV3({ ...atEvil, token: service.authToken }),
          host: evil,
          'x-forwarded-host': evil,
        };
        const elsewhere = signed(path === '/answer' ? '/hangup' : '/answer');
        const refused: [name: string, answer: Promise<Answer<Refusal>>][] = [
          ['no headers', post(at, form, {})],
          ['no signature', post(at, form, { 'x-plivo-signature-v3-nonce': nonce })],
          ['no nonce', post(at, form, { 'x-plivo-signature-v3': signature })],
          ['empty headers', post(at, form, { 'x-plivo-signature-v3': '', 'x-plivo-signature-v3-nonce': '' })],
          ['another token', post(at, form, { ...right, 'x-plivo-signature-v3': wrongToken })],
          ['another nonce', post(at, form, { ...right, 'x-plivo-signature-v3-nonce': `${nonce}0` })],
          ['a nonce with a dot', post(at, form, { ...right, 'x-plivo-signature-v3-nonce': `.${nonce}` })],
          ['another path', post(at, form, { ...right, 'x-plivo-signature-v3': elsewhere.signature })],
          ['a query', post(`${at}?x=1`, form, right)],
          ['a changed parameter', post(at, form.replace('14158675309', '14158675308'), right)],
          ['one more parameter', post(at, `${form}&X=1`, right)],
          ['one parameter less', post(at, form.replace(/&CallStatus=.*/, ''), right)],
          ['a parameter twice', post(at, `${form}&From=1`, right)],
          ['no body', post(at, '', right)],
          ['V2 only', post(at, form, { 'x-plivo-signature-v2': signature, 'x-plivo-signature-v2-nonce': nonce })],
          ['JSON', post(at, JSON.stringify(call), { ...right, 'content-type': 'application/json' })],
          ['account nobody has', post(at.replace(service.authId, 'MANOBODYNOBODYNOBODY'), form, right)],
          ['account that is none', post(at.replace(service.authId, 'x'), form, right)],
          ['another host', post(at, form, { ...right, ...forged })],
          ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method): [string, Promise<Answer<Refusal>>] => [
            method,
            post(method === 'GET' ? `${at}?${form}` : at, form, right, method),
          ]),
        ];
        const statuses = Object.fromEntries(
          await Promise.all(refused.map(async ([name, answer]) => [name, (await answer).status] as const)),
        );
        expect(statuses).toEqual(Object.fromEntries(refused.map(([name]) => [name, 403])));
      });

      it('any change of a byte of what was signed', async () => {
        const { nonce, signature } = signed('/answer');
        const parts = { form, nonce, signature };
        const changed = fc
          .tuple(
            fc.constantFrom('form' as const, 'nonce' as const, 'signature' as const),
            fc.nat(),
            fc.integer({ min: 1, max: 93 }),
          )
          .map(([part, position, shift]) => {
            const text = parts[part];
            const index = position % text.length;
            const code = ((text.charCodeAt(index) - 33 + shift) % 94) + 33;
            return { ...parts, [part]: text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1) };
          });
        await fc.assert(
          fc.asyncProperty(changed, async (one) => {
            const answer = await post(`/plivo/${service.authId}/answer`, one.form, {
              'x-plivo-signature-v3': one.signature,
              'x-plivo-signature-v3-nonce': one.nonce,
            });
            expect({ one, status: answer.status }).toEqual({ one, status: 403 });
          }),
          { seed: SEED, numRuns: kind === 'sqlite' ? 500 : 60 },
        );
      }, 60_000);

      it('more than a form may hold is 413', async () => {
        const { nonce, signature } = signed('/answer');
        const answer = await post(`/plivo/${service.authId}/answer`, `x=${'1'.repeat(1_048_576)}`, {
          'x-plivo-signature-v3': signature,
          'x-plivo-signature-v3-nonce': nonce,
        });
        expectRefusal('/plivo', answer, 413);
      });
    });

    it('with a right signature and rubbish in them are refused or answered, never broken', async () => {
      const names = [
        'CallUUID',
        'From',
        'To',
        'Direction',
        'Event',
        'CallStatus',
        'DialAction',
        'DialStatus',
        'DialBLegUUID',
        'Duration',
        'TotalCost',
        'HangupCause',
        'HangupCauseCode',
        'EndTime',
        'SessionStart',
      ];
      const value = fc.oneof(
        fc.string({ unit: anyCharacter, maxLength: 60 }),
        fc.constantFrom(
          '',
          '\u0000',
          '-1',
          '9'.repeat(40),
          '1e9',
          'NaN',
          '0.0.1',
          'inbound',
          'StartApp',
          'Hangup',
          'hangup',
          'busy',
          STRANGER,
          'x'.repeat(3000),
          '2026-99-99 99:99:99',
        ),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...WEBHOOKS),
          fc.dictionary(fc.constantFrom(...names), value),
          async (path, rubbish) => {
            const answer = await service.webhook(path, { ...call, ...rubbish });
            if (answer.status >= 400) refusals.push(answer.text);
            expect({
              path,
              rubbish,
              isFine: answer.status === 200 || (answer.status >= 400 && answer.status < 500),
            }).toMatchObject({ isFine: true });
          },
        ),
        { seed: SEED, numRuns: kind === 'sqlite' ? 400 : 60 },
      );
    }, 60_000);

    it('that use a nonce again for something else are 403 and leave nothing more', async () => {
      const stranger = { ...call, CallUUID: 'aaaaaaaa-0000-4000-8000-000000000078', From: STRANGER.slice(1) };
      const first = await service.webhook('/answer', stranger, { nonce: 'nonce-of-the-stranger' });
      expect(first.status).toBe(200);
      const rows = await dump();
      const repeated = await service.webhook('/answer', stranger, { nonce: 'nonce-of-the-stranger' });
      expect(repeated).toMatchObject({ status: 200, text: first.text });
      const forged = await service.webhook(
        '/answer',
        { ...stranger, From: AMY.slice(1) },
        { nonce: 'nonce-of-the-stranger' },
      );
      const moved = await service.webhook('/hangup', stranger, { nonce: 'nonce-of-the-stranger' });
      expect([forged.status, moved.status]).toEqual([403, 403]);
      await expectUnchangedSince(rows);
    });
  });

  describe('what nobody may read', () => {
    const numbers = { AMY, BEN, STRANGER };

    /** Every way in which a number, a PIN or a token could be written down. */
    function spellings(): [name: string, text: string][] {
      const found: [string, string][] = [];
      for (const [name, number] of Object.entries(numbers)) {
        const digits = number.slice(1);
        const code = digits.startsWith('44') ? 2 : 1;
        const groups = [
          digits.slice(0, code),
          digits.slice(code, code + 3),
          digits.slice(code + 3, code + 6),
          digits.slice(code + 6),
        ];
        for (const between of [' ', '-', '.', '%20', '+', '\u00a0']) {
          found.push(
            [`${name} with ${between}`, groups.join(between)],
            [`${name} national with ${between}`, groups.slice(1).join(between)],
          );
        }
        found.push(
          [`${name} in brackets`, `(${groups[1]}) ${groups[2]}-${groups[3]}`],
          [`${name} end`, digits.slice(-7)],
        );
        for (const text of [number, digits]) found.push(...encodings(name, text));
      }
      for (const [name, text] of Object.entries({ AMYS_PIN, BENS_PIN })) found.push(...encodings(name, text));
      for (const [name, text] of Object.entries(tokens())) found.push(...encodings(name, text));
      return found;
    }
    const tokens = (): Record<string, string> => ({
      authToken: service.authToken,
      adminToken: service.adminToken,
      subaccountToken,
      WRONG_TOKEN,
      basic: basic({ authId: service.authId, authToken: service.authToken }).slice('Basic '.length),
    });
    function encodings(name: string, text: string): [string, string][] {
      const bytes = Buffer.from(text);
      // At each of the three positions that the bytes may have within a longer Base64 text; what the neighbours decide is left out.
      const base64 = [0, 1, 2].map((offset) => {
        const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
        return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
      });
      return [
        [name, text],
        [`${name} in a URL`, encodeURIComponent(text)],
        [`${name} reversed`, [...text].toReversed().join('')],
        [`${name} in hex`, bytes.toString('hex')],
        [`${name} in UTF-16 hex`, Buffer.from(text, 'utf16le').toString('hex')],
        ...base64.map((encoded, offset): [string, string] => [`${name} in Base64 at ${offset}`, encoded]),
        ...['md5', 'sha1', 'sha256'].flatMap((algorithm): [string, string][] => {
          const hash = createHash(algorithm).update(text).digest();
          return [
            [`${name} ${algorithm}`, hash.toString('hex')],
            [`${name} ${algorithm} in Base64`, hash.toString('base64').slice(0, -2)],
            [`${name} ${algorithm} in Base64url`, hash.toString('base64url').slice(0, -1)],
          ];
        }),
      ];
    }
    let sought: [name: string, lowered: string][] | undefined;
    function hits(haystack: string): string[] {
      sought ??= spellings().map(([name, text]) => [name, text.toLowerCase()]);
      const lowered = haystack.toLowerCase();
      return sought.filter(([, text]) => lowered.includes(text)).map(([name]) => name);
    }

    /** Everything at once that could make the service speak about them. */
    async function provoke(): Promise<void> {
      const sessions = `/v1/Account/${service.authId}/Masking/Session`;
      const header = {
        authorization: basic({ authId: AMY, authToken: AMYS_PIN }),
        'user-agent': `phone ${AMY}`,
        referer: `https://x/${BEN}`,
      };
      const all = [
        AMY,
        AMY.slice(1),
        '+1 415 867 5309',
        '415-867-5309',
        BEN,
        STRANGER,
        AMYS_PIN,
        BENS_PIN,
        WRONG_TOKEN,
        service.authToken,
      ];
      const askWith = async (text: string): Promise<void> => {
        const encoded = encodeURIComponent(text);
        await ask(`${sessions}?first_party=${encoded}&second_party=${encoded}&status=${encoded}&${encoded}=1`);
        await ask(`${sessions}/${encoded}`, { method: 'DELETE' });
        await ask(`/v1/Account/${encoded}/Masking/Session`, { headers: header });
        await ask(`/${encoded}?x=${encoded}`);
        await ask(`/v1/${encoded}`, { method: 'PUT', body: { [text]: text } });
        await ask(sessions, { method: 'POST', body: `{"first_party": "${text}"` });
        await ask(sessions, {
          method: 'POST',
          body: { first_party: text, second_party: { phone: text }, callback_url: text, record: text },
        });
        await ask(sessions, { method: 'POST', body: {}, headers: { 'x-request-id': text, 'idempotency-key': text } });
        await ask(sessions, { as: { authId: service.authId, authToken: text.replace(service.authToken, `${text}x`) } });
        await askAllowed(`/admin/numbers/${encoded}`, { method: 'DELETE' });
        await askAllowed(`/admin/numbers?account=${encoded}&${encoded}=1`);
        await askAllowed('/admin/numbers', { method: 'POST', body: { account: text, number: text, [text]: text } });
        await askAllowed('/admin/numbers', { method: 'POST', body: { account: text, [`phone_${text}`]: 1 } });
        await ask('/admin/audit', { as: null, headers: { authorization: `Bearer ${text}` } });
        await ask(`/plivo/${encoded}/answer`, {
          method: 'POST',
          body: `From=${encoded}`,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
        refusals.push(
          await service.raw(`GET /v1/%ZZ${encoded} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: ${text}\r\n\r\n`),
        );
        refusals.push(await service.raw(`${text} ${text}\r\n\r\n`));
      };
      // All at once: who shows many wrong credentials waits half a second for each refusal.
      await Promise.all(all.map(askWith));
      const known = await service.sessions<{ response: object }>('GET', `/${sessionId}`);
      const parameters = [...Object.keys(known.body.response), 'geomatch', 'subaccount'];
      const pair = {
        first_party: AMY,
        second_party: BEN,
        is_pin_authentication_required: true,
        first_party_pin: AMYS_PIN,
        second_party_pin: BENS_PIN,
        pin_prompt_play: PROMPT,
      };
      const filters = ['first_party', 'second_party', 'virtual_number', 'status', 'created_time', 'expiry_time__lt'];
      for (const text of [`${AMY}x`, `x${AMYS_PIN}`, AMY.slice(1), WRONG_TOKEN]) {
        for (const name of parameters) await ask(sessions, { method: 'POST', body: { ...pair, [name]: text } });
        for (const name of [...filters, 'duration', 'limit', 'offset', 'subaccount'])
          await ask(`${sessions}?${name}=${encodeURIComponent(text)}`);
      }
      const call = { CallUUID: 'aaaaaaaa-0000-4000-8000-000000000079', Direction: 'inbound', CallStatus: 'ringing' };
      const page = await service.sessions<{ response: { virtual_number: string } }>('GET', `/${sessionId}`);
      const connected = await service.webhook('/answer', {
        ...call,
        From: AMY.slice(1),
        To: page.body.response.virtual_number,
      });
      expect(connected.text).toContain(BEN.slice(1));
      await service.webhook('/hangup', {
        ...call,
        Event: 'Hangup',
        From: AMY,
        To: page.body.response.virtual_number,
        CallStatus: 'completed',
      });
    }

    it('is found by the search in every spelling', () => {
      for (const [name, text] of spellings())
        expect({ name, hits: hits(`>${text}<`) }).toEqual({ name, hits: expect.arrayContaining([name]) });
      expect(hits(JSON.stringify({ first_party: AMY, basic: Buffer.from(`x:${BEN}`).toString('base64') }))).toEqual(
        expect.arrayContaining(['AMY', 'BEN in Base64 at 2']),
      );
      expect(hits(service.baseUrl + sessionId)).toEqual([]);
    });

    it('is in no table: parties, PINs and tokens only stand there sealed', async () => {
      await provoke();
      expect(hits(JSON.stringify(await dump()))).toEqual([]);
    });

    it('is in no log line, not even when a statement fails', async () => {
      const [table, away] = ['masking_session', 'masking_session_away'];
      await service.dataSource.query(`ALTER TABLE ${table} RENAME TO ${away}`);
      const failed = await service.sessions('POST', '/', { first_party: AMY, second_party: STRANGER });
      const listed = await service.sessions('GET', `?first_party=${encodeURIComponent(AMY)}`);
      const webhook = await service.webhook('/answer', {
        CallUUID: 'aaaaaaaa-0000-4000-8000-000000000080',
        Direction: 'inbound',
        From: AMY,
        To: '14155550100',
      });
      await service.dataSource.query(`ALTER TABLE ${away} RENAME TO ${table}`);

      expect([failed.status, listed.status]).toEqual([500, 500]);
      expect(failed.body).toMatchObject({ error: 'Internal server error' });
      expect(webhook).toMatchObject({ status: 200, text: expect.stringContaining('<Response>') });
      refusals.push(failed.text, listed.text, webhook.text);
      const logs = service.logs();
      expect(logs).toContain('http.failed');
      expect(logs.split('\n').length).toBeGreaterThan(500);
      expect(hits(logs)).toEqual([]);
    });

    it('is in no body of a refusal', () => {
      expect(refusals.length).toBeGreaterThan(500);
      expect(refusals.filter((text) => hits(text).length > 0).slice(0, 5)).toEqual([]);
    });

    it('is in none of the pages for machines', async () => {
      for (const path of ['/metrics', '/livez', '/readyz', '/openapi.json']) {
        const page = await service.request(path, { as: null });
        expect(page.status).toBe(200);
        expect(hits(page.text)).toEqual([]);
      }
    });
  });
});
