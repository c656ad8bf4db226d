import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import type { CallbackTokens } from '../accounts/index.js';
import type { FindSessionById, SessionRecord } from '../sessions/index.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Events } from '../platform/events/events.js';
import { createLogger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, FakeClock, testConfig } from '../../test/support/ground.js';
import { AddCallback } from './add-callback.js';
import { CallbackMetrics } from './callback-metrics.js';
import { CallbackTarget } from './callback-target.js';
import { timeoutEvent } from './contract.js';
import { DeliverCallbacks } from './deliver-callbacks.js';
import { FailingReceivers } from './failing-receivers.js';
import { ReplayCallbacks } from './replay-callbacks.js';

describeOnEachDatabase('a replay during an attempt', (open) => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  /** Answers when the test says so; `next()` is the sequence number of the next request and how to answer it. */
  async function startReceiver() {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const next = async (): Promise<{ sequence: number; answer: (status: number) => void }> => {
      const [incoming, response] = (await once(server, 'request')) as [AsyncIterable<Buffer>, ServerResponse];
      let body = '';
      for await (const chunk of incoming) body += chunk.toString();
      const sequence = Number(new URLSearchParams(body).get('SequenceNumber'));
      return { sequence, answer: (status) => void response.writeHead(status).end() };
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, next };
  }

  it('what was parked is sent at once, although a later one has just failed and waits', async () => {
    const { database } = await open();
    const clock = new FakeClock();
    const crypto = new Crypto(Buffer.alloc(32, 5));
    const log = createLogger({ level: 'silent', format: 'json' });
    const jobs = new Jobs(database, clock, testConfig(), log);
    const events = new Events();
    const receivers = new FailingReceivers(database, clock, crypto, jobs, events, log);
    const outgoing = new Outgoing(clock, { allowPrivate: true });
    closers.push(() => outgoing.onModuleDestroy());
    const tokens = { of: async () => ['token'] } as unknown as CallbackTokens;
    const metrics = new CallbackMetrics(new Metrics());
    const nobody = new CallbackTarget(testConfig(), { seen: async () => null } as unknown as FindSessionById);
    const add = new AddCallback(database, clock, crypto, jobs);
    const replay = new ReplayCallbacks(database, clock, crypto, jobs, receivers, nobody);
    new DeliverCallbacks(database, clock, crypto, jobs, outgoing, tokens, receivers, metrics, events).onModuleInit();
    const receiver = await startReceiver();
    const session = {
      id: newId(),
      accountId: ACCOUNT,
      subaccountId: null,
      virtualNumber: '+12025550000',
    } as SessionRecord;
    const tell = (url: string) =>
      database.transaction((tx) =>
        add.run(tx, { session, stream: 'status', url, method: 'POST' }, timeoutEvent(clock.now())),
      );

    await tell(`${receiver.url}#rc=0`);
    await tell(receiver.url);
    let request = receiver.next();
    const run = jobs.runDue();
    const parked = await request;
    request = receiver.next();
    parked.answer(500);
    const failing = await request;
    expect([parked.sequence, failing.sequence]).toEqual([1, 2]);

    const [first] = await database.read<{ id: string }[]>((manager) =>
      manager.query("SELECT id FROM callback WHERE status = 'parked'"),
    );
    await database.transaction((tx) => replay.one(tx, String(first?.id)));
    request = receiver.next();
    failing.answer(500);
    const sent = await Promise.race([request, run.then(() => null)]);
    sent?.answer(200);
    await run;

    expect(sent?.sequence).toBe(1);
    const rows = await database.read<{ sequence: number; status: string }[]>((manager) =>
      manager.query('SELECT sequence, status FROM callback ORDER BY sequence'),
    );
    expect(rows).toEqual([
      { sequence: 1, status: 'delivered' },
      { sequence: 2, status: 'pending' },
    ]);
  });
});
