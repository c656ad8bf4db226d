import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { Database } from '../src/platform/database/database.js';
import { signV3 } from '../src/plivo/index.js';
import { FakeClock } from './support/ground.js';
import { AUTH_ID, askedBy, describeOnEachService, type Answer, type Service } from './support/service.js';

const NUMBER = '12025550001';
const OTHER_NUMBER = '12025550002';
const OTHER_TOKEN = 'a-token-of-the-other-account-at-plivo';
/** As many transactions as run at once on a server; on SQLite the first is the only one. */
const RUNNING = 24;
const TROUBLE = 'cannot be connected at the moment';

describeOnEachService('an account that asks too often', (start) => {
  let service: Service;
  let other: { authId: string; authToken: string };
  const clock = new FakeClock();

  beforeAll(async () => {
    service = await start({ clock, settings: { RATE_LIMIT: '5/2s' } });
    other = await makeAccount(service);
  });
  const list = (as?: { authId: string; authToken: string }): Promise<Answer> =>
    as === undefined
      ? service.sessions('GET', '/')
      : service.request(`/v1/Account/${as.authId}/Masking/Session/`, { as });

  it('is told by 429 when to come back, in the shape of the masking API, and others are not', async () => {
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push(await list());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[0]?.headers).toMatchObject({
      'ratelimit-policy': '"account";q=5;w=2',
      ratelimit: '"account";r=4;t=2',
      'x-ratelimit-limit': '5',
      'x-ratelimit-remaining': '4',
      'x-ratelimit-reset': '2',
    });
    expect(answers[5]?.headers).toMatchObject({ 'retry-after': '2', 'x-ratelimit-remaining': '0' });
    expect(answers[5]?.body).toEqual({
      api_id: answers[5]?.headers['x-request-id'],
      error: 'too many requests: expected at most 5 in 2 s, try again in 2 s',
      error_code: 'rate_limited',
      doc_url: '/docs/errors#rate_limited',
    });
    expect((await list(other)).status).toBe(200);
    clock.advance(2_000);
    expect((await list()).status).toBe(200);
  });

  it('is refused before its body is read, counts all its routes together, and is not hindered elsewhere', async () => {
    clock.advance(2_000);
    for (let n = 0; n < 4; n += 1) await list();
    expect((await service.request(`/v1/Account/${AUTH_ID}/`)).status).toBe(200);
    const body = { first_party: '+14155550001', second_party: '+14155550002' };
    expect((await service.sessions('POST', '/', body)).status).toBe(429);
    expect((await service.admin('GET', '/numbers')).status).toBe(200);
    expect((await service.request('/livez')).status).toBe(200);
    expect((await service.webhook('/answer', { CallUUID: 'x' })).status).toBe(200);
  });

  it('is not who shows wrong credentials in its name', async () => {
    clock.advance(2_000);
    for (let n = 0; n < 8; n += 1) {
      const answer = await service.sessions('GET', '/', undefined, { as: { authId: AUTH_ID, authToken: 'wrong' } });
      expect([answer.status, answer.headers['x-ratelimit-limit']]).toEqual([401, undefined]);
    }
    expect((await list()).status).toBe(200);
  });
});

