import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { answerRequest } from './requests.mjs';
import { cpuMicros } from './servers.mjs';

export async function send(agent, origin, { path, ...options }) {
  const { statusCode, body } = await request(origin + path, { ...options, dispatcher: agent });
  return { statusCode, text: await body.text() };
}

/**
 * Calls to the sessions at a steady rate, `rate` a second, whatever becomes of them: one to each, or for as many `seconds`. Then the sessions are taken from the front of the list,
 * and those of refused calls go back to its end. `tookMs`: of all calls, `connectedMs`: of those connected, `refusedMs`: of those that heard a sentence.
 */
export async function callSteadily(agent, { origin, pid }, rate, sessions, { seconds, account } = {}) {
  const count = seconds === undefined ? sessions.length : Math.floor(rate * seconds);
  const queue = seconds === undefined ? [...sessions] : sessions;
  const seen = { connectedMs: [], refusedMs: [], tookMs: [], refused: 0, failed: 0 };
  const call = async (session) => {
    // Signed once: nothing was kept of a call that was refused.
    session.request ??= answerRequest(session, origin, account);
    const calledAt = performance.now();
    const { statusCode, text } = await send(agent, origin, session.request).catch(() => ({ statusCode: 0, text: '' }));
    const took = performance.now() - calledAt;
    seen.tookMs.push(took);
    if (text.includes('<Number>')) return void seen.connectedMs.push(took);
    if (statusCode !== 200) return void seen.failed++;
    seen.refusedMs.push(took);
    seen.refused++;
    if (seconds !== undefined) queue.push(session);
  };
  for (const session of queue.slice(0, count)) session.request ??= answerRequest(session, origin, account);
  const cpuBefore = cpuMicros(pid);
  const beganAt = performance.now();
  const since = () => (performance.now() - beganAt) / 1000;
  const calls = [];
  while (calls.length < count) {
    const due = Math.min(count, Math.floor(since() * rate) + 1);
    while (calls.length < due && queue.length > 0) calls.push(call(queue.shift()));
    if (queue.length === 0 && calls.length < count && seconds !== undefined && since() > seconds) break;
    await delay(2);
  }
  const sentFor = since();
  await Promise.all(calls);
  return {
    ...seen,
    offered: calls.length / sentFor,
    connected: seen.connectedMs.length / since(),
    cpuMicros: (cpuMicros(pid) - cpuBefore) / calls.length,
  };
}

/** How many calls a second are connected, `inFlight` at a time. */
export async function callInTurns(agent, { origin }, sessions, inFlight, seconds) {
  const beganAt = performance.now();
  let connected = 0;
  const caller = async () => {
    while (performance.now() - beganAt < seconds * 1000) {
      const session = sessions.shift();
      if (!session) throw new Error('too few sessions');
      const { text } = await send(agent, origin, answerRequest(session, origin));
      if (text.includes('<Number>')) connected++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return (connected * 1000) / (performance.now() - beganAt);
}
