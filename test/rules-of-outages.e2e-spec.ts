import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { FakeClock } from './support/ground.js';
import { temporaryFolder } from './support/process.js';
import { startService, type Service } from './support/service.js';
import { settingsAt } from './support/short-day.js';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';
import { canJudge, endWatches, INSTANCE, watch } from './support/watched-hour.js';

const MINUTE = 60;
const NUMBER = '12025550100';
const LIMIT_MS = 120_000;
const withPromtool = canJudge ? it : it.skip;

// Each incident happens to the running service; what its /metrics says meanwhile is judged by promtool with deploy/prometheus/alerts.yml.
describe.each(databaseKinds)('the rules, while something of the service is away (%s)', (kind) => {
  const clock = new FakeClock();
  const cleanUp: (() => Promise<unknown>)[] = [];
  let service: Service | null = null;
  let settings: Record<string, string>;
  let proxy: TcpProxy | null = null;
  let people = 0;

  const start = async (more: Record<string, string> = {}): Promise<void> => {
    service = await startService({ url: settings['DATABASE_URL'] ?? '', settings: { ...settings, ...more }, clock });
  };
  const stop = async (): Promise<void> => {
    await service?.close();
    service = null;
  };

  beforeAll(async () => {
    const folder = await temporaryFolder();
    const database = await createMigratedDatabase(kind, `${folder.path}/masking.db`);
    const url = database.url.startsWith('mysql:') ? new URL(database.url) : null;
    if (url) {
      proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port) });
      url.port = String(proxy.port);
    }
    settings = { ...settingsAt(folder.path, url?.toString() ?? database.url), SYNC_NUMBERS: 'false' };
    cleanUp.push(folder.remove, database.drop, async () => proxy?.close(), stop);
    await start();
    await service?.addNumbers([NUMBER]);
  }, LIMIT_MS);
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
    endWatches();
  });

  /** Somebody opens a session, and one of its two calls. */
  async function traffic(): Promise<void> {
    people += 1;
    const [first, second] = [`1415555${1000 + people}`, `1415556${1000 + people}`];
    await service?.sessions('POST', '/', { first_party: `+${first}`, second_party: `+${second}`, session_expiry: 30 });
    const call = { CallUUID: `c${String(people).padStart(7, '0')}-0000-4000-8000-000000000000`, From: first };
    await service?.webhook('/answer', { ...call, To: NUMBER, Direction: 'inbound', Event: 'StartApp' });
  }

  /** The server's connections are cut; a file is on a disk that has become read-only. */
  async function loseDatabase(): Promise<void> {
    proxy?.cut();
    if (kind === 'sqlite') await service?.dataSource.query('PRAGMA query_only = ON');
  }
  async function findDatabase(): Promise<void> {
    proxy?.restore();
    if (kind === 'sqlite') await service?.dataSource.query('PRAGMA query_only = OFF');
  }

  withPromtool(
    'tell of a process that is gone, of one that comes back without jobs, and of nothing once it is whole',
    async () => {
      const hour = watch({ service: () => service, clock });
      await hour.pass(3 * MINUTE);
      const gone = hour.now();
      await stop();
      await hour.pass(4 * MINUTE);

      await start({ ROLE: 'api' });
      const idle = hour.now();
      await hour.pass(6 * MINUTE);
      await stop();
      await start();
      const whole = hour.now();
      await hour.pass(3 * MINUTE);

      const silentFrom = whole + 30;
      hour.judge(
        {
          alert: 'ServiceDown',
          labels: { job: 'masking', instance: INSTANCE },
          since: gone,
          until: idle,
          silentFrom: idle + 15,
        },
        { alert: 'NoWorker', since: idle, until: whole, silentFrom },
        // Nobody took figures while there was no process either, but then there was nobody to say so.
        { alert: 'NoLeader', since: idle, until: whole, silentFrom },
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of a database that is away, and whom that harms',
    async () => {
      const hour = watch({ service: () => service, clock });
      await hour.pass(3 * MINUTE, traffic);
      const since = hour.now();
      await loseDatabase();
      await hour.pass(12 * MINUTE, traffic);
      await findDatabase();
      const back = hour.now();
      await hour.pass(MINUTE, traffic);

      hour.judge(
        { alert: 'DatabaseAway', since, until: back, silentFrom: back + 30 },
        { alert: 'NoLeader', since: since + 30, until: back, silentFrom: back + 30 },
        { alert: 'ErrorsHigh', since, within: 60 },
        { alert: 'AnswersMissed', labels: { why: 'failed' }, since, within: 90 },
      );
      expect((await service?.request('/readyz', { as: null }))?.status).toBe(200);
    },
    LIMIT_MS,
  );

  // A disk of its own takes a mount.
  (canJudge && process.geteuid?.() === 0 ? it : it.skip)(
    'tell of a disk that fills up',
    async () => {
      await stop();
      const folder = await temporaryFolder();
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder.path]);
      expect(mounted.status).toBe(0);
      cleanUp.push(folder.remove, async () => void spawnSync('umount', [folder.path]), stop);
      await start({ DATA_DIR: folder.path });
      const hour = watch({ service: () => service, clock, hasOwnDisk: true });
      await hour.pass(2 * MINUTE);
      const since = hour.now();
      writeFileSync(join(folder.path, 'recordings'), Buffer.alloc(3_900_000));
      await hour.pass(7 * MINUTE);
      rmSync(join(folder.path, 'recordings'));
      const emptied = hour.now();
      await hour.pass(MINUTE);
      hour.judge({
        alert: 'DiskNearlyFull',
        labels: { instance: INSTANCE },
        since,
        until: emptied,
        silentFrom: emptied + 30,
      });
    },
    LIMIT_MS,
  );
});
