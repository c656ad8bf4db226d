import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { dropAll, newFolder } from './databases.mjs';
import { readAnswers } from './galera-calls.mjs';
import { Cluster, whyNoCluster } from './galera-cluster.mjs';
import { Creates } from './galera-creates.mjs';
import { facts } from './galera-facts.mjs';
import { ACCOUNT, ADMIN_TOKEN, poolNumber } from './requests.mjs';
import { killAll, startService } from './servers.mjs';

const NUMBERS = 300;
const DATABASE = 'masking';
const KEY = Buffer.alloc(32, 7).toString('base64');

const { values: flags } = parseArgs({
  options: {
    creates: { type: 'string', default: '20000' },
    defaults: { type: 'boolean', default: false },
    spec: { type: 'boolean', default: false },
  },
});
const startedAt = performance.now();
const say = (text) =>
  process.stderr.write(`  ${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);

const hindrance = whyNoCluster();
if (hindrance !== null) {
  process.stderr.write(`no cluster can be made here: ${hindrance}\n`);
  process.exit(1);
}
let cluster = null;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    killAll();
    cluster?.killAll();
    void dropAll().finally(() => process.exit(1));
  });

try {
  say('three nodes');
  cluster = await Cluster.start({ say, ...(flags.defaults ? { timeouts: {} } : {}) });
  process.exitCode = flags.spec ? await runSpec() : await measure();
} finally {
  killAll();
  await cluster?.remove();
  await dropAll();
}

/** The facts about two transactions at once: test/cluster.spec.ts. */
async function runSpec() {
  const urls = cluster.nodes.slice(0, 2).map((node) => cluster.url(node));
  const env = { ...process.env, TEST_CLUSTER_URLS: urls.join(',') };
  const [code] = await once(spawn('npm', ['run', 'test:one', '--', 'cluster.spec'], { env, stdio: 'inherit' }), 'exit');
  return code;
}

async function measure() {
  const [first, second, third] = cluster.nodes;
  await cluster.query(first, `CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  const services = [];
  for (const node of [first, second]) {
    const databaseUrl = cluster.url(node, DATABASE);
    services.push(await startService({ databaseUrl, dataFolder: newFolder(), settings: { ENCRYPTION_KEY: KEY } }));
  }
  await addNumbers(services[0].origin);
  const creates = new Creates({ origins: services.map(({ origin }) => origin), wanted: Number(flags.creates), say });
  const load = creates.run();
  const faults = [];
  let readiness = 0;
  const fault = async (share, name, node, begin, end) => {
    await creates.reached(share);
    say(name);
    const from = performance.now();
    await begin(node);
    await creates.forMs(6_000);
    const until = performance.now();
    await end(node);
    say(`${node.name} is back after ${((performance.now() - until) / 1000).toFixed(1)} s`);
    faults.push({ name, node, from, until: performance.now() });
  };
  const restart = (node) => cluster.startNode(node);
  await fault(0.15, 'n3, which nobody uses, is killed (-9)', third, (node) => cluster.kill(node), restart);
  await fault(
    0.35,
    'n3 stands still (SIGSTOP)',
    third,
    async (node) => cluster.pause(node),
    async (node) => {
      cluster.goOn(node);
      await cluster.synced(node);
    },
  );
  await fault(
    0.55,
    'n2, which is used, is cut off',
    second,
    (node) => cluster.cutOff(node),
    async (node) => {
      readiness = (await fetch(`${services[1].origin}/readyz`)).status;
      await cluster.rejoin(node);
      await cluster.synced(node);
    },
  );
  await fault(0.75, 'n2, which is used, is killed (-9)', second, (node) => cluster.kill(node), restart);
  await load;
  say('looking at what there is');
  const calls = await readAnswers({ creates, services, say });
  const result = await facts({ cluster, database: DATABASE, creates, services, faults, calls, readiness, say });
  process.stdout.write(`\n${result.text}\n`);
  for (const service of services) await service.stop();
  return result.isRight ? 0 : 1;
}

async function addNumbers(origin) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  for (let n = 0; n < NUMBERS; n++) {
    const body = JSON.stringify({ account: ACCOUNT.authId, number: `+${poolNumber(n)}` });
    const answer = await fetch(`${origin}/admin/numbers`, { method: 'POST', headers, body });
    if (answer.status !== 201) throw new Error(`adding a number: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
