import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

// Customers' servers, all in one process of its own that is never killed: one port for each. Its parent says how they behave and takes the journal.

const DRIP_MS = 100;
/** Given to 429s, in seconds. */
const RETRY_AFTER = [6, 8];
/** In a hundred requests. What is missing to a hundred is answered 200. */
const SHARES = { 500: 8, hang: 6, reset: 6, redirect: 5, 'drip-body': 4, 'drip-head': 4, 410: 2, 429: 5 };

const servers = [];
let modes = [];
/** [received at, port index, webhook id, hash of the body, session, sequence, event, what it did] */
let journal = [];

process.on('disconnect', () => process.exit());
process.on('message', (order) => {
  void obey(order).then((result) => process.send({ result }));
});

async function obey({ listen, behave, take, count }) {
  if (listen !== undefined) return open(listen);
  if (behave !== undefined) modes = servers.map((_, index) => behave[index] ?? behave.at(-1));
  if (count) return journal.length;
  if (take) return journal.splice(0);
  return null;
}

async function open(count) {
  modes = Array.from({ length: count }, () => 'healthy');
  for (let index = 0; index < count; index++) {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      void receive(index, request, response).catch(() => undefined);
    });
    server.on('connection', (socket) => socket.on('error', () => undefined));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
    servers.push(server);
  }
  return servers.map((server) => server.address().port);
}

async function receive(index, request, response) {
  const at = Date.now();
  let text = '';
  for await (const chunk of request) text += chunk;
  const form = new URLSearchParams(text);
  const hash = createHash('sha256').update(text).digest('base64url');
  const deed = request.url.startsWith('/elsewhere') ? 'followed' : chosen(modes[index]);
  const [session, sequence, event] = ['SessionUUID', 'SequenceNumber', 'EventName'].map((name) => form.get(name));
  journal.push([at, index, request.headers['webhook-id'], hash, session, Number(sequence), event, deed]);
  await act(deed, request, response);
}

function chosen(mode) {
  if (mode !== 'faulty') return mode === 'hanging' ? 'hang' : '200';
  let left = Math.random() * 100;
  for (const [deed, share] of Object.entries(SHARES)) {
    left -= share;
    if (left < 0) return deed;
  }
  return '200';
}

async function act(deed, { socket }, response) {
  if (deed === 'hang') return;
  if (deed === 'reset') socket.resetAndDestroy();
  else if (deed === 'drip-head') {
    socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    await drip(socket, 'a');
  } else if (deed === 'drip-body') {
    response.writeHead(200, { 'content-length': 100_000 });
    await drip(response, 'b');
  } else if (deed === 'redirect') response.writeHead(302, { location: '/elsewhere' }).end();
  else if (deed === '429') {
    const seconds = RETRY_AFTER[Math.floor(Math.random() * RETRY_AFTER.length)];
    response.writeHead(429, { 'retry-after': String(seconds) }).end('slower');
  } else response.writeHead(deed === 'followed' ? 200 : Number(deed)).end('seen');
}

async function drip(stream, byte) {
  while (!stream.destroyed && stream.writable) {
    stream.write(byte);
    await delay(DRIP_MS);
  }
}
