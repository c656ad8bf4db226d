// The simulated Plivo of `bench/year.mjs` and `bench/texts.mjs`, in a process of its own: its account as anybody sees it, and calls as people make them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { ACCOUNT } from './requests.mjs';

const SIMULATOR = fileURLToPath(new URL('../dist/src/simulator/main.js', import.meta.url));
const BASIC = `Basic ${Buffer.from(`${ACCOUNT.authId}:${ACCOUNT.authToken}`).toString('base64')}`;

/** Below whatever is measured: Plivo itself is on other machines. */
const YIELDING = 10;

/**
 * `serviceUrl`: where calls and texts go from the start; left out, nobody is there, and only what `masking plivo setup` does brings them to the service.
 * `isYielding`: it gets processor time when nobody else wants it.
 */
export async function startPlivo(port, numbers, serviceUrl = 'http://127.0.0.1:9', isYielding = false) {
  const origin = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env.PATH,
    PORT: String(port),
    PLIVO_AUTH_ID: ACCOUNT.authId,
    PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
    NUMBERS: numbers.join(),
    SERVICE_URL: serviceUrl,
  };
  const child = spawn(process.execPath, [SIMULATOR], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (isYielding) setPriority(child.pid, YIELDING);
  await once(child.stdout, 'data');
  child.stdout.resume();
  const agent = new Agent({ connections: 32, pipelining: 1 });
  const ask = async (method, path, body) => {
    const answer = await request(`${origin}/simulator${path}`, {
      dispatcher: agent,
      method,
      headers: { authorization: BASIC, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
  const list = async (resource) => (await ask('GET', `/v1/Account/${ACCOUNT.authId}/${resource}/`)).objects;
  return {
    url: `${origin}/simulator`,
    /** Every byte of the account that is told. */
    account: async () => JSON.stringify([await list('Number'), await list('Application')]),
    applications: async () => (await list('Application')).length,
    picksUp: (phone) => ask('PUT', `/control/phones/${phone}`, { behaviour: 'answer' }),
    call: (from, via) => call(ask, from, via),
    /** Of a call in micro-units: all legs. */
    cost: async (uuid) =>
      (await ask('GET', `/control/calls/${uuid}`)).legs.reduce(
        (sum, { cost }) => sum + Math.round(Number(cost ?? 0) * 1e6),
        0,
      ),
    write: (from, to, text) => ask('POST', '/control/texts', { from, to, text }),
    texts: async () => (await ask('GET', '/control/texts')).items,
    calls: async () => (await ask('GET', '/control/calls')).items.map(({ call_uuid: uuid }) => uuid),
    async stop() {
      await agent.close();
      child.kill('SIGKILL');
    },
  };
}

/** From dial to the last webhook: who was rung, and with which number on the display. Whoever picks up is hung up on. */
async function call(ask, from, via) {
  const { call_uuid: uuid } = await ask('POST', '/control/calls', { from, to: via });
  const isBridged = await ask('GET', `/control/calls/${uuid}?wait_for=bridged&timeout=20`).then(
    () => true,
    () => false,
  );
  if (isBridged) await ask('POST', `/control/phones/${from}/hangup`, { call_uuid: uuid }).catch(() => undefined);
  const { legs, documents } = await ask('GET', `/control/calls/${uuid}?wait_for=settled&timeout=25`).catch(() =>
    ask('GET', `/control/calls/${uuid}`),
  );
  const heard = /<Speak[^>]*>([^<]*)/.exec(documents.at(-1)?.xml ?? '')?.[1] ?? 'nothing: no process was there';
  const rung = legs.slice(1).map(({ from: shown, to }) => ({ shown: shown.replace('+', ''), to: to.replace('+', '') }));
  return { uuid, isBridged, rung, heard };
}
