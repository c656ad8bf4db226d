import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { Clock } from '../clock.js';
import { Crypto } from '../crypto/crypto.js';
import { Database, type Tx } from '../database/database.js';
import { Conflict, InvalidRequest, refusal, Unavailable } from '../errors.js';
import { newId } from '../ids.js';
import { canonical } from './canonical-json.js';
import { ForgetAnswers } from './forget-answers.js';
import { Idempotency, type Answer } from './idempotency.js';
import { ReplayedRefusal } from './idempotency-answers.js';
import { PurgeIdempotencyKeys } from './purge-idempotency-keys.js';

function posted(key: string | undefined, body: unknown = { name: 'a' }, url = '/admin/accounts'): FastifyRequest {
  return {
    id: newId(),
    method: 'POST',
    headers: key === undefined ? {} : { 'idempotency-key': key },
    raw: { url },
    body,
    replayed: null,
    server: { methodsOf: () => [] },
  } as unknown as FastifyRequest;
}

/** An effect that can be counted: one row of another table. */
async function effect(tx: Tx, label: string): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry (id, at, actor, action, target, details, request_id) VALUES (?, 0, '', '', ?, '', '')`,
    [newId(), label],
  );
}

class PoolExhausted extends refusal('number_pool_exhausted', 'invalid') {}
class PinTaken extends refusal('pin_taken', 'invalid') {}
class OpenSessionPerNumber extends refusal('open_session_per_number', 'invalid') {}

describeOnEachDatabase('a POST with an Idempotency-Key', (open) => {
  let database: Database;
  const crypto = new Crypto(Buffer.alloc(32, 7));
  let clock: Clock;
  let idempotency: Idempotency;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    clock = new Clock();
    idempotency = new Idempotency(database, crypto, clock);
    await database.transaction(async (tx) => {
      await tx.query('DELETE FROM idempotency_key');
      await tx.query('DELETE FROM audit_entry');
    });
  });

  const effects = async (label: string): Promise<number> =>
    (await database.read((manager) => manager.query<unknown[]>('SELECT id FROM audit_entry WHERE target = ?', [label])))
      .length;
  const keys = async (): Promise<Record<string, unknown>[]> =>
    database.read((manager) => manager.query('SELECT * FROM idempotency_key'));
  const working =
    (label: string) =>
    async (tx: Tx): Promise<Answer> => {
      await effect(tx, label);
      return { status: 201, body: { request_id: newId(), label } };
    };

  it('takes effect once for 50 parallel twins of each of 20 keys, and answers all of them alike', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 * 50 }, async (_, index) => {
        const label = `twins-${index % 20}`;
        try {
          const { status, body } = await idempotency.once(posted(label), 'admin', working(label));
          return { label, answer: JSON.stringify({ status, body }) };
        } catch (error) {
          return { label, refusal: (error as { code?: string }).code ?? String(error) };
        }
      }),
    );
    for (let index = 0; index < 20; index += 1) {
      const label = `twins-${index}`;
      const own = outcomes.filter((outcome) => outcome.label === label);
      const answers = new Set(own.flatMap(({ answer }) => answer ?? []));
      const refusals = new Set(own.flatMap(({ refusal: code }) => code ?? []));
      expect(answers.size).toBe(1);
      expect([...refusals].filter((code) => code !== 'still_running')).toEqual([]);
      expect(await effects(label)).toBe(1);
    }
  });

  it('repeats the first answer, in whatever order the members came', async () => {
    const first = await idempotency.once(posted('k', { a: 1, b: [{ c: 2, d: 3 }] }), 'admin', working('order'));
    const again = posted('k', { b: [{ d: 3, c: 2 }], a: 1 });
    const second = await idempotency.once(again, 'admin', working('order'));
    expect(first.replayed).toBe(false);
    expect(second).toEqual({ ...first, replayed: true });
    expect(JSON.stringify(second.body)).toBe(JSON.stringify(first.body));
    expect(again.replayed).toEqual({ requestId: (first.body as { request_id: string }).request_id });
    expect(await effects('order')).toBe(1);
  });

  it.each([
    ['body', posted('k', { name: 'b' })],
    ['path', posted('k', { name: 'a' }, '/admin/numbers')],
    ['query', posted('k', { name: 'a' }, '/admin/accounts?account=x')],
  ])('refuses the key with another %s', async (_what, other) => {
    await idempotency.once(posted('k'), 'admin', working('other'));
    await expect(idempotency.once(other, 'admin', working('other'))).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      kind: 'unprocessable',
    });
    expect(await effects('other')).toBe(1);
  });

  it('keeps the keys of two owners apart', async () => {
    const [one, two] = await Promise.all([
      idempotency.once(posted('k'), 'MA1', working('owners')),
      idempotency.once(posted('k', { name: 'b' }), 'MA2', working('owners')),
    ]);
    expect(one.body).not.toEqual(two.body);
    expect(await effects('owners')).toBe(2);
  });

  it('works every time without a key', async () => {
    await idempotency.once(posted(undefined), 'admin', working('keyless'));
    await idempotency.once(posted(undefined), 'admin', working('keyless'));
    expect(await effects('keyless')).toBe(2);
    expect(await keys()).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['too long', 'a'.repeat(256)],
    ['with a control character', 'tab\t'],
    ['not ASCII', 'é'],
  ])('refuses a key that is %s', async (_what, key) => {
    const attempt = idempotency.once(posted(key), 'admin', working('bad'));
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_idempotency_key', kind: 'invalid' });
  });

  it('answers 409 while the first runs, and takes over 30 s after it died', async () => {
    await leaveClaimBehind('k');
    await expect(idempotency.once(posted('k'), 'admin', working('dead'))).rejects.toMatchObject({
      code: 'still_running',
      kind: 'conflict',
      details: { retryAfterSeconds: 1 },
    });
    clock.advance(31_000);
    expect(await idempotency.once(posted('k'), 'admin', working('dead'))).toMatchObject({
      status: 201,
      replayed: false,
    });
    expect(await effects('dead')).toBe(1);
  });

  it('is taken over by one of many', async () => {
    await leaveClaimBehind('k');
    clock.advance(31_000);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => idempotency.once(posted('k'), 'admin', working('many'))),
    );
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'still_running' });
    expect(await effects('many')).toBe(1);
  });

  it('keeps nothing of a worker whose lease was taken over', async () => {
    const late = idempotency.once(posted('k'), 'admin', async (tx) => {
      await effect(tx, 'late');
      // What a successor does; here from the same transaction, because SQLite has only one at a time.
      await tx.query("UPDATE idempotency_key SET lease = 'successor'");
      return { status: 201, body: {} };
    });
    await expect(late).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await effects('late')).toBe(0);
  });

  it('keeps a refusal and repeats it', async () => {
    const refusing = async (tx: Tx): Promise<Answer> => {
      await effect(tx, 'refused');
      throw new InvalidRequest('taken', { param: 'auth_id' });
    };
    const first = posted('k');
    await expect(idempotency.once(first, 'admin', refusing)).rejects.toBeInstanceOf(InvalidRequest);
    expect(await effects('refused')).toBe(0);

    const replay = await idempotency.once(posted('k'), 'admin', working('refused')).catch((error: unknown) => error);
    expect(replay).toBeInstanceOf(ReplayedRefusal);
    expect((replay as ReplayedRefusal).answer).toMatchObject({
      status: 400,
      body: { detail: 'taken', param: 'auth_id', request_id: first.id },
    });
    expect(await effects('refused')).toBe(0);
  });

  it.each([
    ['a bug', new Error('broken')],
    ['an outage', new Unavailable('later')],
    ['a conflict', new Conflict('taken')],
    ['an exhausted pool', new PoolExhausted('none')],
    ['a PIN that was taken', new PinTaken('none')],
    ['a place for strangers that was taken', new OpenSessionPerNumber('none')],
  ])('is free again after %s', async (_what, error) => {
    const failing = idempotency.once(posted('k'), 'admin', async (tx) => {
      await effect(tx, 'freed');
      throw error;
    });
    await expect(failing).rejects.toBe(error);
    expect(await keys()).toEqual([]);
    expect(await idempotency.once(posted('k'), 'admin', working('freed'))).toMatchObject({ replayed: false });
    expect(await effects('freed')).toBe(1);
  });

  it('holds neither key nor answer in clear', async () => {
    await idempotency.once(posted('k-14155550123'), 'admin', async () => ({
      status: 201,
      body: { auth_token: 'very-secret', first_party: '14155550123' },
    }));
    const stored = JSON.stringify(await keys());
    expect(stored).not.toMatch(/14155550123|very-secret|auth_token/);
  });

  it('keeps an answer of any length, whole, until its week is over', async () => {
    const calls = Array.from({ length: 1000 }, (_, index) => ({ uuid: newId(), index, words: 'ärgerlich 😀' }));
    const long = async (tx: Tx): Promise<Answer> => {
      await effect(tx, 'long');
      return { status: 201, body: { request_id: 'r', calls }, about: 'session' };
    };
    const first = await idempotency.once(posted('k'), 'admin', long);
    const again = await idempotency.once(posted('k'), 'admin', long);

    expect(JSON.stringify(again.body)).toBe(JSON.stringify(first.body));
    expect([again.status, again.replayed, await effects('long')]).toEqual([201, true, 1]);
    expect(new Set((await keys()).map((row) => row['about']))).toEqual(new Set(['session']));
    clock.advance(8 * 24 * 3600 * 1000);
    await new PurgeIdempotencyKeys(database, clock).run();
    expect(await keys()).toEqual([]);
  });

  it('keeps a refusal of many bytes too, and answers no such session once those in a long answer are forgotten', async () => {
    const words = 'ö'.repeat(30_000);
    const refusing = async (): Promise<Answer> => {
      throw new InvalidRequest(words, { param: 'auth_id' });
    };
    await expect(idempotency.once(posted('k'), 'admin', refusing)).rejects.toBeInstanceOf(InvalidRequest);
    const replay = await idempotency.once(posted('k'), 'admin', refusing).catch((error: unknown) => error);
    expect((replay as ReplayedRefusal).answer).toMatchObject({ status: 400, body: { detail: words } });

    const answer = { status: 201, body: { words }, about: 'session' };
    await idempotency.once(posted('l'), 'admin', async () => answer);
    await database.transaction((tx) => new ForgetAnswers(database, crypto).ofSessions(tx, ['session']));
    const forgotten = await idempotency.once(posted('l'), 'admin', async () => answer).catch((error: unknown) => error);
    expect((forgotten as ReplayedRefusal).answer).toMatchObject({ status: 404 });
    for (const row of await keys())
      if (row['answer_status'] === 404) expect(String(row['answer_body']).length).toBeLessThan(1000);
  });

  it('forgets keys after 7 days, not before', async () => {
    const purge = new PurgeIdempotencyKeys(database, clock);
    await idempotency.once(posted('old'), 'admin', working('purge'));
    clock.advance(6 * 24 * 3600 * 1000);
    await idempotency.once(posted('young'), 'admin', working('purge'));
    expect(await purge.run()).toBe(0);
    clock.advance(24 * 3600 * 1000 + 1000);
    expect(await purge.run()).toBe(1);
    expect(await idempotency.once(posted('young'), 'admin', working('purge'))).toMatchObject({ replayed: true });
  });

  it('whose process has died may be taken over at once, and not while it lives', async () => {
    await leaveClaimBehind('dead');
    await database.transaction(async (tx) => {
      await tx.query("UPDATE idempotency_key SET lease = 'elsewhere:1'");
      await tx.query(
        "INSERT INTO process (id, role, host, pid, version, node, started_at, seen_at, beats) VALUES ('elsewhere', 'all', '', 1, '', '', 0, 0, 1)",
      );
    });
    const again = () => idempotency.once(posted('dead'), 'admin', working('dead'));
    await expect(again()).rejects.toMatchObject({ code: 'still_running' });
    await database.transaction((tx) => tx.query('DELETE FROM process'));
    expect(await again()).toMatchObject({ status: 201, replayed: false });
    expect(await effects('dead')).toBe(1);
  });

  it('of a version that named no process is taken over by time alone', async () => {
    await leaveClaimBehind('older');
    await database.transaction((tx) => tx.query('UPDATE idempotency_key SET lease = ?', [newId()]));
    await expect(idempotency.once(posted('older'), 'admin', working('older'))).rejects.toMatchObject({
      code: 'still_running',
    });
  });

  it('purges more than one batch', async () => {
    await database.transaction(async (tx) => {
      for (let index = 0; index < 2100; index += 1)
        await tx.query(
          `INSERT INTO idempotency_key (owner, key_hash, request_hash, lease_until, created_at) VALUES ('x', ?, '', 0, 0)`,
          [String(index)],
        );
    });
    expect(await new PurgeIdempotencyKeys(database, clock).run()).toBe(2100);
  });

  async function leaveClaimBehind(key: string): Promise<void> {
    // The process dies between its claim and its answer: neither the work nor what follows it ever returns.
    const started = new Promise<void>((resolve) => {
      const dying = {
        read: database.read.bind(database),
        transaction: transactionOnce(resolve),
      } as unknown as Database;
      void new Idempotency(dying, crypto, clock).once(posted(key), 'admin', working('never'));
    });
    await started;
  }

  function transactionOnce(done: () => void): Database['transaction'] {
    let calls = 0;
    return async (work) => {
      calls += 1;
      if (calls === 1) return database.transaction(work);
      done();
      return new Promise(() => undefined);
    };
  }
});

describe('canonical JSON', () => {
  it('is equal for equal values only', () => {
    expect(canonical({ b: 1, a: [null, 'x', { d: true, c: 1.5 }] })).toBe('{"a":[null,"x",{"c":1.5,"d":true}],"b":1}');
    expect(canonical(undefined)).toBe('null');
    expect(canonical('a')).not.toBe(canonical(['a']));
    expect(canonical({ a: 1 })).not.toBe(canonical({ a: '1' }));
  });
});
