import { once } from 'node:events';
import { request } from 'node:https';
import { ACCOUNT, ADMIN_TOKEN, createRequest } from './requests.mjs';

/** The addresses that the shipped files let in as operators have this one among them, and not the other. */
const OPERATOR = '127.0.0.1';
const STRANGER = '127.0.0.2';
const SPELLINGS = [
  '/admin/me',
  '//admin/me',
  '/%61dmin/me',
  '/v1/../admin/me',
  '/./admin/me',
  '/console',
  '/metrics',
  '/',
];
const EVENT_WITHIN_MS = 5_000;

/**
 * What a proxy must not do: let strangers at operators' paths, keep events back, refuse what the service takes, answer in its place. Throws what was seen.
 */
export async function checkRoutes({ name, publicUrl, plainPort, ca }) {
  const { hostname: host, port } = new URL(publicUrl);
  const send = async (from, { path, method = 'GET', headers = {}, body }) => {
    const asked = request({ host, port, ca, localAddress: from, path, method, headers, agent: false }).end(body);
    const [answer] = await once(asked, 'response');
    return answer;
  };
  const ask = async (from, options) => {
    const answer = await send(from, options);
    return { status: answer.statusCode, text: (await answer.toArray()).join('') };
  };
  const expectThat = (isSo, what) => {
    if (!isSo) throw new Error(`${name}: ${what}`);
  };
  const authorization = `Bearer ${ADMIN_TOKEN}`;

  for (const path of SPELLINGS) {
    const { status } = await ask(STRANGER, { path, headers: { authorization } });
    expectThat(status === 403 || status === 400, `a stranger asked for ${path} and was answered ${status}`);
  }
  const me = await ask(OPERATOR, { path: '/admin/me', headers: { authorization } });
  expectThat(me.status === 200, `an operator was answered ${me.status} at /admin/me`);
  for (const path of ['/livez', '/readyz', '/docs/errors', '/openapi.json']) {
    const { status } = await ask(STRANGER, { path });
    expectThat(status === 200, `${path} is answered ${status}`);
  }

  const large = { ...createRequest(0), body: JSON.stringify({ name: 'x'.repeat(100_000) }) };
  const refused = await ask(STRANGER, large);
  expectThat(
    refused.status === 413 && refused.text.includes('"api_id"'),
    `a large body is answered ${refused.status}, not by the service`,
  );
  const imported = await ask(OPERATOR, {
    path: `/admin/numbers/import?account=${ACCOUNT.authId}`,
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv' },
    body: `number,subaccount,alias\n${'+1415,,\n'.repeat(180_000)}`,
  });
  expectThat(
    imported.status === 400 && imported.text.includes('"request_id"'),
    `an import of 1.4 MB is answered ${imported.status}`,
  );

  await seeEvents(send, { authorization, expectThat });
  if (name !== 'nginx') return;
  const plain = await fetch(`http://127.0.0.1:${plainPort}/v1/`, { redirect: 'manual' });
  expectThat(plain.status === 301, `plain http is answered ${plain.status}`);
}

/** The first words of the stream come at once, and an event when it happens. */
async function seeEvents(send, { authorization, expectThat }) {
  const stream = await send(OPERATOR, { path: '/admin/events', headers: { authorization } });
  const timer = setTimeout(() => stream.destroy(), EVENT_WITHIN_MS);
  let text = '';
  let isAsked = false;
  try {
    for await (const chunk of stream) {
      text += String(chunk);
      if (text.includes('event:')) break;
      if (isAsked || !text.includes(': listening')) continue;
      isAsked = true;
      // A process tells of what it has done itself; which one a request comes to, the proxy chooses.
      for (let n = 0; n < 4; n++) (await send(STRANGER, createRequest(9_000_000 + n))).resume();
    }
  } catch (error) {
    if (error.code !== 'ECONNRESET' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
  clearTimeout(timer);
  stream.destroy();
  expectThat(text.includes(': listening'), 'the stream of events says nothing at its beginning');
  expectThat(text.includes('event:'), `no event came within ${EVENT_WITHIN_MS} ms`);
}
