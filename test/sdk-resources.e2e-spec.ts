import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { plivoSdkAt, type SdkObject } from './support/plivo-sdk.js';
import { AUTH_ID, describeOnEachService, type RequestOptions, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ASHA, RAVI, CLEO, DON] = ['14155550123', '14155550124', '14155550125', '14155550126'];
const ACCOUNT = `/v1/Account/${AUTH_ID}`;
const NOBODYS_UUID = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';

interface List {
  meta: { limit: number; offset: number; total_count: number; next: string | null; previous: string | null };
  objects: Record<string, unknown>[];
}
interface Sessions {
  response: { objects: { interaction: Record<string, unknown>[] | null }[] };
}
interface Credentials {
  authId: string;
  authToken: string;
}

// What programs that use an official SDK ask for beside masking sessions: what becomes of a call and its recording, whose credentials these are, which numbers there are.
describeOnEachService('the resources beside masking sessions', (start) => {
  let service: Service;
  let sdk: ReturnType<typeof plivoSdkAt>;
  let couriers: Credentials;
  let foreigner: Credentials;
  /** CallUUIDs of A legs, in order: two of the account's, one of the subaccount's. */
  const calls: string[] = [];
  let recordings: string[];

  const { talk, control, ...plivo } = simulatedPlivo(() => service);
  const runDue = () => service.app.get(Jobs).runDue();
  const get = (path: string, options?: RequestOptions) => service.request<List>(path, options);

  async function allReady(count: number): Promise<string[]> {
    for (let look = 0; look < 300; look += 1) {
      await runDue();
      const { body } = await service.admin<{ items: { status: string; recording_id: string }[] }>('GET', '/recordings');
      const ready = body.items.filter(({ status }) => status === 'ready');
      if (ready.length === count) return ready.map(({ recording_id }) => recording_id).toReversed();
    }
    throw new Error(`expected ${count} recordings to become ready`);
  }

  async function owner(path: string, body: object): Promise<Credentials> {
    const made = await service.admin<{ auth_id: string; auth_token: string }>('POST', path, body);
    expect(made.status).toBe(201);
    return { authId: made.body.auth_id, authToken: made.body.auth_token };
  }

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    sdk = plivoSdkAt(service.baseUrl, service);
    couriers = await owner(`/accounts/${AUTH_ID}/subaccounts`, { name: 'Couriers' });
    foreigner = await owner('/accounts', {
      name: 'other',
      plivo_auth_id: 'MAOTHEROTHEROTHER000',
      plivo_auth_token: 'x'.repeat(40),
    });
    const taken = await service.admin('PATCH', '/numbers/14155550102', {
      subaccount: couriers.authId,
    });
    expect(taken.status).toBe(200);

    const open = async (first: string, second: string, as?: Credentials): Promise<string> => {
      const path = `/v1/Account/${as?.authId ?? AUTH_ID}/Masking/Session/`;
      const body = { first_party: first, second_party: second, record: true };
      const made = await service.request<{ virtual_number: string }>(path, { method: 'POST', body, ...(as && { as }) });
      expect(made.status).toBe(201);
      return made.body.virtual_number;
    };
    const own = await open(ASHA, RAVI);
    calls.push(await talk(ASHA, own, RAVI, 42), await talk(RAVI, own, ASHA, 7));
    const theirs = await open(CLEO, DON, couriers);
    calls.push(await talk(CLEO, theirs, DON, 5));
    recordings = await allReady(3);
  });
  afterAll(() => sdk.restore());

  describe('through the official Node SDK', () => {
    it('lists the ended legs of calls, the last ended first, and those that a leg dialled', async () => {
      const all = await sdk.client.calls.list();
      expect(all.meta).toMatchObject({ limit: 20, offset: 0, totalCount: 6, next: null });
      expect(new Set(all.map(({ callUuid }) => callUuid)).size).toBe(6);
      const ends = all.map(({ endTime }) => String(endTime));
      expect(ends).toEqual(ends.toSorted().toReversed());

      const dialled = await sdk.client.calls.list({ parentCallUuid: calls[0] });
      expect(dialled).toHaveLength(1);
      expect(dialled[0]).toMatchObject({
        parentCallUuid: calls[0],
        callDirection: 'outbound',
        toNumber: RAVI,
        callState: 'ANSWER',
        billedDuration: 60,
        stirVerification: 'Not Applicable',
        stirAttestation: '',
        sourceIp: '',
        cnamLookup: '',
      });
      const alone = await sdk.client.calls.get(String(dialled[0]?.['callUuid']));
      expect(plain({ ...alone, apiId: '' })).toEqual(plain({ ...dialled[0], apiId: '' }));
    });

    it('pages', async () => {
      const seen: unknown[] = [];
      for (let offset = 0; ; offset += 2) {
        const page = await sdk.client.calls.list({ limit: 2, offset });
        seen.push(...page.map(({ callUuid }) => callUuid));
        expect(page.meta.next === null).toBe(offset === 4);
        if (page.meta.next === null) break;
      }
      expect(seen).toEqual((await sdk.client.calls.list()).map(({ callUuid }) => callUuid));
    });

    it('lists recordings, the newest call first, and that of one call', async () => {
      const all = await sdk.client.recordings.list();
      expect(all.map(({ recordingId }) => recordingId)).toEqual(recordings.toReversed());
      expect(all.meta).toMatchObject({ totalCount: 3 });

      const [only, ...more] = await sdk.client.recordings.list({ callUuid: calls[0] });
      expect(more).toEqual([]);
      const alone = await sdk.client.recordings.get(String(recordings[0]));
      const known = [
        'addTime',
        'callUuid',
        'conferenceName',
        'recordingDurationMs',
        'recordingId',
        'toNumber',
        'resourceUri',
      ];
      expect(pick(only, known)).toEqual(pick(alone, known));
      expect(only).toMatchObject({ callUuid: calls[0], conferenceName: '', recordingFormat: 'mp3' });
      const sound = await fetch(String(only?.['recordingUrl']));
      expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
      await sound.arrayBuffer();
    });

    it('reads the account', async () => {
      const { body } = await service.request(`${ACCOUNT}/`);
      expect(body).toEqual({
        api_id: expect.any(String),
        account_type: 'standard',
        address: '',
        auth_id: AUTH_ID,
        auto_recharge: false,
        billing_mode: 'postpaid',
        cash_credits: '0.00000',
        city: '',
        name: expect.any(String),
        resource_uri: `${ACCOUNT}/`,
        state: '',
        timezone: 'UTC',
      });
      expect(await sdk.client.accounts.get()).toMatchObject({ name: body['name'], accountType: 'standard' });
    });

    it('lists and reads numbers', async () => {
      const all = await sdk.client.numbers.list();
      expect(all.map(({ number }) => number)).toEqual([
        '14155550100',
        '14155550101',
        '14155550102',
        '442079460001',
        '442079460002',
      ]);
      expect((await sdk.client.numbers.list({ numberStartswith: '44' })).meta.totalCount).toBe(2);
      expect(await sdk.client.numbers.list({ alias: 'demo 3' })).toHaveLength(1);
      const { body } = await service.request(`${ACCOUNT}/Number/14155550102/`);
      expect(body).toEqual({
        api_id: expect.any(String),
        active: true,
        added_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        alias: 'demo 3',
        application: null,
        carrier: 'Plivo',
        city: '',
        cnam_lookup: 'disabled',
        compliance_application_id: null,
        compliance_status: null,
        country: 'US',
        mms_enabled: true,
        mms_rate: '0.00000',
        monthly_rental_rate: '0.00000',
        number: '14155550102',
        number_type: 'local',
        region: 'UNITED STATES',
        renewal_date: null,
        resource_uri: `${ACCOUNT}/Number/14155550102/`,
        sms_enabled: true,
        sms_rate: '0.00000',
        sub_account: couriers.authId,
        sub_account_name: 'Couriers',
        tendlc_campaign_id: null,
        tendlc_registration_status: null,
        toll_free_sms_verification: null,
        toll_free_sms_verification_id: null,
        toll_free_sms_verification_order_status: null,
        voice_enabled: true,
        voice_rate: '0.00000',
      });
      expect(await sdk.client.numbers.get('+14155550102')).toMatchObject({ number: '14155550102', alias: 'demo 3' });
    });
  });

  describe('of a subaccount', () => {
    const path = (rest: string) => `/v1/Account/${couriers.authId}${rest}`;

    it('are its own alone, with its own credentials and with its account’s', async () => {
      for (const as of [couriers, service]) {
        const { body: legs } = await get(path('/Call/'), { as });
        expect(legs.meta.total_count).toBe(2);
        expect(legs.objects.map((leg) => leg['parent_call_uuid'] ?? leg['call_uuid'])).toEqual([calls[2], calls[2]]);
        expect(legs.objects[0]?.['resource_uri']).toBe(path(`/Call/${String(legs.objects[0]?.['call_uuid'])}/`));
        expect((await get(path('/Recording/'), { as })).body.objects.map((one) => one['recording_id'])).toEqual([
          recordings[2],
        ]);
        expect((await get(path('/Number/'), { as })).body.objects.map((one) => one['number'])).toEqual(['14155550102']);
        expect((await get(path('/'), { as })).body).toMatchObject({ auth_id: couriers.authId, name: 'Couriers' });
      }
    });

    it('are where its sessions say, with its own credentials and with its account’s', async () => {
      const { body } = await service.request<Sessions>(path('/Masking/Session/'), { as: couriers });
      const [conversation] = body.response.objects.flatMap(({ interaction }) => interaction ?? []);
      const links = Object.entries(conversation ?? {}).filter(([name]) => name.endsWith('_resource_url'));
      expect(links).toHaveLength(3);
      for (const [name, url] of links)
        for (const as of [couriers, service])
          expect([name, (await get(new URL(String(url)).pathname, { as })).status]).toEqual([name, 200]);
    });

    it('are found by its account’s filter, and another’s by nobody’s', async () => {
      for (const list of ['Call', 'Recording', 'Number']) {
        const all = (await get(`${ACCOUNT}/${list}/`)).body.meta.total_count;
        const theirs = (await get(`${ACCOUNT}/${list}/?subaccount=${couriers.authId}`)).body.meta.total_count;
        expect([theirs > 0, theirs < all]).toEqual([true, true]);
        const nobodys = await get(`${ACCOUNT}/${list}/?subaccount=SANOBODYNOBODY000000`);
        expect([nobodys.body.meta.total_count, nobodys.body.objects]).toEqual([0, []]);
        const foreign = await get(path(`/${list}/?subaccount=SANOBODYNOBODY000000`), { as: couriers });
        expect(foreign.body.meta.total_count).toBe(0);
      }
    });

    it('hide the account’s: not found, as what nobody has', async () => {
      const [own] = (await get(`${ACCOUNT}/Call/?parent_call_uuid=${calls[0]}`)).body.objects;
      for (const rest of [
        `/Call/${calls[0]}/`,
        `/Call/${String(own?.['call_uuid'])}/`,
        `/Recording/${recordings[0]}/`,
        `/Number/14155550100/`,
        `/Number/19995550100/`,
        `/Number/nonsense/`,
        `/Recording/${NOBODYS_UUID}/`,
      ])
        expect([rest, (await get(path(rest), { as: couriers })).status]).toEqual([rest, 404]);
      for (const filter of [`Call/?parent_call_uuid=${calls[0]}`, `Recording/?call_uuid=${calls[0]}`])
        expect((await get(path(`/${filter}`), { as: couriers })).body.meta.total_count).toBe(0);
      expect((await get(path(`/Recording/${recordings[0]}/`), { as: couriers, method: 'DELETE' })).status).toBe(404);
      expect((await get(`${ACCOUNT}/Recording/${recordings[0]}/`)).status).toBe(200);
    });
  });

  it('open to nobody else', async () => {
    for (const rest of [
      '/',
      '/Call/',
      '/Recording/',
      '/Number/',
      '/Number/14155550100/',
      `/Recording/${recordings[0]}/`,
    ]) {
      expect([rest, (await get(ACCOUNT + rest, { as: null })).status]).toEqual([rest, 401]);
      expect([rest, (await get(ACCOUNT + rest, { as: { authId: AUTH_ID, authToken: 'wrong' } })).status]).toEqual([
        rest,
        401,
      ]);
      expect([rest, (await get(ACCOUNT + rest, { as: foreigner })).status]).toEqual([rest, 404]);
    }
    for (const list of ['Call', 'Recording', 'Number']) {
      const { body } = await get(`/v1/Account/${foreigner.authId}/${list}/`, { as: foreigner });
      expect([list, body.meta.total_count, body.objects]).toEqual([list, 0, []]);
    }
    const own = `/v1/Account/${foreigner.authId}/Recording/`;
    expect((await get(`${own}?call_uuid=${calls[0]}`, { as: foreigner })).body.meta.total_count).toBe(0);
    expect((await get(`${own}${recordings[0]}/`, { as: foreigner, method: 'DELETE' })).status).toBe(404);
  });

  describe('asked for with nonsense', () => {
    const LISTS = ['Call', 'Recording', 'Number'];

    it.each([
      ['limit=0', 1],
      ['limit=-5', 1],
      ['limit=999999999999', 20],
      ['limit=', 20],
      ['limit=1&limit=2', 2],
      ['__proto__=1&constructor=x&unknown=y', 20],
    ])('%s still answers', async (query, limit) => {
      for (const list of LISTS) {
        const { status, body } = await get(`${ACCOUNT}/${list}/?${query}`);
        expect([list, status, body.meta?.limit]).toEqual([list, 200, limit]);
      }
    });

    it.each([
      ['limit=ten', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=1e3', 'limit'],
      ['limit=٣', 'limit'],
      ['limit=1;DROP TABLE recording', 'limit'],
      ['offset=-1', 'offset'],
      ['offset=100001', 'offset'],
      ['offset=9999999999999999999', 'offset'],
      ['offset=NaN', 'offset'],
      ['offset=0x10', 'offset'],
      ['offset=1&offset=x', 'offset'],
    ])('%s is refused, naming the parameter', async (query, param) => {
      for (const list of LISTS) {
        const { status, body } = await get(`${ACCOUNT}/${list}/?${encodeURI(query)}`);
        expect([list, status, body]).toEqual([
          list,
          400,
          expect.objectContaining({ param, error_code: 'invalid_parameter' }),
        ]);
        expect(JSON.stringify(body)).not.toMatch(/SELECT|sqlite|mysql/i);
      }
    });

    it.each([
      ['Call', 'from_number=14155550123', 'from_number'],
      ['Call', 'bill_duration__gt=5', 'bill_duration__gt'],
      ['Call', 'bill_duration_gt=5', 'bill_duration__gt'],
      ['Call', 'call_direction=sideways', 'call_direction'],
      ['Call', 'end_time=yesterday', 'end_time'],
      ['Call', 'end_time__gte=2020-01-01 00:00', 'end_time'],
      ['Recording', 'to_number=14155550100', 'to_number'],
      ['Recording', 'add_time__lt=2026-02-30 00:00', 'add_time'],
      ['Number', 'services=sms', 'services'],
    ])(
      '%s/?%s: a filter that would be ignored is refused, so that nobody takes all for some',
      async (list, query, param) => {
        const { status, body } = await get(`${ACCOUNT}/${list}/?${encodeURI(query)}`);
        expect([status, body]).toEqual([400, expect.objectContaining({ param })]);
      },
    );

    it.each([
      ['Call', 'parent_call_uuid=%27%20OR%201=1'],
      ['Recording', 'call_uuid=%25'],
      ['Number', 'number_startswith=%25'],
      ['Number', 'number_startswith=_'],
      ['Number', `alias=${'x'.repeat(3000)}`],
    ])('%s/?%s finds nothing', async (list, query) => {
      const { status, body } = await get(`${ACCOUNT}/${list}/?${query}`);
      expect([status, body.meta?.total_count, body.objects]).toEqual([200, 0, []]);
    });

    it('an offset behind the last one is an empty page that leads back', async () => {
      for (const list of LISTS) {
        const { body } = await get(`${ACCOUNT}/${list}/?offset=100000&limit=5`);
        expect([body.objects, body.meta.next]).toEqual([[], null]);
        expect(body.meta.previous).toBe(`${ACCOUNT}/${list}/?limit=5&offset=99995`);
      }
    });

    it('Plivo’s lists of live and queued calls are not there, and no list is emptied by a DELETE', async () => {
      expect((await get(`${ACCOUNT}/Call/?status=live`)).status).toBe(404);
      for (const list of LISTS) expect((await get(`${ACCOUNT}/${list}/`, { method: 'DELETE' })).status).toBe(405);
    });
  });

  it('know the filters of time and direction; pages repeat them', async () => {
    const count = async (query: string): Promise<number> => (await get(`${ACCOUNT}/${query}`)).body.meta.total_count;
    const [last] = (await get(`${ACCOUNT}/Call/?limit=1`)).body.objects;
    const end = encodeURIComponent(String(last?.['end_time']));
    expect(await count(`Call/?end_time__gt=${end}`)).toBe(0);
    expect(await count(`Call/?end_time__gte=${end}`)).toBeGreaterThan(0);
    expect(await count(`Call/?end_time=${end}`)).toBe(await count(`Call/?end_time__gte=${end}`));
    expect(await count(`Call/?end_time__lt=${end}`)).toBe(6 - (await count(`Call/?end_time__gte=${end}`)));
    expect(await count('Call/?call_direction=inbound')).toBe(3);
    expect(await count('Call/?call_direction=outbound')).toBe(3);
    const [newest] = (await get(`${ACCOUNT}/Recording/?limit=1`)).body.objects;
    const added = encodeURIComponent(String(newest?.['add_time']));
    expect(await count(`Recording/?add_time__gt=${added}`)).toBe(0);
    expect(await count(`Recording/?add_time__lte=${added}`)).toBe(3);
    const { meta } = (await get(`${ACCOUNT}/Call/?call_direction=inbound&limit=1`)).body;
    expect(meta.next).toBe(`${ACCOUNT}/Call/?call_direction=inbound&limit=1&offset=1`);
    expect((await get(meta.next ?? '')).body.meta.previous).toBe(
      `${ACCOUNT}/Call/?call_direction=inbound&limit=1&offset=0`,
    );
  });

  it.each(['Call', 'Recording', 'Number'])(
    '%s: a misspelt parameter is ignored, and named in the answer',
    async (list) => {
      const { status, body } = await get(`${ACCOUNT}/${list}/?limmit=1&is_voice_request=true&14155550123=1`);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        warnings: [
          'limmit is no parameter of this request and was ignored: did you mean limit?',
          'a name with other characters than letters and _ is no parameter of this request and was ignored',
        ],
      });
      for (const known of ['', '?limit=1&offset=0', '?subaccount='])
        expect((await get(`${ACCOUNT}/${list}/${known}`)).body).not.toHaveProperty('warnings');
    },
  );

  // Last: it takes recordings away.
  it('a recording is deleted for everybody: sound, file, Plivo’s copy, and the audit says by whom', async () => {
    const link = String((await sdk.client.recordings.get(String(recordings[0])))['recordingUrl']);
    // A link opens the sound to whoever has it, and nothing else.
    const byLink = link.slice(service.baseUrl.length);
    expect((await get(byLink, { as: null, method: 'DELETE' })).status).toBe(401);
    expect((await get(byLink, { method: 'DELETE' })).status).toBe(404);
    await sdk.client.recordings.delete(String(recordings[0]));
    expect((await get(`${ACCOUNT}/Recording/${recordings[0]}/`)).status).toBe(404);
    expect((await get(byLink, { as: null })).status).toBe(404);
    expect((await sdk.client.recordings.list()).map(({ recordingId }) => recordingId)).toEqual([
      recordings[2],
      recordings[1],
    ]);
    const again = await get(`${ACCOUNT}/Recording/${recordings[0]}/`, { method: 'DELETE' });
    expect(again.status).toBe(404);
    const theirs = `/v1/Account/${couriers.authId}/Recording/${recordings[2]}/`;
    const answers = await Promise.all([1, 2, 3].map(() => get(theirs, { as: couriers, method: 'DELETE' })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404]);
    expect(answers.find(({ status }) => status === 204)?.text).toBe('');

    for (let look = 0; look < 50; look += 1) {
      await runDue();
      await plivo.advance(60);
    }
    const { body } = await service.admin<{ items: { status: string; recording_id: string }[] }>('GET', '/recordings');
    const gone = body.items.filter(({ status }) => status === 'deleted').map(({ recording_id }) => recording_id);
    expect(gone.toSorted()).toEqual([recordings[0], recordings[2]].toSorted());
    const atPlivo = await get(`/simulator/v1/Account/${AUTH_ID}/Recording/`);
    expect(atPlivo.body.meta.total_count).toBe(1);
    const audit = await service.admin<{ items: object[] }>('GET', '/audit?limit=2');
    expect(audit.body.items).toEqual([
      expect.objectContaining({ actor: couriers.authId, action: 'recording.deleted', target: recordings[2] }),
      expect.objectContaining({ actor: AUTH_ID, action: 'recording.deleted', target: recordings[0] }),
    ]);
  });

  it('are described in the API’s document', async () => {
    const { body } = await service.request<{ paths: Record<string, Record<string, unknown>> }>('/openapi.json');
    for (const [path, method] of [
      ['Call', 'get'],
      ['Recording', 'get'],
      ['Recording/{name}', 'delete'],
      ['Number', 'get'],
      ['Number/{number}', 'get'],
    ] as const)
      expect(body.paths[`/v1/Account/{authId}/${path}`]).toHaveProperty(method);
    expect(body.paths['/v1/Account/{authId}']).toHaveProperty('get');
  });
});

/** Without the SDK's own functions and symbols. */
function plain(value: SdkObject): unknown {
  return JSON.parse(JSON.stringify(value));
}

function pick(value: SdkObject | undefined, names: string[]): SdkObject {
  return Object.fromEntries(names.map((name) => [name, value?.[name]]));
}
