import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Recount } from '../src/billing-stats/index.js';
import { eventually } from './support/eventually.js';
import { describeOnEachService, type Answer, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

interface Refused {
  index: number;
  session_uuid: string | null;
  code: string;
  param: string | null;
}
interface Told {
  imported: number;
  unchanged: number;
  skipped: number;
  warnings?: string[];
  code?: string;
  refused?: Refused[];
}

interface Session extends Record<string, unknown> {
  first_party: string;
  second_party: string;
  session_uuid: string;
  expiry_time: string;
}

const PIN = { is_pin_authentication_required: true, pin_prompt_play: 'https://files.example/p.mp3' };
let phones = 4155560000;
/** Nobody had it before. */
const phone = (): string => `1${(phones += 1)}`;

describeOnEachService('an import of sessions', (start) => {
  let service: Service;
  let numbers: string[];

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000' } });
    const pool = await service.admin<{ items: { number: string; country: string }[] }>('GET', '/numbers?country=US');
    numbers = pool.body.items.map(({ number }) => number.slice(1));
    expect(numbers.length).toBeGreaterThan(1);
  });

  const inAnHour = (): string => new Date(service.clock.now() + 3_600_000).toISOString();
  /** As Plivo lists it. */
  const session = (more: Record<string, unknown> = {}): Session => ({
    first_party: phone(),
    second_party: phone(),
    virtual_number: numbers[0],
    status: 'active',
    session_uuid: randomUUID(),
    callback_url: '',
    callback_method: 'POST',
    created_time: '2024-01-05 10:00:00 +0000 UTC',
    expiry_time: inAnHour(),
    session_expiry: 7200,
    call_time_limit: 1800,
    ring_timeout: 45,
    record: false,
    interaction: null,
    is_pin_authentication_required: false,
    generate_pin: null,
    first_party_pin: null,
    create_session_with_single_party: null,
    total_call_amount: 0,
    resource_uri: '/v1/Account/x/Masking/Session/y/',
    ...more,
  });
  const bring = (sessions: unknown, query = ''): Promise<Answer<Told>> =>
    service.admin<Told>('POST', `/accounts/${service.authId}/import${query}`, { sessions });
  const codes = ({ body }: Answer<Told>) => (body.refused ?? []).map(({ index, code, param }) => [index, code, param]);
  const read = async (uuid: string) => {
    const { status, body } = await service.sessions<{ response: Record<string, unknown> }>('GET', `/${uuid}/`);
    return status === 200 ? body.response : null;
  };

  it('keeps uuid, number, parties, end and settings, and calls reach the other phone from either side', async () => {
    const one = session({ callback_url: 'https://shop.example/masking', record: true });
    const told = await bring([
      one,
      session({ status: 'expired' }),
      session({ expiry_time: '2020-01-01 00:00:00 +0000 UTC' }),
    ]);
    expect([told.status, told.body]).toEqual([200, { dry_run: false, imported: 1, unchanged: 0, skipped: 2 }]);
    const { first_party, second_party, virtual_number, session_uuid, callback_url, record } = one;
    const kept = { first_party, second_party, virtual_number, session_uuid, callback_url, record, status: 'active' };
    expect(await read(one.session_uuid)).toMatchObject({
      ...kept,
      session_expiry: 7200,
      call_time_limit: 1800,
      ring_timeout: 45,
    });
    const at = Date.parse(String((await read(one.session_uuid))?.['expiry_time']).replace(' +0000 UTC', 'Z'));
    expect(at).toBe(Math.floor(Date.parse(one.expiry_time) / 1000) * 1000);

    const plivo = simulatedPlivo(() => service);
    await plivo.talk(one.first_party, `+${numbers[0]}`, one.second_party, 5);
    await plivo.talk(one.second_party, `+${numbers[0]}`, one.first_party, 5);
    expect(await read(one.session_uuid)).toMatchObject({ interaction: [{}, {}] });
  });

  it('makes nothing twice, also in another spelling, and leaves what has become of it since', async () => {
    const one = session({ first_party: '5491166773399' });
    expect((await bring([one, one])).body).toMatchObject({ imported: 1, unchanged: 1 });
    await service.sessions('DELETE', `/${one.session_uuid}/`);
    const again = await bring([{ ...one, first_party: '+541166773399' }]);
    expect(again.body).toMatchObject({ imported: 0, unchanged: 1 });
    expect(await read(one.session_uuid)).toMatchObject({ status: 'expired' });
    expect(codes(await bring([{ ...one, second_party: phone() }]))).toEqual([
      [1, 'session_uuid_taken', 'session_uuid'],
    ]);
  });

  it('takes all or none, and tells of each what is in its way without a number', async () => {
    // Sorted by number and uuid: it comes first.
    const good = session({ session_uuid: `00000000${randomUUID().slice(8)}` });
    const busy = session();
    await bring([busy]);
    const foreign = '12025559999';
    const bad: [Record<string, unknown>, string, string | null][] = [
      [session({ virtual_number: foreign }), 'number_not_found', null],
      [session({ first_party: busy.first_party }), 'number_busy', 'virtual_number'],
      [session({ first_party: numbers[1] }), 'party_is_virtual_number', 'first_party'],
      [
        session({ first_party: busy.first_party, second_party: busy.second_party, virtual_number: numbers[1] }),
        'pair_has_session',
        null,
      ],
      [session(PIN), 'missing_parameter', 'first_party_pin'],
      [session({ ...PIN, generate_pin: true, first_party_pin: '4711' }), 'missing_parameter', 'second_party_pin'],
      [session({ second_party: '' }), 'missing_parameter', 'second_party'],
      [session({ expiry_time: undefined }), 'missing_parameter', 'expiry_time'],
      [session({ expiry_time: 'soon' }), 'invalid_parameter', 'expiry_time'],
      [session({ session_uuid: 'x' }), 'invalid_parameter', 'session_uuid'],
      [session({ virtual_number: 'x' }), 'invalid_parameter', 'virtual_number'],
      [session({ status: 'gone' }), 'invalid_parameter', 'status'],
      [session({ callback_url: 'ftp://x' }), 'invalid_parameter', 'callback_url'],
      [session({ record: { toString: 1 } }), 'invalid_parameter', 'record'],
      [session({ first_party: good.second_party, second_party: phone() }), 'number_busy', 'virtual_number'],
      [session({ subaccount: 'SAXXXXXXXXXXXXXXXXXX' }), 'invalid_parameter', 'subaccount'],
      [7 as never, 'invalid_parameter', 'sessions'],
      [null as never, 'invalid_parameter', 'sessions'],
    ];
    const before = service.logs().length;
    const sent = [good, ...bad.map(([one]) => one)];
    for (const query of ['', '?dry_run=true']) {
      const told = await bring(sent, query);
      expect([told.status, told.body.code]).toEqual([409, 'sessions_refused']);
      expect(codes(told)).toEqual(bad.map(([, code, param], place) => [place + 2, code, param]));
      for (const secret of [busy.first_party, good.second_party, foreign, '4711'])
        expect(told.text + service.logs().slice(before)).not.toContain(secret);
    }
    expect(await read(good.session_uuid)).toBeNull();
  });

  it('takes no number that would be lent to nobody, or to others', async () => {
    const number = '12025550199';
    await service.addNumbers([number]);
    const refused = [[1, 'number_not_lendable', 'virtual_number']];
    for (const status of ['draining', 'retired']) {
      await service.admin('PATCH', `/numbers/+${number}`, { status });
      expect(codes(await bring([session({ virtual_number: number })]))).toEqual(refused);
    }
    const sub = await service.admin<{ auth_id: string }>('POST', `/accounts/${service.authId}/subaccounts`, {
      name: 's',
    });
    const subaccount = sub.body.auth_id;
    await service.admin('PATCH', `/numbers/+${number}`, { status: 'active', subaccount });
    expect(codes(await bring([session({ virtual_number: number })]))).toEqual(refused);
    expect(codes(await bring([session({ subaccount })]))).toEqual(refused);
    const its = session({ virtual_number: number, subaccount });
    expect((await bring([its])).body).toMatchObject({ imported: 1 });
    expect(await read(its.session_uuid)).toMatchObject({ subaccount, virtual_number: number });
    const own = await bring([session({ virtual_number: number, subaccount, first_party: its.second_party })]);
    expect(codes(own)).toEqual([[1, 'number_busy', 'virtual_number']]);
  });

  it('a dry run keeps nothing', async () => {
    const one = session();
    expect((await bring([one], '?dry_run=true')).body).toMatchObject({ dry_run: true, imported: 1 });
    expect(await read(one.session_uuid)).toBeNull();
  });

  it('keeps PINs, open sessions, and one that never ends', async () => {
    const pins = session({ ...PIN, first_party_pin: '4711', second_party_pin: '4712', virtual_number: numbers[1] });
    const open = session({ second_party: '', create_session_with_single_party: true });
    const endless = session({ expiry_time: '', session_expiry: 0, colour: 'red', [phone()]: 1 });
    const told = await bring([pins, open, endless]);
    expect(told.body).toMatchObject({ imported: 3 });
    expect(told.body.warnings).toEqual([
      'colour is no parameter of this request and was ignored',
      'a name with other characters than letters and _ is no parameter of this request and was ignored',
    ]);
    expect(await read(pins.session_uuid)).toMatchObject({ first_party_pin: '4711', second_party_pin: '4712' });
    expect(await read(endless.session_uuid)).toMatchObject({ expiry_time: '', session_expiry: 0, status: 'active' });
    const second = session({ second_party: '', create_session_with_single_party: true });
    expect(codes(await bring([second]))).toEqual([[1, 'open_session_per_number', null]]);
    const taken = session({ ...PIN, first_party_pin: '4711', second_party_pin: '9912', virtual_number: numbers[1] });
    expect(codes(await bring([taken]))).toEqual([[1, 'pin_taken', null]]);
    await service.sessions('DELETE', `/${open.session_uuid}/`);
  });

  it('counts as opened when it was taken over, at no fee, and a recount agrees', async () => {
    const one = session();
    await service.admin('PATCH', `/accounts/${service.authId}/settings`, { session_fee: '0.5' });
    await bring([one]);
    await service.admin('PATCH', `/accounts/${service.authId}/settings`, { session_fee: '0' });
    expect(await read(one.session_uuid)).toMatchObject({ total_session_amount: 0 });
    const recount = service.app.get(Recount, { strict: false });
    // Of two at once one gives way, and the service's own may be at work.
    await eventually(async () => {
      await recount.run(false);
      expect(await recount.last()).toMatchObject({ sessionDifferences: 0, sumDifferences: 0 });
    });
    const audit = await service.admin<{ items: { action: string; details: object }[] }>('GET', '/audit');
    expect(audit.body.items).toContainEqual(
      expect.objectContaining({ action: 'sessions.imported', details: { imported: 1, unchanged: 0, skipped: 0 } }),
    );
  });

  describe('with others at once', () => {
    it('two of the same make each session once', async () => {
      const many = Array.from({ length: 40 }, () => session());
      const told = await Promise.all([bring(many), bring(many.toReversed())]);
      expect(told.map(({ status }) => status)).toEqual([200, 200]);
      expect(told.map(({ body }) => body.imported).sort()).toEqual([0, 40]);
      expect(told.map(({ body }) => body.unchanged).sort()).toEqual([0, 40]);
    });

    it('a create of one of its parties is given another number, or the whole import is refused', async () => {
      for (let round = 0; round < 5; round += 1) {
        const many = Array.from({ length: 10 }, () => session());
        const [told, made] = await Promise.all([
          bring(many),
          service.sessions<{ virtual_number: string }>('POST', '/', {
            first_party: many[7]?.first_party,
            second_party: phone(),
          }),
        ]);
        expect(made.status).toBe(201);
        const isTaken = made.body.virtual_number === `+${numbers[0]}`;
        expect([told.status, codes(told)]).toEqual(isTaken ? [409, [[8, 'number_busy', 'virtual_number']]] : [200, []]);
        expect((await read(many[0]?.session_uuid ?? '')) === null).toBe(isTaken);
      }
    });
  });

  it('refuses bodies that are none', async () => {
    const send = (body: string | Buffer) =>
      service.request<Told>(`/admin/accounts/${service.authId}/import`, {
        method: 'POST',
        as: null,
        headers: { authorization: `Bearer ${service.adminToken}` },
        body,
      });
    const uuid = randomUUID();
    for (const [body, status] of [
      ['', 400],
      ['[]', 400],
      ['{"sessions":[]}', 400],
      ['{"sessions":{}}', 400],
      ['{"sessions":[{}],"colour":1}', 400],
      ['{"sessions":[{}', 400],
      [
        Buffer.concat([
          Buffer.from(`{"sessions":[{"session_uuid":"${uuid}`),
          Buffer.from([0xff, 0xfe]),
          Buffer.from('"}]}'),
        ]),
        400,
      ],
      [`{"sessions":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 409],
      ['{"sessions":[{"__proto__":{"status":"expired"},"constructor":{"prototype":{}}}]}', 409],
      [JSON.stringify({ sessions: Array.from({ length: 10_001 }, () => 0) }), 400],
      [Buffer.alloc(16 * 1_048_576 + 1, ' '), 413],
    ] as const)
      expect([String(body).slice(0, 60), (await send(body)).status]).toEqual([String(body).slice(0, 60), status]);
    expect((await service.admin('POST', '/accounts/MAXXXXXXXXXXXXXXXXXX/import', { sessions: [{}] })).status).toBe(404);
  });

  it('is answered once under its Idempotency-Key', async () => {
    const body = { sessions: [session()] };
    const send = () =>
      service.request<Told>(`/admin/accounts/${service.authId}/import`, {
        method: 'POST',
        as: null,
        headers: { authorization: `Bearer ${service.adminToken}`, 'idempotency-key': 'one' },
        body,
      });
    const told = [await send(), await send()];
    expect(told.map(({ body: { imported } }) => imported)).toEqual([1, 1]);
  });
});
