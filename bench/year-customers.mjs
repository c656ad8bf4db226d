// Customers of `bench/year.mjs`: they open sessions, read and end some, call each other, and remember what they were told.
import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { createRequest, getRequest, parties } from './requests.mjs';

const WORKERS = 4;
/** People who hear that something does not work wait that long before they try again. */
const AGAIN_MS = 100;

export function customersAt(origin, plivo) {
  const agent = new Agent({ connections: WORKERS * 2, pipelining: 1 });
  const sessions = [];
  const seen = { calls: 0, wrong: 0, unconnected: 0, unanswered: 0, complaints: new Map() };
  /** When each was on, as its people know it. */
  const calls = [];
  let next = 0;
  let opened = 0;

  const complain = (kind, what) => {
    seen[kind]++;
    seen.complaints.set(`${kind}: ${what}`, (seen.complaints.get(`${kind}: ${what}`) ?? 0) + 1);
  };
  const ask = (options) =>
    agent.request({ origin, ...options }).then(
      async ({ statusCode, body }) => ({ status: statusCode, text: await body.text() }),
      (error) => ({ status: 0, text: error.code ?? error.message }),
    );
  /** Null where it was not acknowledged: then nothing is promised. */
  const open = async (n = next++) => {
    const { status, text } = await ask(createRequest(n));
    if (status !== 201 && status !== 200) {
      complain('unanswered', `create ${status} ${text.slice(0, 80)}`);
      return null;
    }
    const { session_uuid: id, virtual_number: number } = JSON.parse(text);
    return { n, id, number: number.slice(1), ...parties(n), madeAt: performance.now(), endedAt: null, callers: 0 };
  };
  const make = async () => {
    const session = await open();
    if (session === null) return delay(AGAIN_MS);
    await Promise.all([session.first, session.second].map(plivo.picksUp));
    sessions.push(session);
    opened++;
    return session;
  };
  const end = async (session) => {
    const { status } = await ask({ ...getRequest(session), method: 'DELETE' });
    session.endedAt = performance.now();
    // Whether that was done is not known: nothing is promised of it any more.
    if (status < 200 || status >= 300) sessions.splice(sessions.indexOf(session), 1);
  };
  /** Exactly the other party is rung, and sees the session's number. */
  const call = async (session) => {
    const [from, to] = session.callers++ % 2 === 0 ? [session.first, session.second] : [session.second, session.first];
    const beganAt = performance.now();
    const { uuid, isBridged, rung, heard } = await plivo.call(from, session.number);
    seen.calls++;
    calls.push({ uuid, session, beganAt, endedAt: performance.now() });
    const right = rung.every((leg) => leg.to === to && leg.shown === session.number) && rung.length <= 1;
    if (!right || (session.endedAt !== null && rung.length > 0)) complain('wrong', `${rung.length} phones were rung`);
    else if (!isBridged && session.endedAt === null) complain('unconnected', heard);
    return isBridged;
  };
  const isTold = async (session) => {
    const { status, text } = await ask(getRequest(session));
    if (status !== 200) return false;
    const { response } = JSON.parse(text);
    return (
      response.virtual_number.replace('+', '') === session.number &&
      (response.status === 'expired') === (session.endedAt !== null)
    );
  };

  /** Until stopped: each worker has sessions of its own, of whom one in three calls made is new and one in ten is ended. */
  const live = () => {
    const over = new AbortController();
    const worker = async (_, mine) => {
      const own = sessions.filter((session, n) => session.endedAt === null && n % WORKERS === mine);
      for (let turn = 0; !over.signal.aborted; turn++) {
        if (own.length < 3 || turn % 3 === 0) {
          const made = await make();
          if (made) own.push(made);
          continue;
        }
        const session = own[turn % own.length];
        if (!(await call(session))) await delay(AGAIN_MS);
        if (turn % 10 === 5) {
          own.splice(own.indexOf(session), 1);
          await end(session);
        }
      }
    };
    const workers = Promise.all(Array.from({ length: WORKERS }, worker));
    return async () => {
      over.abort();
      await workers;
    };
  };
  const each = async (list, act) => {
    const queue = [...list];
    const worker = async () => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) await act(one);
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
  };
  return {
    calls,
    sessions,
    seen,
    opened: () => opened,
    open,
    live,
    make,
    end,
    call,
    isTold,
    each,
    close: () => agent.close(),
  };
}
