import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock } from './support/ground.js';
import { ELSEWHERE, fromElsewhere } from './support/elsewhere.js';
import { basic, describeOnEachService, SESSIONS, type Answer, type Service } from './support/service.js';

const AMY = '+14155550101';
const BEN = '+14155550102';
const CAT = '+14155550103';
const PROMPT = 'https://files.example.com/prompt.mp3';
const NOBODYS_UUID = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const OTHER = 'MAOTHEROTHEROTHER000';
const DAY_MS = 24 * 3600 * 1000;

interface Session {
  session_uuid: string;
  virtual_number: string;
  created_time: string;
  modified_time: string;
  expiry_time: string;
  duration: number;
  status: string;
  interaction: Record<string, unknown>[] | null;
  [name: string]: unknown;
}
type Opened = { api_id: string; session_uuid: string; session: Session };
type Got = { api_id: string; response: Session };
type Listed = {
  api_id: string;
  response: { meta: Record<string, number | string | null>; objects: (Session & { resource_uri: string })[] };
};
type Refused = { api_id: string; error: string };

// Answers are read strictly: exactly these keys, exactly these types.

type Check = (value: unknown) => boolean;
type Shape = Record<string, Check>;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const integer: Check = (value) => Number.isSafeInteger(value);
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const uuid: Check = (value) => typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const digits: Check = (value) => typeof value === 'string' && /^([1-9][0-9]{6,14})?$/.test(value);
const plusDigits: Check = (value) => typeof value === 'string' && /^(\+[1-9][0-9]{6,14})?$/.test(value);
const time: Check = (value) =>
  typeof value === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} \+0000 UTC$/.test(value);
