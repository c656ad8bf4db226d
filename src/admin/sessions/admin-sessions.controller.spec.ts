import { beforeAll, expect, it } from '@jest/globals';
import { AUTH_ID, describeOnEachService, type Service } from '../../../test/support/service.js';

const ASHA = '14155550101';
const RAVI = '14155550102';
const NUMBERS = ['12025550001', '12025550002'];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const PIN = {
  is_pin_authentication_required: true,
  first_party_pin: '8642',
  second_party_pin: '9753',
  pin_prompt_play: 'https://files.example/prompt.mp3',
};

interface Shown {
  [name: string]: unknown;
  session_uuid: string;
  virtual_number: string;
}
interface Listed {
  items: Shown[];
  next_cursor: string | null;
}

describeOnEachService('sessions in the admin API', (start) => {
  let service: Service;
  let calls = 0;

  beforeAll(async () => {
    service = await start();
    await service.addNumbers(NUMBERS);
  });

  async function open(first: string, second: string, more: Record<string, unknown> = {}): Promise<string> {
    const body = { first_party: first, second_party: second, ...more };
    const made = await service.sessions<{ session_uuid: string }>('POST', '/', body);
    if (made.status !== 201) throw new Error(made.text);
    return made.body.session_uuid;
  }
  const one = async (uuid: string): Promise<Shown> => (await service.admin<Shown>('GET', `/sessions/${uuid}`)).body;
  const end = (uuid: string, key?: string) =>
    service.request<Shown>(`/admin/sessions/${uuid}/end`, {
      method: 'POST',
      as: null,
      headers: { authorization: `Bearer ${service.adminToken}`, ...(key !== undefined && { 'idempotency-key': key }) },
    });
  const list = async (query = ''): Promise<Listed> => (await service.admin<Listed>('GET', `/sessions${query}`)).body;
  const counted = async (query: string) => (await service.admin('GET', `/sessions/count?${query}`)).body;
  const ids = async (query: string): Promise<string[]> => (await list(query)).items.map((item) => item.session_uuid);

  it("shows the session as the customer's API does, in the forms of /admin and without its PINs", async () => {
    const uuid = await open(ASHA, RAVI, { ...PIN, session_expiry: 3600 });
    const { items } = await list('?reveal=true');
    const customer = await service.sessions<{ response: Record<string, unknown> }>('GET', `/${uuid}/`);

    expect(items).toHaveLength(1);
    const { first_party_pin: _1, second_party_pin: _2, ...open_ } = customer.body.response;
    expect(Object.keys(items[0]!).sort()).toEqual([...Object.keys(open_), 'account', 'currency'].sort());
    expect(items[0]).toMatchObject({
      account: AUTH_ID,
      session_uuid: uuid,
      first_party: `+${ASHA}`,
      second_party: `+${RAVI}`,
      virtual_number: expect.stringMatching(/^\+1202/),
      status: 'active',
      created_time: expect.stringMatching(ISO),
      modified_time: expect.stringMatching(ISO),
      expiry_time: expect.stringMatching(ISO),
      last_interaction_time: null,
      total_call_amount: '0',
      total_session_amount: '0',
      currency: 'USD',
      amount: '0',
      interaction: null,
    });
    for (const pin of [PIN.first_party_pin, PIN.second_party_pin]) {
      expect(JSON.stringify(items)).not.toMatch(new RegExp(`"${pin}"`));
      expect(JSON.stringify(await one(uuid))).not.toMatch(new RegExp(`"${pin}"`));
    }
    const masked = {
      first_party: `+${ASHA.slice(0, 4)}•••${ASHA.slice(-4)}`,
      second_party: expect.stringMatching(/•••/),
    };
    expect((await list()).items).toEqual([{ ...items[0], ...masked }]);
    expect((await end(uuid)).body).toMatchObject(masked);
  });

  it('tells how a call went, with exact money and why in the timeline', async () => {
    const uuid = await open(ASHA, RAVI);
    const { virtual_number } = await one(uuid);
    calls += 1;
    const CallUUID = `aaaaaaaa-0000-4000-8000-00000000000${calls}`;
    const call = { CallUUID, From: ASHA, To: virtual_number, Direction: 'inbound', CallStatus: 'ringing' };
    await service.webhook('/answer', call);
    expect(await one(uuid)).toMatchObject({ status: 'in-progress' });
    expect(await counted('status=in-progress')).toEqual({ sessions: 1, is_all: true });
    const times = {
      StartTime: '2026-01-05 10:00:00',
      AnswerTime: '2026-01-05 10:00:00',
      EndTime: '2026-01-05 10:00:20',
    };
    const bill = { Duration: '20', BillDuration: '60', TotalCost: '0.10001', HangupCauseCode: '4000' };
    await service.webhook('/hangup', { ...call, ...times, ...bill, Event: 'Hangup', CallStatus: 'completed' });

    const shown = await one(uuid);
    expect(shown).toMatchObject({
      status: 'active',
      total_call_amount: '0.10001',
      last_interaction_time: '2026-01-05T10:00:20.000Z',
      interaction: [
        {
          start_time: '2026-01-05T10:00:00.000Z',
          end_time: '2026-01-05T10:00:20.000Z',
          total_call_amount: '0.10001',
          call_billed_duration: 60,
        },
      ],
    });
    const timeline = shown['timeline'] as Record<string, string>[];
    for (const entry of timeline)
      expect(entry).toMatchObject({ at: expect.stringMatching(ISO), what: expect.any(String) });
    expect(timeline.map((entry) => entry['at'])).toEqual(timeline.map((entry) => entry['at']).sort());
    expect(timeline).toContainEqual({
      at: expect.any(String),
      what: 'the first party called; the second party was dialled',
      why: 'the caller is a party of a live session on this number',
      call_id: expect.any(String),
      call_uuid: CallUUID,
    });
    expect(timeline.at(-1)).toEqual({ at: shown['expiry_time'], what: 'the session will expire' });
    await end(uuid);
  });

  it('finds sessions by party in any spelling, by number, status and account', async () => {
    const first = await open('14155550201', '14155550202');
    const second = await open('14155550203', '14155550201');
    const { virtual_number } = await one(first);

    for (const spelling of ['14155550201', '%2B14155550201', '+14155550201', 'tel:%2B1%20415%20555%200201'])
      expect(await ids(`?party=${spelling}`)).toEqual([second, first]);
    expect(await ids(`?party=14155550201&virtual_number=${virtual_number.slice(1)}`)).toEqual([first]);
    await end(first);
    expect(await ids('?party=14155550201&status=active')).toEqual([second]);
    expect(await ids('?party=14155550201&status=expired')).toEqual([first]);
    expect(await ids(`?party=14155550201&account=${AUTH_ID}`)).toEqual([second, first]);
    await service.addAccount('MANOBODYNOBODYNOBODY');
    expect(await ids('?account=MANOBODYNOBODYNOBODY')).toEqual([]);
    await end(second);
  });

  it('counts what it lists', async () => {
    const uuid = await open('14155550211', '14155550212');
    const { virtual_number } = await one(uuid);
    const number = `virtual_number=${virtual_number.slice(1)}`;
    for (const query of [
      '',
      'status=active',
      'status=expired',
      'status=in-progress',
      'party=14155550211',
      number,
      `${number}&status=active`,
      'from=2000-01-01',
      'to=2000-01-01',
      'account=MANOBODYNOBODYNOBODY',
    ]) {
      const listed = (await ids(`?limit=200&${query}`)).length;
      expect([query, await counted(query)]).toEqual([query, { sessions: listed, is_all: true }]);
    }
    await end(uuid);
  });

  it('pages through them, newest first', async () => {
    const whole = (await list()).items;
    expect(whole.length).toBeGreaterThan(2);
    const walked: Shown[] = [];
    for (let query = '?limit=2'; ;) {
      const page = await list(query);
      expect(page.items.length).toBeLessThanOrEqual(2);
      walked.push(...page.items);
      if (page.next_cursor === null) break;
      query = `?limit=2&cursor=${page.next_cursor}`;
    }
    expect(walked).toEqual(whole);
    const created = walked.map((item) => String(item['created_time']));
    expect(created).toEqual(created.toSorted().toReversed());
  });

  it('ends a session once, remembers who did it, and repeats its answer to the same key', async () => {
    const uuid = await open('14155550301', '14155550302');
    const ended = await end(uuid.toUpperCase(), 'key-1');
    expect(ended.status).toBe(200);
    expect(ended.body).toMatchObject({ session_uuid: uuid, status: 'expired', account: AUTH_ID });

    const again = await end(uuid.toUpperCase(), 'key-1');
    expect(again.status).toBe(200);
    expect(again.body).toEqual(ended.body);
    expect((await end(uuid)).status).toBe(409);
    expect((await end(uuid)).body).toMatchObject({ code: 'conflict', detail: 'the session has already ended' });

    const audit = await service.admin<{ items: Record<string, unknown>[] }>('GET', '/audit');
    const entries = audit.body.items.filter((entry) => entry['target'] === uuid);
    expect(entries).toEqual([expect.objectContaining({ action: 'session.ended', details: { account: AUTH_ID } })]);
    expect(((await one(uuid))['timeline'] as unknown[]).at(-1)).toEqual({
      at: ended.body['expiry_time'],
      what: 'the session was ended',
      why: 'its end was requested',
    });
  });

  it('extends a session from now on, once, and the audit has by whom and how long it would have lasted', async () => {
    const uuid = await open('14155550311', '14155550312', { session_expiry: 3600, call_time_limit: 90 });
    const before = (await list('?party=14155550311')).items[0]!;
    const extend = (seconds: unknown, key?: string) =>
      service.request<Shown>(`/admin/sessions/${uuid.toUpperCase()}/extend`, {
        method: 'POST',
        as: null,
        headers: {
          authorization: `Bearer ${service.adminToken}`,
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        body: { session_expiry: seconds },
      });
    const extended = await extend(7200, 'extend-1');
    const {
      session_expiry: _expiry,
      expiry_time: was,
      modified_time: _modified,
      duration: _duration,
      ...kept
    } = before;
    expect([extended.status, extended.body]).toEqual([200, expect.objectContaining({ ...kept, session_expiry: 7200 })]);
    const later = Date.parse(String(extended.body['expiry_time'])) - Date.parse(String(was));
    expect(later).toBeGreaterThanOrEqual(3_600_000);
    expect(later).toBeLessThan(3_600_000 + 60_000);
    expect((await extend(7200, 'extend-1')).body).toEqual(extended.body);
    expect((await extend(3600)).body).toMatchObject({ code: 'conflict', detail: expect.stringMatching(/ends later/) });
    for (const wrong of [0, 59, 60.5, '3600', null, 1e12])
      expect([wrong, (await extend(wrong)).body['code']]).toEqual([wrong, 'invalid_request']);
    const audit = await service.admin<{ items: Record<string, unknown>[] }>('GET', '/audit');
    expect(audit.body.items.filter((entry) => entry['target'] === uuid)).toEqual([
      expect.objectContaining({
        action: 'session.extended',
        details: { account: AUTH_ID, before: before['expiry_time'], seconds: 7200 },
      }),
    ]);
    await end(uuid);
    expect((await extend(86_400)).body).toMatchObject({ detail: 'the session has already ended' });
  });

  it('does not end a session whose time has passed', async () => {
    const uuid = await open('14155550401', '14155550402', { session_expiry: 60 });
    service.clock.advance(60_000);
    expect((await end(uuid)).status).toBe(409);
  });

  it('answers 404 for a session that nobody has', async () => {
    for (const uuid of ['x', '01890000-0000-7000-8000-000000000000']) {
      expect((await service.admin('GET', `/sessions/${uuid}`)).status).toBe(404);
      expect((await end(uuid)).status).toBe(404);
    }
  });

  it.each(['party=anonymous', 'virtual_number=1', 'status=all', 'limit=x', 'cursor=AAAA', 'account=', 'nothing=1'])(
    'refuses ?%s with 400',
    async (query) => {
      expect((await service.admin('GET', `/sessions?${query}`)).status).toBe(400);
      expect((await service.admin('GET', `/sessions/count?${query}`)).status).toBe(400);
    },
  );

  it.each(['sessions', 'sessions/count', 'calls', 'messages', 'audit', 'stats', 'stats/outcomes'])(
    'refuses %s from a day until the day before',
    async (path) => {
      const { status, body } = await service.admin('GET', `/${path}?from=2026-01-06&to=2026-01-05`);
      expect([status, body]).toEqual([400, expect.objectContaining({ detail: 'from must be before to' })]);
    },
  );

  it.each(['callbacks', 'callbacks/count'])('refuses %s since a day until the day before', async (path) => {
    const { status, body } = await service.admin('GET', `/${path}?since=2026-01-06&until=2026-01-05`);
    expect([status, body]).toEqual([400, expect.objectContaining({ detail: 'since must be before until' })]);
  });

  it.each([
    ['GET', ''],
    ['GET', '/count'],
    ['GET', '/01890000-0000-7000-8000-000000000000'],
    ['POST', '/01890000-0000-7000-8000-000000000000/end'],
    ['POST', '/01890000-0000-7000-8000-000000000000/extend'],
  ])('keeps %s /sessions%s to the admin', async (method, path) => {
    expect((await service.request(`/admin/sessions${path}`, { method })).status).toBe(401);
  });

  it('logs no number of a party', () => {
    expect(service.logs()).not.toMatch(/1415555\d{4}/);
  });

  it('tells how often a session was renewed', async () => {
    const uuid = await open('14155550141', '14155550142');
    const before = await one(uuid);
    await open('14155550141', '14155550142');
    await open('14155550141', '14155550142');
    expect([before['renewals'], (await one(uuid))['renewals']]).toEqual([0, 2]);
    await end(uuid);
  });
});
