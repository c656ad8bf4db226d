import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { AdmitOperator } from '../src/admin/access/admit-operator.js';
import { ConsoleEvents, type Listener } from '../src/admin/events/console-events.js';
import { Events } from '../src/platform/events/events.js';
import { describeOnEachService, startService, type Service } from './support/service.js';

const [AMY, BEN] = ['14158675309', '14152749061'];
const VIRTUAL = '14155550100';
const A_LEG = 'c1a1a1a1-0000-4000-8000-000000000001';

/** A stream that is read as it comes. */
class Stream {
  text = '';
  private readonly waiting = new Set<() => void>();

  constructor(readonly socket: Socket) {
    socket.on('data', (data: Buffer) => this.take(data.toString()));
    socket.on('close', () => this.take(''));
    socket.on('error', () => undefined);
  }

  /** Until what has come matches, or the stream ends. */
  async matches(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.text);
      if (found) return found;
      if (this.socket.closed) throw new Error(`expected ${pattern}, got ${this.text}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private take(more: string): void {
    this.text += more;
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

describeOnEachService('the events of the console', (start) => {
  let service: Service;
  const streams: Stream[] = [];

  beforeAll(async () => {
    service = await start({ settings: { ROLE: 'all' } });
    await service.addNumbers([VIRTUAL]);
  });

  afterEach(async () => {
    for (const { socket } of streams.splice(0)) {
      const closed = socket.closed ? undefined : once(socket, 'close');
      socket.destroy();
      await closed;
    }
  });

  const listenTo = async ({ baseUrl }: Service, header: string): Promise<Stream> => {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname);
    socket.write(`GET /admin/events HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${header}\r\n\r\n`);
    const stream = new Stream(socket);
    streams.push(stream);
    await stream.matches(/\r\n\r\n[^]/);
    return stream;
  };
  const listen = (token = service.adminToken): Promise<Stream> => listenTo(service, `Authorization: Bearer ${token}`);
  const add = async (name: string, role: string) =>
    (await service.admin<{ id: string; token: string }>('POST', '/operators', { name, role })).body;

  it('begin with a comment, and are kept by nobody on the way', async () => {
    const stream = await listen();
    await stream.matches(/retry: \d+\n: listening\n\n/);
    expect(stream.text).toMatch(/^HTTP\/1\.1 200 /);
    for (const header of [
      'content-type: text/event-stream; charset=utf-8',
      'cache-control: no-store, no-transform',
      'x-accel-buffering: no',
      'x-content-type-options: nosniff',
    ])
      expect(stream.text.toLowerCase()).toContain(header);
  });

  it('tell every role that a session, its number, a call have changed, and nobody a number', async () => {
    const all = await Promise.all(
      ['viewer', 'support', 'finance', 'admin'].map(async (role) => listen((await add(`the ${role}`, role)).token)),
    );
    const opened = await service.sessions('POST', '/', { first_party: `+${AMY}`, second_party: `+${BEN}` });
    const uuid = String(opened.body['session_uuid']);
    const call = { CallUUID: A_LEG, From: AMY, To: VIRTUAL, Direction: 'inbound', CallStatus: 'ringing' };
    for (const stream of all) {
      await stream.matches(
        new RegExp(`event: session\\ndata: {"id":"${uuid}","account":"${service.authId}","at":"[^"]+Z"}\\n\\n`),
      );
      await stream.matches(new RegExp(`event: pool\\ndata: {"id":"${service.authId}"`));
    }
    await service.webhook('/answer', call);
    const [listener] = all;
    const [, id] = (await listener?.matches(/event: call\ndata: {"id":"([0-9a-f-]{36})"/)) ?? [];
    expect((await service.admin('GET', `/calls/${id}`)).status).toBe(200);
    await service.webhook('/answer', { ...call, CallUUID: A_LEG.replace('1', '2'), From: '14155559999' });
    await listener?.matches(new RegExp(`event: call\\ndata: {"id":"(?!${id})`));
    for (const { text } of all) for (const number of [AMY, BEN, VIRTUAL, '5559999']) expect(text).not.toContain(number);
  });

  it('come to the cookie of the console too, and to nobody else', async () => {
    const login = { method: 'POST', as: null, body: { token: service.adminToken } };
    const { headers } = await service.request('/admin/login', login);
    const cookie = String(headers['set-cookie']).split(';', 1)[0] ?? '';
    expect((await listenTo(service, `Cookie: ${cookie}`)).text).toMatch(/^HTTP\/1\.1 200 /);
    expect((await listenTo(service, `Cookie: ${cookie}\r\nSec-Fetch-Site: cross-site`)).text).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect((await listenTo(service, 'Accept: text/event-stream')).text).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('are for at most twenty listeners of an operator', async () => {
    const { token } = await add('many tabs', 'viewer');
    for (let count = 0; count < 20; count += 1) await listen(token);
    expect((await listen(token)).text).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: 10[^]*too_many_listeners/i);
  });

  it('keep no place for who went away while it was asked who he is', async () => {
    const admitOperator = service.app.get(AdmitOperator, { strict: false });
    const before = listenersOf(service).size;
    const { hostname, port } = new URL(service.baseUrl);
    const client = connect(Number(port), hostname);
    const asked: unknown[] = [];
    admitOperator.run = async (request) => {
      client.destroy();
      const { socket } = request.raw;
      if (!socket.closed) await once(socket, 'close');
      asked.push(request);
      return AdmitOperator.prototype.run.call(admitOperator, request);
    };
    client.write(`GET /admin/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${service.adminToken}\r\n\r\n`);
    // By the guard, and by the route itself.
    while (asked.length < 2) await new Promise(setImmediate);
    Reflect.deleteProperty(admitOperator, 'run');
    await new Promise(setImmediate);
    expect(listenersOf(service).size).toBe(before);
  });

  it('cost nothing while nobody listens: nothing is subscribed to', async () => {
    const { subscribers } = service.app.get(Events, { strict: false }) as unknown as {
      subscribers: Map<string, unknown[]>;
    };
    const count = (): number => [...subscribers.values()].reduce((sum, list) => sum + list.length, 0);
    while (listenersOf(service).size > 0) await new Promise(setImmediate);
    const before = count();
    const stream = await listen();
    expect(count()).toBeGreaterThan(before);
    stream.socket.destroy();
    while (listenersOf(service).size > 0) await new Promise(setImmediate);
    expect(count()).toBe(before);
  });

  it('are cut where somebody does not read: little is kept for him', async () => {
    const { socket } = await listen();
    socket.pause();
    const [listener] = [...listenersOf(service)].slice(-1);
    const lines = `: ${'x'.repeat(16_000)}\n\n`;
    let told = 0;
    for (; listenersOf(service).has(listener as Listener); told += lines.length) {
      listener?.tell(lines);
      await new Promise(setImmediate);
    }
    // What the kernel takes in is most of it.
    expect(told).toBeLessThan(64 * 1024 * 1024);
  });

  it('end with the process, and say when to come again', async () => {
    const other = await startService({ url: 'sqlite::memory:', settings: { ROLE: 'api' } });
    const stream = await listenTo(other, `Authorization: Bearer ${other.adminToken}`);
    const closed = once(stream.socket, 'close');
    await other.close();
    await closed;
    expect(stream.text).toMatch(/: listening\n\n[^]*retry: \d+\n\n/);
  });
});

function listenersOf({ app }: Service): Set<Listener> {
  return (app.get(ConsoleEvents, { strict: false }) as unknown as { listeners: Set<Listener> }).listeners;
}
