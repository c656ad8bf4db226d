import { beforeAll, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { Scheduler } from '../src/scheduler/index.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '14155550123';
const RAVI = '14155550124';
const AT_PLIVO = `/simulator/v1/Account/${AUTH_ID}`;

interface ListedNumber {
  number: string;
  status: string;
  application: string | null;
  leads_to: string | null;
}

interface SessionView {
  session_uuid: string;
  virtual_number: string;
  interaction: { end_time: string }[];
  total_call_amount: number;
}

interface CallView {
  webhooks: { kind: string; url: string; outcome: string }[];
}

// What somebody changes in Plivo's console, and what operators and callers notice of it.
describeOnEachService('the application of the numbers', (start) => {
  let service: Service;
  let home: { app_id: string; answer_url: string; hangup_url: string };

  const { control, settled, talk, advance } = simulatedPlivo(() => service);
  const plivo = async <Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Body> =>
    (await service.request<Body>(`${AT_PLIVO}/${path}`, { method, body })).body;
  const sync = () => service.admin<{ doubted?: true }>('POST', `/numbers/sync?account=${AUTH_ID}`);
  const numbers = async () => (await service.admin<{ items: ListedNumber[] }>('GET', '/numbers')).body.items;
  const leads = async () => [...new Set((await numbers()).map(({ status, leads_to }) => `${status} ${leads_to}`))];
  const open = () =>
    service.sessions<SessionView>('POST', '/', { first_party: ASHA, second_party: RAVI, session_expiry: 86_400 });
  const read = async (uuid: string) =>
    (await service.sessions<{ response: SessionView }>('GET', `/${uuid}/`)).body.response;
  /** The scheduled tasks of a minute later; the service's own ticks may be at it. */
  async function measuredAs(line: string): Promise<void> {
    await advance(61);
    for (let look = 0; ; look += 1) {
      await service.app.get(Scheduler).tick();
      const { text } = await service.request('/metrics', { as: null });
      if (text.includes(`masking_numbers_${line}\n`)) return;
      if (look === 100) throw new Error(`the metrics never said ${line}`);
    }
  }
  const warned = (): Record<string, unknown>[] =>
    service
      .logs()
      .split('\n')
      .filter((line) => line.includes('"msg":"numbers.'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  /** Through Plivo's own answers, as they are told to nobody else. */
  async function change(changed: Record<string, string>): Promise<void> {
    await plivo('POST', `Application/${home.app_id}/`, changed);
    expect((await sync()).status).toBe(200);
  }

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    const listed = await plivo<{ objects: (typeof home)[] }>('GET', 'Application/');
    home = listed.objects[0] as typeof home;
  });

  it('leads here when the service has started, without a word', async () => {
    await sync();
    expect(await leads()).toEqual(['active here']);
    await measuredAs('led{leads_to="here"} 5');
    expect(warned()).toEqual([]);
  });

  it('without a hang-up URL of its own loses nothing: hang-ups come to the answer URL', async () => {
    await change({ hangup_url: '' });
    expect(await leads()).toEqual(['active hangup-missing']);
    expect(warned().at(-1)).toMatchObject({ level: 'info', msg: 'numbers.hangup-missing', hangup_missing: 5 });

    const { session_uuid: uuid, virtual_number: via } = (await open()).body;
    const { webhooks } = await settled<CallView>(await talk(ASHA, via, RAVI, 5));
    const hangup = webhooks.find(({ kind }) => kind === 'hangup');
    expect(hangup).toMatchObject({ outcome: 'delivered', url: home.answer_url.split('#')[0] });
    expect((await read(uuid)).interaction[0]?.end_time).not.toBe('');
    await service.sessions('DELETE', `/${uuid}/`);
  });

  it('whose hang-ups go elsewhere is told, and its numbers are lent all the same', async () => {
    await change({ hangup_url: 'http://127.0.0.1:9/hangup#rc=0' });
    expect(await leads()).toEqual(['active hangup-elsewhere']);
    expect(warned().at(-1)).toMatchObject({ level: 'warn', msg: 'numbers.partly-elsewhere', hangup_elsewhere: 5 });
    await measuredAs('led{leads_to="hangup-elsewhere"} 5');

    const { session_uuid: uuid, virtual_number: via } = (await open()).body;
    await talk(ASHA, via, RAVI, 5);
    for (let minute = 0; minute < 16 && (await read(uuid)).total_call_amount === 0; minute += 2) {
      await advance(120);
      await service.app.get(Jobs).runDue();
    }
    expect((await read(uuid)).total_call_amount).toBeGreaterThan(0);
    await service.sessions('DELETE', `/${uuid}/`);
  });

  it('whose calls go elsewhere takes its numbers out of service until it leads here again', async () => {
    await change({ answer_url: 'https://hotline.example/answer' });
    expect(await leads()).toEqual(['elsewhere elsewhere']);
    expect((await open()).status).toBe(400);
    const told = warned().at(-1);
    expect(told).toMatchObject({ msg: 'numbers.elsewhere', numbers: 5, elsewhere: 5, applications: ['masking'] });
    expect(JSON.stringify(told)).not.toMatch(/1415555|hotline\.example/);

    await change({ answer_url: home.answer_url, hangup_url: home.hangup_url });
    expect(await leads()).toEqual(['active here']);
    expect(warned().at(-1)).toMatchObject({ msg: 'numbers.returned', numbers: 5 });
  });

  it('that Plivo does not show, for the moment or for once, changes nothing; the second time it is believed', async () => {
    await control('POST', '/faults', { api: { status: 503, only: ['GET Application'] } });
    expect((await sync()).status).toBe(503);
    await control('DELETE', '/faults');
    expect(await leads()).toEqual(['active here']);

    await plivo('DELETE', `Application/${home.app_id}/`);
    expect((await sync()).body).toMatchObject({ doubted: true });
    expect(await leads()).toEqual(['active here']);
    expect(warned().at(-1)).toMatchObject({ msg: 'numbers.listing-withheld', reason: 'applications', found: 0 });

    expect((await sync()).body).not.toHaveProperty('doubted');
    expect(await leads()).toEqual(['elsewhere no-application']);
    expect((await open()).status).toBe(400);

    const { app_id: id } = await plivo('POST', 'Application/', { ...home, app_name: 'new' });
    for (const { number } of await numbers()) await plivo('POST', `Number/${number.slice(1)}/`, { app_id: id });
    await sync();
    expect(await leads()).toEqual(['active here']);
    expect((await open()).status).toBe(201);
  });
});
