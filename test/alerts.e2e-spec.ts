import { createHmac } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SpendCapReached } from '../src/accounts/index.js';
import { RecountDiffered } from '../src/billing-stats/index.js';
import { TOLD_CAUSES } from '../src/alerts/subscription.entity.js';
import { NumberAttacked } from '../src/call-routing/index.js';
import { ReceiverPaused, ReceiverRecovered } from '../src/callbacks/index.js';
import { PoolRanLow, PoolRefusals, WatchPool } from '../src/number-pool/index.js';
import { PlivoReached, PlivoUnreachable, RefusedWebhooks, WebhooksRefused } from '../src/plivo/index.js';
import { PlivoReach } from '../src/plivo/plivo-reach.js';
import { Database } from '../src/platform/database/database.js';
import { Events } from '../src/platform/events/events.js';
import { Jobs, Park } from '../src/platform/jobs/jobs.js';
import { startReceiver, type Heard } from './support/callbacks.js';
import { eventually } from './support/eventually.js';
import { FakeClock } from './support/ground.js';
import { describeOnEachService, type Service } from './support/service.js';

const HOUR = 3_600_000;
const AMY = '+14158675309';
const ALL = [
  'pool.low',
  'pin.attack',
  'receiver.paused',
  'spend.cap',
  'webhooks.refused',
  'job.parked',
  'plivo.unreachable',
  'recount.different',
];
const NOBODY = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';

interface Told {
  type: string;
  id: string;
  at: string;
  account: string | null;
  data: Record<string, unknown>;
}

/** Moved, as the simulator's can be: receivers compare with the machine's. */
class AheadClock extends FakeClock {
  override wall(): number {
    return this.now() - 2 * HOUR;
  }
}

