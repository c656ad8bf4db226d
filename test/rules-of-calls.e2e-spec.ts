import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { FakeClock } from './support/ground.js';
import type { Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';
import { canJudge, describeIncidents, endWatches, watch, type Watch } from './support/watched-hour.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const LIMIT_MS = 120_000;
const [ASHA, RAVI] = ['+14155550123', '+14155550124'];
const withPromtool = canJudge ? it : it.skip;

// Each incident happens to the running service, with the simulated Plivo's phones; its /metrics is judged by promtool with deploy/prometheus/alerts.yml.
describeIncidents('the rules, in incidents of calls and numbers', (start) => {
  const clock = new FakeClock();
  const opened: string[] = [];
  let service: Service;
  const { act, advance, call, control, prepare, ringing, settled, talk } = simulatedPlivo(() => service);
  const watched = (everySeconds?: number): Watch => watch({ service: () => service, clock, advance, everySeconds });

  beforeAll(async () => {
    service = await start({ clock, settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000' } });
    await advance(6);
  }, LIMIT_MS);
  afterAll(endWatches);
  beforeEach(async () => {
    await control('POST', '/reset');
    for (const uuid of opened.splice(0)) await service.sessions('DELETE', `/${uuid}/`);
    await set({ daily_spend_cap: null, max_rate_per_minute: null });
    await service.dataSource.query('DELETE FROM account_spend');
    // Past what a changed setting is remembered for, and a look back of the rules.
    await advance(2 * HOUR);
  });

  const open = async (more: Record<string, unknown> = {}) => {
    const pair = { first_party: ASHA, second_party: RAVI, session_expiry: 3600 };
    const made = await service.sessions<{ session_uuid: string; virtual_number: string }>('POST', '/', {
      ...pair,
      ...more,
    });
    if (made.status === 201) opened.push(made.body.session_uuid);
    return { ...made.body, status: made.status };
  };
  /** Somebody calls and is declined, or never comes so far. */
  const ring = async (from: string, virtual: string): Promise<void> => {
    await prepare(RAVI, { behaviour: 'decline' });
    await settled(await call(from, virtual));
  };
  const set = async (settings: Record<string, unknown>): Promise<void> => {
    const { status, text } = await service.admin('PATCH', `/accounts/${service.authId}/settings`, settings);
    if (status !== 200) throw new Error(text);
  };

  withPromtool(
    'tell of webhooks that are not believed, not understood, or that Plivo cannot bring',
    async () => {
      const { virtual_number: virtual } = await open();
      const hour = watched();
      await hour.pass(2 * MINUTE, () => ring(ASHA, virtual));

      const forged = hour.now();
      await control('POST', '/faults', { bad_signature: 1 });
      await hour.pass(3 * MINUTE, () => ring(ASHA, virtual));
      await control('DELETE', '/faults');

      const lost = hour.now();
      await control('POST', '/faults', { lose: ['answer'] });
      await hour.pass(15, () => ring(ASHA, virtual));
      await control('DELETE', '/faults');

      const unread = hour.now();
      await hour.pass(2 * MINUTE, () =>
        service.webhook('/answer', { From: ASHA.slice(1), To: virtual.slice(1), Event: 'StartApp' }),
      );
      hour.judge(
        { alert: 'SignatureFailures', labels: { reason: 'wrong-signature' }, since: forged, within: 2 * MINUTE },
        { alert: 'SetUpEndsCalls', labels: { cause: '7011' }, since: lost },
        { alert: 'AnswersMissed', labels: { why: 'unreadable' }, since: unread, within: 90 },
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of webhooks that take seconds',
    async () => {
      const { virtual_number: virtual } = await open();
      const hour = watched();
      await hour.pass(5 * MINUTE, () => ring(ASHA, virtual));
      const since = hour.now();
      const database = service.app.get(Database);
      const real = database.transaction;
      await hour.pass(11 * MINUTE, async () => {
        const { now } = performance;
        // Each transaction takes 2.2 s by the time by which requests are measured.
        Object.assign(database, {
          transaction: async (...order: Parameters<typeof real>) => {
            const before = performance.now.bind(performance);
            performance.now = () => before() + 2200;
            return real.apply(database, order);
          },
        });
        for (let each = 0; each < 3; each += 1)
          await service.webhook('/hangup', { CallUUID: 'c0000001-0000-4000-8000-000000000000', From: ASHA.slice(1) });
        Object.assign(database, { transaction: real });
        performance.now = now;
      });
      hour.judge({ alert: 'WebhooksSlow', labels: { type: 'hangup' }, since, within: 2 * MINUTE });
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of sessions that find no number, in a country of the pool and in one that it has not',
    async () => {
      const hour = watched(MINUTE);
      // What a country's first refusal is told from is what was there a quarter of an hour before.
      await hour.pass(16 * MINUTE);

      const full = hour.now();
      let others = 0;
      await hour.pass(MINUTE, async () => {
        while ((await open({ second_party: `+1415556${1000 + (others += 1)}`, geomatch: true })).status === 201);
      });
      await hour.pass(7 * MINUTE);

      const foreign = hour.now();
      await hour.pass(MINUTE, async () => {
        const wanted = { first_party: '+4930123456', second_party: '+4930123457', geomatch: true };
        expect((await open(wanted)).status).toBe(400);
      });
      await hour.pass(3 * MINUTE);
      hour.judge(
        { alert: 'NumberRefusals', labels: { country: 'US' }, since: full },
        { alert: 'PoolHeadroomLow', labels: { country: 'US' }, since: full, within: 90 },
        { alert: 'NumberRefusals', labels: { country: 'DE' }, since: foreign },
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of money: a cap that is near, calls that it refuses, and a day that is dearer than planned',
    async () => {
      const { virtual_number: virtual } = await open({ session_expiry: 86_400, call_time_limit: 7200 });
      await control('PUT', '/settings', { inbound_rate: '10', outbound_rate: '0.01' });
      const hour = watched(MINUTE);
      const uuid = await call(ASHA, virtual);
      await ringing(RAVI);
      await act(RAVI, 'answer');
      await hour.pass(HOUR);
      const dear = hour.now();
      await act(RAVI, 'hangup');
      await settled(uuid);
      await hour.pass(5 * MINUTE);

      const near = hour.now();
      await set({ daily_spend_cap: '650', max_rate_per_minute: '10' });
      await hour.pass(5 * MINUTE, () => ring(ASHA, virtual));
      hour.judge(
        { alert: 'CostAboveBudget', labels: { currency: 'USD' }, since: dear },
        { alert: 'SpendCapNear', since: near },
        { alert: 'CapRefusesCalls', since: near },
      );
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of somebody who tries PINs',
    async () => {
      const { virtual_number: virtual } = await open({
        is_pin_authentication_required: true,
        pin_prompt_play: 'https://files.example.com/prompt.mp3',
        pin_retry: 3,
        first_party_pin: '1234',
        second_party_pin: '5678',
      });
      const hour = watched();
      let strangers = 0;
      const guess = async () => {
        const from = `+1415555${2000 + (strangers += 1)}`;
        await prepare(from, { types: ['9999#', '9998#', '9997#', '9996#'] });
        await call(from, virtual);
      };
      // Some who have forgotten theirs, which is nobody's attack.
      await hour.pass(MINUTE);
      await hour.pass(30, guess);
      await hour.pass(MINUTE);
      const since = hour.now();
      await hour.pass(3 * MINUTE, async () => {
        for (let each = 0; each < 3; each += 1) await guess();
      });
      hour.judge({ alert: 'PinAttack', since, within: 2 * MINUTE });
    },
    LIMIT_MS,
  );

  withPromtool(
    'tell of calls that are suddenly hardly ever answered',
    async () => {
      const { virtual_number: virtual } = await open({ session_expiry: 86_400 });
      const hour = watched(5 * MINUTE);
      const some = (answered: number) => async () => {
        for (let each = 0; each < 4; each += 1)
          if (each >= answered) await ring(ASHA, virtual);
          else {
            await prepare(RAVI, { behaviour: 'manual' });
            await talk(ASHA, virtual, RAVI, 10);
          }
      };
      await hour.pass(HOUR, some(3));
      const since = hour.now();
      await hour.pass(45 * MINUTE, some(0));
      hour.judge({ alert: 'AnswerRateDropped', since, within: 25 * MINUTE });
    },
    LIMIT_MS,
  );
});