describeOnEachService('calls in a rush', (start) => {
  let service: Service;
  let other: { authId: string; authToken: string };

  beforeAll(async () => {
    const clock = new FakeClock();
    service = await start({ clock });
    other = await makeAccount(service);
    await service.addNumbers([NUMBER]);
    await service.admin('POST', '/numbers', { account: other.authId, number: `+${OTHER_NUMBER}` });
    await service.sessions('POST', '/', { first_party: '+14155550001', second_party: '+14155550002' });
    await service.request(`/v1/Account/${other.authId}/Masking/Session/`, {
      method: 'POST',
      as: other,
      body: { first_party: '+14155550001', second_party: '+14155550002' },
    });
    // Tokens and settings that have just changed are not remembered for 5 s, and in memory nothing is read beside a transaction.
    clock.advance(6_000);
    await call({ From: '14155559999' });
    await callOther('14155559999');
  });

  /** Every connection is kept, with so many transactions waiting behind, while `meanwhile` runs. */
  const inRush = async <T>(waiting: number, meanwhile: () => Promise<T>): Promise<T> => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const database = service.app.get(Database);
    const running = Array.from({ length: RUNNING }, () => database.transaction(() => held));
    const behind = Array.from({ length: waiting }, () => database.transaction(async () => undefined));
    try {
      return await meanwhile();
    } finally {
      release();
      await Promise.all([...running, ...behind]);
    }
  };
  const call = (fields: Record<string, string> = {}): Promise<Answer> =>
    service.webhook('/answer', form(NUMBER, fields));
  const callOther = async (from = '14155550001'): Promise<Answer> => {
    const pool = new Pool(service.baseUrl, { connections: 1 });
    const target = `/plivo/${other.authId}/answer`;
    const params = Object.entries(form(OTHER_NUMBER, { From: from }));
    const nonce = randomUUID();
    const url = service.baseUrl + target;
    const signature = signV3({ method: 'POST', url, params, nonce, token: OTHER_TOKEN });
    const answer = await askedBy(pool, other)(target, {
      method: 'POST',
      as: null,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signature,
        'x-plivo-signature-v3-nonce': nonce,
      },
      body: new URLSearchParams(params).toString(),
    });
    await pool.close();
    return answer;
  };
  const shed = async (): Promise<number> => {
    const { text } = await service.request('/metrics', { as: null });
    return Number(/masking_answers_missed_total\{why="shed"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  it('hear at once that they cannot be connected, are counted, and nothing is kept of them', async () => {
    const before = await shed();
    const uuid = randomUUID();
    const refused = await inRush(1_000, () => call({ CallUUID: uuid }));
    expect([refused.status, refused.headers['content-type']]).toEqual([200, 'application/xml; charset=utf-8']);
    expect(refused.text).toContain(TROUBLE);
    expect((await shed()) - before).toBe(1);
    const again = await call({ CallUUID: uuid });
    expect(again.text).toContain('<Number>');
    await service.webhook('/hangup', form(NUMBER, { CallUUID: uuid, Event: 'Hangup', CallStatus: 'completed' }));
  });

  it('are taken as always when they are over, also where the answer route is told so', async () => {
    const before = await shed();
    const over = { CallStatus: 'completed', Event: 'Hangup' };
    const { Event: _, ...withoutEvent } = form(NUMBER, over);
    const told = await inRush(1_000, async () => {
      const ends = [
        call(over),
        service.webhook('/answer', withoutEvent),
        service.webhook('/hangup', form(NUMBER, over)),
      ];
      expect(await Promise.race([...ends, service.request('/livez').then(() => null)])).toBeNull();
      return ends;
    });
    expect((await Promise.all(told)).map(({ status, text }) => [status, text.includes(TROUBLE)])).toEqual(
      told.map(() => [200, false]),
    );
    expect(await shed()).toBe(before);
  });

  it('are refused as always where they are forged or of nobody', async () => {
    const askNobody = (): Promise<Answer> =>
      service.request('/plivo/MANOBODYNOBODYNOBODY/answer', {
        method: 'POST',
        as: null,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-plivo-signature-v3': `${'A'.repeat(43)}=`,
          'x-plivo-signature-v3-nonce': '1',
        },
        body: new URLSearchParams(form(NUMBER, {})).toString(),
      });
    // That there is no such account is remembered too.
    await askNobody();
    const [unsigned, ofNobody] = await inRush(1_000, () =>
      Promise.all([
        service.webhook('/answer', form(NUMBER, {}), { headers: { 'x-plivo-signature-v3': '' } }),
        askNobody(),
      ]),
    );
    expect([unsigned.status, ofNobody.status]).toEqual([403, 403]);
  });

  describe('of one account', () => {
    it('leave room for those of others', async () => {
      const before = await shed();
      const database = service.app.get(Database);
      const { flood, ofOther } = await inRush(350, async () => {
        const answered: Answer[] = [];
        const calls = Array.from({ length: 40 }, () => call().then((answer) => answered.push(answer)));
        while (answered.length < 39) await service.request('/livez');
        const waited = database.waitMs;
        const fromOther = callOther();
        while (database.waitMs === waited) await service.request('/livez');
        return { flood: calls, ofOther: fromOther };
      });
      expect((await ofOther).text).toContain('<Number>');
      await Promise.all(flood);
      // The one that waits hears the sentence too where the machine is slow: its turn comes too late.
      expect((await shed()) - before).toBeGreaterThanOrEqual(39);
    });
  });
});

function form(to: string, fields: Record<string, string>): Record<string, string> {
  return {
    CallUUID: randomUUID(),
    From: '14155550001',
    To: to,
    Direction: 'inbound',
    CallStatus: 'ringing',
    Event: 'StartApp',
    ...fields,
  };
}

async function makeAccount(service: Service): Promise<{ authId: string; authToken: string }> {
  const { body } = await service.admin<{ auth_id: string; auth_token: string }>('POST', '/accounts', {
    name: 'Other',
    plivo_auth_id: 'MAOTHEROTHEROTHER000',
    plivo_auth_token: OTHER_TOKEN,
  });
  return { authId: body.auth_id, authToken: body.auth_token };
}
