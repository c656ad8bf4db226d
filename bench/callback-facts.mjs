import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { ACCOUNT, ADMIN_TOKEN, createRequest, parties, signature } from './requests.mjs';

/** What every process of the service is known as, whatever port it listens on: webhooks are signed for it. */
export const PUBLIC_URL = 'http://masking.bench';
/** Status events of a call that is answered and ended. */
export const EVENTS_A_CALL = 6;

const GIVE_UP_MS = 90_000;
const AGAIN_MS = 50;
const ANSWER_LIMIT_MS = 10_000;

const agent = new Agent({ connections: 32, pipelining: 1, connectTimeout: 2000 });

/** Sends to whichever process is alive, as often as it takes: what a fact's sender does whose request was cut off. `origins` are those of now. */
export function sender(origins) {
  let turn = 0;
  return async (what) => {
    const deadline = performance.now() + GIVE_UP_MS;
    for (;;) {
      const alive = origins();
      const answer = alive.length === 0 ? null : await once(alive[turn++ % alive.length], what);
      const last = answer === null ? `no answer of ${alive.length}` : `${answer.status} ${answer.text}`;
      if (answer !== null && answer.status < 300) return answer;
      if (answer !== null && answer.status < 500 && answer.status !== 429)
        throw new Error(`${what.method} ${what.path}: ${answer.status} ${answer.text}`);
      if (performance.now() > deadline) throw new Error(`nobody answers ${what.method} ${what.path}: ${last}`);
      await delay(AGAIN_MS);
    }
  };
}

async function once(origin, what) {
  try {
    const { statusCode, body } = await request(`${origin}${what.path}`, {
      ...what,
      path: undefined,
      dispatcher: agent,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return { status: statusCode, text: await body.text() };
  } catch {
    return null;
  }
}

export async function admin(send, method, path, body) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const { text } = await send({ method, path: `/admin${path}`, headers, body: JSON.stringify(body) });
  return JSON.parse(text);
}

/** The n-th session, whose events go to `callbackUrl`. */
export async function openSession(send, n, callbackUrl) {
  const create = createRequest(n);
  const body = JSON.stringify({ ...JSON.parse(create.body), callback_url: callbackUrl });
  const { session_uuid: id, virtual_number: number } = JSON.parse((await send({ ...create, body })).text);
  return { id, ...parties(n), virtualNumber: number.slice(1) };
}

/** Sessions of their own parties; `urlOf(n)` is where the n-th tells its events. */
export function openSessions(send, { from, count }, urlOf) {
  return Promise.all(Array.from({ length: count }, (_, index) => openSession(send, from + index, urlOf(from + index))));
}

/**
 * A call of the first party that the second answers and ends, as Plivo tells it: four webhooks, six events. Returns the call's id when all of them were
 * taken, null when the caller was refused.
 */
export async function playCall(send, session, pauseMs = 0) {
  const legs = { CallUUID: randomUUID(), SessionStart: '2026-01-05 10:00:00.100000' };
  const inbound = { ...legs, From: session.first, To: session.virtualNumber, Direction: 'inbound' };
  const answered = await send(webhook('/answer', { ...inbound, Event: 'StartApp', CallStatus: 'ringing' }));
  const path = /\/sessions\/[0-9a-f-]{36}\/calls\/([0-9a-f-]{36})\//.exec(answered.text);
  if (path === null) {
    // The refusal may follow a first answer that a killed process could not give any more: without its hang-up that call keeps the session busy.
    await send(
      webhook('/hangup', { ...inbound, Event: 'Hangup', CallStatus: 'completed', Duration: '0', TotalCost: '0' }),
    );
    return null;
  }
  const dial = { ...legs, DialBLegUUID: randomUUID(), DialBLegFrom: session.virtualNumber, DialBLegTo: session.second };
  const instants = {
    StartTime: '2026-01-05 10:00:00',
    AnswerTime: '2026-01-05 10:00:08',
    EndTime: '2026-01-05 10:00:39',
  };
  const end = (prefix) => ({
    [`${prefix}HangupCause`]: 'NORMAL_CLEARING',
    [`${prefix}HangupCauseCode`]: '4000',
    [`${prefix}HangupCauseName`]: 'Normal Hangup',
    [`${prefix}HangupSource`]: 'Callee',
    [`${prefix}TotalCost`]: '0.01200',
    [`${prefix}Duration`]: '31',
  });
  const billed = { BillDuration: '60' };
  const rest = [
    [`${path[0]}dial-event`, { ...dial, DialAction: 'answer' }],
    [
      `${path[0]}dial-event`,
      { ...dial, ...end('DialBLeg'), ...instants, DialBLegBillDuration: '60', DialAction: 'hangup' },
    ],
    ['/hangup', { ...inbound, ...end(''), ...instants, ...billed, Event: 'Hangup', CallStatus: 'completed' }],
  ];
  for (const [target, params] of rest) {
    if (pauseMs > 0) await delay(pauseMs);
    await send(webhook(target, params));
  }
  return path[1];
}

function webhook(target, form) {
  const path = `/plivo/${ACCOUNT.authId}${target}`;
  const nonce = randomUUID();
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-plivo-signature-v3-nonce': nonce,
      'x-plivo-signature-v3': signature(`${PUBLIC_URL}${path}`, form, nonce),
    },
    body: new URLSearchParams(form).toString(),
  };
}
