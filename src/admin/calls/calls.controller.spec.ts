import { beforeAll, expect, it } from '@jest/globals';
import { AUTH_ID, describeOnEachService, type Service } from '../../../test/support/service.js';

const ASHA = '14155550101';
const RAVI = '14155550102';
const STRANGER = '14155550103';
const NUMBER = '12025550001';
const A_LEG = 'aaaaaaaa-0000-4000-8000-000000000001';
const B_LEG = 'bbbbbbbb-0000-4000-8000-000000000002';
const maskedOf = (digits: string): string => `+${digits.slice(0, 4)}•••${digits.slice(-4)}`;
const REFUSED = 'cccccccc-0000-4000-8000-000000000003';

interface Shown {
  [name: string]: unknown;
  call_id: string;
  started_at: string;
  legs: Record<string, unknown>[];
}
interface Listed {
  items: Shown[];
  next_cursor: string | null;
}

// Two calls for all the facts: one that rang a busy phone, and a refused stranger's.
describeOnEachService('calls in the admin API', (start) => {
  let service: Service;
  let session: string;

  beforeAll(async () => {
    service = await start();
    await service.addNumbers([NUMBER]);
    const made = await service.sessions<{ session_uuid: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
    });
    session = made.body.session_uuid;

    const call = { CallUUID: A_LEG, From: ASHA, To: NUMBER, Direction: 'inbound', CallStatus: 'ringing' };
    const answer = await service.webhook('/answer', call);
    const path = /\/sessions\/[^/]+\/calls\/[^/]+\/dial-event/.exec(answer.text)?.[0] ?? '';
    const end = { StartTime: '2026-01-05 10:00:00', EndTime: '2026-01-05 10:00:20' };
    await service.webhook(path, {
      CallUUID: A_LEG,
      DialALegUUID: A_LEG,
      DialBLegUUID: B_LEG,
      DialBLegTo: RAVI,
      DialAction: 'hangup',
      DialBLegHangupCauseCode: '3010',
      DialBLegTotalCost: '0.00000',
      DialBLegDuration: '0',
      DialBLegBillDuration: '0',
      ...end,
    });
    await service.webhook('/hangup', {
      ...call,
      ...end,
      Event: 'Hangup',
      CallStatus: 'completed',
      AnswerTime: '2026-01-05 10:00:00',
      Duration: '20',
      BillDuration: '60',
      TotalCost: '0.00851',
      HangupCauseCode: '4010',
    });
    await service.webhook('/answer', { ...call, CallUUID: REFUSED, From: STRANGER });
  });

  const list = async (query = ''): Promise<Listed> => (await service.admin<Listed>('GET', `/calls${query}`)).body;

  it('shows both legs, the outcome in words and what it cost', async () => {
    const { body, status } = await service.admin<Shown>('GET', `/calls/${A_LEG}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      call_id: expect.any(String),
      account: AUTH_ID,
      session_uuid: session,
      virtual_number: `+${NUMBER}`,
      kind: 'inbound',
      direction: 'inbound',
      caller: maskedOf(ASHA),
      dialled: maskedOf(RAVI),
      decision: 'connect',
      outcome: 'busy',
      reason: 'not connected: the other party was busy',
      started_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ended_at: '2026-01-05T10:00:20.000Z',
      provider_amount: '0.00851',
      fees: '0',
      amount: '0.00851',
      currency: 'USD',
      legs: [
        {
          call_uuid: A_LEG,
          side: 'A',
          role: 'first',
          status: 'completed',
          cause_code: 4010,
          cause: 'the instructions for the call ended',
          started_at: '2026-01-05T10:00:00.000Z',
          answered_at: '2026-01-05T10:00:00.000Z',
          ended_at: '2026-01-05T10:00:20.000Z',
          duration_seconds: 20,
          billed_seconds: 60,
          cost: '0.00851',
        },
        expect.objectContaining({
          call_uuid: B_LEG,
          side: 'B',
          role: 'second',
          status: 'busy',
          cause_code: 3010,
          cost: '0',
        }),
      ],
    });
    for (const id of [B_LEG, body.call_id]) expect((await service.admin('GET', `/calls/${id}`)).body).toEqual(body);
  });

  it('lists them newest first, page by page', async () => {
    const { items, next_cursor } = await list();
    expect(items.map(({ reason }) => reason)).toEqual([
      'refused: the caller is not registered for this number',
      'not connected: the other party was busy',
    ]);
    expect(items[0]).toMatchObject({
      session_uuid: null,
      virtual_number: `+${NUMBER}`,
      caller: maskedOf(STRANGER),
      dialled: null,
      outcome: 'refused',
      legs: [{ call_uuid: REFUSED, ended_at: null, cost: null }],
    });
    expect(next_cursor).toBeNull();

    const first = await list('?limit=1');
    const second = await list(`?limit=1&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items]).toEqual(items);
    expect(second.next_cursor).toBeNull();
  });

  it('filters by session and by time, the end excluded', async () => {
    const [newest, oldest] = (await list()).items;
    expect((await list(`?session=${session.toUpperCase()}`)).items).toEqual([oldest]);
    expect((await list(`?from=${newest!.started_at}`)).items).toContainEqual(newest);
    expect((await list(`?to=${oldest!.started_at}`)).items).toEqual([]);
    expect((await list('?to=2026-01-01&from=2025-01-01')).items).toEqual([]);
  });

  const legsOf = async (query: Record<string, string>): Promise<unknown[]> =>
    (await list(`?${new URLSearchParams(query).toString()}`)).items.map(({ legs }) => legs[0]!['call_uuid']);

  it('finds the calls of a person, however it is spelt, refused ones too', async () => {
    for (const party of ['+1 (415) 555-0101', '(415) 555-0101', '001 415 555 0101', ASHA])
      expect(await legsOf({ party })).toEqual([A_LEG]);
    expect(await legsOf({ party: RAVI })).toEqual([A_LEG]);
    for (const party of ['0101', '50101', '•••0101', '٠١٠١']) expect(await legsOf({ party })).toEqual([A_LEG]);
    expect(await legsOf({ party: '415.555.0103' })).toEqual([REFUSED]);
    expect(await legsOf({ dialled: RAVI })).toEqual([A_LEG]);
    expect(await legsOf({ party: '+1 415 555 0999' })).toEqual([]);
  });

  it('finds them by the number that was called, by account and by what became of them', async () => {
    expect(await legsOf({ virtual_number: '(202) 555-0001' })).toEqual([REFUSED, A_LEG]);
    expect(await legsOf({ dialled: `+${NUMBER}` })).toEqual([REFUSED, A_LEG]);
    expect(await legsOf({ outcome: 'busy' })).toEqual([A_LEG]);
    expect(await legsOf({ outcome: 'refused', account: AUTH_ID })).toEqual([REFUSED]);
    expect(await legsOf({ outcome: 'refused', party: ASHA })).toEqual([]);
    await service.addAccount('MANOBODYNOBODYNOBODY');
    expect(await legsOf({ account: 'MANOBODYNOBODYNOBODY' })).toEqual([]);
  });

  it('shows numbers whole to whom may see them, and writes that down', async () => {
    const { items } = await list('?reveal=true');
    expect(items.map(({ caller, dialled }) => [caller, dialled])).toEqual([
      [`+${STRANGER}`, null],
      [`+${ASHA}`, `+${RAVI}`],
    ]);
    const audit = await service.admin<Listed>('GET', '/audit?limit=1');
    expect(audit.body.items).toMatchObject([{ action: 'numbers.revealed', target: 'GET /admin/calls' }]);
  });

  it('names no number of a party, here or in the log', async () => {
    const shown = JSON.stringify(await list());
    for (const number of [ASHA, RAVI, STRANGER]) {
      expect(shown).not.toContain(number);
      expect(service.logs()).not.toContain(number);
    }
  });

  it.each([
    'from=yesterday',
    'to=2026-02-30',
    'session=1',
    'limit=0',
    'limit=201',
    'cursor=x',
    'party=1',
    'party=1-800-FLOWERS',
    'party=020+7946+0018',
    'party=9999',
    'dialled=x',
    'virtual_number=',
    'outcome=lost',
    'nothing=1',
    'from=1&from=2',
  ])('refuses ?%s with 400', async (query) => {
    const { status, headers } = await service.admin('GET', `/calls?${query}`);
    expect(status).toBe(400);
    expect(headers['content-type']).toContain('application/problem+json');
  });

  it('answers 404 for a call that nobody knows', async () => {
    for (const id of ['x', session, 'dddddddd-0000-4000-8000-000000000004'])
      expect((await service.admin('GET', `/calls/${id}`)).status).toBe(404);
  });

  it.each(['/calls', `/calls/${A_LEG}`])('keeps %s to the admin', async (path) => {
    expect((await service.request(`/admin${path}`)).status).toBe(401);
  });

  it('does not let a call that was refused at once end before it began', async () => {
    const callUuid = 'cccccccc-0000-4000-8000-000000000005';
    const call = { CallUUID: callUuid, From: STRANGER, To: NUMBER, Direction: 'inbound' };
    await service.webhook('/answer', { ...call, CallStatus: 'ringing' });
    const { started_at: began } = (await service.admin<Shown>('GET', `/calls/${callUuid}`)).body;
    const second = began.slice(0, 19).replace('T', ' ');
    const end = { Event: 'Hangup', CallStatus: 'completed', StartTime: second, EndTime: second, Duration: '0' };
    await service.webhook('/hangup', { ...call, ...end, BillDuration: '0', TotalCost: '0.00000' });
    expect((await service.admin<Shown>('GET', `/calls/${callUuid}`)).body).toMatchObject({
      outcome: 'refused',
      started_at: began,
      ended_at: began,
    });
  });

  it('guesses nobody by last digits that two people have', async () => {
    const [first_party, second_party] = ['+442079460101', '+442079460102'];
    const made = await service.sessions('POST', '/', { first_party, second_party, geomatch: false });
    expect(made.status).toBe(201);
    const { status, body } = await service.admin<{ detail: string }>('GET', '/calls?party=0101');
    expect([status, body.detail]).toEqual([
      400,
      expect.stringMatching(/^party: 2 people among .* with a number that ends so/),
    ]);
    expect(body.detail).not.toContain('0101');
  });
});
