import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2/promise';

const PROVIDER = '/usr/lib/galera/libgalera_smm.so';
const NODES = 3;
const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 20_000;

/**
 * A node that is not heard of for 1.5 s is suspected, and after 3 s given up whatever the others hear; as Galera comes these are 5 and 15 s. Below a second a
 * busy machine throws out nodes that live.
 */
const TIMEOUTS = {
  'evs.keepalive_period': 'PT0.3S',
  'evs.inactive_check_period': 'PT0.3S',
  'evs.suspect_timeout': 'PT1.5S',
  'evs.inactive_timeout': 'PT3S',
  'evs.install_timeout': 'PT3S',
  'gmcast.peer_timeout': 'PT2S',
};

/** Why there can be no cluster here; null where there can. */
export function whyNoCluster() {
  if (!existsSync(PROVIDER)) return `${PROVIDER} is missing: install galera-4`;
  for (const program of ['mariadbd', 'mariadb-install-db', 'rsync']) {
    if (spawnSync('which', [program]).status !== 0) return `${program} is missing: install mariadb-server and rsync`;
  }
  return null;
}

/** Three servers of one cluster on this machine, in folders and on ports of their own. */
export class Cluster {
  constructor({ folder, nodes }) {
    this.folder = folder;
    this.nodes = nodes;
  }

  static async start({ timeouts = TIMEOUTS, say = () => undefined } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'masking-galera-'));
    const ports = await freePorts(NODES * 4);
    const nodes = Array.from({ length: NODES }, (_, place) => {
      const [port, group, ist, sst] = ports.slice(place * 4);
      return { name: `n${place + 1}`, folder: join(folder, `n${place + 1}`), port, group, ist, sst, child: null };
    });
    const cluster = new Cluster({ folder, nodes });
    cluster.timeouts = timeouts;
    try {
      for (const node of nodes) {
        say(`${node.name}: port ${node.port}`);
        install(node);
        // One after the other: each copies the whole of what there is, which is next to nothing yet.
        await cluster.startNode(node, { isFirst: node === nodes[0] });
      }
    } catch (error) {
      const logs = nodes.map((node) => `${node.name}:\n${tail(node)}`).join('\n');
      await cluster.remove();
      throw new Error(`the cluster did not start: ${error.message}\n${logs}`, { cause: error });
    }
    return cluster;
  }

  url(node, database = '') {
    return `mysql://root@127.0.0.1:${node.port}/${database}`;
  }

  async startNode(node, { isFirst = false } = {}) {
    const members = this.nodes.map(({ group }) => `127.0.0.1:${group}`).join(',');
    const log = openSync(join(node.folder, 'error.log'), 'a');
    const child = spawn(
      'mariadbd',
      [...optionsOf(node, this.timeouts), `--wsrep_cluster_address=gcomm://${isFirst ? '' : members}`],
      {
        stdio: ['ignore', log, log],
      },
    );
    node.child = child;
    child.once('exit', () => {
      if (node.child === child) node.child = null;
    });
    await this.synced(node);
  }

  /** Until it takes part again. */
  async synced(node, limitMs = START_LIMIT_MS) {
    const deadline = performance.now() + limitMs;
    for (;;) {
      if (node.child === null) throw new Error(`${node.name} has ended`);
      const [state, status] = await Promise.all([
        this.status(node, 'wsrep_local_state_comment').catch(() => null),
        this.status(node, 'wsrep_cluster_status').catch(() => null),
      ]);
      if (state === 'Synced' && status === 'Primary') return;
      if (performance.now() > deadline) throw new Error(`${node.name} is ${state ?? 'silent'}, ${status ?? 'silent'}`);
      await delay(100);
    }
  }

  async status(node, name) {
    const rows = await this.query(node, `SHOW GLOBAL STATUS LIKE '${name}'`);
    return rows[0]?.Value ?? null;
  }

  async query(node, sql, database = '') {
    const connection = await mysql.createConnection({ uri: this.url(node, database), connectTimeout: 2_000 });
    try {
      const [rows] = await connection.query({ sql, timeout: 60_000 });
      return rows;
    } finally {
      connection.destroy();
    }
  }

  /** kill -9. */
  async kill(node) {
    const { child } = node;
    if (child === null) return;
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** It stands still: its connections stay open and nothing comes of them. */
  pause(node) {
    node.child?.kill('SIGSTOP');
  }

  goOn(node) {
    node.child?.kill('SIGCONT');
  }

  /** It runs, and neither hears nor is heard by the others. */
  async cutOff(node) {
    await this.query(node, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=1'");
  }

  async rejoin(node) {
    await this.query(node, "SET GLOBAL wsrep_provider_options = 'gmcast.isolate=0'");
  }

  async remove() {
    for (const node of this.nodes.toReversed()) {
      if (node.child === null) continue;
      this.goOn(node);
      const ended = once(node.child, 'exit');
      node.child.kill('SIGTERM');
      const isGone = await Promise.race([ended, delay(STOP_LIMIT_MS, null, { ref: false })]);
      if (isGone === null) await this.kill(node);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** At once, for the end of this process. */
  killAll() {
    for (const { child } of this.nodes) child?.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function install(node) {
  mkdirSync(node.folder, { recursive: true });
  if (asMysql().length > 0) spawnSync('chown', ['mysql', join(node.folder, '..'), node.folder]);
  const { status, stderr } = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${join(node.folder, 'data')}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      ...asMysql(),
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`mariadb-install-db: ${stderr.slice(-1000)}`);
}

/** A server started by root becomes another user: the rsync that brings a joining node its data would become nobody otherwise, and may not write there. */
function asMysql() {
  return process.getuid?.() === 0 ? ['--user=mysql'] : [];
}

function optionsOf(node, timeouts) {
  const provider = {
    'gmcast.listen_addr': `tcp://127.0.0.1:${node.group}`,
    'ist.recv_addr': `127.0.0.1:${node.ist}`,
    'gcache.size': '64M',
    'gcache.recover': 'no',
    ...timeouts,
  };
  const options = {
    datadir: join(node.folder, 'data'),
    port: node.port,
    'bind-address': '127.0.0.1',
    socket: join(node.folder, 'socket'),
    'pid-file': join(node.folder, 'pid'),
    'skip-name-resolve': null,
    'max-connections': 300,
    innodb_buffer_pool_size: '64M',
    innodb_log_file_size: '48M',
    innodb_flush_log_at_trx_commit: 1,
    innodb_autoinc_lock_mode: 2,
    binlog_format: 'ROW',
    performance_schema: 'OFF',
    wsrep_on: 'ON',
    wsrep_provider: PROVIDER,
    wsrep_cluster_name: 'masking_bench',
    wsrep_node_name: node.name,
    wsrep_node_address: `127.0.0.1:${node.group}`,
    wsrep_sst_method: 'rsync',
    wsrep_sst_receive_address: `127.0.0.1:${node.sst}`,
    wsrep_slave_threads: 4,
    wsrep_provider_options: Object.entries(provider)
      .map(([name, value]) => `${name}=${value}`)
      .join(';'),
  };
  const texts = Object.entries(options).map(([name, value]) => (value === null ? `--${name}` : `--${name}=${value}`));
  return ['--no-defaults', ...asMysql(), ...texts];
}

function tail({ folder }) {
  try {
    const lines = readFileSync(join(folder, 'error.log'), 'utf8').split('\n');
    return lines
      .filter((line) => /ERROR|WSREP_SST|rsync/.test(line))
      .slice(-25)
      .join('\n');
  } catch {
    return '';
  }
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
