import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { mediaOf } from '../src/simulator/media/media.js';
import type { KeptRecording } from '../src/simulator/media/recording-book.js';
import { Simulator } from '../src/simulator/simulator.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '14155550123';
const RAVI = '14155550124';
const RECORDINGS = `/v1/Account/${AUTH_ID}/Recording`;

interface Shown {
  recording_id: string;
  status: string;
  reason: string | null;
  recording_url: string | null;
  call_id: string;
}

// From the call to the sound, through HTTP: the service on one side, the simulated Plivo with its phones and its media on the other.
describeOnEachService('a recorded call', (start) => {
  let service: Service;
  let session: { session_uuid: string; virtual_number: string };

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
  });

  const { act, control, ringing, settled, talk, ...plivo } = simulatedPlivo(() => service);
  const runDue = () => service.app.get(Jobs).runDue();
  const advance = async (seconds: number) => {
    await plivo.advance(seconds);
    await runDue();
  };
  const listed = async () =>
    (await service.admin<{ items: Shown[] }>('GET', `/recordings?session=${session.session_uuid}`)).body.items;
  const get = async (url: string, headers: Record<string, string> = {}, method = 'GET') => {
    const answer = await fetch(url, { method, headers });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) };
  };
  /** The session's recordings, once they are in these states; the worker's own loop may be at it. */
  async function listedAs(...statuses: string[]): Promise<Shown[]> {
    for (let look = 0; ; look += 1) {
      await runDue();
      const items = await listed();
      const are = items.map(({ status }) => status);
      if (are.join() === statuses.join()) return items;
      if (look === 300) throw new Error(`expected recordings to be ${statuses.join()}, they are ${are.join()}`);
    }
  }
  const listedOnly = async (status: string): Promise<Shown> => (await listedAs(status))[0] as Shown;

  async function open(more: Record<string, unknown> = {}): Promise<void> {
    const made = await service.sessions<typeof session>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      record: true,
      ...more,
    });
    expect(made.status).toBe(201);
    session = made.body;
  }

  /** Talks for so many seconds, or lets it ring; waits until nothing of the call is under way. */
  async function call(seconds: number | null): Promise<string> {
    if (seconds !== null) return talk(ASHA, session.virtual_number, RAVI, seconds);
    const uuid = await plivo.call(ASHA, session.virtual_number);
    await ringing(RAVI);
    await act(RAVI, 'decline');
    await settled(uuid);
    return uuid;
  }

  beforeEach(async () => {
    await control('POST', '/reset');
    if (session) await service.sessions('DELETE', `/${session.session_uuid}/`);
  });

  it.each(['mp3', 'wav'] as const)(
    'is heard afterwards as %s, whole and in parts, with credentials or by its link',
    async (format) => {
      await open({ record_file_format: format });
      const uuid = await call(42);
      const { recording_id: id } = await listedOnly('ready');

      const read = await service.sessions<{ response: { interaction: { recording_resource_url: string }[] } }>(
        'GET',
        `/${session.session_uuid}/`,
      );
      const [interaction] = read.body.response.interaction;
      const resource = new URL(interaction?.recording_resource_url ?? '').pathname;
      expect(resource).toBe(`${RECORDINGS}/${id}`);
      const shown = await service.request<Record<string, string>>(resource);
      expect(shown.body).toMatchObject({
        recording_id: id,
        call_uuid: uuid,
        recording_duration_ms: expect.stringMatching(/^4[2-9][0-9]{3}\.00000$/),
        recording_format: format,
        recording_type: 'call',
        resource_uri: `${RECORDINGS}/${id}/`,
        rounded_recording_duration: 60,
      });
      const expected = Buffer.concat([...mediaOf(format, Number(shown.body['recording_duration_ms'])).bytes()]);
      const whole = await get(`${service.baseUrl}${RECORDINGS}/${id}.${format}`, basicOf(service));
      expect(whole.status).toBe(200);
      expect(Object.fromEntries(whole.headers)).toMatchObject({
        'content-type': format === 'mp3' ? 'audio/mpeg' : 'audio/wav',
        'content-length': String(expected.length),
        'accept-ranges': 'bytes',
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
        'content-disposition': `attachment; filename="${id}.${format}"`,
      });
      expect(whole.body.equals(expected)).toBe(true);

      const link = shown.body['recording_url'] ?? '';
      const size = expected.length;
      for (const [range, from, to] of [
        ['bytes=0-0', 0, 0],
        ['bytes=65530-65545', 65_530, 65_545],
        [`bytes=${size - 10}-`, size - 10, size - 1],
        ['bytes=-7', size - 7, size - 1],
        [`bytes=100-${size + 99}`, 100, size - 1],
      ] as const) {
        const part = await get(link, { range });
        expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${from}-${to}/${size}`]);
        expect(part.body.equals(expected.subarray(from, to + 1))).toBe(true);
      }
      const outside = await get(link, { range: `bytes=${size}-` });
      expect([outside.status, outside.headers.get('content-range')]).toEqual([416, `bytes */${size}`]);
      const head = await get(link, {}, 'HEAD');
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
      const etag = head.headers.get('etag') ?? '';
      expect((await get(link, { 'if-none-match': etag })).status).toBe(304);
      const changed = await get(link, { range: 'bytes=0-0', 'if-range': '"another"' });
      expect([changed.status, changed.headers.get('content-length')]).toEqual([200, String(size)]);
    },
  );

  it('is found though its webhook is lost, and is fetched once though it comes twice', async () => {
    await open();
    await control('POST', '/faults', { lose: ['recording'] });
    await call(5);
    await listedAs('recording');
    for (let attempt = 0; attempt < 5 && (await listed())[0]?.status !== 'ready'; attempt += 1) await advance(301);
    await listedAs('ready');

    await control('POST', '/faults', { duplicate: ['recording'] });
    await call(5);
    await listedAs('ready', 'ready');
  });

  type AtPlivo = { objects: { recording_id: string }[] };
  const leftAtPlivo = async () =>
    (await service.request<AtPlivo>(`/simulator/v1/Account/${AUTH_ID}/Recording/`)).body.objects.length;

  it.each([
    ['both are told', []],
    ['neither is', ['first', 'second']],
    ['the second is not', ['second']],
  ] as const)('leaves nothing here or at Plivo when Plivo has made two of it, though %s of', async (_name, lost) => {
    await control('PUT', '/settings', { recordings: 'twice' });
    await open();
    if (lost.length === 2) await control('POST', '/faults', { lose: ['recording'] });
    if (lost.length === 1) await control('POST', '/faults', { lose_nth: { kind: 'recording', n: 2 } });
    await call(5);
    for (let look = 0; look < 5 && (await listed())[0]?.status !== 'ready'; look += 1) await advance(301);
    const items = await listedAs(...Array<string>(lost.length === 1 ? 1 : 2).fill('ready'));
    expect(await leftAtPlivo()).toBe(2);
    await service.admin('DELETE', `/recordings/${items[0]?.recording_id}`);
    await listedAs(...items.map(() => 'deleted'));
    expect(await leftAtPlivo()).toBe(0);
  });

  it.each(['told of', 'not told of', 'told of after it', 'not told of, and made after it'])(
    'leaves nothing anywhere of an erased person when Plivo has made two of it, the second %s',
    async (how) => {
      await control('PUT', '/settings', { recordings: 'twice' });
      await open();
      if (how !== 'told of') await control('POST', '/faults', { lose_nth: { kind: 'recording', n: 2 } });
      const kept = service.app.get(Simulator).recordings;
      const add = kept.add.bind(kept);
      const late: KeptRecording[] = [];
      if (how.endsWith('after it'))
        kept.add = (one) => (kept.newestFirst().length > 0 ? void late.push(one) : add(one));
      const callUuid = await call(5);
      const [{ call_id: callId }] = (await listedAs(...Array<string>(how === 'told of' ? 2 : 1).fill('ready'))) as [
        Shown,
      ];
      kept.add = add;
      const asked = await service.admin<{ erasure_id: string }>('POST', '/people/erase', { number: `+${ASHA}` });
      for (let look = 0; look < 10; look += 1) await advance(3);
      const erasure = await service.admin('GET', `/people/erasures/${asked.body.erasure_id}`);
      expect(erasure.body).toMatchObject({ status: 'done' });
      for (const one of late) add(one);
      expect(await leftAtPlivo()).toBe(late.length);
      if (how === 'told of after it')
        await service.webhook(`/sessions/${session.session_uuid}/calls/${callId}/recording`, {
          CallUUID: callUuid,
          RecordingID: late[0]?.recording.id ?? '',
          RecordUrl: 'https://media.plivo.invalid/x.mp3',
          RecordingDuration: '5',
        });
      else await advance(305);
      await advance(5);
      expect(await leftAtPlivo()).toBe(0);
      for (let hour = 0; hour < 27; hour += 1) await advance(3600);
      expect(await service.dataSource.query('SELECT id FROM recording')).toEqual([]);
    },
  );

  it.each([
    ['is refused', { status: 500 }],
    ['is cut before it begins', { reset: true }],
    ['breaks off in the middle', { truncate: true }],
    ['comes late', { delay_ms: 5 }],
  ])('is whole in the end though its media %s at first', async (_name, fault) => {
    await open();
    await control('POST', '/faults', { api: { ...fault, only: ['GET Media/:file'], times: 2 } });
    await call(20);
    for (let attempt = 0; attempt < 20 && (await listed())[0]?.status !== 'ready'; attempt += 1) await advance(30);
    const { recording_url: link } = await listedOnly('ready');
    const { status, body } = await get(link ?? '');
    expect(status).toBe(200);
    expect(body.length % 144).toBe(0);
    expect(body.length).toBeGreaterThan((20_000 / 36) * 144);
  });

  it('is played at the console, whole and in parts, to support and admin; the audit says who listened, once', async () => {
    await open();
    await call(42);
    const { recording_id: id } = await listedOnly('ready');
    const one = await service.admin('GET', `/recordings/${id.toUpperCase()}`);
    expect([one.status, one.body]).toMatchObject([200, { recording_id: id, status: 'ready', format: 'mp3' }]);
    const path = `/admin/recordings/${id}/sound`;
    const as = async (role: string): Promise<Record<string, string>> => {
      const made = await service.admin('POST', '/operators', { name: `${role} who listens`, role });
      return { authorization: `Bearer ${String(made.body['token'])}` };
    };
    const [support, viewer] = [await as('support'), await as('viewer')];
    const audited = async () =>
      (await service.admin<{ items: { action: string; actor: string; target: string }[] }>('GET', '/audit')).body.items
        .filter(({ action }) => action === 'recording.heard')
        .map(({ actor, target }) => [actor, target]);

    const head = await get(service.baseUrl + path, support, 'HEAD');
    expect([head.status, head.body.length, await audited()]).toEqual([200, 0, []]);
    const whole = await get(service.baseUrl + path, support);
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
      200,
      'audio/mpeg',
      'bytes',
    ]);
    expect(String(whole.body.length)).toBe(head.headers.get('content-length'));
    const part = await get(service.baseUrl + path, { ...support, range: 'bytes=10-19' });
    expect([part.status, part.body.equals(whole.body.subarray(10, 20))]).toEqual([206, true]);
    const outside = await get(service.baseUrl + path, { ...support, range: `bytes=${whole.body.length}-` });
    expect([outside.status, JSON.parse(outside.body.toString())]).toMatchObject([
      416,
      { code: 'range_not_satisfiable' },
    ]);
    expect(await audited()).toEqual([['support who listens', id]]);

    expect((await get(service.baseUrl + path, viewer)).status).toBe(403);
    expect((await get(service.baseUrl + path)).status).toBe(401);
    const nobodys = `/admin/recordings/0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f/sound`;
    expect((await get(service.baseUrl + nobodys, support)).status).toBe(404);
    expect((await get(service.baseUrl + nobodys.replace('/sound', ''), support)).status).toBe(404);
    expect(await audited()).toHaveLength(1);
  });

  it('is in the simulated list, with its sound, for who has the credentials, until it is deleted', async () => {
    await open();
    const uuid = await call(7);
    await listedAs('ready');
    const api = `/simulator/v1/Account/${AUTH_ID}/Recording/`;
    type Listed = { meta: { total_count: number }; objects: Record<string, string>[] };
    const { body } = await service.request<Listed>(`${api}?call_uuid=${uuid}`);
    const [wire = {}] = body.objects;
    expect([body.meta.total_count, wire['recording_format'], wire['call_uuid']]).toEqual([1, 'mp3', uuid]);
    const media = (wire['recording_url'] ?? '').slice(service.baseUrl.length);
    expect((await service.request(media)).status).toBe(200);
    expect((await service.request(media, { as: null })).status).toBe(401);
    expect((await service.request(media.replace('.mp3', '.wav'))).status).toBe(404);
    for (const [query, count] of [
      ['call_uuid=nobody', 0],
      ['add_time__gte=2020-01-01%2000:00&add_time__lt=2020-01-20%2000:00', 0],
      [`from_number=${ASHA}`, 1],
    ] as const)
      expect((await service.request<Listed>(`${api}?${query}`)).body.meta.total_count).toBe(count);
    expect((await service.request(`${api}?add_time__gte=2020-01-01%2000:00`)).status).toBe(400);

    const own = `${api}${wire['recording_id']}/`;
    expect((await service.request(own)).body).toMatchObject(wire);
    expect((await service.request(own, { method: 'DELETE' })).status).toBe(204);
    expect((await service.request(own, { method: 'DELETE' })).status).toBe(404);
    expect((await service.request(media)).status).toBe(404);
  });

  it('is told as failed when Plivo has none an hour later, and as nothing when nobody answered', async () => {
    await control('PUT', '/settings', { recordings: 'off' });
    await open();
    await call(5);
    await call(null);
    await advance(301);
    await advance(301);
    await listedAs('recording');
    for (let attempt = 0; attempt < 20 && (await listed())[0]?.status !== 'failed'; attempt += 1) await advance(1201);
    expect(await listedOnly('failed')).toMatchObject({ reason: 'missing', recording_url: null });
  });

  it('is not there when the session does not record', async () => {
    await open({ record: false });
    await call(5);
    await advance(301);
    expect(await listed()).toEqual([]);
  });

  it('opens to nobody else: no credentials, wrong, foreign, expired or changed links, other paths', async () => {
    await open();
    await call(5);
    const { recording_id: id, recording_url } = await listedOnly('ready');
    const link = (recording_url ?? '').slice(service.baseUrl.length);
    const missing = await service.request(`${RECORDINGS}/01900000-0000-7000-8000-000000000000.mp3`);
    const other = await service.admin<{ auth_id: string; auth_token: string }>('POST', '/accounts', {
      name: 'other',
      plivo_auth_id: 'MAOTHEROTHEROTHER000',
      plivo_auth_token: 'x'.repeat(40),
    });
    const { auth_id: otherId, auth_token: otherToken } = other.body;
    const sub = await service.admin<{ auth_id: string; auth_token: string }>(
      'POST',
      `/accounts/${AUTH_ID}/subaccounts`,
      { name: 's' },
    );
    const as = { authId: otherId, authToken: otherToken };
    const asSub = { authId: sub.body.auth_id, authToken: sub.body.auth_token };

    const path = `${RECORDINGS}/${id}.mp3`;
    const refused: [string, number, Parameters<Service['request']>[1]][] = [
      [path, 401, { as: null }],
      [`${RECORDINGS}/${id}/`, 401, { as: null }],
      [path, 401, { as: { authId: AUTH_ID, authToken: 'wrong' } }],
      [path, 404, { as }],
      [path.replace(AUTH_ID, otherId), 404, { as }],
      [path.replace(AUTH_ID, asSub.authId), 404, { as: asSub }],
      [path.replace('.mp3', '.wav'), 404, {}],
      [path.replace('.mp3', '.mp3.mp3'), 404, {}],
      [link.replace(AUTH_ID, otherId), 403, { as: null }],
      [link.replace('.mp3', '.wav'), 403, { as: null }],
      [link.replace('.mp3', ''), 403, { as: null }],
      [link.replace(/signature=./, 'signature='), 403, { as: null }],
      [link.replace(/expires=\d/, 'expires=9'), 403, { as: null }],
      [link.replace(/expires=\d+/, 'expires='), 403, { as: null }],
      [link.replace(/expires=\d+&/, ''), 403, { as: null }],
      [`${link}&signature=x`, 403, { as: null }],
      ...[
        '..%2f..%2fmasking.db',
        '%2e%2e/%2e%2e/encryption-key',
        `..%2f${id}.mp3`,
        `${id}%00.mp3`,
        `${id}.mp3%2f..`,
      ].map((name) => [`${RECORDINGS}/${name}`, 404, {}] as [string, number, object]),
    ];
    for (const [target, status, options] of refused) {
      const answer = await service.request(target, options);
      expect([target, answer.status]).toEqual([target, status]);
      expect(answer.headers['content-type']).toMatch(/json/);
    }
    const foreign = await service.request<{ error: string }>(path.replace(AUTH_ID, otherId), { as });
    expect({ ...foreign.body, api_id: '' }).toEqual({ ...missing.body, api_id: '' });

    expect((await service.request(link, { as: null })).status).toBe(200);
    await plivo.advance(301);
    expect((await service.request(link, { as: null })).status).toBe(403);
    expect((await service.request(link)).status).toBe(200);
  });

  it('is gone everywhere once it is deleted, and Plivo is asked until it says so', async () => {
    await open();
    await call(5);
    const { recording_id: id, recording_url: link } = await listedOnly('ready');
    await control('POST', '/faults', { api: { status: 503, only: ['DELETE Recording/:id'], times: 3 } });

    const answer = await service.admin('DELETE', `/recordings/${id}`);
    expect([answer.status, answer.body]).toEqual([202, { recording_id: id, status: 'deleting' }]);
    expect((await service.request(`${RECORDINGS}/${id}.mp3`)).status).toBe(404);
    expect((await get(link ?? '')).status).toBe(404);
    for (let attempt = 0; attempt < 20 && (await listed())[0]?.status !== 'deleted'; attempt += 1) await advance(1200);
    expect(await listedOnly('deleted')).toMatchObject({ recording_url: null });
    const atPlivo = await service.request<{ meta: { total_count: number } }>(
      `/simulator/v1/Account/${AUTH_ID}/Recording/`,
    );
    expect(atPlivo.body.meta.total_count).toBe(0);
    const { body } = await service.admin<{ items: object[] }>('GET', '/audit');
    expect(body.items[0]).toMatchObject({ action: 'recording.deleted', target: id });
    expect((await service.admin('DELETE', '/recordings/nobody')).status).toBe(404);
  });
});

function basicOf({ authId, authToken }: Service): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${authId}:${authToken}`).toString('base64')}` };
}