const timeOrEmpty: Check = (value) => value === '' || time(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const oneOf =
  (...words: unknown[]): Check =>
  (value) =>
    words.includes(value);
/** At least one: what is empty is null. */
const listOf =
  (shape: Shape): Check =>
  (value) =>
    Array.isArray(value) && value.length > 0 && value.every((item) => misfits(item, shape).length === 0);

/** What is wrong with an object, key by key; empty when it has the shape. */
function misfits(value: unknown, shape: Shape, optional: string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ['no object'];
  const missing = Object.keys(shape).filter((key) => !(key in value) && !optional.includes(key));
  const wrong = Object.entries(value).filter(([key, part]) => !shape[key]?.(part));
  return [
    ...missing.map((key) => `${key} is missing`),
    ...wrong.map(([key, part]) => `${key}: ${key in shape ? JSON.stringify(part) : 'is too much'}`),
  ];
}

const interaction: Shape = {
  start_time: time,
  end_time: timeOrEmpty,
  type: oneOf('call'),
  first_party_resource_url: orNull(text),
  second_party_resource_url: orNull(text),
  recording_resource_url: orNull(text),
  total_call_amount: number,
  call_billed_duration: integer,
  total_call_count: oneOf(1, 2),
  duration: number,
};
const legStatus = oneOf('completed', 'busy', 'no-answer', 'failed', 'timeout', 'cancel');
const endedInteraction: Shape = { ...interaction, first_party_status: legStatus, second_party_status: legStatus };

const sharedFields: Shape = {
  session_uuid: uuid,
  status: oneOf('active', 'in-progress', 'expired'),
  record: flag,
  recording_callback_url: text,
  record_file_format: oneOf('mp3', 'wav'),
  session_expiry: integer,
  call_time_limit: integer,
  initiate_call_to_first_party: flag,
  callback_url: text,
  ring_timeout: integer,
  first_party_play_url: text,
  second_party_play_url: text,
  created_time: time,
  modified_time: time,
  expiry_time: timeOrEmpty,
  last_interaction_time: timeOrEmpty,
  total_call_count: integer,
  total_call_amount: number,
  total_call_billed_duration: integer,
  interaction: orNull(listOf(interaction)),
};
const session: Shape = {
  ...sharedFields,
  first_party: digits,
  second_party: digits,
  virtual_number: digits,
  callback_method: oneOf('GET', 'POST'),
  recording_callback_method: oneOf('GET', 'POST'),
  duration: integer,
  amount: integer,
  total_session_amount: number,
  unknown_caller_play: text,
  is_pin_authentication_required: flag,
  generate_pin: orNull(flag),
  generate_pin_length: orNull(integer),
  first_party_pin: orNull(text),
  second_party_pin: orNull(text),
  pin_prompt_play: orNull(text),
  pin_retry: orNull(integer),
  pin_retry_wait: orNull(integer),
  incorrect_pin_play: orNull(text),
  create_session_with_single_party: orNull(flag),
  virtual_number_cooloff_period: integer,
  force_pin_authentication: flag,
};
const mirror: Shape = {
  ...sharedFields,
  first_party: plusDigits,
  second_party: plusDigits,
  virtual_number: plusDigits,
};
const anything: Check = () => true;
const opened: Shape = { api_id: uuid, message: oneOf('Session created'), ...mirror, session: anything };
const updated: Shape = { ...opened, message: oneOf('Session updated') };
const got: Shape = { api_id: uuid, message: text, ...mirror, response: anything };
const listed: Shape = { api_id: uuid, message: text, response: anything };
const meta: Shape = {
  limit: integer,
  offset: integer,
  total_count: integer,
  next: orNull(text),
  previous: orNull(text),
};
const error: Shape = {
  api_id: uuid,
  error: text,
  error_code: text,
  param: text,
  numbers_needed: integer,
  doc_url: text,
};
const OPTIONAL_IN_ERRORS = ['error_code', 'param', 'numbers_needed'];

/** Top-level fields equal to those of the nested object, but for the plus signs of the numbers. */
function mirrorOf(nested: Session): Record<string, unknown> {
  const names = Object.keys(mirror);
  const plus = (value: unknown): unknown => (value === '' ? '' : `+${String(value)}`);
  return Object.fromEntries(
    names.map((name) => [
      name,
      ['first_party', 'second_party', 'virtual_number'].includes(name) ? plus(nested[name]) : nested[name],
    ]),
  );
}

function expectRefusal(answer: Answer<unknown>, status: number, message: unknown): void {
  expect(misfits(answer.body, error, OPTIONAL_IN_ERRORS)).toEqual([]);
  expect({ status: answer.status, error: (answer.body as Refused).error }).toEqual({ status, error: message });
  expect((answer.body as Refused).api_id).toBe(answer.headers['x-request-id']);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
}

describeOnEachService('the masking API', (start) => {
  let service: Service;
  let clock: FakeClock;
  let subaccount: { authId: string; authToken: string };
  let other: { authId: string; authToken: string };

  beforeAll(async () => {
    clock = new FakeClock();
    // Without a worker nothing ticks: what the API says about time it says by itself.
    service = await start({ clock, settings: { ROLE: 'api', ...ELSEWHERE } });
    await service.addNumbers(['12025550001', '12025550002', '12025550003']);

    const made = await service.admin('POST', `/accounts/${service.authId}/subaccounts`, { name: 'Couriers' });
    subaccount = { authId: String(made.body['auth_id']), authToken: String(made.body['auth_token']) };
    await service.addNumbers(['12025550009'], subaccount.authId);

    const account = { auth_id: OTHER, name: 'Other', plivo_auth_id: OTHER, plivo_auth_token: 'plivo-token-of-other' };
    const foreign = await service.admin('POST', '/accounts', account);
    other = { authId: OTHER, authToken: String(foreign.body['auth_token']) };
    await service.admin('POST', '/numbers', { account: OTHER, number: '+12025550099' });
  });

  const create = (body: object, headers: Record<string, string> = {}): Promise<Answer<Opened>> =>
    service.sessions<Opened>('POST', '/', body, { headers });
  const open = async (body: object = {}): Promise<Session> => {
    const answer = await create({ first_party: AMY, second_party: BEN, ...body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.session;
  };
  const update = (id: string, body: object): Promise<Answer<Opened>> =>
    service.sessions<Opened>('POST', `/${id}/`, body);
  const read = async (id: string): Promise<Session> => (await service.sessions<Got>('GET', `/${id}/`)).body.response;
  const list = async (query = ''): Promise<Listed['response']> =>
    (await service.sessions<Listed>('GET', `/${query}`)).body.response;
  const end = (id: string): Promise<Answer<Refused>> => service.sessions<Refused>('DELETE', `/${id}/`);
  const endAll = async (): Promise<void> => {
    for (const one of (await list('?status=active')).objects) await end(one.session_uuid);
  };
  const at = (instant: number): string => {
    const iso = new Date(instant).toISOString();
    return `${iso.slice(0, 10)} ${iso.slice(11, 19)} +0000 UTC`;
  };

  afterEach(endAll);

  describe('shapes', () => {
    const full = {
      record: true,
      record_file_format: 'wav',
      recording_callback_url: 'https://hooks.example.com/recording',
      callback_url: 'https://hooks.example.com/status',
      first_party_play_url: 'https://files.example.com/first.mp3',
      second_party_play_url: 'https://files.example.com/second.mp3',
      is_pin_authentication_required: true,
      generate_pin: true,
      pin_prompt_play: PROMPT,
      incorrect_pin_play: 'https://files.example.com/wrong.mp3',
      unknown_caller_play: 'https://files.example.com/unknown.mp3',
    };

    it.each([
      ['plain', {}],
      ['full', full],
      ['single-party', { second_party: '', create_session_with_single_party: true }],
    ])('of create, get, update and list, of a %s session', async (_, body) => {
      const made = await create({ first_party: AMY, second_party: BEN, ...body });
      const { session_uuid: id } = made.body;
      const shown = await service.sessions<Got>('GET', `/${id}/`);
      const changed = await update(id, {});
      const page = await service.sessions<Listed>('GET', '/?status=active');

      expect(misfits(made.body, opened)).toEqual([]);
      expect(misfits(shown.body, got)).toEqual([]);
      expect(misfits(changed.body, updated)).toEqual([]);
      expect(misfits(page.body, listed)).toEqual([]);
      expect(misfits(page.body.response, { meta: anything, objects: anything })).toEqual([]);
      expect(misfits(page.body.response.meta, meta)).toEqual([]);
      expect(misfits(page.body.response.objects[0], { ...session, resource_uri: text })).toEqual([]);
      for (const nested of [made.body.session, shown.body.response, changed.body.session])
        expect(misfits(nested, session)).toEqual([]);
    });

    it('mirrors the nested object at the top level, numbers with plus', async () => {
      const made = await create({ first_party: AMY, second_party: BEN, ...full });
      const shown = await service.sessions<Got>('GET', `/${made.body.session_uuid}/`);
      const changed = await update(made.body.session_uuid, { ring_timeout: 30 });

      expect(made.body).toMatchObject(mirrorOf(made.body.session));
      expect(shown.body).toMatchObject(mirrorOf(shown.body.response));
      expect(changed.body).toMatchObject(mirrorOf(changed.body.session));
      expect(made.body).toMatchObject({ first_party: AMY, second_party: BEN, virtual_number: '+12025550001' });
    });

    it('of the object are the same in create, get and list', async () => {
      const made = await open(full);
      const [inList] = (await list()).objects;
      expect(await read(made.session_uuid)).toEqual(made);
      expect(inList).toEqual({ ...made, resource_uri: `${SESSIONS}/${made.session_uuid}/` });
    });

    it('of delete: api_id and message, nothing else', async () => {
      const made = await open();
      const ended = await end(made.session_uuid);
      expect(misfits(ended.body, { api_id: uuid, message: oneOf('Session expired') })).toEqual([]);
    });

    it('name the subaccount only where there is one', async () => {
      const made = await open({ subaccount: subaccount.authId });
      expect(misfits(made, { ...session, subaccount: oneOf(subaccount.authId) })).toEqual([]);
      expect(made.virtual_number).toBe('12025550009');
    });

    it('of conversations: in progress, then ended with amounts, statuses and links', async () => {
      const made = await open();
      const call = { CallUUID: 'aaaaaaaa-0000-4000-8000-000000000001', From: AMY.slice(1), To: made.virtual_number };
      const asked = { ...call, Direction: 'inbound', Event: 'StartApp', CallStatus: 'ringing' };
      const connected = await service.webhook('/answer', asked);
      expect(connected).toMatchObject({ status: 200 });

      const during = await read(made.session_uuid);
      expect(during.status).toBe('in-progress');
      expect(misfits(during, session)).toEqual([]);
      expect(during.interaction).toEqual([
        expect.objectContaining({
          end_time: '',
          first_party_resource_url: `${service.baseUrl}/v1/Account/${service.authId}/Call/${call.CallUUID}`,
          second_party_resource_url: null,
          recording_resource_url: null,
        }),
      ]);
      for (const status of ['active', 'in-progress'])
        expect((await list(`?status=${status}`)).objects.map((one) => one.session_uuid)).toEqual([made.session_uuid]);

      const [, eventPath] = /callbackUrl="[^"]*\/plivo\/[^/]*(\/sessions[^"#]*)/.exec(connected.text) ?? [];
      const legs = {
        CallUUID: call.CallUUID,
        DialALegUUID: call.CallUUID,
        DialBLegUUID: 'bbbbbbbb-0000-4000-8000-000000000002',
      };
      const bLeg = { ...legs, DialBLegFrom: made.virtual_number, DialBLegTo: BEN.slice(1) };
      const told = await service.webhook(eventPath ?? '', {
        ...bLeg,
        DialAction: 'hangup',
        DialBLegDuration: '31',
        DialBLegBillDuration: '60',
        DialBLegTotalCost: '0.01200',
        DialBLegHangupCause: 'NORMAL_CLEARING',
        DialBLegHangupCauseCode: '4000',
        DialBLegHangupCauseName: 'Normal Hangup',
        DialBLegHangupSource: 'Callee',
        AnswerTime: '2026-01-05 10:00:09',
        EndTime: '2026-01-05 10:00:40',
      });
      const hungUp = await service.webhook('/hangup', {
        ...call,
        Direction: 'inbound',
        Event: 'Hangup',
        CallStatus: 'completed',
        Duration: '32',
        BillDuration: '60',
        TotalCost: '0.00850',
        HangupCause: 'NORMAL_CLEARING',
        HangupCauseCode: '4000',
        HangupCauseName: 'Normal Hangup',
        HangupSource: 'Callee',
        SessionStart: '2026-01-05 10:00:00.100000',
        AnswerTime: '2026-01-05 10:00:08',
        EndTime: '2026-01-05 10:00:41',
      });
      expect([told.status, hungUp.status]).toEqual([200, 200]);

      const after = await read(made.session_uuid);
      expect(
        misfits(after, { ...session, interaction: listOf(endedInteraction), last_interaction_time: time }),
      ).toEqual([]);
      expect(after).toMatchObject({
        status: 'active',
        total_call_count: 2,
        total_call_billed_duration: 120,
        total_call_amount: 0.0205,
        total_session_amount: 0.0205,
        amount: 0,
      });
      expect(after.last_interaction_time).toBe(after.interaction?.[0]?.['end_time']);
      expect((await list('?status=in-progress')).objects).toEqual([]);
    });
  });

  describe('api_id', () => {
    it('is the X-Request-Id of every answer', async () => {
      const made = await open();
      const answers = [
        await create({ first_party: AMY, second_party: BEN }),
        await service.sessions('GET', `/${made.session_uuid}/`),
        await service.sessions('GET', '/'),
        await update(made.session_uuid, {}),
        await create({}),
        await service.sessions('GET', `/${NOBODYS_UUID}/`),
        await service.sessions('GET', '/', undefined, { as: null }),
        await service.sessions('PUT', '/'),
        await create({ first_party: '"' }),
        await service.sessions('POST', '/', '{broken'),
        await service.request('/v1/nothing/here'),
        await end(made.session_uuid),
      ];
      const ids = answers.map((answer) => (answer.body as Refused).api_id);
      expect(ids).toEqual(answers.map((answer) => answer.headers['x-request-id']));
      expect(new Set(ids).size).toBe(answers.length);
      expect(ids.every(uuid)).toBe(true);
    });

    it("is the client's own X-Request-Id when that is a UUID", async () => {
      const own = '5C3F6D0E-6A0F-4F0E-9D5C-0B7A4F3F8C11';
      const answer = await service.sessions<Listed>('GET', '/', undefined, { headers: { 'x-request-id': own } });
      expect(answer.body.api_id).toBe(own.toLowerCase());
      const odd = await service.sessions<Listed>('GET', '/', undefined, { headers: { 'x-request-id': '14155550101' } });
      expect(uuid(odd.body.api_id)).toBe(true);
    });
  });

  describe('who may ask', () => {
    const asks: [method: string, path: string][] = [
      ['POST', '/'],
      ['GET', '/'],
      ['GET', `/${NOBODYS_UUID}/`],
      ['POST', `/${NOBODYS_UUID}/`],
      ['DELETE', `/${NOBODYS_UUID}/`],
    ];
    const MISSING = 'authentication credentials were not provided';
    const WRONG = 'invalid authentication credentials';

    it.each(asks)('%s %s without credentials is 401', async (method, path) => {
      const answer = await service.sessions(method, path, {}, { as: null });
      expectRefusal(answer, 401, MISSING);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
    });

    it.each(asks)('%s %s with wrong credentials is 401', async (method, path) => {
      const { authId, authToken } = service;
      const headers = [
        basic({ authId, authToken: `${authToken}x` }),
        basic({ authId, authToken: '' }),
        basic({ authId: OTHER, authToken }),
        basic({ authId: 'MANOBODYNOBODYNOBODY', authToken }),
        basic({ authId: '', authToken }),
        `Bearer ${service.adminToken}`,
        'Basic',
        'Basic !!!',
        `Basic ${Buffer.from(authId).toString('base64')}`,
        `Basic ${'A'.repeat(5000)}`,
      ];
      for (const authorization of headers) {
        const answer = await service.sessions(
          method,
          path,
          {},
          {
            as: null,
            headers: { authorization, ...fromElsewhere() },
          },
        );
        expectRefusal(answer, 401, WRONG);
        expect(answer.headers['www-authenticate']).toMatch(/^Basic /);
      }
    });

    it.each(asks)('%s %s of another account is 404, whether it exists or not', async (method, path) => {
      for (const owner of [OTHER, 'MANOBODYNOBODYNOBODY', 'nonsense'])
        expectRefusal(
          await service.request(`/v1/Account/${owner}/Masking/Session${path}`, { method, body: {} }),
          404,
          'not found',
        );
    });

    it('answers the same for a foreign session as for a missing one', async () => {
      const made = await service.request<Opened>(`/v1/Account/${OTHER}/Masking/Session/`, {
        method: 'POST',
        as: other,
        body: { first_party: AMY, second_party: BEN },
      });
      expect(made.status).toBe(201);

      const bare = ({ status, headers, body }: Answer): unknown => ({
        status,
        headers: { ...headers, date: null, 'x-request-id': null },
        body: { ...body, api_id: null },
      });
      for (const method of ['GET', 'POST', 'DELETE']) {
        const foreign = await service.sessions(method, `/${made.body.session_uuid}/`, {});
        const missing = await service.sessions(method, `/${NOBODYS_UUID}/`, {});
        expectRefusal(foreign, 404, 'not found');
        expect(bare(foreign)).toEqual(bare(missing));
      }
      expect((await list('?status=all')).objects.map((one) => one.session_uuid)).not.toContain(made.body.session_uuid);
      const own = await service.request<Got>(`/v1/Account/${OTHER}/Masking/Session/${made.body.session_uuid}/`, {
        as: other,
      });
      expect(own.body.response.status).toBe('active');
    });

    it('finds no session under a uuid that is none', async () => {
      for (const id of [
        'x',
        '0',
        'null',
        '%00',
        `${NOBODYS_UUID}0`,
        '__proto__',
        '..%2f..%2fadmin',
        "1'%20OR%20'1'='1",
      ])
        expectRefusal(await service.sessions('GET', `/${id}/`), 404, 'not found');
    });

    it("knows a session's uuid in capitals", async () => {
      const made = await open();
      expect(await read(made.session_uuid.toUpperCase())).toEqual(made);
    });

    describe('a subaccount', () => {
      const below = (path = '/'): string => `/v1/Account/${subaccount.authId}/Masking/Session${path}`;

      it('opens, lists and ends sessions of its own on its own path', async () => {
        const made = await service.request<Opened>(below(), {
          method: 'POST',
          as: subaccount,
          body: { first_party: AMY, second_party: BEN },
        });
        expect(made.status).toBe(201);
        expect(made.body.session).toMatchObject({ subaccount: subaccount.authId, virtual_number: '12025550009' });

        const page = await service.request<Listed>(below('/?status=active'), { as: subaccount });
        expect(page.body.response.objects.map((one) => one.resource_uri)).toEqual([
          below(`/${made.body.session_uuid}/`),
        ]);
        const ended = await service.request(below(`/${made.body.session_uuid}/`), { method: 'DELETE', as: subaccount });
        expect(ended.status).toBe(200);
      });

      it('sees nothing of the main account', async () => {
        const made = await open();
        expectRefusal(await service.request(below(`/${made.session_uuid}/`), { as: subaccount }), 404, 'not found');
        expectRefusal(await service.request(`${SESSIONS}/`, { as: subaccount }), 404, 'not found');
        const page = await service.request<Listed>(below('/?status=active'), { as: subaccount });
        expect(page.body.response.objects).toEqual([]);
      });

      it('cannot open sessions for another subaccount', async () => {
        const answer = await service.request(below(), {
          method: 'POST',
          as: subaccount,
          body: { first_party: AMY, second_party: BEN, subaccount: 'SAXXXXXXXXXXXXXXXXXX' },
        });
        expectRefusal(answer, 400, 'Invalid parameter. subaccount is not valid');
      });

      it('is open to its main account, scoped to its sessions', async () => {
        const main = await open();
        const own = await open({ subaccount: subaccount.authId });
        const page = await service.request<Listed>(below('/?status=active'));
        expect(page.body.response.objects.map((one) => one.session_uuid)).toEqual([own.session_uuid]);
        expectRefusal(await service.request(below(`/${main.session_uuid}/`)), 404, 'not found');
        expect((await list('?status=active')).objects).toHaveLength(2);
      });

      it('is closed to other accounts', async () => {
        expectRefusal(await service.request(below(), { as: other }), 404, 'not found');
      });
    });
  });

  describe('a parameter that nobody knows', () => {
    const WARNINGS = ['sesion_expiry is no parameter of this request and was ignored: did you mean session_expiry?'];
    const warningsOf = ({ body }: Answer<unknown>): unknown => (body as { warnings?: unknown }).warnings;

    it('is ignored and named, in create, update and list, and by a replay as by the first answer', async () => {
      const body = { first_party: AMY, second_party: BEN, sesion_expiry: 60 };
      const first = await create(body, { 'idempotency-key': 'misspelt' });
      expect(first.status).toBe(201);
      expect(warningsOf(first)).toEqual(WARNINGS);
      expect((await create(body, { 'idempotency-key': 'misspelt' })).text).toBe(first.text);
      const path = `/${String((first.body as unknown as { session_uuid: string }).session_uuid)}/`;
      const changed = await service.sessions('POST', `${path}?record=true`, { sesion_expiry: 60, first_party_pin: '' });
      expect(warningsOf(changed)).toEqual([
        ...WARNINGS,
        'record is no parameter of this request, whose parameters stand in its body, and was ignored',
      ]);
      expect(warningsOf(await service.sessions('GET', '/?stats=active&limit=1'))).toEqual([
        'stats is no parameter of this request and was ignored: did you mean status?',
      ]);
    });

    it('is nowhere where all are known', async () => {
      expect(await create({ first_party: AMY, second_party: BEN, sub_account: '' })).not.toHaveProperty(
        'body.warnings',
      );
      expect(await service.sessions('GET', '/?created_time_gt=2026-01-01%2000:00')).not.toHaveProperty('body.warnings');
      // As the Node and Python SDKs update.
      const { session_uuid } = await open();
      expect(await update(session_uuid, { session_uuid, is_voice_request: 'true' })).not.toHaveProperty(
        'body.warnings',
      );
    });
  });

  describe('methods', () => {
    it.each([
      ['PUT', '/', 'GET, POST'],
      ['PATCH', '/', 'GET, POST'],
      ['DELETE', '/', 'GET, POST'],
      ['PUT', `/${NOBODYS_UUID}/`, 'DELETE, GET, POST'],
      ['PATCH', `/${NOBODYS_UUID}/`, 'DELETE, GET, POST'],
    ])('%s %s is 405 and names those that are allowed', async (method, path, allowed) => {
      const answer = await service.sessions(method, path, {});
      expectRefusal(answer, 405, 'method not allowed');
      expect(answer.headers['allow']).toBe(allowed);
    });

    it.each(['/v1', '/v1/', '/v1/Account', '/v1/Account/x/Masking', '/v1/Account/x/Masking/Sessions/', '/v1/x?y=z'])(
      'anything at %s is 404 in the shape of the API',
      async (path) => {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
          expectRefusal(await service.request(path, { method, body: {} }), 404, 'not found');
      },
    );
  });

  describe('Idempotency-Key', () => {
    const body = { first_party: AMY, second_party: BEN, session_expiry: 600 };

    it('repeats the first answer byte for byte and does nothing again', async () => {
      const first = await create(body, { 'idempotency-key': 'order-1' });
      clock.advance(60_000);
      const second = await create(
        { session_expiry: 600, second_party: BEN, first_party: AMY },
        { 'idempotency-key': 'order-1' },
      );

      expect(first.headers['idempotency-replayed']).toBeUndefined();
      expect(second.headers['idempotency-replayed']).toBe('true');
      expect(second).toMatchObject({ status: 201, text: first.text });
      expect(second.headers['x-request-id']).toBe(first.body.api_id);
      expect((await read(first.body.session_uuid)).modified_time).toBe(first.body.session.modified_time);
    });

    it('repeats updates too', async () => {
      const made = await open();
      const headers = { 'idempotency-key': 'change-1' };
      const first = await service.sessions<Opened>(
        'POST',
        `/${made.session_uuid}/`,
        { session_expiry: 700 },
        { headers },
      );
      clock.advance(60_000);
      const second = await service.sessions<Opened>(
        'POST',
        `/${made.session_uuid}/`,
        { session_expiry: 700 },
        { headers },
      );
      expect(second).toMatchObject({ status: 200, text: first.text });
      expect((await read(made.session_uuid)).expiry_time).toBe(first.body.session.expiry_time);
    });

    it('refuses another body, and another path, with 422', async () => {
      const made = await create(body, { 'idempotency-key': 'order-2' });
      const sentence = expect.stringContaining('Idempotency-Key');
      expectRefusal(await create({ ...body, session_expiry: 601 }, { 'idempotency-key': 'order-2' }), 422, sentence);
      const elsewhere = await service.sessions('POST', `/${made.body.session_uuid}/`, body, {
        headers: { 'idempotency-key': 'order-2' },
      });
      expectRefusal(elsewhere, 422, sentence);
    });

    it('repeats refusals of wrong parameters', async () => {
      const wrong = { ...body, session_expiry: 1 };
      const first = await create(wrong, { 'idempotency-key': 'order-3' });
      const second = await create(wrong, { 'idempotency-key': 'order-3' });
      expect(first.status).toBe(400);
      expect(second).toMatchObject({ status: 400, text: first.text });
      expect(second.headers['idempotency-replayed']).toBe('true');
    });

    it('does not repeat refusals that the pool was the reason of, once it has numbers again', async () => {
      const first_party = '+14155550210';
      for (const index of [1, 2, 3]) await create({ first_party, second_party: `+1415555021${index}` });
      const last = { first_party, second_party: '+14155550214' };
      const first = await create(last, { 'idempotency-key': 'order-6' });
      await endAll();
      const second = await create(last, { 'idempotency-key': 'order-6' });
      expectRefusal(first, 400, 'Number pool exhausted or not available');
      expect(second.status).toBe(201);
      expect(second.headers['idempotency-replayed']).toBeUndefined();
    });

    it('has one effect when twins come at the same time', async () => {
      const twins = await Promise.all(
        Array.from({ length: 12 }, () => create({ ...body, first_party: CAT }, { 'idempotency-key': 'order-4' })),
      );
      const done = twins.filter((answer) => answer.status === 201);
      const waiting = twins.filter((answer) => answer.status === 409);

      expect(done.length + waiting.length).toBe(12);
      expect(new Set(done.map((answer) => answer.text)).size).toBe(1);
      expect(done.filter((answer) => answer.headers['idempotency-replayed'] === undefined)).toHaveLength(1);
      for (const answer of waiting) expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    });

    it('belongs to one account', async () => {
      const mine = await create(body, { 'idempotency-key': 'order-5' });
      const theirs = await service.request<Opened>(`/v1/Account/${OTHER}/Masking/Session/`, {
        method: 'POST',
        as: other,
        body: { ...body, session_expiry: 900 },
        headers: { 'idempotency-key': 'order-5' },
      });
      expect([mine.status, theirs.status]).toEqual([201, 201]);
      expect(theirs.body.session_uuid).not.toBe(mine.body.session_uuid);
    });

    it('is 1 to 255 printable characters', async () => {
      expect((await create(body, { 'idempotency-key': 'k'.repeat(255) })).status).toBe(201);
      for (const key of ['', 'k'.repeat(256), 'tab\there', 'é'])
        expectRefusal(await create(body, { 'idempotency-key': key }), 400, expect.stringContaining('Idempotency-Key'));
    });
  });

  describe('parameters', () => {
    const refusedWith = async (message: string, body: object): Promise<void> =>
      expectRefusal(await create({ first_party: AMY, second_party: BEN, ...body }), 400, message);

    it('have the documented defaults', async () => {
      expect(await open()).toMatchObject({
        session_expiry: 3600,
        duration: 3600,
        call_time_limit: 3600,
        ring_timeout: 120,
        record: false,
        record_file_format: 'mp3',
        recording_callback_url: '',
        recording_callback_method: 'POST',
        callback_url: '',
        callback_method: 'POST',
        initiate_call_to_first_party: false,
        unknown_caller_play: '',
        virtual_number_cooloff_period: 0,
        create_session_with_single_party: null,
      });
    });

    it('that are null, empty or zero are not given', async () => {
      const names = Object.keys(await open());
      await endAll();
      for (const nothing of [null, '']) {
        const optional = names.filter((name) => !['first_party', 'second_party'].includes(name));
        const made = await open(Object.fromEntries(optional.map((name) => [name, nothing])));
        expect(made).toMatchObject({ session_expiry: 3600, ring_timeout: 120, record: false, callback_method: 'POST' });
        await endAll();
      }
      expect(await open({ session_expiry: 0, call_time_limit: 0, ring_timeout: 0 })).toMatchObject({
        duration: 3600,
        call_time_limit: 3600,
        ring_timeout: 120,
      });
    });

    it.each([
      [{ call_time_limit: 1 }, { call_time_limit: 60 }],
      [{ call_time_limit: -7 }, { call_time_limit: 60 }],
      [{ call_time_limit: 86_401 }, { call_time_limit: 86_400 }],
      [{ call_time_limit: '900' }, { call_time_limit: 900 }],
      [{ call_time_limit: 'long' }, { call_time_limit: 3600 }],
      [
        { call_time_limit: 1e30, ring_timeout: '9'.repeat(30) },
        { call_time_limit: 86_400, ring_timeout: 600 },
      ],
      [{ ring_timeout: 601 }, { ring_timeout: 600 }],
      [{ ring_timeout: -1 }, { ring_timeout: 1 }],
      [{ ring_timeout: '45' }, { ring_timeout: 45 }],
      [{ session_expiry: '600' }, { session_expiry: 600, duration: 600 }],
      [{ session_expiry: 60 }, { session_expiry: 60 }],
      [{ session_expiry: 86_400 }, { session_expiry: 86_400 }],
      [{ record: 'TRUE' }, { record: true }],
      [{ record: 'False' }, { record: false }],
      [{ record_file_format: 'wav' }, { record_file_format: 'wav' }],
      [{ virtual_number_cooloff_period: '30' }, { virtual_number_cooloff_period: 30 }],
      [{ session_uuid: NOBODYS_UUID, virtual_number: '+12025550003', status: 'expired' }, { status: 'active' }],
      [{ no_such_parameter: { deep: [1, 2] } }, {}],
    ])('%j gives %j', async (given, expected) => {
      const made = await open({ ...given });
      expect(made).toMatchObject(expected);
      expect(made.session_uuid).not.toBe(NOBODYS_UUID);
    });

    it('take URLs of up to 1000 characters', async () => {
      const url = (length: number): string => 'https://hooks.example.com/'.padEnd(length, 'x');
      expect(await open({ callback_url: url(1000) })).toMatchObject({ callback_url: url(1000) });
      await refusedWith('Invalid parameter. callback_url should be under 1000 characters', { callback_url: url(1001) });
    });

    it('take numbers with and without plus', async () => {
      const made = await open({ first_party: AMY.slice(1) });
      expect(made.first_party).toBe(AMY.slice(1));
      const again = await open({ first_party: AMY, second_party: BEN.slice(1) });
      expect(again.session_uuid).toBe(made.session_uuid);
    });

    it('may be spelt sub_account, geo_match, create_session_with_single_Party and is_pin_authentication', async () => {
      const made = await create({
        first_party: '+442079460123',
        sub_account: subaccount.authId,
        geo_match: false,
        create_session_with_single_Party: true,
        is_pin_authentication: true,
        generate_pin: true,
        pin_prompt_play: PROMPT,
      });
      expect(made.status).toBe(201);
      expect(made.body.session).toMatchObject({
        subaccount: subaccount.authId,
        create_session_with_single_party: true,
        is_pin_authentication_required: true,
      });
    });

    it("match the number's country to the first party's unless geomatch is false, and never show geomatch", async () => {
      const body = { first_party: '+442079460123', second_party: BEN };
      expectRefusal(await create(body), 400, 'Number pool exhausted or not available');
      expectRefusal(await create({ ...body, geomatch: true }), 400, 'Number pool exhausted or not available');
      const made = await create({ ...body, geomatch: false });
      expect(made.status).toBe(201);
      expect(made.text).not.toContain('geomatch');
    });

    it('are told one at a time: what is missing first, then in the order of the documents', async () => {
      const wrong: Record<string, unknown> = {
        second_party: 'x',
        session_expiry: 1,
        record: 'x',
        record_file_format: 'x',
        recording_callback_url: 'x',
        recording_callback_method: 'x',
        callback_url: 'x',
        callback_method: 'x',
        initiate_call_to_first_party: 'x',
        first_party_play_url: 'x',
        second_party_play_url: 'x',
        geomatch: 'x',
        subaccount: 'x',
        is_pin_authentication_required: 'x',
        generate_pin: 'x',
        generate_pin_length: 3,
        first_party_pin: 'x',
        second_party_pin: 'x',
        pin_prompt_play: 'x',
        pin_retry: 6,
        pin_retry_wait: 4,
        incorrect_pin_play: 'x',
        unknown_caller_play: 'x',
        force_pin_authentication: 'x',
        create_session_with_single_party: 'x',
        virtual_number_cooloff_period: 3601,
      };
      const right: Record<string, unknown> = {
        second_party: BEN,
        is_pin_authentication_required: true,
        first_party_pin: '4711',
        second_party_pin: '4712',
        pin_prompt_play: PROMPT,
      };
      expectRefusal(await create(wrong), 400, 'Mandatory parameter missing. first_party must be present');

      const body: Record<string, unknown> = { ...wrong, first_party: 'x' };
      const told: unknown[] = [];
      for (const name of ['first_party', ...Object.keys(wrong)]) {
        const answer = await create(body);
        told.push((answer.body as unknown as Refused & { param?: string }).param);
        body[name] = name === 'first_party' ? AMY : right[name];
      }
      expect(told).toEqual(['first_party', ...Object.keys(wrong)]);
      expect((await create(body)).status).toBe(201);
    });

    it('say how many numbers would do when the pool is exhausted, and are counted for the operator', async () => {
      const first_party = '+14155550200';
      const counted = async (): Promise<number> => {
        const path = `/pool?account=${service.authId}`;
        const { body } = await service.admin<{ items: { refusals_24h: number }[] }>('GET', path);
        return body.items[0]?.refusals_24h ?? NaN;
      };
      const before = await counted();
      for (const index of [1, 2, 3]) await open({ first_party, second_party: `+1415555020${index}` });
      const refused = await create({ first_party, second_party: '+14155550204' });
      expectRefusal(refused, 400, 'Number pool exhausted or not available');
      expect((refused.body as unknown as { numbers_needed: number }).numbers_needed).toBeGreaterThan(3);
      expect(await counted()).toBe(before + 1);
      expect((await list('?status=active')).meta['total_count']).toBe(3);
    });
  });

  it.each([
    [
      'pin_taken',
      {
        is_pin_authentication_required: true,
        pin_prompt_play: PROMPT,
        first_party_pin: '1234',
        second_party_pin: '4321',
      },
    ],
    ['open_session_per_number', { second_party: '', create_session_with_single_party: true }],
  ])('a pool that has numbers for the parties says %s, counts it, and keeps it under no key', async (code, more) => {
    const body = (index: number) => ({
      first_party: `+1415555061${index}`,
      second_party: `+1415555062${index}`,
      ...more,
    });
    const counted = async (): Promise<unknown> =>
      (await service.admin<{ items: object[] }>('GET', `/pool?account=${service.authId}`)).body.items;
    const [before] = [await counted()] as { refusals_24h: number }[][];
    const made = [];
    for (const index of [1, 2, 3]) made.push(await open(body(index)));
    const key = { 'idempotency-key': code };
    const refused = await create(body(4), key);
    expectRefusal(refused, 400, 'Number pool exhausted or not available');
    expect(refused.body).toMatchObject({ error_code: code, numbers_needed: 4 });
    expect(await counted()).toMatchObject([{ refusals_24h: (before?.[0]?.refusals_24h ?? NaN) + 1 }, {}]);

    await end(made[1]?.session_uuid ?? '');
    const again = await create(body(4), key);
    expect(again.body.session.virtual_number).toBe(made[1]?.virtual_number);
  });

  describe('PIN', () => {
    const pinOn = { is_pin_authentication_required: true, pin_prompt_play: PROMPT };
    const answers = [
      'generate_pin',
      'generate_pin_length',
      'first_party_pin',
      'second_party_pin',
      'pin_prompt_play',
      'pin_retry',
      'pin_retry_wait',
      'incorrect_pin_play',
    ];

    it('off: its parameters are ignored and answered null', async () => {
      const made = await open({
        generate_pin: true,
        generate_pin_length: 6,
        first_party_pin: '4711',
        second_party_pin: '4712',
        pin_prompt_play: PROMPT,
        pin_retry: 2,
        pin_retry_wait: 6,
        incorrect_pin_play: PROMPT,
        force_pin_authentication: true,
      });
      for (const name of answers) expect({ [name]: made[name] }).toEqual({ [name]: null });
      expect(made).toMatchObject({ is_pin_authentication_required: false, force_pin_authentication: false });
    });

    it('off: what its parameters hold does not matter', async () => {
      const made = await create({
        first_party: AMY,
        second_party: BEN,
        generate_pin_length: 1,
        first_party_pin: '1',
        pin_retry: 99,
        pin_retry_wait: 1,
      });
      expect(made.status).toBe(201);
    });

    it('on: has the documented defaults', async () => {
      expect(await open({ ...pinOn, first_party_pin: '4711', second_party_pin: '4712' })).toMatchObject({
        is_pin_authentication_required: true,
        generate_pin: false,
        generate_pin_length: 4,
        first_party_pin: '4711',
        second_party_pin: '4712',
        pin_prompt_play: PROMPT,
        pin_retry: 1,
        pin_retry_wait: 5,
        incorrect_pin_play: null,
        force_pin_authentication: false,
      });
    });

    it.each([4, 6, 15])('generates two different ones of %d digits', async (length) => {
      const made = await open({ ...pinOn, generate_pin: true, generate_pin_length: length });
      const pins = [String(made['first_party_pin']), String(made['second_party_pin'])];
      for (const pin of pins) expect(pin).toMatch(new RegExp(`^[0-9]{${length}}$`));
      expect(pins[0]).not.toBe(pins[1]);
      expect(made).toMatchObject({ generate_pin: true, generate_pin_length: length });
      expect(await read(made.session_uuid)).toEqual(made);
    });

    it('keeps those that are given and generates only what is missing', async () => {
      const made = await open({ ...pinOn, generate_pin: true, generate_pin_length: 0, second_party_pin: '123456' });
      expect(made['second_party_pin']).toBe('123456');
      expect(made).toMatchObject({ generate_pin_length: 6, first_party_pin: expect.stringMatching(/^[0-9]{6}$/) });
    });

    it('takes JSON numbers and keeps leading zeros of text', async () => {
      const made = await open({ ...pinOn, first_party_pin: 4711, second_party_pin: '0042' });
      expect(made).toMatchObject({ first_party_pin: '4711', second_party_pin: '0042' });
    });

    it('keeps two sessions with one PIN on different numbers', async () => {
      const one = await open({ ...pinOn, first_party_pin: '4711', second_party_pin: '4712' });
      const two = await open({
        ...pinOn,
        first_party: CAT,
        second_party: '+14155550104',
        first_party_pin: '4712',
        second_party_pin: '4713',
      });
      expect(two.virtual_number).not.toBe(one.virtual_number);
    });

    it('stays as it is when the session is updated', async () => {
      const made = await open({ ...pinOn, first_party_pin: '4711', second_party_pin: '4712' });
      const changed = await update(made.session_uuid, { pin_retry: 5, is_pin_authentication_required: false });
      expect(changed.status).toBe(200);
      expect(changed.body.session).toEqual(made);
    });
  });

  describe('single-party sessions', () => {
    const single = { create_session_with_single_party: true };

    it.each([
      ['first', { first_party: AMY }, { first_party: AMY.slice(1), second_party: '' }],
      ['second', { second_party: BEN }, { first_party: '', second_party: BEN.slice(1) }],
    ])('need the %s party only', async (_, body, expected) => {
      const made = await create({ ...single, ...body });
      expect(made.status).toBe(201);
      expect(made.body.session).toMatchObject({ ...expected, create_session_with_single_party: true });
      expect(misfits(made.body, opened)).toEqual([]);
    });

    it('need a party', async () => {
      expectRefusal(
        await create(single),
        400,
        expect.stringMatching(/^Mandatory parameter missing\. \w+_party must be present$/),
      );
    });

    it('need both to call the first one', async () => {
      const body = { ...single, first_party: AMY, initiate_call_to_first_party: true };
      expectRefusal(await create(body), 400, 'Mandatory parameter missing. second_party must be present');
      expectRefusal(
        await create({ ...single, second_party: BEN, initiate_call_to_first_party: true }),
        400,
        'Mandatory parameter missing. first_party must be present',
      );
    });

    it('need the PIN of the missing role, the other one only when forced', async () => {
      const body = { ...single, first_party: AMY, is_pin_authentication_required: true, pin_prompt_play: PROMPT };
      expectRefusal(await create(body), 400, 'Mandatory parameter missing. second_party_pin must be present');
      const made = await create({ ...body, second_party_pin: '4712' });
      expect(made.body.session).toMatchObject({ first_party_pin: null, second_party_pin: '4712' });
      const forced = await create({ ...body, second_party_pin: '4713', force_pin_authentication: true });
      expectRefusal(forced, 400, 'Mandatory parameter missing. first_party_pin must be present');
    });

    it('do not share a number while they are open', async () => {
      const one = await create({ ...single, first_party: AMY });
      const two = await create({ ...single, first_party: BEN });
      expect(two.body.session.virtual_number).not.toBe(one.body.session.virtual_number);
    });

    it('take the other party later, and change either', async () => {
      const made = await create({ ...single, first_party: AMY });
      const joined = await update(made.body.session_uuid, { second_party: BEN });
      expect(joined.body.session).toMatchObject({ first_party: AMY.slice(1), second_party: BEN.slice(1) });
      const changed = await update(made.body.session_uuid, { second_party: CAT });
      expect(changed.body.session).toMatchObject({
        second_party: CAT.slice(1),
        virtual_number: made.body.session.virtual_number,
      });
    });

    it('refuse a party that is on their number for another session', async () => {
      const two = await open({ first_party: '+14155550220', second_party: '+14155550221' });
      const made = await create({ ...single, first_party: '+14155550222' });
      expect(made.body.session.virtual_number).toBe(two.virtual_number);
      const refused = await update(made.body.session_uuid, { second_party: '+14155550221' });
      expectRefusal(refused, 400, 'Number pool exhausted or not available');
      expect(await read(made.body.session_uuid)).toEqual(made.body.session);
    });

    it('refuse equal parties', async () => {
      const made = await create({ ...single, first_party: AMY });
      const refused = await update(made.body.session_uuid, { second_party: AMY });
      expectRefusal(refused, 400, 'Invalid parameter. first_party and second_party must be different');
    });

    it('with both parties stay changeable', async () => {
      const made = await open(single);
      const changed = await update(made.session_uuid, { first_party: CAT });
      expect(changed.body.session).toMatchObject({ first_party: CAT.slice(1), second_party: BEN.slice(1) });
    });
  });

  describe('updates', () => {
    it('of nothing change modified_time only', async () => {
      const made = await open();
      clock.advance(22_000);
      const changed = await update(made.session_uuid, {});
      expect(changed.status).toBe(200);
      expect(changed.body.session).toEqual({ ...made, modified_time: at(clock.now()) });
    });

    it('change every changeable parameter', async () => {
      const made = await open();
      const given = {
        call_time_limit: 900,
        ring_timeout: 30,
        callback_url: 'https://hooks.example.com/status',
        callback_method: 'GET',
        record: true,
        record_file_format: 'wav',
        recording_callback_url: 'https://hooks.example.com/recording',
        recording_callback_method: 'GET',
        first_party_play_url: 'https://files.example.com/first.mp3',
        second_party_play_url: 'https://files.example.com/second.mp3',
      };
      const changed = await update(made.session_uuid, given);
      expect(changed.body.session).toEqual({ ...made, ...given });
      expect(await read(made.session_uuid)).toEqual(changed.body.session);
    });

    it('count an expiry from now', async () => {
      const made = await open({ session_expiry: 600 });
      clock.advance(599_000);
      const changed = await update(made.session_uuid, { session_expiry: '120' });
      expect(changed.body.session).toMatchObject({
        session_expiry: 120,
        expiry_time: at(clock.now() + 120_000),
        duration: 719,
        created_time: made.created_time,
      });
    });

    it('ignore what cannot be changed', async () => {
      const made = await open();
      const changed = await update(made.session_uuid, {
        session_uuid: NOBODYS_UUID,
        initiate_call_to_first_party: true,
        is_pin_authentication_required: true,
        pin_prompt_play: PROMPT,
        pin_retry: 3,
        pin_retry_wait: 9,
        incorrect_pin_play: PROMPT,
        unknown_caller_play: PROMPT,
        geomatch: false,
        subaccount: subaccount.authId,
        create_session_with_single_party: true,
        virtual_number_cooloff_period: 60,
        force_pin_authentication: true,
        virtual_number: '+12025550003',
        status: 'expired',
        created_time: 'never',
      });
      expect(changed.status).toBe(200);
      expect(changed.body.session).toEqual(made);
    });

    it('never re-point a party of a two-party session, and take the same one in another spelling', async () => {
      const made = await open();
      expectRefusal(
        await update(made.session_uuid, { first_party: CAT }),
        400,
        'Invalid parameter. first_party cannot be updated',
      );
      expectRefusal(
        await update(made.session_uuid, { second_party: CAT, create_session_with_single_party: true }),
        400,
        'Invalid parameter. second_party cannot be updated',
      );
      const same = await update(made.session_uuid, { first_party: AMY.slice(1), second_party: BEN });
      expect(same.status).toBe(200);
      expect(same.body.session).toEqual(made);
    });

    it('of which one parameter is wrong change nothing', async () => {
      const made = await open();
      const refused = await update(made.session_uuid, { ring_timeout: 30, callback_method: 'PUT' });
      expectRefusal(refused, 400, 'Invalid parameter. callback_method allowed values are GET or POST');
      expect(await read(made.session_uuid)).toEqual(made);
    });
  });

  describe('time', () => {
    it('ends a session at its expiry, before anything ticks', async () => {
      const made = await open({ session_expiry: 60 });
      clock.advance(59_999);
      expect((await read(made.session_uuid)).status).toBe('active');
      expect((await list('?status=active')).objects).toHaveLength(1);

      clock.advance(1);
      const ended = await read(made.session_uuid);
      expect(ended).toEqual({ ...made, status: 'expired' });
      expect((await list('?status=active')).objects).toEqual([]);
      const [inList] = (await list('?status=expired')).objects;
      expect(inList).toMatchObject({ session_uuid: made.session_uuid, status: 'expired' });
      expectRefusal(await update(made.session_uuid, { session_expiry: 600 }), 400, 'Session already expired');
      expectRefusal(await end(made.session_uuid), 400, 'Session already expired');

      const rows: unknown = await service.dataSource.query('SELECT status FROM masking_session WHERE id = ?', [
        made.session_uuid,
      ]);
      expect(rows).toEqual([{ status: 'active' }]);
    });

    it('lets a pair whose session has passed open another one', async () => {
      const made = await open({ session_expiry: 60 });
      clock.advance(60_000);
      const again = await open({ session_expiry: 60 });
      expect(again.session_uuid).not.toBe(made.session_uuid);
      expect((await read(made.session_uuid)).status).toBe('expired');
    });

    it('of a delete is the new expiry, and the duration is cut to whole seconds', async () => {
      const made = await open();
      clock.advance(1_999);
      await end(made.session_uuid);
      const ended = await read(made.session_uuid);
      expect(ended).toEqual({
        ...made,
        status: 'expired',
        modified_time: at(clock.now()),
        expiry_time: at(clock.now()),
        duration: 1,
      });
    });

    it('bounds a list to the last 7 days unless a time filter says otherwise', async () => {
      const old = await open();
      const id = old.session_uuid;
      const ids = async (query: string): Promise<string[]> =>
        (await list(query)).objects.map((one) => one.session_uuid);
      clock.advance(7 * DAY_MS);
      expect(await ids('')).toContain(id);

      clock.advance(1_000);
      const day = encodeURIComponent(old.created_time.slice(0, 10));
      expect(await ids('')).not.toContain(id);
      expect(await ids('?first_party=%2B14155550101&status=expired')).not.toContain(id);
      expect(await ids(`?created_time__gte=${day}+00:00`)).toContain(id);
      expect(await ids(`?expiry_time__gte=${day}+00:00`)).toContain(id);
      expect(await ids(`?created_time__lte=${day}%2023:59:59`)).toContain(id);

      clock.advance(60 * DAY_MS);
      expect(await ids(`?created_time__gte=${day}+00:00`)).toContain(id);
      expect((await read(id)).status).toBe('expired');
    });
  });

  describe('paging', () => {
    it('walks to the end by meta.next and back by meta.previous, filters kept', async () => {
      clock.advance(8 * DAY_MS);
      const made: string[] = [];
      for (let index = 0; index < 23; index += 1) {
        const pair = { first_party: `+1415555${3000 + index}`, second_party: `+1415555${4000 + index}` };
        made.push((await open({ ...pair, record: true })).session_uuid);
        // Some share their second: the order must hold for them, too.
        if (index % 3 === 0) clock.advance(1_000);
      }
      // What the filter leaves out would be on a page whose link had lost it.
      const ended = await open();
      await end(ended.session_uuid);
      const since = encodeURIComponent(at(clock.now() - DAY_MS));
      const pages: Listed['response'][] = [];
      let next: string | null = `${SESSIONS}/?limit=5&status=active&created_time_gte=${since}&unknown=x`;
      while (next !== null) {
        const page: Answer<Listed> = await service.request<Listed>(next);
        expect(misfits(page.body.response.meta, meta)).toEqual([]);
        pages.push(page.body.response);
        next = page.body.response.meta['next'] as string | null;
        if (next !== null) expect(next).toMatch(/^\/v1\/Account\/MASERVICETESTTEST000\/Masking\/Session\/\?/);
      }
      const found = pages.flatMap((page) => page.objects);
      expect(pages.map((page) => page.objects.length)).toEqual([5, 5, 5, 5, 3]);
      expect(new Set(found.map((one) => one.session_uuid))).toEqual(new Set(made));
      const times = found.map((one) => one.created_time);
      expect(times).toEqual(times.toSorted().toReversed());
      for (const page of pages) expect(page.meta['total_count']).toBe(23);

      const back = pages.at(-1)?.meta['previous'] as string;
      const page = await service.request<Listed>(back);
      expect(page.body.response.objects).toEqual(pages.at(-2)?.objects);
      expect(pages[0]?.meta).toMatchObject({ previous: null, limit: 5, offset: 0 });
    });

    it('past the end is empty', async () => {
      const page = await list('?offset=100000');
      expect(page.objects).toEqual([]);
      expect(page.meta).toMatchObject({ next: null, offset: 100_000 });
    });
  });
});

describeOnEachService('the masking API with other settings', (start) => {
  let service: Service;
  let clock: FakeClock;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({
      clock,
      settings: {
        ROLE: 'api',
        ZERO_SESSION_EXPIRY: 'never',
        DEFAULT_SESSION_EXPIRY: '1800',
        MAX_SESSION_EXPIRY: '604800',
        DEFAULT_CALL_TIME_LIMIT: '14400',
        DEFAULT_RING_TIMEOUT: '45',
        GENERATED_PIN_LENGTH: '4',
      },
    });
    await service.addNumbers(['12025550001', '12025550002']);
  });

  it('uses the defaults and the upper bound that were set', async () => {
    const made = await service.sessions<Opened>('POST', '/', { first_party: AMY, second_party: BEN });
    expect(made.body.session).toMatchObject({ session_expiry: 1800, call_time_limit: 14_400, ring_timeout: 45 });
    const long = await service.sessions<Opened>('POST', '/', {
      first_party: AMY,
      second_party: BEN,
      session_expiry: 604_800,
    });
    expect(long.body.session).toMatchObject({ session_expiry: 604_800 });
    const longer = await service.sessions('POST', '/', {
      first_party: AMY,
      second_party: BEN,
      session_expiry: 604_801,
    });
    expectRefusal(longer, 400, 'Invalid parameter. session_expiry is outside the allowed range');
  });

  it('generates PINs of the length that was set, and tells it', async () => {
    const made = await service.sessions<Opened>('POST', '/', {
      first_party: BEN,
      second_party: AMY,
      is_pin_authentication_required: true,
      generate_pin: true,
      pin_prompt_play: PROMPT,
    });
    expect(made.body.session).toMatchObject({
      generate_pin_length: 4,
      first_party_pin: expect.stringMatching(/^[0-9]{4}$/),
      second_party_pin: expect.stringMatching(/^[0-9]{4}$/),
    });
    await service.sessions('DELETE', `/${made.body.session_uuid}/`);
  });

  it('takes 0 for a session that never ends by itself', async () => {
    const body = { first_party: CAT, second_party: BEN, session_expiry: 0 };
    const made = await service.sessions<Opened>('POST', '/', body);
    expect(misfits(made.body, opened)).toEqual([]);
    expect(made.body.session).toMatchObject({ expiry_time: '', duration: 0, session_expiry: 0, status: 'active' });

    clock.advance(400 * DAY_MS);
    const later = await service.sessions<Got>('GET', `/${made.body.session_uuid}/`);
    expect(later.body.response).toEqual(made.body.session);

    const bounded = await service.sessions<Opened>('POST', `/${made.body.session_uuid}/`, { session_expiry: 60 });
    expect(bounded.body.session).toMatchObject({ session_expiry: 60, duration: 400 * 86_400 + 60 });
    clock.advance(60_000);
    const ended = await service.sessions<Got>('GET', `/${made.body.session_uuid}/`);
    expect(ended.body.response.status).toBe('expired');
  });
});
