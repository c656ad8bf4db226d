/**
 * What receivers can do to the requests that leave for customers' URLs. Run after `npm run build`: `node --expose-gc bench/receivers.mjs`.
 * Prints the rate to one good receiver, how much memory bad ones take, and how long the slowest can hold a request.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const IN_FLIGHT = 32;
const GOOD_REQUESTS = 20_000;
const BAD_REQUESTS = 1000;

const head = (...headers) => ['HTTP/1.1 200 OK', ...headers, '', ''].join('\r\n');
const flood = (start, more) => (socket) => {
  socket.write(start);
  const go = () => {
    while (!socket.destroyed && socket.write(more));
  };
  socket.on('drain', go);
  go();
};
const drip = (start, more) => (socket) => {
  socket.write(start);
  const timer = setInterval(() => socket.write(more), 100);
  socket.once('close', () => clearInterval(timer));
};

const BAD = {
  'endless body': flood(head('Content-Length: 999999999999'), Buffer.alloc(65_536)),
  'endless chunks': flood(head('Transfer-Encoding: chunked'), `400\r\n${'x'.repeat(1024)}\r\n`.repeat(20)),
  'endless headers': flood('HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'.repeat(1000)),
  'endless reason phrase': flood('HTTP/1.1 200 ', 'x'.repeat(8192)),
  'endless chunk extension': flood(`${head('Transfer-Encoding: chunked')}1;`, 'x'.repeat(8192)),
  'reset in the body': (socket) => socket.write(`${head('Content-Length: 9')}ok`, () => socket.resetAndDestroy()),
};
const SLOW = {
  'drips its headers': drip('HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'),
  'drips its body': drip(head('Transfer-Encoding: chunked'), '1\r\nx\r\n'),
  'says nothing': () => undefined,
};

if (process.argv[2] === '--receive') await receive();
else await measure();

/** In a process of its own, so that its memory is not counted. */
async function receive() {
  const ports = {};
  for (const [name, answer] of Object.entries({ ...BAD, ...SLOW })) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => answer(socket));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[name] = server.address().port;
  }
  const good = createHttpServer((request, response) => {
    request.resume().once('end', () => response.end('ok'));
  }).listen(0, '127.0.0.1');
  await once(good, 'listening');
  process.send({ ports, good: good.address().port });
}

async function measure() {
  const { Outgoing } = await import('../dist/src/platform/outgoing/outgoing.js');
  const { Clock } = await import('../dist/src/platform/clock.js');
  const outgoing = new Outgoing(new Clock(), { allowPrivate: true });
  const child = fork(fileURLToPath(import.meta.url), ['--receive']);
  const [{ ports, good }] = await once(child, 'message');
  const write = (text) => process.stdout.write(`${text}\n`);
  const send = (port, times = { connectMs: 2000, readMs: 2000, totalMs: 5000 }) =>
    outgoing.send({
      url: `http://127.0.0.1:${port}/hook`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'EventName=SessionTimeout&SessionUUID=018f3c1e-5b7a-7c55-9a21-2f6f3c1e5b7a&SequenceNumber=1',
      ...times,
    });
  const sendMany = async (count, port) => {
    const outcomes = {};
    let left = count;
    const work = async () => {
      while ((left -= 1) >= 0) {
        const exchange = await send(port);
        const outcome = exchange.kind === 'answered' ? String(exchange.status) : exchange.error;
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    return outcomes;
  };
  const rss = () => {
    globalThis.gc?.();
    return process.memoryUsage.rss() / 1e6;
  };

  await sendMany(2000, good);
  const cpu = process.cpuUsage();
  const beganAt = performance.now();
  const outcomes = await sendMany(GOOD_REQUESTS, good);
  const seconds = (performance.now() - beganAt) / 1000;
  const used = process.cpuUsage(cpu);
  const microseconds = (used.user + used.system) / GOOD_REQUESTS;
  write(
    `one receiver, ${IN_FLIGHT} in flight: ${Math.round(GOOD_REQUESTS / seconds)} requests/s, ${Math.round(microseconds)} us CPU each`,
  );
  write(`  ${JSON.stringify(outcomes)}, ${outgoing.idleConnections} connections`);

  // Twice, because the first time grows the heap to its working size.
  const sizes = [];
  for (const isCounted of [false, true]) {
    for (const name of Object.keys(BAD)) {
      const startedAt = performance.now();
      const result = await sendMany(BAD_REQUESTS, ports[name]);
      const each = (performance.now() - startedAt) / BAD_REQUESTS;
      sizes.push(rss());
      if (isCounted) write(`${name}: ${BAD_REQUESTS} requests, ${each.toFixed(2)} ms each, ${JSON.stringify(result)}`);
    }
  }
  const [first, last] = [sizes.slice(0, sizes.length / 2), sizes.slice(sizes.length / 2)].map((part) =>
    Math.max(...part),
  );
  write(`resident memory at most ${first.toFixed(0)} MB in the first round, ${last.toFixed(0)} MB in the second`);

  const patient = { connectMs: 60_000, readMs: 60_000, totalMs: 60_000 };
  for (const [name, exchange] of await Promise.all(
    Object.keys(SLOW).map(async (each) => [each, await send(ports[each], patient)]),
  )) {
    write(`${name}: ${exchange.durationMs} ms, ${exchange.kind === 'answered' ? exchange.status : exchange.error}`);
  }
  outgoing.onModuleDestroy();
  child.kill();
}
