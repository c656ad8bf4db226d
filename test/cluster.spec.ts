import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mysql from 'mysql2/promise';
import { IssueToken } from '../src/accounts/index.js';
import { CallStarted } from '../src/call-routing/call-routing.events.js';
import { PinLocks } from '../src/call-routing/pin/pin-locks.js';
import { migrate, openDatabase } from '../src/data-source.js';
import { RemoveNumber } from '../src/number-pool/index.js';
import type { Connections } from '../src/platform/database/connections.js';
import { Database, type Tx } from '../src/platform/database/database.js';
import { newId } from '../src/platform/ids.js';
import { claimDueJobs } from '../src/platform/jobs/claim-due-jobs.js';
import { enqueueJob } from '../src/platform/jobs/enqueue-job.js';
import type { Handler } from '../src/platform/jobs/job-handler.js';
import { Metrics } from '../src/platform/metrics.js';
import { readAnswerWebhook } from '../src/plivo/index.js';
import { claimTask } from '../src/scheduler/claim-task.js';
import { SessionEnded, SessionOpened, SessionUpdated } from '../src/sessions/sessions.events.js';
import { callsOn } from './support/calls.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from './support/ground.js';

/** Two nodes of one cluster: `node bench/galera.mjs --spec` makes one and runs this. */
const urls = process.env.TEST_CLUSTER_URLS?.split(',') ?? [];
const numbers = usNumbers(2);
const pair = { first_party: party(1), second_party: party(2) };
const KIND = 'test.kind';

