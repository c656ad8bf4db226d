// Calls that come at a steady rate, whatever becomes of them: up to several times what the machine can answer. `npm run build && node bench/rush.mjs
// [sqlite|mysql] [rates]`; rates are calls a second, separated by commas. The load generator shares the machine.
import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { machine, percentile, say, table } from './callback-report.mjs';
import { dropAll, kinds, newFolder } from './databases.mjs';
import { createRequest, parties } from './requests.mjs';
import { addNumbers, startService } from './servers.mjs';
import { callSteadily, send } from './steady-calls.mjs';

const kind = process.argv[2] ?? 'sqlite';
const RATES = (process.argv[3] ?? '100,200,300,400,600,900,1200').split(',').map(Number);
const SECONDS = 4;
const CREATES_IN_FLIGHT = 32;
const CONNECTIONS = 3000;
const BREAK_MS = 1000;

const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
try {
  say(machine());
  say(await kinds[kind].describe());
  const service = await startService({ databaseUrl: await kinds[kind].create(), dataFolder: newFolder() });
  await addNumbers(service.origin);
  const sessions = await openSessions(
    service,
    RATES.reduce((sum, rate) => sum + rate * SECONDS, 0),
  );
  const rows = [['offered a second', 'connected a second', 'refused', 'failed', 'p50 ms', 'p99 ms', 'CPU µs each']];
  for (const rate of RATES) {
    rows.push(await rush(service, rate, sessions.splice(0, rate * SECONDS)));
    await delay(BREAK_MS);
  }
  table(rows);
  await service.stop();
} finally {
  await agent.close();
  await dropAll();
}

async function openSessions({ origin }, count) {
  const sessions = [];
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) {
      const { text } = await send(agent, origin, createRequest(n));
      const { session_uuid: id, virtual_number: number } = JSON.parse(text);
      sessions.push({ id, second: parties(n).second, virtualNumber: number.slice(1) });
    }
  };
  await Promise.all(Array.from({ length: CREATES_IN_FLIGHT }, worker));
  return sessions;
}

async function rush(service, rate, sessions) {
  const { offered, connected, refused, failed, connectedMs, ...seen } = await callSteadily(
    agent,
    service,
    rate,
    sessions,
  );
  const whole = [offered, connected, refused, failed, percentile(connectedMs, 0.5), percentile(connectedMs, 0.99)];
  return [...whole, seen.cpuMicros].map((value) => value.toFixed(0));
}
