import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { answerRequest } from './requests.mjs';
import { cpuMicros } from './servers.mjs';

export async function send(agent, origin, { path, ...options }) {
  const { statusCode, body } = await request(origin + path, { ...options, dispatcher: agent });
  return { statusCode, text: await body.text() };
}

/** One call to each of the sessions at a steady rate, `rate` a second, whatever becomes of them. `tookMs`: of all calls, `connectedMs`: of those connected. */
export async function callSteadily(agent, { origin, pid }, rate, sessions) {
  const requests = sessions.map((session) => answerRequest(session, origin));
  const seen = { connectedMs: [], tookMs: [], refused: 0, failed: 0 };
  const call = async (each) => {
    const calledAt = performance.now();
    const { statusCode, text } = await send(agent, origin, each).catch(() => ({ statusCode: 0, text: '' }));
    const took = performance.now() - calledAt;
    seen.tookMs.push(took);
    if (text.includes('<Number>')) seen.connectedMs.push(took);
    else seen[statusCode === 200 ? 'refused' : 'failed']++;
  };
  const cpuBefore = cpuMicros(pid);
  const beganAt = performance.now();
  const since = () => (performance.now() - beganAt) / 1000;
  const calls = [];
  while (calls.length < requests.length) {
    const due = Math.min(requests.length, Math.floor(since() * rate) + 1);
    while (calls.length < due) calls.push(call(requests[calls.length]));
    await delay(2);
  }
  const offered = requests.length / since();
  await Promise.all(calls);
  return {
    ...seen,
    offered,
    connected: seen.connectedMs.length / since(),
    cpuMicros: (cpuMicros(pid) - cpuBefore) / requests.length,
  };
}
