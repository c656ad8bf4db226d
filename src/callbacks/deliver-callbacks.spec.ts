import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callbacksOn, startReceiver, type Heard } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../test/support/ground.js';
import { signV3 } from '../plivo/index.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import type { Database } from '../platform/database/database.js';
import type { SessionRecord } from '../sessions/index.js';
import { formDecoded, partyEvent } from './contract.js';
import { ReadBacklog } from './read-backlog.js';

const DAY = 86_400_000;

interface StoredAttempt {
  number: number;
  started_at: number | string;
  duration_ms: number;
  status: number | null;
  error: string | null;
  answer: string | null;
}

describeOnEachDatabase('delivering a stream', (open) => {
  let database: Database;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;

  beforeAll(async () => {
    ({ database } = await open());
    receiver = await startReceiver();
  });
  afterAll(async () => {
    await receiver.close();
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(1));
    receiver.heard.splice(0);
    receiver.replies.splice(0);
    calls = callsOn(database);
    callbacks = callbacksOn(database, calls);
  });

  const opened = (callback_url = `${receiver.url}/hook`, more: Record<string, unknown> = {}): Promise<SessionRecord> =>
    calls.sessions.open({ first_party: party(1), second_party: party(2), callback_url, ...more });
  const now = () => calls.sessions.clock.now();
  const after = (milliseconds: number) => calls.sessions.clock.advance(milliseconds);
  /** As a worker does; the reason for which it wants to go on later, and in how many seconds. */
  const run = (session: SessionRecord, signal = new AbortController().signal) =>
    callbacks.deliverCallbacks.run(session.id, 'status', signal).then(
      () => 'done',
      ({ name, message, seconds }: Error & { seconds: number }) => `${name}: ${message} in ${seconds} s`,
    );
  const names = (): string[] => receiver.heard.map(({ params }) => params.EventName ?? '');
  const rows = <Row>(sql: string): Promise<Row[]> => database.read((manager) => manager.query<Row[]>(sql));
  const settled = async () => {
    const found = await rows<{
      event: string;
      status: string;
      settled_at: string | number | null;
      next_attempt_at: string | number;
    }>('SELECT event, status, settled_at, next_attempt_at FROM callback ORDER BY sequence');
    return found.map((row) => ({
      event: row.event,
      status: row.status,
      settledAt: row.settled_at === null ? null : Number(row.settled_at) - now(),
      nextIn: (Number(row.next_attempt_at) - now()) / 1000,
    }));
  };
  const attempts = () => rows<StoredAttempt>('SELECT * FROM callback_attempt ORDER BY number');

  it('goes on for half a minute, then others have their turn at once', async () => {
    const session = await opened();
    await callbacks.tell(session, 'A', 'B', 'C');
    receiver.replies.push(
      (_, response) => {
        after(29_999);
        response.writeHead(200).end();
      },
      (_, response) => {
        after(1);
        response.writeHead(200).end();
      },
    );

    expect(await run(session)).toBe('Defer: others have their turn in 0 s');
    expect(names()).toEqual(['A', 'B']);
    expect(await run(session)).toBe('done');
    expect(names()).toEqual(['A', 'B', 'C']);
  });

  it('waits until the next one is due, to the millisecond, and tells what failed before', async () => {
    const session = await opened();
    await callbacks.tell(session, 'A', 'B');
    receiver.replies.push(503);
    const first = await run(session);
    const [{ nextIn } = { nextIn: 0 }] = await settled();
    expect(nextIn).toBeGreaterThanOrEqual(4);
    expect(nextIn).toBeLessThanOrEqual(6);
    expect(first).toBe(`RetryLater: 503 in ${nextIn} s`);

    after(nextIn * 1000 - 1);
    expect(await run(session)).toBe('Defer: not due yet in 0.001 s');
    expect(names()).toEqual(['A']);
    after(1);
    expect(await run(session)).toBe('done');
    expect(names()).toEqual(['A', 'A', 'B']);
  });

  it('notes when each was settled, and of one that is tried again that it is not', async () => {
    const session = await opened(`${receiver.url}/hook#rc=1`);
    await callbacks.tell(session, 'A', 'B');
    receiver.replies.push(200, 500);
    await run(session);
    const [delivered, waiting] = await settled();
    expect(delivered).toEqual({ event: 'A', status: 'delivered', settledAt: 0, nextIn: 0 });
    expect(waiting).toMatchObject({ event: 'B', status: 'pending', settledAt: null });

    after(10_000);
    receiver.replies.push(500);
    await run(session);
    expect((await settled())[1]).toEqual({ event: 'B', status: 'parked', settledAt: 0, nextIn: 0 });
  });

  it('keeps of each attempt when it was, how it ended and the beginning of the answer, sealed', async () => {
    const session = await opened();
    await callbacks.tell(session, 'A');
    const begun = now();
    receiver.replies.push((_, response) => {
      after(700);
      response.writeHead(500).end(`${'x'.repeat(1020)}12345`);
    });
    await run(session);
    after(10_000);
    receiver.replies.push((request) => void request.socket.destroy());
    await run(session);
    after(600_000);
    receiver.replies.push((_, response) => void response.writeHead(204).end());
    await run(session);

    const [failed, reset, delivered] = await attempts();
    expect(failed).toMatchObject({ number: 1, status: 500, error: null, answer: expect.any(String) });
    expect(Number(failed!.started_at)).toBe(begun);
    expect(failed!.answer).not.toContain('x'.repeat(20));
    expect(reset).toMatchObject({ number: 2, status: null, error: 'reset', answer: null });
    expect(delivered).toMatchObject({ number: 3, status: 204, error: null, answer: null });
    const [{ id } = { id: '' }] = await callbacks.stored();
    const shown = await callbacks.findCallbacks.one(id, { withAnswers: true });
    expect(shown.attempts.map(({ answer }) => answer)).toEqual([`${'x'.repeat(1020)}1234`, null, null]);
    expect(shown.callback).toMatchObject({ attempts: 3, status: 'delivered', outcome: '204' });
  });

  it('sends to the URL without its fragment, as a form', async () => {
    const session = await opened(`${receiver.url}/hook?a=1#rc=2&ct=500`);
    await callbacks.tell(session, 'A');
    await run(session);

    expect(receiver.heard[0]).toMatchObject({ method: 'POST', path: '/hook?a=1' });
    expect(receiver.heard[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  });

  it('sends a GET without a body and its type, the parameters alone where the URL has no query', async () => {
    const session = await opened(`${receiver.url}/hook`, { callback_method: 'GET' });
    await callbacks.tell(session, 'A');
    await run(session);

    expect(receiver.heard[0]?.path).toMatch(/^\/hook\?EventName=A&/);
    expect(receiver.heard[0]?.body).toBe('');
    expect(receiver.heard[0]?.headers['content-type']).toBeUndefined();
  });

  it('signs at the second of the attempt, with the bytes that are sent', async () => {
    const token = 'token-of-the-account';
    const place: SealedPlace = { column: 'api_token.token', row: 'token-1', account: ACCOUNT };
    await database.transaction((tx) => tx.query('DELETE FROM api_token'));
    await database.transaction((tx) =>
      tx.query('INSERT INTO api_token (id, owner_id, token, origin, created_at) VALUES (?, ?, ?, ?, ?)', [
        place.row,
        ACCOUNT,
        calls.sessions.crypto.seal(place, token),
        'issued',
        0,
      ]),
    );
    const session = await opened();
    await callbacks.tell(session, 'A');
    after(1999);
    await run(session);

    const [{ headers, body } = { headers: {} as Record<string, string>, body: '' }] = receiver.heard;
    expect(headers['webhook-timestamp']).toBe(String(Math.floor(now() / 1000)));
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const digest = createHmac('sha256', token).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${digest}`);
    expect(headers['x-plivo-signature-v3']).toBe(headers['x-plivo-signature-ma-v3']);
  });

  const BRANCH = 'SATESTTESTTESTTEST00';
  it.each([
    ['POST', (heard: Heard) => formDecoded(heard.body)],
    ['GET', () => []],
  ] as const)(
    'signs what the receiver sees, with the tokens of the owner and of the main account: %s',
    async (method, paramsOf) => {
      const { crypto } = calls.sessions;
      for (const owner of [ACCOUNT, BRANCH])
        await database.transaction(async (tx) => {
          const place: SealedPlace = { column: 'api_token.token', row: `token-${owner}`, account: owner };
          await tx.query('DELETE FROM api_token WHERE owner_id = ?', [owner]);
          await tx.query('DELETE FROM subaccount WHERE auth_id = ?', [owner]);
          if (owner === BRANCH)
            await tx.query('INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES (?, ?, ?, ?)', [
              BRANCH,
              ACCOUNT,
              'Branch',
              0,
            ]);
          const token = crypto.seal(place, `secret-of-${owner}`);
          await tx.query("INSERT INTO api_token VALUES (?, ?, ?, 'issued', 0)", [place.row, owner, token]);
        });
      const session = { ...(await opened()), subaccountId: BRANCH };
      const url = `${receiver.url}/hook?a=1#rc=0`;
      const at = { at: now(), callId: null, from: '1', to: '2' };
      await database.transaction((tx) =>
        callbacks.addCallback.run(
          tx,
          { session, stream: 'status', url, method },
          partyEvent('SessionFirstPartyAnswer', at),
        ),
      );
      await run(session);

      const [heard] = receiver.heard;
      const { headers } = heard!;
      const signed = {
        method,
        url: `${receiver.url}${heard!.path}`,
        params: paramsOf(heard!),
        nonce: headers['x-plivo-signature-v3-nonce']!,
      };
      // The variants for other validators come after it.
      expect(headers['x-plivo-signature-v3']!.split(',')[0]).toBe(signV3({ ...signed, token: `secret-of-${BRANCH}` }));
      expect(headers['x-plivo-signature-ma-v3']!.split(',')[0]).toBe(
        signV3({ ...signed, token: `secret-of-${ACCOUNT}` }),
      );
    },
  );

  it.each([
    ['to connect or to be answered in the whole', 'tt=150'],
    ['for the answer', 'rt=150'],
  ])('gives up when the time of the URL is over: %s', async (_, fragment) => {
    const silent = createServer(() => undefined);
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const session = await opened(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/#rc=0&${fragment}`);
    await callbacks.tell(session, 'A');
    const begun = performance.now();
    await run(session);
    const took = performance.now() - begun;
    silent.closeAllConnections();
    silent.close();

    expect(took).toBeLessThan(10_000);
    expect(await attempts()).toMatchObject([{ status: null, error: 'timeout' }]);
  });

  it('stops an attempt when its worker must end, and tries it again', async () => {
    const session = await opened();
    await callbacks.tell(session, 'A');
    const stop = new AbortController();
    receiver.replies.push(() => stop.abort());
    await run(session, stop.signal);

    expect(await attempts()).toMatchObject([{ error: 'aborted' }]);
    expect(await settled()).toMatchObject([{ event: 'A', status: 'pending' }]);
  });

  it('parks without an attempt what is for a paused receiver, settled now', async () => {
    const session = await opened();
    await callbacks.tell(session, 'A', 'B');
    const other = await calls.sessions.open({
      first_party: party(3),
      second_party: party(4),
      callback_url: `${receiver.url}/other#rc=0`,
    });
    await callbacks.tell(other, 'X');
    receiver.replies.push(500);
    await run(other);
    after(5 * DAY);
    receiver.replies.push(500);
    await callbacks.tell(other, 'Y');
    await run(other);
    receiver.heard.splice(0);

    expect(await run(session)).toBe('done');
    expect(receiver.heard).toEqual([]);
    const parked = (await settled()).filter(({ event }) => 'AB'.includes(event));
    expect(parked).toMatchObject([
      { status: 'parked', settledAt: 0 },
      { status: 'parked', settledAt: 0 },
    ]);
    expect(await rows('SELECT number FROM callback_attempt')).toHaveLength(2);
    expect(
      (await callbacks.metrics.registry.metrics()).match(/masking_callbacks_total\{event="[ABXY]".*\} \d+/g)?.sort(),
    ).toEqual([
      'masking_callbacks_total{event="A",outcome="parked"} 1',
      'masking_callbacks_total{event="B",outcome="parked"} 1',
      'masking_callbacks_total{event="X",outcome="parked"} 1',
      'masking_callbacks_total{event="Y",outcome="parked"} 1',
    ]);
  });

  it('is counted for the operator: attempts by how they ended, what is settled, and how old the oldest is', async () => {
    const session = await opened();
    const shown = async (name: string): Promise<string[]> =>
      (await callbacks.metrics.registry.metrics())
        .split('\n')
        .filter((line) => line.startsWith(name) && !line.includes('event="Session'));
    const backlog = new ReadBacklog(database);
    expect(await backlog.run()).toEqual({ oldestAt: null, pausedReceivers: 0 });
    await callbacks.tell(session, 'A');
    after(2500);
    await callbacks.tell(session, 'B');
    after(500);
    expect((await backlog.run()).oldestAt).toBe(now() - 3000);

    receiver.replies.push(500);
    await run(session);
    expect(await shown('masking_callbacks_total')).toEqual([]);
    after(10_000);
    await run(session);
    expect(await shown('masking_callback_attempts_total')).toEqual([
      'masking_callback_attempts_total{event="A",outcome="500"} 1',
      'masking_callback_attempts_total{event="A",outcome="200"} 1',
      'masking_callback_attempts_total{event="B",outcome="200"} 1',
    ]);
    expect(await shown('masking_callbacks_total')).toEqual([
      'masking_callbacks_total{event="A",outcome="delivered"} 1',
      'masking_callbacks_total{event="B",outcome="delivered"} 1',
    ]);
    expect(await shown('masking_callback_attempt_seconds_count')).toEqual(['masking_callback_attempt_seconds_count 3']);
    const [seconds] = await shown('masking_callback_attempt_seconds_sum');
    expect(Number(seconds?.split(' ')[1])).toBeLessThan(15);
  });

  it('knows of streams by session and kind; another session waits for nobody', async () => {
    const session = await opened();
    const other = await calls.sessions.open({
      first_party: party(3),
      second_party: party(4),
      callback_url: `${receiver.url}/other`,
    });
    await callbacks.tell(session, 'A');
    await callbacks.tell(other, 'X');

    expect(await callbacks.deliverCallbacks.run(session.id, 'recording', new AbortController().signal)).toBeUndefined();
    expect(names()).toEqual([]);
    expect(await run(other)).toBe('done');
    expect(names()).toEqual(['X']);
  });
});