(urls.length < 2 ? describe.skip : describe)('two nodes of a cluster', () => {
  const name = `masking_test_${randomBytes(6).toString('hex')}`;
  const opened: Connections[] = [];
  let nodes: Database[];
  let clock: FakeClock;
  let one: ReturnType<typeof callsOn>;
  let other: ReturnType<typeof callsOn>;

  beforeAll(async () => {
    await onServer(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
    for (const url of urls) {
      const dataSource = await openDatabase({ kind: 'mysql', url: `${url.replace(/\/$/, '')}/${name}` });
      opened.push(dataSource);
      if (opened.length === 1) await migrate(dataSource);
    }
    nodes = opened.map((dataSource) => new Database(dataSource));
  });
  afterAll(async () => {
    for (const dataSource of opened) await dataSource.destroy();
    await onServer(`DROP DATABASE ${name}`);
  });
  beforeEach(async () => {
    await clearSessions(at(0));
    await addNumbers(at(0), numbers);
    clock = new FakeClock();
    await applied();
    [one, other] = [callsOn(at(0), { clock }), callsOn(at(1), { clock })];
  });

  const at = (place: number): Database => nodes[place]!;
  const onServer = async (sql: string): Promise<void> => {
    const connection = await mysql.createConnection(urls[0]!);
    await connection.query(sql);
    await connection.end();
  };
  /** Until each node has what the other has committed: a plain read may find what was. */
  const applied = async (): Promise<void> => {
    const wait = 'SET STATEMENT wsrep_sync_wait = 1 FOR SELECT 1 FROM migration LIMIT 1';
    await Promise.all(nodes.map((database) => database.read((manager) => manager.query(wait))));
  };

  const call = (calls: typeof one, from: string, to: string): Promise<string> => {
    const params = { CallUUID: newId(), From: from.slice(1), To: to, Direction: 'inbound', CallStatus: 'ringing' };
    const webhook = {
      accountId: ACCOUNT,
      nonce: newId(),
      params: new Map(Object.entries(params)),
      contentHash: 'hash',
    };
    return calls.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
  };
  const dialled = (xml: string): string | null => /<Number[^>]*>([^<]*)<\/Number>/.exec(xml)?.[1] ?? null;
  const outcome = async <T>(work: Promise<T>): Promise<T | string> =>
    work.catch((error: { code?: string }) => error.code ?? String(error));

  it('are known as such', () => {
    expect(opened.map(({ isCluster }) => isCluster)).toEqual([true, true]);
  });

  it('open one session for a pair that is created on both at once', async () => {
    const both = meeting();
    for (const { sessions } of [one, other]) sessions.events.subscribe(SessionOpened, both);

    const [left, right] = await Promise.all([one.sessions.open(pair), other.sessions.open(pair)]);

    expect(left.id).toBe(right.id);
    expect(left.renewals + right.renewals).toBe(1);
  });

  it('lend a party no number twice', async () => {
    const both = meeting();
    for (const { sessions } of [one, other]) sessions.events.subscribe(SessionOpened, both);

    const [left, right] = await Promise.all([
      one.sessions.open(pair),
      other.sessions.open({ first_party: party(1), second_party: party(3) }),
    ]);

    expect(left.virtualNumberId).not.toBe(right.virtualNumberId);
  });

  it('connect one of the two parties that call each other at once', async () => {
    const { virtualNumber } = await one.sessions.open(pair);
    await applied();
    const both = meeting();
    for (const { sessions } of [one, other]) sessions.events.subscribe(CallStarted, both);

    const answers = await Promise.all([call(one, party(1), virtualNumber), call(other, party(2), virtualNumber)]);

    expect(answers.map(dialled).filter((number) => number !== null)).toHaveLength(1);
  });

  it('connect nobody with a party who was replaced on the other one before the answer was kept', async () => {
    const { id, virtualNumber } = await one.sessions.open({
      first_party: party(1),
      create_session_with_single_party: true,
    });
    await one.sessions.update(id, { second_party: party(2) });
    await applied();
    const [begin, isBegun] = signal();
    const [release, isReleased] = signal();
    other.sessions.events.subscribe(CallStarted, async () => {
      begin();
      await isReleased;
    });
    const answer = call(other, party(1), virtualNumber);
    await isBegun;

    await one.sessions.update(id, { second_party: party(3) });
    release();

    expect(dialled(await answer)).toBe(party(3));
  });

  it('connect nobody in a session that was ended on the other one before the answer was kept', async () => {
    const { id, virtualNumber } = await one.sessions.open(pair);
    await applied();
    const [begin, isBegun] = signal();
    const [release, isReleased] = signal();
    other.sessions.events.subscribe(CallStarted, async () => {
      begin();
      await isReleased;
    });
    const answer = call(other, party(1), virtualNumber);
    await isBegun;

    await one.sessions.end(id);
    release();

    expect(dialled(await answer)).toBeNull();
  });

  it('renew no session that was ended on the other one', async () => {
    const { id } = await one.sessions.open(pair);
    await applied();
    const both = meeting();
    one.sessions.events.subscribe(SessionEnded, both);
    other.sessions.events.subscribe(SessionUpdated, both);

    const [ended, created] = await Promise.all([outcome(one.sessions.end(id)), other.sessions.open(pair)]);

    // Either the end came first and the create opened another, or the renewal did and was ended.
    await applied();
    const [row] = await at(0).read((manager) =>
      manager.query<{ status: string }[]>('SELECT status FROM masking_session WHERE id = ?', [created.id]),
    );
    expect([ended, row?.status]).toEqual([undefined, created.id === id ? 'expired' : 'active']);
  });

  it.each(['lends', 'withdraws'] as const)('withdraw no number that the other one lends; first %s', async (first) => {
    await addNumbers(at(0), []);
    await at(0).transaction((tx) => tx.query('DELETE FROM virtual_number WHERE number <> ?', [numbers[0]]));
    await applied();
    const [lendingBegins, isLending] = signal();
    const [lendingMayEnd, mayLend] = signal();
    const [withdrawalBegins, isWithdrawing] = signal();
    const [withdrawalMayEnd, mayWithdraw] = signal();
    one.sessions.events.subscribe(SessionOpened, async () => {
      lendingBegins();
      await mayLend;
    });
    const useCase = new RemoveNumber(at(1), other.jobs, clock, other.settings);
    const lent = outcome(one.sessions.open(pair));
    const withdrawn = outcome(
      at(1).transaction(async (tx) => {
        const removed = await useCase.run(tx, numbers[0]!);
        withdrawalBegins();
        await mayWithdraw;
        return removed.number;
      }),
    );
    await Promise.all([isLending, isWithdrawing]);
    const [next, of] = first === 'lends' ? [lendingMayEnd, lent] : [withdrawalMayEnd, withdrawn];
    next();
    await of;
    lendingMayEnd();
    withdrawalMayEnd();

    const [session, removed] = [await lent, await withdrawn];
    const isLent = typeof session !== 'string';
    expect([isLent, removed]).toEqual(first === 'lends' ? [true, 'number_in_use'] : [false, numbers[0]]);
  });

  it('give open sessions and sessions with PINs no number together', async () => {
    await at(0).transaction((tx) => tx.query('DELETE FROM virtual_number WHERE number <> ?', [numbers[0]]));
    await applied();
    const both = meeting();
    for (const { sessions } of [one, other]) sessions.events.subscribe(SessionOpened, both);
    const pins = {
      is_pin_authentication_required: true,
      generate_pin: true,
      pin_prompt_play: 'https://example.com/p.mp3',
    };

    const results = await Promise.all([
      outcome(one.sessions.open({ first_party: party(1), create_session_with_single_party: true })),
      outcome(other.sessions.open({ first_party: party(3), second_party: party(4), ...pins })),
    ]);

    expect(results.filter((result) => typeof result !== 'string')).toHaveLength(1);
  });

  it('give an owner two tokens at most', async () => {
    await at(0).transaction(async (tx) => {
      await tx.query(
        "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'A', 'MA', '', 0)",
        [ACCOUNT],
      );
      await tx.query('DELETE FROM api_token');
      await tx.query(
        "INSERT INTO api_token (id, owner_id, token, origin, created_at) VALUES ('t', ?, '', 'issued', 0)",
        [ACCOUNT],
      );
    });
    await applied();
    const both = meeting();
    const issue = (database: Database): Promise<unknown> => {
      const credentials = {
        add: (tx: Tx, ownerId: string) =>
          tx.query("INSERT INTO api_token (id, owner_id, token, origin, created_at) VALUES (?, ?, '', 'issued', 0)", [
            newId(),
            ownerId,
          ]),
      };
      const useCase = new IssueToken(database, credentials as never);
      return database.transaction(async (tx) => {
        const issued = await useCase.run(tx, ACCOUNT);
        await both();
        return issued;
      });
    };

    const results = await Promise.all([
      outcome(issue(at(0)).then(() => 'issued')),
      outcome(issue(at(1)).then(() => 'issued')),
    ]);

    expect(results.toSorted()).toEqual(['issued', 'too_many_tokens']);
  });

  it('judge no sixth wrong PIN of a caller', async () => {
    const prompt = await one.sessions.open(pair);
    await applied();
    const locks = nodes.map((database) => new PinLocks(database, clock, one.sessions.crypto, one.log, new Metrics()));
    const both = meeting();
    const guess = (place: number, digits: string, mayWait = true): Promise<string> =>
      at(place).transaction(async (tx) => {
        const typed = { prompt, caller: '14155559999' as never, digits, isRegistered: true };
        const admitted = await locks[place]!.admit(tx, typed);
        if (admitted === 'judge') await locks[place]!.noteFailure(tx, typed);
        if (mayWait) await both();
        return admitted;
      });
    for (const digits of ['1', '2', '3', '4']) await guess(0, digits, false);
    clock.advance(1);
    await applied();

    expect((await Promise.all([guess(0, '5'), guess(1, '6')])).toSorted()).toEqual(['judge', 'locked']);
  });

  describe('jobs', () => {
    const job = { kind: KIND, payload: null, runAt: 0, key: 'a-key', lane: null, isSooner: false, createdAt: 0 };
    const handlers = new Map([[KIND, { leaseMs: 30_000 } as Handler]]);
    const claim = (place: number): ReturnType<typeof claimDueJobs> =>
      claimDueJobs(at(place), clock, { handlers, limit: 10, lanes: null, running: new Map() });

    it('are claimed by one of them', async () => {
      await at(0).transaction((tx) => enqueueJob(tx, at(0), job));
      await applied();

      const claims = await Promise.all([claim(0), claim(1)]);

      expect(claims.flatMap(({ jobs }) => jobs)).toHaveLength(1);
    });

    it('run once more when they are asked for while the other one claims them', async () => {
      await at(0).transaction((tx) => enqueueJob(tx, at(0), job));
      await applied();
      const [begin, isBegun] = signal();
      const [release, isReleased] = signal();
      const asked = at(1).transaction(async (tx) => {
        const isNew = await enqueueJob(tx, at(1), job);
        begin();
        await isReleased;
        return isNew;
      });
      await isBegun;
      expect((await claim(0)).jobs).toHaveLength(1);
      release();

      expect(await asked).toBe(false);
      const [row] = await at(1).read((manager) => manager.query<{ attempts: number }[]>('SELECT attempts FROM job'));
      // Negative: it starts again in place of being deleted.
      expect(row?.attempts).toBe(-1);
    });

    it('that the clock begins are begun by one of them', async () => {
      const now = clock.now();
      const task = { name: newId(), now, leaseEndsAt: now + 1000, latest: now + 60_000 };
      const claims = await Promise.all([claimTask(at(0), task), claimTask(at(1), task)]);
      expect(claims.filter(({ isMine }) => isMine)).toHaveLength(1);
    });
  });

  it('keep the sum of what both add at once', async () => {
    await at(0).transaction((tx) =>
      tx.query(
        "INSERT INTO daily_count (day, account_id, counted, taken, is_cap_reached) VALUES (0, 'MA', 'destinations', 0, 0)",
      ),
    );
    await applied();
    const add = (place: number): Promise<void> =>
      at(place).transaction((tx) => tx.query('UPDATE daily_count SET taken = taken + 1 WHERE day = 0'));
    await Promise.all(Array.from({ length: 40 }, (_, index) => add(index % 2)));
    await applied();
    const [sum] = await at(0).read((manager) =>
      manager.query<{ taken: number }[]>('SELECT taken FROM daily_count WHERE day = 0'),
    );
    expect(sum?.taken).toBe(40);
  });
});

/** Waits until two have come, the first time each comes; a repetition goes on at once. */
function meeting(): () => Promise<void> {
  let arrived = 0;
  const [open, isOpen] = signal();
  return async () => {
    arrived += 1;
    if (arrived >= 2) open();
    await Promise.race([isOpen, delay(700, undefined, { ref: false })]);
  };
}

function signal(): [give: () => void, given: Promise<void>] {
  let give = (): void => undefined;
  const given = new Promise<void>((resolve) => (give = resolve));
  return [give, given];
}
