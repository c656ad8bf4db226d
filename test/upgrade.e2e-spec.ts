import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isBehind, migrate, openDatabase } from '../src/data-source.js';
import { Clock } from '../src/platform/clock.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { ask, comparable, SESSIONS, settings } from './fixtures/answers.mjs';
import { createDatabase, databaseKinds, loadDump } from './support/database.js';
import { temporaryFolder } from './support/process.js';
import { schemaOf } from './support/schema.js';
import { startService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

/** What an earlier version answered after it had lived a while, and the bodies of two of its requests. */
interface Told {
  madeAt: number;
  renewed: { first_party: string; second_party: string };
  key: string;
  kept: object;
  answers: Record<string, unknown>;
}

// Data folders and databases made by released builds (test/fixtures/make.mjs), opened by this one at the hour at which they were left.
describe.each(['0.1.0'].flatMap((version) => databaseKinds.map((kind) => ({ version, kind }))))(
  'what $version left in $kind',
  ({ version, kind }) => {
    const folder = new URL(`fixtures/${version}/${kind}/`, import.meta.url).pathname;
    const told = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as Told;
    const cleanUp: (() => Promise<unknown>)[] = [];
    let url: string;
    let service: Service;
    const { act, bridged, call, ringing, settled } = simulatedPlivo(() => service);

    beforeAll(async () => {
      const place = await temporaryFolder();
      const database = await createDatabase(kind, join(place.path, 'masking.db'));
      cleanUp.push(place.remove, database.drop);
      url = database.url;
      await loadDump(kind, url, readFileSync(join(folder, 'database.sql'), 'utf8'));
      cpSync(join(folder, 'recordings'), join(place.path, 'recordings'), { recursive: true });

      expect(await withDatabase(isBehind)).toBe(true);
      const clock = new Clock();
      clock.advance(told.madeAt - Date.now());
      // Role api: nothing changes by itself. What new accounts begin with is another thing than it was.
      const own = { DATA_DIR: place.path, ROLE: 'api', DEFAULT_ALLOWED_COUNTRIES: 'own' };
      service = await startService({ url, clock, settings: { ...settings, ...own } });
      cleanUp.push(() => service.close());
    });

    afterAll(async () => {
      for (const step of cleanUp.toReversed()) await step();
    });

    async function withDatabase<Result>(
      work: (dataSource: Awaited<ReturnType<typeof openDatabase>>) => Promise<Result>,
      at = url,
    ): Promise<Result> {
      const dataSource = await openDatabase(
        kind === 'sqlite' ? { kind, file: at.slice('sqlite:'.length) } : { kind, url: at },
      );
      try {
        return await work(dataSource);
      } finally {
        await dataSource.destroy();
      }
    }
    const read = async (uuid: string): Promise<Session> => {
      const answer = await ask(service.baseUrl, `${SESSIONS}/${uuid}/`);
      return (comparable(answer, service.baseUrl).body as { response: Session }).response;
    };

    it('has the schema that a new database gets, and is no longer behind', async () => {
      const fresh = await createDatabase(kind);
      const expected = await withDatabase(async (dataSource) => {
        await migrate(dataSource);
        return schemaOf(dataSource);
      }, fresh.url);
      await fresh.drop();

      expect(await schemaOf(service.dataSource)).toEqual(expected);
      expect(await isBehind(service.dataSource)).toBe(false);
    });

    it('is answered as that version answered, to customer and operator, recordings to the byte', async () => {
      const answers: Record<string, unknown> = {};
      const audit = '/admin/audit';
      for (const path of Object.keys(told.answers).toSorted((one) => (one.startsWith(audit) ? -1 : 0))) {
        // That version showed operators the numbers of parties unasked. Now that is asked for, and written to the audit, which is read first.
        const isOfAdmin = path.startsWith('/admin') && !path.startsWith(audit);
        const asked = isOfAdmin ? `${path}${path.includes('?') ? '&' : '?'}reveal=true` : path;
        answers[path] = comparable(await ask(service.baseUrl, asked), service.baseUrl);
      }

      // What was told then; more may have been added since. A recording's conference, which it never has, is an empty text like Plivo's since, and a
      // session's fee is in its total alone.
      const then = JSON.stringify(told.answers)
        .replaceAll('"conference_name":null', '"conference_name":""')
        // A call's outcome has been a sentence.
        .replaceAll(/"outcome":"(connected[^"]*)"/g, '"outcome":"connected","reason":"$1"')
        .replaceAll(/"amount":("?)0\.01\1,"call_time_limit"/g, '"amount":$10$1,"call_time_limit"');
      // Operators were told the totals of sessions without the account's own fees.
      const isWithoutFees = (name: string, value: unknown): boolean =>
        /^total_(?:call|session)_amount$/.test(name) && typeof value === 'string';
      const kept: unknown = JSON.parse(then, (name, value: unknown) =>
        isWithoutFees(name, value) ? undefined : value,
      );
      expect(answers).toMatchObject(kept as Told['answers']);
    });

    it('may call every country as it could', async () => {
      const accounts = await service.admin<{ items: { auth_id: string }[] }>('GET', '/accounts');
      expect(accounts.body.items.length).toBeGreaterThan(0);
      for (const { auth_id: id } of accounts.body.items)
        expect((await service.admin('GET', `/accounts/${id}/settings`)).body).toMatchObject({
          allowed_countries: null,
        });
    });

    it('adds up', async () => {
      await service.admin('POST', '/stats/recount', {});
      await service.app.get(Jobs).runDue();

      expect((await service.admin('GET', '/stats/recount')).body).toMatchObject({
        last: { calls: 2, call_differences: 0, session_differences: 0, sum_differences: 0 },
      });
    });

    it('answers an Idempotency-Key once more as it did', async () => {
      const before = await ask(service.baseUrl, `${SESSIONS}/`);
      const again = await ask(service.baseUrl, `${SESSIONS}/`, {
        body: told.kept,
        headers: { 'idempotency-key': told.key },
      });
      const after = await ask(service.baseUrl, `${SESSIONS}/`);

      expect(again.status).toBe(201);
      expect(before.text).toContain(String(again.body['session_uuid']));
      expect(comparable(after, service.baseUrl)).toEqual(comparable(before, service.baseUrl));
    });

    it('has its session renewed under the same id, and a call of it connected', async () => {
      const { first_party: asha, second_party: ravi } = told.renewed;
      const renewed = await ask(service.baseUrl, `${SESSIONS}/`, { body: told.renewed });
      const uuid = String(renewed.body['session_uuid']);
      const old = told.answers[`${SESSIONS}/${uuid}/`] as { body: { response: Session } };
      expect(renewed.status).toBe(201);
      expect(await read(uuid)).toMatchObject({ virtual_number: old.body.response.virtual_number, total_call_count: 2 });

      const aLeg = await call(asha, String(renewed.body['virtual_number']));
      await ringing(ravi);
      await act(ravi, 'answer');
      await bridged(aLeg);
      await act(ravi, 'hangup');
      await settled(aLeg);

      const { total_call_count: count, interaction } = await read(uuid);
      expect(count).toBe(4);
      expect(interaction).toEqual(expect.arrayContaining(old.body.response.interaction));
    });

    it('has its jobs gone on with: what a receiver did not hear is tried again', async () => {
      const pending = async () => (await service.admin<Pending>('GET', '/callbacks?status=pending')).body.items;
      const attempts = (items: Pending['items']) => items.map((item) => item.attempts.length);
      const before = await pending();

      service.clock.advance(3_600_000);
      await service.app.get(Jobs).runDue();

      const after = await pending();
      expect(attempts(after)[after.length - 1]).toBe((attempts(before)[before.length - 1] ?? 0) + 1);
    });
  },
);

interface Session {
  virtual_number: string;
  total_call_count: number;
  interaction: unknown[];
}

interface Pending {
  items: { attempts: unknown[] }[];
}
