import { beforeAll, expect, it } from '@jest/globals';
import { AUTH_ID, describeOnEachService, type Service } from '../../../test/support/service.js';

const ASHA = '14155550101';
const RAVI = '14155550102';
const STRANGER = '14155550777';
const NUMBER = '12025550001';
const A_LEG = 'aaaaaaaa-0000-4000-8000-000000000001';
const REFUSED = 'cccccccc-0000-4000-8000-000000000003';
const maskedOf = (digits: string): string => `+${digits.slice(0, 4)}•••${digits.slice(-4)}`;

interface Findings {
  read_as: string;
  people: Record<string, unknown>[];
  sessions: { session_uuid: string }[];
  calls: { call_id: string; session_uuid: string | null; legs: { call_uuid: string }[] }[];
  numbers: { virtual_number: string }[];
}

describeOnEachService('the search of the admin API', (start) => {
  let service: Service;
  let session: string;

  beforeAll(async () => {
    service = await start();
    await service.addNumbers([NUMBER]);
    const pair = { first_party: ASHA, second_party: RAVI };
    const made = await service.sessions<{ session_uuid: string }>('POST', '/', pair);
    session = made.body.session_uuid;
    const call = { To: NUMBER, Direction: 'inbound', CallStatus: 'ringing' };
    await service.webhook('/answer', { ...call, CallUUID: A_LEG, From: ASHA });
    await service.webhook('/answer', { ...call, CallUUID: REFUSED, From: STRANGER });
  });

  const ask = (q: string, more: Record<string, string> = {}) =>
    service.admin<Findings>('GET', `/search?${new URLSearchParams({ q, ...more }).toString()}`);
  const find = async (q: string, more?: Record<string, string>): Promise<Findings> => {
    const { status, body, text } = await ask(q, more);
    if (status !== 200) throw new Error(text);
    return body;
  };
  const legs = ({ calls }: Findings): string[] => calls.map((one) => one.legs[0]?.call_uuid ?? '');

  it.each(['+14155550101', '(415) 555-0101', '001 415 555 0101', '４１５－５５５－０１０１'])(
    'finds a person by %j, with sessions and calls',
    async (q) => {
      const found = await find(q);
      expect(found.read_as).toMatch(/^\+1415•••0101, a (national )?number of US$/);
      expect(found.people).toEqual([
        { account: AUTH_ID, number: maskedOf(ASHA), sessions: 1, calls: 1, last_seen: expect.any(String) },
      ]);
      expect(found.sessions.map(({ session_uuid }) => session_uuid)).toEqual([session]);
      expect(legs(found)).toEqual([A_LEG]);
      expect(found.numbers).toEqual([]);
    },
  );

  it('finds who was refused, and the other party of a call', async () => {
    const refused = await find('+1 415 555 0777');
    expect([refused.people, refused.sessions.length, legs(refused)]).toEqual([
      [expect.objectContaining({ number: maskedOf(STRANGER), sessions: 0, calls: 1 })],
      0,
      [REFUSED],
    ]);
    expect(legs(await find(RAVI))).toEqual([A_LEG]);
  });

  it('finds people and numbers of the pool by their last digits', async () => {
    const found = await find('0101');
    expect(found.read_as).toBe('the last 4 digits of a number, looked for among all sessions and calls');
    expect(found.people).toEqual([expect.objectContaining({ number: maskedOf(ASHA), sessions: 1, calls: 1 })]);
    expect([found.sessions.length, legs(found)]).toEqual([1, [A_LEG]]);
    expect((await find('55-0777')).people).toEqual([expect.objectContaining({ number: maskedOf(STRANGER), calls: 1 })]);
    expect((await find('0001')).numbers).toMatchObject([{ virtual_number: `+${NUMBER}`, account: AUTH_ID }]);
    expect(await find('9876')).toMatchObject({ people: [], sessions: [], calls: [], numbers: [] });
  });

  it('finds a number of the pool, with its sessions and calls', async () => {
    const found = await find('(202) 555-0001');
    expect(found.numbers).toMatchObject([{ virtual_number: `+${NUMBER}`, account: AUTH_ID, status: 'active' }]);
    expect(found.people).toEqual([]);
    expect(found.sessions.map(({ session_uuid }) => session_uuid)).toEqual([session]);
    expect(legs(found)).toEqual([REFUSED, A_LEG]);
  });

  it('finds a session with its calls, and a call with its session, by their ids', async () => {
    const bySession = await find(session.toUpperCase());
    expect(bySession.sessions.map(({ session_uuid }) => session_uuid)).toEqual([session]);
    expect(legs(bySession)).toEqual([A_LEG]);
    for (const q of [A_LEG, bySession.calls[0]!.call_id]) {
      const byCall = await find(q);
      expect([byCall.sessions[0]?.session_uuid, ...legs(byCall)]).toEqual([session, A_LEG]);
    }
    expect(legs(await find(REFUSED))).toEqual([REFUSED]);
    const nobody = { people: [], sessions: [], calls: [], numbers: [] };
    expect(await find('01890000-0000-7000-8000-000000000000')).toMatchObject(nobody);
    await service.addAccount('MANOBODYNOBODYNOBODY');
    expect(await find(A_LEG, { account: 'MANOBODYNOBODYNOBODY' })).toMatchObject(nobody);
  });

  it('searches for both where a text may be two people, and says so', async () => {
    expect((await find('3615550123')).read_as).toMatch(
      /^may be a number of HU or a national number of US: both are searched for: not found; then the last 10 digits/,
    );
  });

  it("reads national spellings as of the account's default country", async () => {
    const settings = `/accounts/${AUTH_ID}/settings`;
    expect((await find('020 7946 0018')).read_as).toMatch(/^the last 10 digits/);
    expect((await service.admin('PATCH', settings, { default_country: 'GB' })).body).toMatchObject({
      default_country: 'GB',
    });
    expect((await find('020 7946 0018', { account: AUTH_ID })).read_as).toMatch(
      /^\+4420•••0018, a national number of GB/,
    );
    expect((await find('(415) 555-0101')).read_as).toMatch(/^the last 10 digits/);
    expect((await find('(415) 555-0101')).people).toHaveLength(1);
    expect((await service.admin('PATCH', settings, { default_country: 'XX' })).status).toBe(400);
    await service.admin('PATCH', settings, { default_country: null });
    expect((await find('(415) 555-0101')).read_as).toMatch(/national number of US$/);
  });

  it.each(['', ' ', '123', '+1 415', 'Asha', '1-800-FLOWERS', 'x'.repeat(201)])('refuses %j with 400', async (q) => {
    const { status, body } = await ask(q);
    expect([status, body]).toEqual([400, expect.objectContaining({ code: 'invalid_request' })]);
  });

  it('shows nobody whole but to whom may see it, and tells the log nothing', async () => {
    for (const q of [ASHA, '0101', session, '(415) 555-0777']) {
      const { text } = await ask(q);
      for (const number of [ASHA, RAVI, STRANGER]) expect(text).not.toContain(number);
    }
    expect((await find(ASHA, { reveal: 'true' })).people).toMatchObject([{ number: `+${ASHA}` }]);
    for (const part of [ASHA, RAVI, STRANGER, '555-0101', '555-0777', '5550777'])
      expect(service.logs()).not.toContain(part);
  });

  it('is for viewers and support, not for finance', async () => {
    for (const [role, expected] of [
      ['viewer', 200],
      ['support', 200],
      ['finance', 403],
    ] as const) {
      const made = await service.admin<{ token: string }>('POST', '/operators', { name: role, role });
      const headers = { authorization: `Bearer ${made.body.token}` };
      const { status } = await service.request('/admin/search?q=0101', { as: null, headers });
      expect([role, status]).toEqual([role, expected]);
    }
    expect((await service.request('/admin/search?q=0101', { as: null })).status).toBe(401);
  });
});
