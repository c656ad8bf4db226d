/**
 * Proves on a network of its own that no request to a customer's URL reaches a private address. Needs root, `ip` and `openssl`; run after
 * `npm run build`: `node bench/egress.mjs`.
 *
 * In the namespace every address of the world is this machine (`ip route add local 0.0.0.0/0`), with listeners behind it, so whatever is
 * dialled is answered and counted, by the listeners and by the kernel. A control run with private addresses allowed shows that the same
 * URLs do get through when nothing holds them back.
 */
import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIPv4 } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORBIDDEN_IPV4, FORBIDDEN_IPV6, forbiddenAnswers, forbiddenUrls } from './forbidden-urls.mjs';

const NAME_SERVER = '127.0.0.53';
const PUBLIC_IPV4 = '93.184.216.34';
const PUBLIC_IPV6 = '2606:2800:21f::1';
const PORTS = [80, 443, 8443];
const ROUNDS = 200;
const TIMES = { connectMs: 1000, readMs: 1000, totalMs: 2000 };

if (process.argv[2] === '--inside') {
  await inside(process.argv[3]);
} else {
  await outside();
}

async function outside() {
  const name = `egress-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), 'egress-'));
  const settings = `/etc/netns/${name}`;
  const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const cleanUp = () => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(settings, { recursive: true, force: true });
    try {
      ip('netns', 'del', name);
    } catch {
      // It was never made.
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      cleanUp();
      process.exit(1);
    });
  }
  try {
    try {
      ip('netns', 'add', name);
    } catch (error) {
      process.stdout.write(`network namespaces are not permitted here: ${error.message.trim()}\n`);
      process.exitCode = 2;
      return;
    }
    mkdirSync(settings, { recursive: true });
    writeFileSync(join(settings, 'resolv.conf'), `nameserver ${NAME_SERVER}\noptions timeout:1 attempts:1\n`);
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'addr', 'add', 'fe80::1/64', 'dev', 'lo');
    ip('-n', name, 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo');
    ip('-n', name, '-6', 'route', 'add', 'local', '::/0', 'dev', 'lo');
    makeCertificate(folder);
    const args = ['netns', 'exec', name, process.execPath, fileURLToPath(import.meta.url), '--inside', folder];
    const child = spawn('ip', args, { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    process.exitCode = code ?? 1;
  } finally {
    cleanUp();
  }
}

function makeCertificate(folder) {
  const names = ['hooks.example.com', 'rebind.example.com', '*.answers.example.com'].map((name) => `DNS:${name}`);
  const options =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=hooks.example.com';
  const args = [...options.split(' '), '-addext', `subjectAltName=${names.join(',')}`];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  execFileSync('openssl', [...args, ...files], { stdio: 'ignore' });
}

async function inside(folder) {
  const { Outgoing } = await import('../dist/src/platform/outgoing/outgoing.js');
  const { Clock } = await import('../dist/src/platform/clock.js');
  const cert = readFileSync(join(folder, 'cert.pem'), 'utf8');
  const key = readFileSync(join(folder, 'key.pem'), 'utf8');
  const listeners = await listen({ cert, key });
  const nameServer = await serveNames();
  const send = (outgoing, url) => outgoing.send({ url, method: 'POST', headers: {}, body: 'a=b', ...TIMES });
  const sendAll = async (outgoing, urls) => {
    const outcomes = {};
    for (const url of urls) {
      const exchange = await send(outgoing, url);
      const outcome = exchange.kind === 'answered' ? String(exchange.status) : exchange.error;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  };
  const make = (allowPrivate) => new Outgoing(new Clock(), { allowPrivate, ca: cert });
  const spellings = PORTS.flatMap((port) => forbiddenUrls(port));
  const names = nameServer.answers.map((_, index) => `https://n${index}.answers.example.com/`);
  const rebinding = Array.from({ length: ROUNDS }, () => 'https://rebind.example.com/');
  const write = (text) => process.stdout.write(`${text}\n`);

  const control = make(true);
  const controlOutcomes = await sendAll(control, [...spellings, ...names]);
  control.onModuleDestroy();
  const reached = listeners.forbidden();
  const places = [...FORBIDDEN_IPV4, ...FORBIDDEN_IPV6].filter((address) => listeners.counts.has(address));
  write(`control, private addresses allowed: ${spellings.length} spellings, ${names.length} names`);
  write(
    `  ${reached} connections to forbidden addresses, ${places.length} different; ${JSON.stringify(controlOutcomes)}`,
  );

  const guarded = make(false);
  const literals = await measured(listeners, () => sendAll(guarded, spellings));
  write(`${spellings.length} spellings, ${literals.connections} connections`);
  write(`  ${literals.opened} opened by the kernel; ${JSON.stringify(literals.outcomes)}`);
  const answers = await measured(listeners, () => sendAll(guarded, names));
  write(`${names.length} names with a forbidden address, ${answers.connections} connections`);
  write(`  ${answers.opened} opened by the kernel; ${JSON.stringify(answers.outcomes)}`);
  const turns = await measured(listeners, async () => {
    const outcomes = {};
    for (const url of rebinding) {
      // A new one each time, so that no kept connection spares the question.
      const fresh = make(false);
      for (const [outcome, count] of Object.entries(await sendAll(fresh, [url]))) {
        outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
      }
      fresh.onModuleDestroy();
    }
    return outcomes;
  });
  write(`${ROUNDS} requests to a name that rebinds, ${turns.connections} connections to forbidden addresses`);
  write(`  ${turns.opened} opened by the kernel; ${JSON.stringify(turns.outcomes)}`);
  const redirects = await measured(listeners, () =>
    sendAll(guarded, Array(20).fill('https://hooks.example.com/redirect')),
  );
  write(`20 redirects to a metadata service, ${redirects.connections} connections to forbidden addresses`);
  const right = await measured(listeners, () => sendAll(guarded, Array(20).fill('https://hooks.example.com:8443/')));
  write(`20 requests to a public name: ${JSON.stringify(right.outcomes)}`);
  guarded.onModuleDestroy();

  const runs = [literals, answers, turns, redirects, right];
  const isProven =
    reached > 0 &&
    runs.every(({ connections }) => connections === 0) &&
    literals.opened + answers.opened === 0 &&
    (turns.outcomes['200'] ?? 0) > 0 &&
    right.outcomes['200'] === 20;
  write(isProven ? 'proven' : 'NOT PROVEN');
  process.exit(isProven ? 0 : 1);
}