/** As a receiver does it, by the words of Standard Webhooks. */
function isGenuine({ headers, body }: Heard, secret: string, now: number): boolean {
  const [id, time, signatures = ''] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`] ?? '');
  if (Math.abs(now / 1000 - Number(time)) > 300) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
  return signatures.split(' ').includes(`v1,${expected}`);
}

describeOnEachService('operators are told', (start, database) => {
  let service: Service;
  let clock: FakeClock;
  const receivers: Awaited<ReturnType<typeof startReceiver>>[] = [];
  let receiver: Awaited<ReturnType<typeof startReceiver>>;

  beforeAll(async () => {
    clock = new AheadClock();
    // Nothing but what the facts do: no tasks, and jobs when they say so.
    service = await start({ clock, settings: { ROLE: 'api', CALLBACK_ALLOW_PRIVATE: 'true' } });
  });
  beforeEach(async () => {
    for (const table of ['subscription', 'told_cause', 'job', 'plivo_outage', 'refused_webhook'])
      await service.dataSource.query(`DELETE FROM ${table}`);
    receiver = await another();
  });
  afterEach(async () => {
    for (const one of receivers.splice(0)) await one.close();
  });

  async function another() {
    const one = await startReceiver();
    receivers.push(one);
    return one;
  }
  const subscribe = async (events = ALL, more: Record<string, unknown> = {}) => {
    const body = { url: `${receiver.url}/alerts`, events, ...more };
    const made = await service.admin<{ id: string; secret: string }>('POST', '/subscriptions', body);
    expect(made.status).toBe(201);
    return made.body;
  };
  const work = (): Promise<number> => service.app.get(Jobs).runDue();
  const told = (by = receiver): Told[] => by.heard.map(({ body }) => JSON.parse(body) as Told);
  const types = (by = receiver): string[] => told(by).map(({ type }) => type);
  const publish = (event: object) =>
    service.app.get(Database).transaction((tx) => service.app.get(Events).publish(tx, event));
  const listed = async () =>
    (await service.admin<{ items: Record<string, unknown>[] }>('GET', '/subscriptions')).body.items;

  describe('where they have subscribed', () => {
    it('with a secret that is shown once', async () => {
      const made = await service.admin('POST', '/subscriptions', { url: receiver.url, events: ['pool.low'] });
      expect(made).toMatchObject({
        status: 201,
        body: { url: receiver.url, events: ['pool.low'], account: null, last_attempt_at: null, last_outcome: null },
      });
      expect(String(made.body['secret'])).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      const { secret, ...shown } = made.body;
      expect(await listed()).toEqual([shown]);
      const [row] = await service.dataSource.query<Record<string, string>[]>('SELECT * FROM subscription');
      expect(JSON.stringify(row)).not.toContain(String(secret).slice(6));
      expect(row!['url']).not.toContain('127.0.0.1');
      const audit = await service.admin('GET', '/audit?limit=1');
      expect(audit.text).toContain('subscription.added');
      expect(audit.text).not.toContain(String(secret));
    });

    it.each([
      [{ events: ['pool.low'] }, 'url'],
      [{ url: 'https://ops.example.com/', events: [] }, 'events'],
      [{ url: 'https://ops.example.com/', events: ['pool.low', 'pool.low'] }, 'events'],
      [{ url: 'https://ops.example.com/', events: ['call.ended'] }, 'events'],
      [{ url: 'https://ops.example.com/', events: 'pool.low' }, 'events'],
      [{ url: 'https://ops.example.com/' }, 'events'],
      [{ url: 'ftp://ops.example.com/', events: ['pool.low'] }, 'url'],
      [{ url: 'https://user:word@ops.example.com/', events: ['pool.low'] }, 'url'],
      [{ url: 'nowhere', events: ['pool.low'] }, 'url'],
      [{ url: 'https://ops.example.com/', events: ['pool.low'], secret: 'x' }, 'secret'],
      [{ url: 'https://ops.example.com/', events: ['pool.low'], account: null }, 'account'],
    ])('and refuses %j', async (body, param) => {
      expect(await service.admin('POST', '/subscriptions', body)).toMatchObject({ status: 400, body: { param } });
      expect(await listed()).toEqual([]);
    });

    it('and only on the open internet, unless the settings allow more', async () => {
      const strict = await start({ settings: { ROLE: 'api' } });
      for (const [url, reason] of [
        ['http://ops.example.com/', 'scheme'],
        ['https://127.0.0.1/', 'private-address'],
        ['https://10.0.0.8/', 'private-address'],
        ['https://ops.internal/', 'private-address'],
        ['https://ops.example.com:6379/', 'port'],
      ])
        expect(await strict.admin('POST', '/subscriptions', { url, events: ['pool.low'] })).toMatchObject({
          status: 400,
          body: {
            code: 'url_not_allowed',
            param: 'url',
            detail: `url: expected an https URL of a public server, refused as ${reason}`,
          },
        });
      const allowed = { url: 'https://ops.example.com/', events: ['pool.low'] };
      expect((await strict.admin('POST', '/subscriptions', allowed)).status).toBe(201);
    });

    it('and refuses an account that there is not, a hundred and first, and ids that nobody has', async () => {
      const body = { url: receiver.url, events: ['pool.low'] };
      const unknown = await service.admin('POST', '/subscriptions', { ...body, account: 'MAUNKNOWNUNKNOWN0000' });
      expect(unknown.status).toBe(404);
      for (let made = 0; made < 100; made++) await service.admin('POST', '/subscriptions', body);
      expect(await service.admin('POST', '/subscriptions', body)).toMatchObject({
        status: 409,
        body: { code: 'too_many_subscriptions' },
      });
      expect((await service.admin('DELETE', `/subscriptions/${NOBODY}`)).status).toBe(404);
      expect((await service.admin('POST', `/subscriptions/${NOBODY}/test`)).status).toBe(404);
    });

    it('page by page', async () => {
      const ids = [(await subscribe()).id, (await subscribe()).id, (await subscribe()).id];
      const first = (await service.admin('GET', '/subscriptions?limit=2')).body as { items: { id: string }[] };
      const cursor = String((first as unknown as { next_cursor: string }).next_cursor);
      const second = (await service.admin('GET', `/subscriptions?limit=2&cursor=${cursor}`)).body;
      const rest = second as unknown as { items: { id: string }[]; next_cursor: null };
      expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
      expect(rest.next_cursor).toBeNull();
    });

    it('and can try it', async () => {
      const { id, secret } = await subscribe(['pool.low']);
      const tested = await service.admin('POST', `/subscriptions/${id}/test`);
      expect(tested.status).toBe(202);
      await work();
      expect(told()).toMatchObject([{ type: 'subscription.test', id: tested.body['id'], data: { subscription: id } }]);
      expect(isGenuine(receiver.heard[0]!, secret, clock.wall())).toBe(true);
      expect(await listed()).toMatchObject([{ last_outcome: '200' }]);
    });

    it('until they have not', async () => {
      const { id } = await subscribe();
      await publish(new SpendCapReached(service.authId, clock.now()));
      expect((await service.admin('DELETE', `/subscriptions/${id}`)).status).toBe(204);
      await work();
      expect([receiver.heard, await listed()]).toEqual([[], []]);
    });
  });

  const day = Date.UTC(2026, 0, 5);
  it.each([
    ['pool.low', new PoolRanLow('MA1', null, 'US', 0, { available: 10, numbersNeeded: 9 }), { headroom: 1 }],
    ['pool.low', new PoolRanLow('MA1', null, 'US', 3, null), { reason: 'refusal', refusals: 3, headroom: null }],
    ['pin.attack', new NumberAttacked('MA1', '14155550100', NOBODY), { virtual_number: '+14155550100' }],
    ['receiver.paused', new ReceiverPaused('MA1', NOBODY), { receiver: NOBODY, status: 'paused' }],
    ['receiver.paused', new ReceiverRecovered('MA1', NOBODY), { receiver: NOBODY, status: 'recovered' }],
    ['spend.cap', new SpendCapReached('MA1', day), { day: '2026-01-05' }],
    ['webhooks.refused', new WebhooksRefused('MA1', day, 12), { count: 12, minute: '2026-01-05T00:00:00.000Z' }],
    ['plivo.unreachable', new PlivoUnreachable('MA1', 5), { status: 'unreachable', failures: 5 }],
    ['plivo.unreachable', new PlivoReached('MA1', day), { status: 'reachable' }],
    ['recount.different', new RecountDiffered(NOBODY, 1, 2, 3, false), { call_differences: 1, repaired: false }],
  ])('of %s, by a signature that verifies and in the log', async (type, event, data) => {
    const { secret } = await subscribe([type]);
    await publish(event);
    await work();

    const account = type === 'recount.different' ? null : 'MA1';
    const link = expect.stringContaining(`${service.baseUrl}/console#/`) as unknown;
    expect(told()).toMatchObject([{ type, account, at: new Date(clock.now()).toISOString(), data, link }]);
    const [heard] = receiver.heard;
    expect(heard!.headers['webhook-id']).toBe(told()[0]!.id);
    expect(isGenuine(heard!, secret, clock.wall())).toBe(true);
    expect(isGenuine({ ...heard!, body: heard!.body.replace('MA1', 'MA2') + ' ' }, secret, clock.wall())).toBe(false);
    expect(isGenuine(heard!, secret, clock.wall() + HOUR)).toBe(false);
    const line = service
      .logs()
      .split('\n')
      .filter((each) => each.includes(told()[0]!.id) && each.includes('alert.raised'));
    expect(line).toHaveLength(1);
  });

  it('of what they want, and of the account that they want it of', async () => {
    await subscribe(['spend.cap'], { account: service.authId });
    await publish(new SpendCapReached('MAOTHER', day));
    await publish(new SpendCapReached(service.authId, day));
    await publish(new RecountDiffered(NOBODY, 1, 0, 0, false));
    await publish(new NumberAttacked(service.authId, '14155550100', NOBODY));
    await work();
    expect(told()).toMatchObject([{ type: 'spend.cap', account: service.authId }]);
  });

  it('once an hour, account and country that a pool is low, in whatever order it is found', async () => {
    await subscribe();
    const low = (country: string, refusals: number, account = 'MA1') =>
      new PoolRanLow(account, null, country, refusals, refusals > 0 ? null : { available: 1, numbersNeeded: 1 });
    for (const event of [low('US', 1), low('GB', 0), low('US', 0), low('US', 2, 'MA2'), low('GB', 1)]) {
      await publish(event);
      await work();
    }
    expect(
      told()
        .map(({ account, data }) => `${account} ${String(data['country'])}`)
        .sort(),
    ).toEqual(['MA1 GB', 'MA1 US', 'MA2 US']);
    clock.advance(HOUR - 1);
    await publish(low('US', 0));
    await work();
    expect(told()).toHaveLength(3);
    clock.advance(1);
    await publish(low('US', 0));
    await work();
    expect(told()).toHaveLength(4);
  });

  it('again, with the same id and bytes, when they did not take it', async () => {
    const { secret } = await subscribe();
    receiver.replies.push(500, 503);
    await publish(new SpendCapReached('MA1', day));
    await work();
    expect(receiver.heard).toHaveLength(1);
    expect(await listed()).toMatchObject([{ last_outcome: '500' }]);
    clock.advance(10_000);
    await work();
    clock.advance(HOUR);
    await work();
    expect(receiver.heard).toHaveLength(3);
    expect(new Set(receiver.heard.map(({ body, headers }) => body + headers['webhook-id'])).size).toBe(1);
    for (const { headers, body } of receiver.heard.slice(2))
      expect(isGenuine({ headers, body } as Heard, secret, clock.wall())).toBe(true);
    expect(await listed()).toMatchObject([{ last_outcome: '200' }]);
  });

  it('although another one is dead, which is given up after ten attempts and told of by nobody', async () => {
    const alive = receiver;
    await subscribe();
    receiver = await another();
    await subscribe();
    const dead = receiver;
    dead.replies.push(...Array.from({ length: 40 }, () => 500));
    for (const account of ['MA1', 'MA2', 'MA3']) await publish(new SpendCapReached(account, day));
    await work();
    expect(
      told(alive)
        .map(({ account }) => account)
        .sort(),
    ).toEqual(['MA1', 'MA2', 'MA3']);
    for (let attempt = 2; attempt <= 12; attempt++) {
      clock.advance(48 * HOUR);
      await work();
    }
    expect(dead.heard).toHaveLength(30);
    const parked = await service.admin<{ items: { kind: string }[] }>('GET', '/jobs?status=parked');
    expect(parked.body.items.map(({ kind }) => kind)).toEqual(['alerts.deliver', 'alerts.deliver', 'alerts.deliver']);
    expect(alive.heard).toHaveLength(3);
  });

  it('while another one hangs, which has no more than its share of the places', async () => {
    const held: (() => void)[] = [];
    const hanging = receiver;
    hanging.replies.push(
      ...Array.from({ length: 30 }, () => (_: unknown, response: { end: () => void }) => {
        held.push(() => response.end());
      }),
    );
    await subscribe();
    receiver = await another();
    await subscribe();
    for (let account = 10; account < 40; account++) await publish(new SpendCapReached(`MA${account}`, day));
    const done = work();
    try {
      await eventually(() => expect(receiver.heard).toHaveLength(30));
      expect(hanging.heard.length).toBeLessThanOrEqual(4);
    } finally {
      hanging.replies.splice(0);
      for (const answer of held) answer();
      await done;
    }
    expect(hanging.heard).toHaveLength(30);
  });

  // SQLite has one writer.
  (database === 'sqlite' ? it.skip : it)('while another alert is still being written down', async () => {
    await subscribe();
    await publish(new SpendCapReached('MA1', day));
    await service.app.get(Database).transaction(async (tx) => {
      await TOLD_CAUSES.insert(tx, { cause: 'of another process', toldAt: clock.now() - 1 });
      await work();
      expect(receiver.heard).toHaveLength(1);
    });
  });

  it('and what was told is forgotten after a day', async () => {
    await publish(new SpendCapReached('MA1', day));
    await work();
    clock.advance(24 * HOUR + 1);
    await publish(new SpendCapReached('MA2', day));
    await work();
    const [kept] = await service.dataSource.query<{ count: number }[]>('SELECT COUNT(*) AS count FROM told_cause');
    expect(Number(kept?.count)).toBe(1);
  });

  it('of a session that found no number, and of a pool with little to spare', async () => {
    await service.addNumbers(['14155550100']);
    await subscribe();
    const open = (second: string) => service.sessions('POST', '/', { first_party: AMY, second_party: second });
    expect((await open('+14152749061')).status).toBe(201);
    await service.app.get(WatchPool).run();
    await work();
    expect(told()).toMatchObject([
      {
        type: 'pool.low',
        account: service.authId,
        data: { country: 'US', available: 1, numbers_needed: 1, headroom: 0 },
      },
    ]);

    clock.advance(HOUR);
    const again = await open('+14152749062');
    expect(again.status).toBe(201);
    expect((await open('+14152749063')).status).toBe(400);
    await service.app.get(PoolRefusals).write();
    await work();
    expect(told()[1]).toMatchObject({ type: 'pool.low', data: { country: 'US', reason: 'refusal', refusals: 1 } });
  });

  it('of webhooks that are refused, from ten in a minute on', async () => {
    await subscribe();
    const refused = (count: number) =>
      Promise.all(Array.from({ length: count }, () => service.webhook('/answer', {}, { token: 'wrong' })));
    await refused(9);
    await service.app.get(RefusedWebhooks).write();
    await work();
    expect(told()).toEqual([]);
    await refused(1);
    await service.app.get(RefusedWebhooks).write();
    await work();
    expect(told()).toMatchObject([{ type: 'webhooks.refused', account: service.authId, data: { count: 10 } }]);
    clock.advance(60_000);
    await refused(11);
    await service.app.get(RefusedWebhooks).write();
    await work();
    expect(types()).toHaveLength(1);
    clock.advance(600_000);
    await refused(9);
    await service.app.get(RefusedWebhooks).write();
    await work();
    expect(types()).toHaveLength(1);
  });

  it('that Plivo does not answer for an account, and that it does again, once each', async () => {
    await subscribe();
    const reach = service.app.get(PlivoReach);
    const note = async (...outcomes: boolean[]): Promise<string[]> => {
      for (const isReached of outcomes) reach.note(service.authId, isReached);
      await reach.onModuleDestroy();
      await work();
      clock.advance(60_000);
      return told().map(({ data }) => String(data['status']));
    };
    expect(await note(true, false, false, false, false, true, false, false, false, false)).toEqual([]);
    expect(await note(false)).toEqual(['unreachable']);
    expect(told()[0]).toMatchObject({ type: 'plivo.unreachable', account: service.authId });
    expect(await note(...Array.from({ length: 7 }, () => false))).toEqual(['unreachable']);
    expect(await note(true, true)).toEqual(['unreachable', 'reachable']);
  });

  it('of a job that was given up, once a minute and kind, and not of one that came to its end', async () => {
    await subscribe();
    const jobs = service.app.get(Jobs);
    jobs.handle<{ isBad: boolean }>('test.kind', { leaseSeconds: 5 }, async ({ isBad }) => {
      if (isBad) throw new Park('no use');
    });
    const enqueue = (payload: unknown) =>
      service.app.get(Database).transaction((tx) => jobs.enqueue(tx, 'test.kind', payload));
    await enqueue({ isBad: false });
    await work();
    expect(told()).toEqual([]);
    await enqueue({ isBad: true, accountId: service.authId });
    await enqueue({ isBad: true, accountId: service.authId });
    await work();
    expect(told()).toMatchObject([{ type: 'job.parked', account: service.authId, data: { kind: 'test.kind' } }]);
    const parked = await service.admin<{ items: { id: string }[] }>('GET', '/jobs?status=parked');
    expect(parked.body.items.map(({ id }) => id)).toContain(told()[0]!.data['job']);
  });

  it("of no party's number", () => {
    expect(service.logs()).toContain('alert.raised');
    expect(service.logs()).not.toContain(AMY.slice(1));
  });
});
