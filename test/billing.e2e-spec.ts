import { beforeAll, expect, it } from '@jest/globals';
import { SweepRecords } from '../src/call-routing/index.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { eventually } from './support/eventually.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const SESSIONS = 24;
const ROUNDS = 4;
/** At once, at the edge of the cap. */
const CAPPED_CALLS = Number(process.env.BILLING_CAPPED_CALLS ?? 60);

interface Bill {
  legs: number;
  billed_seconds: number;
  amount_micros: number;
}

interface StatsItem {
  key: string;
  number?: string;
  calls: number;
  connected: number;
  minutes: number;
  billed_seconds: number;
  amount: string;
  sessions: number;
}

const micros = (text: string): number => {
  const [whole = '0', fraction = ''] = text.split('.');
  return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
};

/** The same calls in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describeOnEachService('the bill', (start) => {
  let service: Service;

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000' } });
  });

  const { act, advance, call, control, prepare, settled } = simulatedPlivo(() => service);
  const stats = async (query: string): Promise<StatsItem[]> => {
    const items: StatsItem[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer: { status: number; text: string; body: { items: StatsItem[]; next_cursor: string | null } } =
        await service.admin('GET', `/stats?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      if (answer.status !== 200) throw new Error(answer.text);
      items.push(...answer.body.items);
      cursor = answer.body.next_cursor;
    }
    return items;
  };
  const sum = (items: StatsItem[], of: (item: StatsItem) => number) =>
    items.reduce((total, item) => total + of(item), 0);
  const shape = (items: StatsItem[]) => ({
    calls: sum(items, (item) => item.calls),
    connected: sum(items, (item) => item.connected),
    billed: sum(items, (item) => item.billed_seconds),
    amount: sum(items, (item) => micros(item.amount)),
    sessions: sum(items, (item) => item.sessions),
  });

  /** A quarter of an hour, by which everything lost is repaired. */
  async function repair(minutes = 15): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 3) {
      await advance(180);
      await service.app.get(SweepRecords).enqueue();
      await service.app.get(Jobs).runDue();
    }
  }

  it('is what Plivo charged, to the micro-unit, whatever webhooks came twice, late, in disorder or never', async () => {
    const random = dice(7);
    const sessions: { uuid: string; virtual: string; first: string; second: string }[] = [];
    for (let index = 0; index < SESSIONS; index += 1) {
      const first = `+1415556${String(1000 + index)}`;
      const second = `+1415557${String(1000 + index)}`;
      const made = await service.sessions<{ session_uuid: string; virtual_number: string }>('POST', '/', {
        first_party: first,
        second_party: second,
        call_time_limit: 60 + 60 * (index % 3),
        ring_timeout: 20,
        session_expiry: 86_400,
        first_party_play_url: index % 4 === 0 ? 'https://files.example/first.mp3' : '',
      });
      expect(made.status).toBe(201);
      sessions.push({ uuid: made.body.session_uuid, virtual: made.body.virtual_number, first, second });
    }
    await control('POST', '/faults', { lose: 0.12, duplicate: 0.15, reorder: 0.3, seed: 11 });

    let placed = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { virtual, first, second } of sessions) {
        const stranger = random() < 0.15;
        const [from, other] = random() < 0.5 ? [first, second] : [second, first];
        const behaviour = ['answer', 'answer', 'answer', 'busy', 'decline', 'no-answer'][Math.floor(random() * 6)];
        await prepare(other, { behaviour, after_seconds: Math.floor(random() * 9) });
        await call(stranger ? '+14155559999' : from, virtual);
        placed += 1;
      }
      await advance(30);
      for (const { first } of sessions) {
        if (random() < 0.4) await act(first, 'hangup').catch(() => undefined);
      }
      await advance(400);
    }
    await control('DELETE', '/faults');
    await repair();

    const bill = await control<Bill>('GET', '/bill');
    // The service's own worker may still be at the last of it, or have put it off.
    await eventually(async () => {
      if (shape(await stats('group_by=day')).calls !== placed) await repair(3);
      expect(shape(await stats('group_by=day')).calls).toBe(placed);
    });
    const days = shape(await stats('group_by=day'));
    expect(days).toEqual({
      calls: placed,
      connected: expect.any(Number),
      billed: bill.billed_seconds,
      amount: bill.amount_micros,
      sessions: SESSIONS,
    });
    expect(days.connected).toBeGreaterThan(0);
    expect(bill.amount_micros).toBeGreaterThan(100_000);
    for (const grouping of ['hour', 'number', 'account', 'country'])
      expect(shape(await stats(`group_by=${grouping}&limit=3`))).toEqual(days);

    // Sessions know of their own calls only; strangers' refusals are nobody's.
    const ofSessions = await stats('group_by=session&limit=7');
    expect(ofSessions).toHaveLength(SESSIONS);
    for (const { uuid } of sessions) {
      const { response } = (
        await service.sessions<{ response: { total_call_amount: number; total_call_billed_duration: number } }>(
          'GET',
          `/${uuid}/`,
        )
      ).body;
      const item = ofSessions.find(({ key }) => key === uuid);
      expect(micros(item?.amount ?? '')).toBe(Math.round(response.total_call_amount * 1_000_000));
      expect(item?.billed_seconds).toBe(response.total_call_billed_duration);
    }
  }, 60_000);

  const TALK = { first_party: '+14155560001', second_party: '+14155570001' };

  /** One call of the session's first party, cut off after `seconds`; Plivo has said all of it. */
  async function talk(virtual: string, { from = TALK.first_party, to = TALK.second_party, seconds = 90 } = {}) {
    await prepare(to, { behaviour: 'answer', after_seconds: 2 });
    const uuid = await call(from, virtual);
    await advance(2 + seconds);
    await act(to, 'hangup').catch(() => undefined);
    await settled(uuid);
    return uuid;
  }

  interface Shown {
    session_uuid: string;
    virtual_number: string;
    amount: number;
    total_call_amount: number;
    total_session_amount: number;
    interaction: Record<string, unknown>[] | null;
  }

  const open = async (more: Record<string, unknown> = {}): Promise<Shown> => {
    const made = await service.sessions<Shown>('POST', '/', { ...TALK, session_expiry: 3600, ...more });
    expect(made.status).toBe(201);
    return made.body;
  };
  const read = async (uuid: string): Promise<Shown> =>
    (await service.sessions<{ response: Shown }>('GET', `/${uuid}/`)).body.response;
  const settings = (change: Record<string, unknown>) =>
    service.admin('PATCH', `/accounts/${service.authId}/settings`, change);

  it("adds an account's own prices, those of the day on which they were incurred", async () => {
    expect((await settings({ session_fee: '0.25', minute_fee: '0.01' })).status).toBe(200);
    const made = await open();
    expect(made).toMatchObject({ session: { amount: 0, total_session_amount: 0.25 } });
    const before = shape(await stats('group_by=account'));
    await talk(made.virtual_number);
    // Two legs of two minutes at 0.0085 and 0.012, and four minutes at 0.01.
    const charged = { amount: 0, total_call_amount: 0.081, total_session_amount: 0.331 };
    expect(await read(made.session_uuid)).toMatchObject(charged);
    expect((await read(made.session_uuid)).interaction).toMatchObject([{ total_call_amount: 0.081 }]);
    expect(shape(await stats('group_by=account')).amount - before.amount).toBe(81_000);

    await settings({ session_fee: '0', minute_fee: '0' });
    expect(await read(made.session_uuid)).toMatchObject(charged);
    await service.sessions('DELETE', `/${made.session_uuid}/`);
  });

  it('lets a record correct what webhooks told, downwards too, and any number of times', async () => {
    const { session_uuid: uuid, virtual_number: virtual } = await open();
    const leg = await talk(virtual);
    const told = await read(uuid);
    // As if the hang-up had told too much.
    await service.dataSource.query(
      'UPDATE call_leg SET amount = amount + 999990, billed_duration = 600 WHERE leg_uuid = ?',
      [leg],
    );
    for (let sweep = 0; sweep < 3; sweep += 1) {
      await advance(60);
      await service.app.get(SweepRecords).enqueue();
      await service.app.get(Jobs).runDue();
    }
    expect((await read(uuid)).total_call_amount).toBe(told.total_call_amount);
    expect(shape(await stats(`group_by=session&account=${service.authId}`)).amount).toBeGreaterThan(0);
    const report = await recount();
    expect(report).toMatchObject({ differences: 0 });
    await service.sessions('DELETE', `/${uuid}/`);
  });

  it('shows each leg of an interaction where its URL leads, and no other leg', async () => {
    const { session_uuid: uuid, virtual_number: virtual } = await open();
    await talk(virtual);
    const [{ first_party_resource_url: first, second_party_resource_url: second } = {}] =
      (await read(uuid)).interaction ?? [];
    const path = (url: unknown): string => new URL(String(url)).pathname;
    const a = await service.request(path(first));
    expect(a.status).toBe(200);
    expect(a.body).toMatchObject({
      api_id: a.headers['x-request-id'],
      call_direction: 'inbound',
      call_state: 'ANSWER',
      from_number: TALK.first_party.slice(1),
      to_number: virtual.slice(1),
      parent_call_uuid: null,
      billed_duration: 120,
      total_amount: '0.01700',
      total_rate: '0.00850',
    });
    const b = await service.request(`${path(second)}/`);
    expect(b.body).toMatchObject({
      call_direction: 'outbound',
      from_number: virtual.slice(1),
      to_number: TALK.second_party.slice(1),
      parent_call_uuid: a.body['call_uuid'],
      total_amount: '0.02400',
    });
    const unknown = await service.request(`/v1/Account/${service.authId}/Call/01a20455-593d-7341-8f58-bf2c9d0cc07e/`);
    expect(unknown.status).toBe(404);
    expect(unknown.body).toMatchObject({ error: 'not found' });
    await service.sessions('DELETE', `/${uuid}/`);
  });

  it('streams statistics as CSV that no spreadsheet takes for formulas', async () => {
    const answer = await service.request('/admin/stats?group_by=number&limit=1', {
      as: null,
      headers: { authorization: `Bearer ${service.adminToken}`, accept: 'text/csv' },
    });
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(header).toBe(
      'key,number,calls,connected,minutes,billed_seconds,amount,sessions,provider_amount,fees,currency,messages,messages_delivered,messages_failed,message_units,message_amount,message_fees,total_amount',
    );
    const json = await stats('group_by=number&limit=200');
    expect(lines).toEqual(
      json.map(({ key, number, ...sums }) => ["'" + key, "'" + number, ...Object.values(sums)].join()),
    );
    expect(lines.length).toBeGreaterThan(0);

    const sessions = await service.admin('GET', '/stats?group_by=session&format=csv');
    expect(sessions.text.trimEnd().split('\r\n')).toHaveLength(1 + (await stats('group_by=session&limit=200')).length);
  });

  it.each(['group_by=week', 'from=tomorrow', 'from=2026-01-02&to=2026-01-01', 'format=xml', 'account=%2B1', 'cursor='])(
    'refuses to answer %s',
    async (query) => {
      expect((await service.admin('GET', `/stats?${query}`)).status).toBe(400);
    },
  );

  /** The service's own worker may have taken the job: the report is the fact to wait for. */
  async function recount(query = ''): Promise<Record<string, unknown>> {
    const last = async () =>
      (await service.admin<{ last: Record<string, unknown> | null }>('GET', '/stats/recount')).body.last;
    const before = JSON.stringify(await last());
    expect((await service.admin('POST', `/stats/recount${query}`)).status).toBe(202);
    for (;;) {
      await service.app.get(Jobs).runDue();
      const report = await last();
      if (report !== null && JSON.stringify(report) !== before) return report;
    }
  }

  it('is recounted, and repaired when told to', async () => {
    const whole = await stats('group_by=day');
    expect(await recount()).toMatchObject({ differences: 0, repaired: false });

    await service.dataSource.query("UPDATE call_stat SET amount = amount + 1 WHERE virtual_number = ''");
    await service.dataSource.query(
      'UPDATE call_tally SET billed_seconds = billed_seconds + 60, is_connected = 0 WHERE is_connected = 1',
    );
    await service.dataSource.query('DELETE FROM session_stat WHERE calls = 1');
    const found = await recount();
    expect(Number(found['call_differences'])).toBeGreaterThan(0);
    expect(Number(found['session_differences'])).toBeGreaterThan(0);
    expect(Number(found['sum_differences'])).toBeGreaterThan(0);

    await recount('?repair=true');
    expect(await recount()).toMatchObject({ differences: 0 });
    expect(await stats('group_by=day')).toEqual(whole);
  });

  it('never exceeds the spend cap, however many calls come at once at its edge', async () => {
    const parties = Array.from({ length: CAPPED_CALLS }, (_, index) => ({
      first_party: `+1415558${String(1000 + index)}`,
      second_party: `+1415559${String(1000 + index)}`,
    }));
    // A day of its own, without what the tests before have spent, and its noon: no midnight comes between the calls and their sums.
    const day = await tomorrow();
    await advance((Date.parse(`${day}T12:00:00Z`) - (await now()).getTime()) / 1000);
    const renewed = [];
    for (const each of parties)
      renewed.push({ ...each, ...(await open({ ...each, call_time_limit: 60, ring_timeout: 20 })) });
    const before = shape(await stats(`group_by=day&from=${day}`));
    expect((await settings({ daily_spend_cap: '1.5' })).status).toBe(400);
    expect((await settings({ daily_spend_cap: '1.5', max_rate_per_minute: '0.02' })).status).toBe(200);

    for (const { second_party: to } of renewed) await prepare(to, { behaviour: 'answer', after_seconds: 1 });
    await Promise.all(renewed.map(({ first_party: from, virtual_number: to }) => call(from, to)));
    const during = (await service.admin('GET', `/accounts/${service.authId}/spend`)).body;
    // Nothing yet where no call has been answered so far.
    expect(micros(String(during['spent'] ?? 0)) + micros(String(during['reserved'] ?? 0))).toBeLessThanOrEqual(
      1_500_000,
    );
    await advance(300);
    await repair();

    const after = shape(await stats(`group_by=day&from=${day}`));
    const connected = after.connected - before.connected;
    // The longest call: 60 s and 120 s to spare are 3 minutes, with 20 s of ringing 4; seven minutes at 0.02.
    const room = Math.floor((1_500_000 - before.amount) / 140_000);
    // On a busy machine some calls hear too late that they fit; exactness is a fact of src/accounts/spend.spec.ts.
    expect(connected).toBeGreaterThan(0);
    expect(connected).toBeLessThanOrEqual(room);
    expect(after.calls - before.calls).toBe(CAPPED_CALLS);
    expect(after.amount).toBeLessThanOrEqual(1_500_000);
    const view = (await service.admin('GET', `/accounts/${service.authId}/spend`)).body;
    expect(view).toMatchObject({ daily_spend_cap: '1.5', reserved: '0', cap_reached: true });
    expect(micros(String(view['spent']))).toBe(after.amount);
    expect(service.logs().split('spend.cap_reached')).toHaveLength(2);
    expect((await service.request('/metrics', { as: null })).text).toMatch(/masking_spend_cap_refusals_total [1-9]/);

    expect(room).toBeLessThan(CAPPED_CALLS);
    await settings({ daily_spend_cap: null });
  }, 60_000);

  async function now(): Promise<Date> {
    return new Date((await control<{ now: string }>('GET', '/clock')).now);
  }

  async function tomorrow(): Promise<string> {
    return new Date((await now()).getTime() + 86_400_000).toISOString().slice(0, 10);
  }
});