async function measured(listeners, work) {
  const before = { connections: listeners.forbidden(), opened: activeOpens() };
  const outcomes = await work();
  // What was dialled and given up may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    outcomes,
    connections: listeners.forbidden() - before.connections,
    opened: activeOpens() - before.opened,
  };
}

/** How many connections the programs of this namespace began, by the kernel's count. */
function activeOpens() {
  const [names, values] = readFileSync('/proc/self/net/snmp', 'utf8').match(/^Tcp: .*$/gm);
  return Number(values.split(' ')[names.split(' ').indexOf('ActiveOpens')]);
}

/** Takes what comes for every address of the namespace; only the two public ones may be dialled. */
async function listen({ cert, key }) {
  const counts = new Map();
  for (const port of PORTS) {
    const answer = (request, response) => {
      const isRedirect = request.url === '/redirect';
      response.writeHead(isRedirect ? 302 : 200, isRedirect ? { location: 'http://169.254.169.254/latest' } : {});
      response.end('ok');
    };
    const server = port === 80 ? createServer(answer) : createTlsServer({ cert, key }, answer);
    server.on('connection', (socket) => {
      const address = (socket.localAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
      counts.set(address, (counts.get(address) ?? 0) + 1);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(port, '::');
    await once(server, 'listening');
  }
  const forbidden = () =>
    [...counts].reduce(
      (sum, [address, count]) => ([PUBLIC_IPV4, PUBLIC_IPV6].includes(address) ? sum : sum + count),
      0,
    );
  return { counts, forbidden };
}

/** A name server of a few lines: A and AAAA of our names, no time to live. `rebind` is public and private by turns. */
async function serveNames() {
  const answers = forbiddenAnswers({ publicIpv4: PUBLIC_IPV4, publicIpv6: PUBLIC_IPV6 });
  let turns = 0;
  const addressesOf = (name, isIpv4) => {
    if (name === 'hooks.example.com') return [PUBLIC_IPV4, PUBLIC_IPV6];
    if (name === 'rebind.example.com') {
      turns += isIpv4 ? 1 : 0;
      return [isIpv4 && turns % 2 === 1 ? PUBLIC_IPV4 : isIpv4 ? '127.0.0.1' : ''];
    }
    return answers[Number(/^n(\d+)\.answers\.example\.com$/.exec(name)?.[1])] ?? [];
  };
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const labels = [];
    let at = 12;
    for (; query[at] !== 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    const type = query.readUInt16BE(at + 1);
    const isIpv4 = type === 1;
    const found = (type === 1 || type === 28 ? addressesOf(labels.join('.').toLowerCase(), isIpv4) : []).filter(
      (each) => each !== '' && isIPv4(each) === isIpv4,
    );
    const header = Buffer.from([query[0], query[1], 0x84, 0x80, 0, 1, 0, found.length, 0, 0, 0, 0]);
    const records = found.map((each) =>
      record(type, isIpv4 ? Buffer.from(each.split('.').map(Number)) : ipv6Bytes(each)),
    );
    socket.send(Buffer.concat([header, query.subarray(12, at + 5), ...records]), port, address);
  });
  socket.bind(53, NAME_SERVER);
  await once(socket, 'listening');
  return { answers };
}

function record(type, data) {
  return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]), data]);
}

function ipv6Bytes(address) {
  const [head = '', tail] = address.split('::');
  const parts = (text) => (text ? text.split(':') : []);
  const missing = tail === undefined ? 0 : 8 - parts(head).length - parts(tail).length;
  const groups = [...parts(head), ...Array.from({ length: missing }, () => '0'), ...parts(tail)];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
