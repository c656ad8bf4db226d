import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '+14155550123';
const RAVI = '+14155550124';
const STRANGER = '+14155550177';

interface CallView {
  call_uuid: string;
  status: string;
  legs: { to: string; cost: string | null; billed_duration: number; hangup_cause_code: number | null }[];
  webhooks: { kind: string; status: number | null }[];
}

interface SessionView {
  session_uuid: string;
  virtual_number: string;
  status: string;
  total_call_count: number;
  total_call_amount: number;
  total_call_billed_duration: number;
  interaction: Record<string, unknown>[] | null;
}

// One call from dial to bill, told through HTTP: the service on one side, the simulated Plivo and its phones on the other.
describeOnEachService('a masked call', (start) => {
  let service: Service;
  let session: SessionView;

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
  });

  const { act, advance, bridged, control, prepare, ...plivo } = simulatedPlivo(() => service);
  const call = (from: string, to = session.virtual_number): Promise<string> => plivo.call(from, to);
  const settled = (uuid: string) => plivo.settled<CallView>(uuid);
  const ringing = (number: string) => plivo.ringing<{ ringing: { caller_id: string; caller_name: string }[] }>(number);
  const read = async (): Promise<SessionView> =>
    (await service.sessions<{ response: SessionView }>('GET', `/${session.session_uuid}/`)).body.response;
  const sightings = async () =>
    (await control<{ items: { phone: string; caller_id: string; caller_name: string }[] }>('GET', '/sightings')).items;

  beforeEach(async () => {
    await control('POST', '/reset');
    if (session) await service.sessions('DELETE', `/${session.session_uuid}/`);
    const made = await service.sessions<SessionView & { virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      ring_timeout: 30,
    });
    expect(made.status).toBe(201);
    session = made.body;
  });

  async function talk(from: string, to: string, seconds: number): Promise<string> {
    const uuid = await call(from);
    await ringing(to);
    await act(to, 'answer');
    await bridged(uuid);
    expect((await read()).status).toBe('in-progress');
    await advance(seconds);
    await act(to, 'hangup');
    await settled(uuid);
    return uuid;
  }

  it('rings the other party with the virtual number, and ends in an interaction that costs what Plivo charged', async () => {
    const uuid = await talk(ASHA, RAVI, 42);

    const after = await read();
    const bill = await settled(uuid);
    const cost = bill.legs.reduce((sum, leg) => sum + Number(leg.cost), 0);
    expect(after).toMatchObject({
      status: 'active',
      total_call_count: 2,
      total_call_billed_duration: bill.legs.reduce((sum, leg) => sum + leg.billed_duration, 0),
    });
    expect(after.total_call_amount).toBeCloseTo(cost, 6);
    expect(after.interaction).toHaveLength(1);
    expect(after.interaction?.[0]).toMatchObject({
      first_party_resource_url: expect.stringContaining(uuid),
      first_party_status: 'completed',
      second_party_status: 'completed',
    });
    expect(await sightings()).toEqual([
      expect.objectContaining({ phone: RAVI.slice(1), caller_id: session.virtual_number.slice(1) }),
    ]);
    for (const webhook of bill.webhooks) expect(webhook.status).toBe(200);
  });

  it('works the other way round, and again', async () => {
    await talk(RAVI, ASHA, 10);
    await talk(ASHA, RAVI, 70);

    const after = await read();
    expect(after.total_call_count).toBe(4);
    expect(after.total_call_billed_duration).toBe(60 + 60 + 120 + 120);

    const renewal = { first_party: ASHA, second_party: RAVI };
    const renewed = (await service.sessions<{ session: SessionView }>('POST', '/', renewal)).body.session;
    expect(renewed).toMatchObject({ session_uuid: session.session_uuid, total_call_count: 4 });
    expect(renewed.interaction).toEqual(after.interaction);
  });

  it('never shows a real number to the other side', async () => {
    await talk(ASHA, RAVI, 5);
    await talk(RAVI, ASHA, 5);

    for (const seen of await sightings()) {
      const other = seen.phone === ASHA.slice(1) ? RAVI : ASHA;
      expect(`${seen.caller_id} ${seen.caller_name}`).not.toContain(other.slice(1));
    }
  });

  it.each([
    ['a stranger', STRANGER],
    ['a withheld number', 'anonymous'],
  ])('%s is rejected unanswered, which costs nothing, and nobody rings', async (_who, from) => {
    const refused = await settled(await call(from));

    expect(refused.legs).toMatchObject([{ billed_duration: 0, hangup_cause_code: 3020 }]);
    expect(Number(refused.legs[0]?.cost)).toBe(0);
    expect(await sightings()).toEqual([]);
    expect(JSON.stringify(refused)).not.toContain('Sorry');
  });

  it.each([
    ['a SIP address', 'sip:14155550123@phone.plivo.com'],
    ['a party shown in national form', '04155550123'],
  ])('%s hears a sentence and nobody rings', async (_who, from) => {
    const refused = await settled(await call(from));

    expect(refused.legs).toHaveLength(1);
    expect(await sightings()).toEqual([]);
    expect(JSON.stringify(refused)).toContain('in international form');
  });

  it.each([
    ['declines', 'decline', 3020],
    ['is busy', 'busy', 3010],
    ['does not answer', 'no-answer', 6010],
  ])(
    'the other party that %s leaves the session live, with the reason in its interaction',
    async (_what, behaviour, code) => {
      await prepare(RAVI, { behaviour });
      const uuid = await call(ASHA);
      if (behaviour === 'no-answer') {
        await ringing(RAVI);
        await advance(31);
      }
      const bill = await settled(uuid);
      const after = await read();

      expect(bill.legs[1]?.hangup_cause_code).toBe(code);
      expect(after).toMatchObject({ status: 'active', total_call_amount: 0 });
      expect(after.interaction?.[0]?.second_party_status).toMatch(/busy|timeout|no-answer/);
    },
  );

  it('after the end nobody is connected; a call that is on goes on', async () => {
    const uuid = await call(ASHA);
    await ringing(RAVI);
    await act(RAVI, 'answer');
    await bridged(uuid);
    await service.sessions('DELETE', `/${session.session_uuid}/`);
    await act(RAVI, 'hangup');
    await settled(uuid);
    const late = await settled(await call(ASHA));

    expect(late.legs).toHaveLength(1);
    expect((await read()).interaction).toHaveLength(1);
    expect((await read()).status).toBe('expired');
  });

  it('webhooks that are repeated, delayed and shuffled end in the same interaction', async () => {
    const quiet = await talk(ASHA, RAVI, 42);
    const [expected] = (await read()).interaction ?? [];
    await control('POST', '/faults', { duplicate: 1, reorder: 0.5, seed: 7 });
    const noisy = await talk(ASHA, RAVI, 42);
    await control('DELETE', '/faults');
    const again = (await read()).interaction?.[1];

    for (const name of [
      'total_call_amount',
      'call_billed_duration',
      'total_call_count',
      'first_party_status',
      'second_party_status',
    ]) {
      expect([name, again?.[name]]).toEqual([name, expected?.[name]]);
    }
    expect(quiet).not.toBe(noisy);
  });
});
