import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './callback-report.mjs';
import { listRequest, operatorRequest, poolNumber } from './requests.mjs';
import { NUMBERS } from './scale-rows.mjs';
import { cpuMicros } from './servers.mjs';
import { send } from './steady-calls.mjs';

export const AT_ONCE = 4;
/** Operators' screens and customers' programs look, they do not hammer: 80 reads a second at the most. */
const BREAK_MS = 50;

/** What people and their programs read, at `sessions` live sessions. `isRight` holds as long as nothing but the filler has written. */
export function readsOf({ sessions, rows }) {
  const some = rows.sessionOf(Math.floor(sessions / 3));
  const driver = rows.driverOf(Math.floor(sessions / 3));
  const middle = Math.floor(sessions / 2);
  const onSome = Math.ceil((sessions - (Math.floor(sessions / 3) % NUMBERS)) / NUMBERS);
  const hasTotal = (total) => (answer) => answer.response.meta.total_count === total;
  const list = (query, total) => ({
    name: `list ${query}`.trim(),
    request: listRequest(query),
    isRight: hasTotal(total),
  });
  const admin = (name, path = name, isRight = () => true) => ({ name, request: operatorRequest(path), isRight });
  const isNumbered = ({ items: [first] }) => first.live_sessions === Math.ceil(sessions / NUMBERS);
  const isSummed = ({ items }) => items.reduce((sum, item) => sum + item.sessions, 0) === sessions;
  return [
    admin('/admin/pool'),
    admin('/admin/numbers', '/admin/numbers?limit=200', isNumbered),
    list('', sessions),
    { ...list(`?offset=${middle}`, sessions), name: 'list ?offset=half' },
    list('?status=active', sessions),
    { ...list(`?first_party=${some.second}`, 1), name: 'list ?first_party=' },
    { ...list(`?second_party=${driver}`, Math.min(10, sessions)), name: 'list ?second_party=' },
    { ...list(`?virtual_number=${some.virtualNumber}`, onSome), name: 'list ?virtual_number=' },
    admin('/admin/sessions?party=', `/admin/sessions?party=%2B${some.second}`, ({ items }) => items.length === 1),
    admin('/admin/sessions?status=', '/admin/sessions?status=active'),
    admin('/admin/sessions?virtual_number=', `/admin/sessions?virtual_number=%2B${poolNumber(NUMBERS - 1)}`),
    admin('/admin/calls'),
    admin('/admin/stats', '/admin/stats?group_by=account', isSummed),
    admin('/admin/callbacks'),
    { name: '/metrics', request: operatorRequest('/metrics'), isRight: null },
  ];
}

/** Each once, and that the answers are those of what was filled in: a wrong one would measure something else. */
export async function lookOnce(agent, { origin }, reads) {
  for (const { name, request, isRight } of reads) {
    const { statusCode, text } = await send(agent, origin, request);
    if (statusCode !== 200 || (isRight && !isRight(JSON.parse(text))))
      throw new Error(`${name} (${request.path}): ${statusCode} ${text.slice(0, 300)}`);
  }
}

/** One read again and again, `atOnce` at a time: until there are `most` of them or the seconds are over, and each reader has had one. */
export async function timeRead(agent, { origin, pid }, { request }, { atOnce, most, seconds }) {
  const took = [];
  const cpuBefore = cpuMicros(pid);
  let failed = 0;
  const until = performance.now() + seconds * 1000;
  const reader = async () => {
    do {
      const sentAt = performance.now();
      const { statusCode } = await send(agent, origin, request);
      took.push(performance.now() - sentAt);
      if (statusCode !== 200) failed++;
    } while (took.length < most && performance.now() < until);
  };
  await Promise.all(Array.from({ length: atOnce }, reader));
  const cpuMs = cpuBefore === null ? null : (cpuMicros(pid) - cpuBefore) / 1000 / took.length;
  return { p50Ms: percentile(took, 0.5), p99Ms: percentile(took, 0.99), cpuMs, failed };
}

/** All reads in turn by four readers, each a moment after its last answer, until told to stop. */
export function readOn(agent, { origin }, reads) {
  const reading = { isOver: false };
  let count = 0;
  const reader = async (from) => {
    for (let next = from; !reading.isOver; next++) {
      await send(agent, origin, reads[next % reads.length].request);
      count++;
      await delay(BREAK_MS);
    }
  };
  const readers = Array.from({ length: AT_ONCE }, (_, index) => reader(Math.floor((index * reads.length) / AT_ONCE)));
  return async () => {
    reading.isOver = true;
    await Promise.all(readers);
    return count;
  };
}
