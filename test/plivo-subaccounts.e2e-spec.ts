import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SweepRecords } from '../src/call-routing/records/sweep-records.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { signV3 } from '../src/plivo/index.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '14155550123';
const RAVI = '14155550124';
const STRANGER = '14155550199';
/** Of the simulated account; the first is linked to a subaccount, the second stays the account's. */
const [BRANCH, MAIN] = ['14155550102', '14155550100'];
const AT_PLIVO = '/simulator/v1/Account';

interface Owner {
  authId: string;
  authToken: string;
}

interface SessionView {
  session_uuid: string;
  virtual_number: string;
  total_call_amount: number;
  interaction: Record<string, unknown>[] | null;
}

interface ListedNumber {
  number: string;
  status: string;
  subaccount: string | null;
  subaccount_known: boolean | null;
  application: string | null;
  leads_to: string | null;
}

interface CallView {
  webhooks: { kind: string; url: string; outcome: string; status: number | null }[];
}

interface Shown {
  recording_id: string;
  status: string;
}

// A company whose numbers are linked to subaccounts at Plivo, which keeps what is a subaccount's from the account's own credentials.
describeOnEachService('a subaccount of Plivo', (start) => {
  let service: Service;
  let branch: Owner;
  let session: SessionView;

  const { act, advance, bridged, call, control, prepare, ringing, settled, talk } = simulatedPlivo(() => service);
  const main = (): Owner => ({ authId: AUTH_ID, authToken: service.authToken });
  const runDue = () => service.app.get(Jobs).runDue();
  /** What Plivo answers to whoever has these credentials. */
  const plivo = async <Body = Record<string, unknown>>(as: Owner, method: string, path: string, body?: unknown) => {
    const answer = await service.request<Body>(`${AT_PLIVO}/${as.authId}/${path}`, { method, body, as });
    return { status: answer.status, body: answer.body };
  };
  const sync = () => service.admin('POST', `/numbers/sync?account=${AUTH_ID}`);
  const numbers = async (): Promise<ListedNumber[]> =>
    (await service.admin<{ items: ListedNumber[] }>('GET', '/numbers')).body.items;
  const numberOf = async (number: string) => (await numbers()).find((one) => one.number === `+${number}`);
  const open = (as: Owner, more: Record<string, unknown> = {}) =>
    service.request<SessionView>(`/v1/Account/${as.authId}/Masking/Session/`, {
      method: 'POST',
      as,
      body: { first_party: ASHA, second_party: RAVI, ring_timeout: 30, session_expiry: 86_400, ...more },
    });
  const read = async (as: Owner = branch): Promise<SessionView> =>
    (
      await service.request<{ response: SessionView }>(
        `/v1/Account/${as.authId}/Masking/Session/${session.session_uuid}/`,
        { as },
      )
    ).body.response;
  const recordings = async (): Promise<Shown[]> =>
    (await service.admin<{ items: Shown[] }>('GET', `/recordings?session=${session.session_uuid}`)).body.items;
  /** Lets time pass with its jobs until it is so. */
  async function until<Value>(
    look: () => Promise<Value>,
    isSo: (value: Value) => boolean,
    seconds = 60,
  ): Promise<Value> {
    for (let tries = 0; ; tries += 1) {
      await runDue();
      const value = await look();
      if (isSo(value)) return value;
      if (tries === 60) throw new Error(`it never came to that: ${JSON.stringify(value)}`);
      if (seconds > 0) await advance(seconds);
    }
  }
  const register = (authId: string, authToken: string) =>
    service.admin('POST', `/accounts/${AUTH_ID}/subaccounts`, {
      name: 'Couriers',
      auth_id: authId,
      plivo_auth_token: authToken,
    });
  async function begin(more: Record<string, unknown> = {}): Promise<void> {
    const made = await open(branch, more);
    expect([made.status, made.body.virtual_number]).toEqual([201, `+${BRANCH}`]);
    session = made.body;
  }

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    const made = await plivo<{ auth_id: string; auth_token: string }>(main(), 'POST', 'Subaccount/', {
      name: 'Couriers',
    });
    branch = { authId: made.body.auth_id, authToken: made.body.auth_token };
    await plivo(main(), 'POST', `Number/${BRANCH}/`, { subaccount: branch.authId });
  });

  beforeEach(async () => {
    await control('DELETE', '/faults');
    for (const phone of [ASHA, RAVI]) await prepare(phone, { behaviour: 'manual' });
    if (session)
      await service.request(`/v1/Account/${AUTH_ID}/Masking/Session/${session.session_uuid}/`, { method: 'DELETE' });
  });

  describe('that nobody has registered', () => {
    it('has numbers that are shown so, and that nobody is lent', async () => {
      expect((await sync()).status).toBe(200);

      expect(await numberOf(BRANCH)).toMatchObject({
        subaccount: branch.authId,
        subaccount_known: false,
        status: 'active',
        leads_to: 'here',
      });
      expect(await numberOf(MAIN)).toMatchObject({ subaccount: null, subaccount_known: null });
      expect((await open(branch)).status).toBe(401);
      expect((await open(main(), { subaccount: branch.authId })).status).toBe(400);
      const lent = [];
      for (let index = 0; index < 3; index += 1) lent.push(await open(main(), { second_party: `1415555020${index}` }));
      expect(lent.map(({ body }) => body.virtual_number)).toEqual(['+14155550100', '+14155550101', undefined]);
      const warned = service
        .logs()
        .split('\n')
        .filter((line) => line.includes('numbers.unknown-subaccount'));
      expect(warned.map((line) => JSON.parse(line) as object).at(-1)).toMatchObject({
        numbers: 1,
        subaccounts: [branch.authId],
      });
    });

    it('has them lent to its sessions once it is registered', async () => {
      expect((await register(branch.authId, branch.authToken)).status).toBe(201);
      await sync();

      expect(await numberOf(BRANCH)).toMatchObject({ subaccount: branch.authId, subaccount_known: true });
      await begin();
    });
  });

  it('is asked with its own credentials at Plivo, where the account’s open nothing', async () => {
    await begin();
    const uuid = await talk(ASHA, BRANCH, RAVI, 10);
    const paths = [`Call/${uuid}/`, `Number/${BRANCH}/`];
    expect((await plivo(branch, 'GET', paths[0] ?? '')).status).toBe(200);
    expect((await plivo(main(), 'GET', paths[0] ?? '')).status).toBe(404);
    expect((await plivo(branch, 'GET', `Number/${MAIN}/`)).status).toBe(404);
    const total = async (as: Owner, path: string) =>
      (await plivo<{ meta: { total_count: number } }>(as, 'GET', path)).body.meta.total_count;
    expect(await total(main(), 'Call/')).toBe(0);
    expect(await total(main(), `Call/?subaccount=${branch.authId}`)).toBe(await total(branch, 'Call/'));
    expect(await total(branch, 'Number/')).toBe(1);
    expect((await plivo(branch, 'GET', 'Subaccount/')).status).toBe(404);
    const crossed = await service.request(`${AT_PLIVO}/${branch.authId}/Call/`, { as: main() });
    expect(crossed.status).toBe(401);
  });

  it('has a call connected, recorded, billed, and its recording heard and deleted', async () => {
    await begin({ record: true });
    const uuid = await talk(ASHA, BRANCH, RAVI, 42);

    const { webhooks } = await settled<CallView>(uuid);
    expect(webhooks.map(({ outcome }) => outcome)).toEqual(webhooks.map(() => 'delivered'));
    const [{ recording_id: id }] = (await until(recordings, ([one]) => one?.status === 'ready', 0)) as [Shown];
    const told = await until(read, (view) => view.total_call_amount > 0);
    expect(told.interaction).toHaveLength(1);
    const kept = async () =>
      (await plivo<{ meta: { total_count: number } }>(branch, 'GET', `Recording/?call_uuid=${uuid}`)).body.meta
        .total_count;
    expect(await kept()).toBe(1);

    await service.admin('DELETE', `/recordings/${id}`);
    await until(recordings, ([one]) => one?.status === 'deleted');
    expect(await kept()).toBe(0);
  });

  it('has a recording found whose webhook was lost', async () => {
    await begin({ record: true });
    await control('POST', '/faults', { lose: ['recording'] });
    await talk(ASHA, BRANCH, RAVI, 42);

    await until(recordings, ([one]) => one?.status === 'ready', 120);
  });

  it('has a call finished from its records where all its ends were lost', async () => {
    await begin();
    await control('POST', '/faults', { lose: ['hangup', 'dial-event'] });
    await talk(ASHA, BRANCH, RAVI, 42);

    const { interaction, total_call_amount: amount } = await until(read, (view) => view.total_call_amount > 0, 120);
    expect(interaction).toMatchObject([{ first_party_status: 'completed', second_party_status: 'completed' }]);
    expect(amount).toBeGreaterThan(0);
  });

  it('has a requested call placed, and its end found where no webhook told it', async () => {
    await prepare(ASHA, { behaviour: 'answer' });
    await prepare(RAVI, { behaviour: 'answer' });
    await begin({ initiate_call_to_first_party: true });
    await runDue();
    const [line] = await until(
      async () =>
        (await control<{ items: { call_uuid: string; from: string; status: string }[] }>('GET', '/calls')).items,
      ([newest]) => newest?.from === BRANCH,
      0,
    );
    await bridged(line?.call_uuid ?? '');
    await advance(20);
    await act(RAVI, 'hangup');
    await settled(line?.call_uuid ?? '');
    const talked = await until(read, (view) => view.total_call_amount > 0);
    expect(talked.interaction).toMatchObject([{ first_party_status: 'completed' }]);

    await service.request(`/v1/Account/${AUTH_ID}/Masking/Session/${session.session_uuid}/`, { method: 'DELETE' });
    await control('POST', '/faults', { lose: ['hangup', 'ring'] });
    await prepare(ASHA, { behaviour: 'manual' });
    await begin({ initiate_call_to_first_party: true });
    await runDue();
    await ringing(ASHA);
    await act(ASHA, 'decline');
    const declined = await until(read, (view) => (view.interaction ?? []).length > 0);
    expect(declined.interaction).toMatchObject([{ first_party_status: expect.not.stringMatching('completed') }]);
  });

  it('has a requested call looked up of which nobody knows whether Plivo has placed it', async () => {
    const after = { status: 503, after_effect: true, only: ['POST Call'], times: 1 };
    await control('POST', '/faults', { lose: ['hangup', 'ring'], api: after });
    await begin({ initiate_call_to_first_party: true });
    await runDue();
    await ringing(ASHA);
    await act(ASHA, 'decline');

    const { interaction } = await until(read, (view) => (view.interaction ?? []).length > 0, 10);
    expect(interaction).toHaveLength(1);
  });

  it('has the lost end of a refused call found in its own list of call records', async () => {
    await control('POST', '/faults', { lose: ['hangup'] });
    const uuid = await call(STRANGER, BRANCH);
    await settled(uuid);
    await advance(120);
    await service.app.get(SweepRecords).enqueue();
    await runDue();

    const [leg] = await service.dataSource.query<{ is_ended: unknown }[]>(
      'SELECT is_ended FROM call_leg WHERE leg_uuid = ?',
      [uuid],
    );
    expect(Number(leg?.is_ended)).toBe(1);
  });

  it('signs by itself, or is signed for by its account, on its account’s path or its own', async () => {
    const params = () => ({
      CallUUID: randomUUID(),
      From: STRANGER,
      To: BRANCH,
      Direction: 'inbound',
      CallStatus: 'ringing',
    });
    const ask = async (path: string, token: string): Promise<number> => {
      const target = `/plivo/${path}/answer`;
      const list = Object.entries(params());
      const [url, nonce] = [service.baseUrl + target, randomUUID()];
      const signature = signV3({ method: 'POST', url, params: list, nonce, token });
      const answer = await service.request(target, {
        method: 'POST',
        as: null,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-plivo-signature-v3': signature,
          'x-plivo-signature-v3-nonce': nonce,
        },
        body: new URLSearchParams(list).toString(),
      });
      return answer.status;
    };
    for (const path of [AUTH_ID, branch.authId])
      for (const token of [branch.authToken, service.authToken]) expect(await ask(path, token)).toBe(200);
    expect(await ask(branch.authId, 'another')).toBe(403);
    expect(await ask('SANOBODYNOBODYNOBODY', branch.authToken)).toBe(403);

    const base = `${service.baseUrl}/plivo/${branch.authId}`;
    const made = await plivo<{ app_id: string }>(branch, 'POST', 'Application/', {
      app_name: 'couriers',
      answer_url: `${base}/answer`,
      hangup_url: `${base}/hangup`,
    });
    await plivo(main(), 'POST', `Number/${BRANCH}/`, { app_id: made.body.app_id });
    await sync();
    expect(await numberOf(BRANCH)).toMatchObject({ leads_to: 'here', application: 'couriers', status: 'active' });

    await begin();
    const uuid = await talk(ASHA, BRANCH, RAVI, 5);
    const { webhooks } = await settled<CallView>(uuid);
    expect(webhooks.some(({ kind, url }) => kind === 'answer' && url.startsWith(base))).toBe(true);
    expect(webhooks.map(({ outcome }) => outcome)).toEqual(webhooks.map(() => 'delivered'));
  });

  it('has hang-ups that lead elsewhere told, and keeps its number', async () => {
    const base = `${service.baseUrl}/plivo/${branch.authId}`;
    const made = await plivo<{ app_id: string }>(branch, 'POST', 'Application/', {
      app_name: 'half',
      answer_url: `${base}/answer`,
      hangup_url: 'https://hotline.example/end',
    });
    await plivo(main(), 'POST', `Number/${BRANCH}/`, { app_id: made.body.app_id });
    await sync();

    expect(await numberOf(BRANCH)).toMatchObject({
      leads_to: 'hangup-elsewhere',
      application: 'half',
      status: 'active',
    });
    await begin();
    await plivo(branch, 'POST', `Application/${made.body.app_id}/`, { hangup_url: `${base}/hangup` });
    await sync();
    expect(await numberOf(BRANCH)).toMatchObject({ leads_to: 'here' });
  });

  it('has its new token followed: by its programs, its webhooks and what waits to be fetched', async () => {
    await begin({ record: true });
    const former = branch;
    await control('PUT', `/subaccounts/${branch.authId}`, {});
    const renewed = await plivo<{ auth_token: string }>(main(), 'GET', `Subaccount/${branch.authId}/`);
    branch = { ...branch, authToken: renewed.body.auth_token };
    expect(branch.authToken).not.toBe(former.authToken);

    // Plivo lets the account sign too, so calls go on before anybody has told us.
    const uuid = await talk(ASHA, BRANCH, RAVI, 42);
    const { webhooks } = await settled<CallView>(uuid);
    expect(webhooks.map(({ outcome }) => outcome)).toEqual(webhooks.map(() => 'delivered'));
    await runDue();
    expect(await recordings()).toMatchObject([{ status: 'fetching' }]);

    const changed = await service.admin('PUT', `/accounts/${branch.authId}/plivo-token`, {
      plivo_auth_token: branch.authToken,
    });
    expect(changed.status).toBe(204);
    await until(recordings, ([one]) => one?.status === 'ready');
    expect((await open(former)).status).toBe(401);
    expect((await read(branch)).session_uuid).toBe(session.session_uuid);
    const params = { CallUUID: randomUUID(), From: STRANGER, To: BRANCH, Direction: 'inbound', CallStatus: 'ringing' };
    expect((await service.webhook('/answer', params, { token: former.authToken })).status).toBe(403);
    expect((await service.webhook('/answer', params, { token: branch.authToken })).status).toBe(200);
  });

  it('lists its own calls, and nobody else’s', async () => {
    const list = (as: Owner, query = '') =>
      service.request<{ meta: { total_count: number }; objects: { call_uuid: string }[] }>(
        `/v1/Account/${as.authId}/Call/${query}`,
        { as },
      );
    const { body } = await list(branch);
    expect(body.meta.total_count).toBeGreaterThan(10);
    expect((await list(main(), `?subaccount=${branch.authId}`)).body).toMatchObject({
      meta: { total_count: body.meta.total_count },
      objects: body.objects.map(({ call_uuid }) => ({ call_uuid })),
    });
    expect((await list(main())).body.meta.total_count).toBe(body.meta.total_count);
  });
});
