import { Pool } from 'undici';
import { answerRequest, createRequest, getRequest, parties } from './requests.mjs';

// The load generator: a process of its own, told by its parent what to send where. Requests are made, and signed, before the clock starts; answers
// are read inside and parsed after it.

const IN_FLIGHT = 32;
const ANSWER_LIMIT_MS = 30_000;
const pools = new Map();
/** Sessions of the latest creates, by server; an order that names sessions of its own needs none. */
const sessions = new Map();

const kinds = {
  create: {
    requests: ({ from, count }) => Array.from({ length: count }, (_, index) => createRequest(from + index)),
    isRight: (status, text) => status === 201 && text.includes('"session_uuid"'),
    keep: ({ origin, from }, texts) =>
      sessions.set(
        origin,
        texts.map((text, index) => sessionOf(text, parties(from + index))),
      ),
  },
  get: {
    requests: ({ origin, count, sessions: known = sessions.get(origin) }) =>
      Array.from({ length: count }, (_, index) => getRequest(known[index % known.length])),
    isRight: (status, text) => status === 200 && text.includes('"session_uuid"'),
  },
  answer: {
    requests: ({ origin, count, sessions: known = sessions.get(origin) }) =>
      known.slice(0, count).map((session) => answerRequest(session, origin)),
    isRight: (status, text) => status === 200 && text.includes('<Number>'),
  },
};

process.on('message', (order) => {
  run(order).then(
    (result) => process.send({ result }),
    (error) => process.send({ error: error.stack }),
  );
});

async function run(order) {
  const kind = kinds[order.kind];
  const requests = kind.requests(order);
  const pool = poolOf(order.origin);
  const latencies = new Float64Array(requests.length);
  const texts = Array.from({ length: requests.length });
  let next = 0;
  let wrong = null;
  let failed = 0;

  const worker = async () => {
    for (let index = next++; index < requests.length; index = next++) {
      const sentAt = performance.now();
      const { statusCode, body } = await pool.request(requests[index]);
      texts[index] = await body.text();
      latencies[index] = performance.now() - sentAt;
      if (kind.isRight(statusCode, texts[index])) continue;
      failed++;
      wrong ??= `${statusCode} ${texts[index].slice(0, 300)}`;
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: order.inFlight ?? IN_FLIGHT }, worker));
  const elapsedMs = performance.now() - startedAt;

  if (failed === 0) kind.keep?.(order, texts);
  latencies.sort();
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return { count: requests.length, elapsedMs, p50Ms: at(0.5), p99Ms: at(0.99), failed, wrong };
}

function poolOf(origin) {
  let pool = pools.get(origin);
  if (!pool) {
    pool = new Pool(origin, { connections: IN_FLIGHT, pipelining: 1, headersTimeout: ANSWER_LIMIT_MS });
    pools.set(origin, pool);
  }
  return pool;
}

function sessionOf(text, { second }) {
  const { session_uuid: id, virtual_number: number } = JSON.parse(text);
  return { id, second, virtualNumber: number.slice(1) };
}
