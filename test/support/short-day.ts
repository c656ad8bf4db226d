import { randomBytes } from 'node:crypto';
import { DAY_MS } from '../../src/platform/clock.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { startService, type Service } from './service.js';
import { simulatedPlivo } from './simulated-plivo.js';

export const [ANA, RAVI, MEI] = ['14155550123', '14155550124', '14155550125'];

/** Settings of an installation in a folder of its own, with a key that is a setting. */
export function settingsAt(folder: string, databaseUrl: string): Record<string, string> {
  return {
    DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    PLIVO_AUTH_ID: 'MASERVICETESTTEST000',
    PLIVO_AUTH_TOKEN: randomBytes(20).toString('hex'),
    ADMIN_TOKEN: randomBytes(20).toString('hex'),
    PROVIDER: 'simulator',
    WORKER_POLL_MS: '60000',
  };
}

export function startAt(settings: Record<string, string>): Promise<Service> {
  return startService({ url: settings['DATABASE_URL'] ?? '', settings });
}

export interface Lent {
  session_uuid: string;
  virtual_number: string;
}

export async function lend(service: Service, first: string, second: string, more: object = {}): Promise<Lent> {
  const parties = { first_party: first, second_party: second };
  const made = await service.sessions<Lent>('POST', '/', { ...parties, record: true, ...more });
  if (made.status !== 201 && made.status !== 200) throw new Error(made.text);
  return made.body;
}

/** Sessions that live and that are over, calls that talked, were declined and were refused, callbacks, statistics and a recording that is kept. */
export async function liveShortDay(service: Service): Promise<Lent> {
  const { control, act, ringing, call, settled, talk } = simulatedPlivo(() => service);
  const live = await lend(service, ANA, RAVI, { session_expiry: 86_400 });
  await lend(service, MEI, RAVI);
  const over = await lend(service, MEI, ANA);
  await talk(ANA, live.virtual_number, RAVI, 42);
  const declined = await call(RAVI, live.virtual_number);
  await ringing(ANA);
  await act(ANA, 'decline');
  await settled(declined);
  await settled(await call('14155550199', live.virtual_number));
  await service.sessions('DELETE', `/${over.session_uuid}/`);
  const named = await service.admin('PATCH', `/accounts/${service.authId}`, { name: 'Zoë 🦊' });
  if (named.status !== 200) throw new Error(named.text);
  await control('GET', '/clock');
  const jobs = service.app.get(Jobs);
  for (let look = 0; look < 100; look += 1) {
    await jobs.runDue();
    const { body } = await service.admin<{ items: { status: string }[] }>('GET', '/recordings');
    if (body.items.some(({ status }) => status === 'ready')) return live;
  }
  throw new Error('expected a recording to be kept');
}

const CREATED = /"created_time":"([\d-]+ [\d:]+)/;

/** A session, all calls and what they came to as a service shows them, wherever it listens. */
export async function seenBy(service: Service, { session_uuid: id }: Lent): Promise<unknown> {
  const session = await service.sessions('GET', `/${id}/`);
  const calls = await service.admin('GET', '/calls');
  // Both ends are said: left out they are those of the service's own clock, which may stand in another hour than the other service's.
  const at = Date.parse(`${CREATED.exec(session.text)?.[1]}Z`);
  const [from, to] = [at - DAY_MS, at + DAY_MS].map((time) => new Date(time).toISOString());
  const stats = await service.admin('GET', `/stats?group_by=number&from=${from}&to=${to}`);
  const text = JSON.stringify([session.body['response'], calls.body, stats.body]);
  return JSON.parse(text.replaceAll(service.baseUrl, '')) as unknown;
}
