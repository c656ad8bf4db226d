import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { Jobs, Park } from '../src/platform/jobs/jobs.js';
import { ExpireDueSessions } from '../src/sessions/index.js';
import { startReceiver } from './support/callbacks.js';
import { FakeClock } from './support/ground.js';
import type { Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';
import { canJudge, describeIncidents, endWatches, watch, type Watch } from './support/watched-hour.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const LIMIT_MS = 120_000;
const [ASHA, RAVI] = ['+14155550123', '+14155550124'];
const withPromtool = canJudge ? it : it.skip;

// Each incident happens to the running service; what its /metrics says meanwhile is judged by promtool with deploy/prometheus/alerts.yml.
describeIncidents('the rules, in incidents of callbacks, jobs and Plivo', (start) => {
  const clock = new FakeClock();
  let service: Service;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  const { advance, control } = simulatedPlivo(() => service);
  const watched = (everySeconds?: number): Watch => watch({ service: () => service, clock, advance, everySeconds });

  beforeAll(async () => {
    receiver = await startReceiver();
    const settings = { PROVIDER: 'simulator', WORKER_POLL_MS: '60000', CALLBACK_ALLOW_PRIVATE: 'true' };
    service = await start({ clock, settings });
  }, LIMIT_MS);
  afterAll(async () => {
    endWatches();
    await receiver.close();
  });
  beforeEach(async () => {
    receiver.replies.splice(0);
    await control('DELETE', '/faults');
    for (const table of ['job', 'callback', 'callback_attempt', 'callback_stream', 'failing_receiver', 'plivo_outage'])
      await service.dataSource.query(`DELETE FROM ${table}`);
    await advance(2 * HOUR);
  });

  const sync = (account = service.authId) => service.admin('POST', `/numbers/sync?account=${account}`);

  /** A session that is over after a minute, of which the customer is told. */
  async function tellOfSession(fragment = ''): Promise<void> {
    const made = await service.sessions('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      session_expiry: 60,
      callback_url: `${receiver.url}/told${fragment}`,
    });
    expect(made.status).toBe(201);
  }
  const failing = (count = 10_000): void => {
    receiver.replies.splice(0, Infinity, ...Array.from({ length: count }, () => 503));
  };

  withPromtool(
    'tell of a receiver that is down: late callbacks, then lost ones',
    async () => {
      const hour = watched();
      await hour.pass(2 * MINUTE);
      failing();
      await tellOfSession();
      await hour.pass(MINUTE);
      const ended = hour.now();
      await hour.pass(13 * MINUTE);
      receiver.replies.splice(0);
      // This one asks for no second attempt.
      failing(1);
      await tellOfSession('#rc=0');
      await hour.pass(45);
      const parked = hour.now();
      await hour.pass(3 * MINUTE);
      hour.judge(
        { alert: 'CallbacksLate', since: ended + 5 * MINUTE, within: MINUTE, until: parked },
        { alert: 'CallbacksParked', labels: { event: 'SessionTimeout' }, since: parked, within: MINUTE },
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of a receiver that has failed for five days',
    async () => {
      failing();
      for (let quarters = 0; quarters < 20; quarters += 1) {
        await tellOfSession();
        await advance(quarters === 0 ? 61 : 6 * HOUR);
        await service.app.get(ExpireDueSessions).run();
        await service.app.get(Jobs).runDue();
      }
      await advance(6 * HOUR - MINUTE);
      const hour = watched();
      await hour.pass(8 * MINUTE, async (scrape) => (scrape % 8 === 1 ? tellOfSession() : undefined));
      hour.judge(
        // A minute in it is five days, and another minute until somebody is told again.
        { alert: 'ReceiverPaused', since: MINUTE, within: 2 * MINUTE },
        { alert: 'CallbacksParked', labels: { event: 'SessionTimeout' }, since: MINUTE, within: 3 * MINUTE },
        { alert: 'CallbacksLate', since: -1 },
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of jobs that nobody runs, of one that was given up, and of a scheduled task that fails',
    async () => {
      const jobs = service.app.get(Jobs);
      const database = service.app.get(Database);
      const hour = watched();
      await hour.pass(2 * MINUTE);
      const since = hour.now();
      jobs.handle('test.hopeless', { leaseSeconds: 5 }, async () => {
        throw new Park('no use');
      });
      await database.transaction((tx) => jobs.enqueue(tx, 'test.hopeless', {}));
      // Of a kind that nobody here knows, as after a step back to the version before.
      await database.transaction((tx) => jobs.enqueue(tx, 'test.of-another-version', {}));
      // What a task reads is gone.
      await service.dataSource.query('ALTER TABLE text_forward RENAME TO elsewhere');
      try {
        await hour.pass(18 * MINUTE);
      } finally {
        await service.dataSource.query('ALTER TABLE elsewhere RENAME TO text_forward');
      }
      hour.judge(
        { alert: 'JobsWait', since: since + 5 * MINUTE },
        { alert: 'JobsParked', since },
        ...['texts.purge', 'texts.price'].map((task) => ({
          alert: 'JobStale',
          labels: { job: 'masking', exported_job: task },
          // Its last run was up to a minute before.
          since: since + 3 * MINUTE + 300 - MINUTE,
          within: 90,
        })),
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of a Plivo that does not answer, also where nobody calls',
    async () => {
      const hour = watched(MINUTE);
      await hour.pass(2 * MINUTE);
      const since = hour.now();
      await control('POST', '/faults', { api: { status: 503 } });
      // Its records are asked for every five minutes.
      await hour.pass(25 * MINUTE);
      await control('DELETE', '/faults');
      const back = hour.now();
      await hour.pass(12 * MINUTE);
      hour.judge({ alert: 'PlivoUnreachable', since, within: 7 * MINUTE, until: back, silentFrom: back + 11 * MINUTE });
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of a Plivo that knows another token',
    async () => {
      const hour = watched(MINUTE);
      await hour.pass(2 * MINUTE);
      const since = hour.now();
      // Nobody at Plivo has this one: it was changed there.
      const account = 'MATOKENCHANGED000000';
      const former = { plivo_auth_id: account, plivo_auth_token: 'the-one-before' };
      await service.admin('POST', '/accounts', { auth_id: account, name: 'Second', ...former });
      await sync(account);
      await hour.pass(8 * MINUTE);
      await service.admin('DELETE', `/accounts/${account}`);
      hour.judge({ alert: 'PlivoRefusesToken', since });
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of statistics that are wrong until they are mended',
    async () => {
      await tellOfSession();
      const hour = watched();
      await hour.pass(2 * MINUTE);
      await service.dataSource.query('UPDATE session_stat SET sessions = sessions + 1');
      const since = hour.now();
      await service.admin('POST', '/stats/recount');
      await hour.pass(MINUTE);
      const mended = hour.now();
      await service.admin('POST', '/stats/recount?repair=true');
      await hour.pass(MINUTE);
      hour.judge({ alert: 'RecountDiffers', since, until: mended, silentFrom: mended + 30 });
    },
    LIMIT_MS,
  );
});
