import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { alertRules } from './support/alert-rules.js';
import { startReceiver } from './support/callbacks.js';
import { FakeClock } from './support/ground.js';
import type { Service } from './support/service.js';
import { texters, turnTextsOn } from './support/texts.js';
import { canJudge, describeIncidents, endWatches, watch } from './support/watched-hour.js';

const MINUTE = 60;
const SCRAPES_A_MINUTE = 4;
const LIMIT_MS = 240_000;
const [ASHA, RAVI, MEI, STRANGER] = ['+14155550123', '+14155550124', '+14155550125', '+14155550177'];
const withPromtool = canJudge ? it : it.skip;

describeIncidents('the rules, in a normal hour', (start) => {
  const clock = new FakeClock();
  let service: Service;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let virtual: string;
  const { act, advance, call, control, prepare, ringing, settled, talk, write } = texters(() => service);

  beforeAll(async () => {
    receiver = await startReceiver();
    const settings = { PROVIDER: 'simulator', WORKER_POLL_MS: '60000', CALLBACK_ALLOW_PRIVATE: 'true' };
    service = await start({ clock, settings });
    await turnTextsOn(service.app.get(Database), service.authId, {
      daily_spend_cap: '100',
      max_rate_per_minute: '0.02',
      max_rate_per_message: '0.02',
    });
    await advance(6);
    await service.admin('POST', `/numbers/sync?account=${service.authId}`);
    virtual = String((await open({ record: true, messaging: true, session_expiry: 86_400 }))['virtual_number']);
  }, LIMIT_MS);
  afterAll(async () => {
    endWatches();
    await receiver.close();
  });

  async function open(more: Record<string, unknown>): Promise<Record<string, unknown>> {
    const body = { first_party: ASHA, second_party: RAVI, callback_url: `${receiver.url}/told`, ...more };
    const made = await service.sessions('POST', '/', body);
    if (made.status >= 300) throw new Error(made.text);
    return made.body;
  }

  /** What people do, one after the other: mostly they talk, and now and then something does not come to anything. */
  const deeds: (() => Promise<unknown>)[] = [
    () => talk(ASHA, virtual, RAVI, 8),
    () => write(ASHA, virtual, 'I am at the door'),
    () => talk(RAVI, virtual, ASHA, 5),
    async () => {
      await open({ first_party: MEI, session_expiry: 90, initiate_call_to_first_party: true });
      await ringing(MEI);
      await act(MEI, 'answer');
      await ringing(RAVI);
      await act(RAVI, 'answer');
      await advance(4);
      await act(RAVI, 'hangup');
    },
    () => talk(ASHA, virtual, RAVI, 3),
    async () => settled(await call(STRANGER, virtual)),
    async () => {
      await prepare(RAVI, { behaviour: 'decline' });
      await settled(await call(ASHA, virtual));
      await prepare(RAVI, { behaviour: 'manual' });
    },
    // Somebody tries the webhooks' address, and a receiver is restarted.
    async () => service.webhook('/answer', { From: ASHA, To: virtual }, { token: 'of-nobody' }),
    async () => void receiver.replies.push(503),
    async () => void (await control('POST', '/faults', { api: { status: 503, times: 1 } })),
  ];

  withPromtool(
    'of calls, texts, callbacks, recordings and requested calls, tell of nothing',
    async () => {
      const hour = watch({ service: () => service, clock, advance });
      await hour.pass(60 * MINUTE, async (scrape) => {
        if (scrape % SCRAPES_A_MINUTE === 0) await deeds[(scrape / SCRAPES_A_MINUTE) % deeds.length]?.();
      });
      hour.judge();

      const { text } = await service.request('/metrics', { as: null });
      const sumOf = (series: RegExp): number =>
        [...text.matchAll(new RegExp(`^${series.source}.* (\\S+)$`, 'gm'))].reduce(
          (sum, [, value]) => sum + Number(value),
          0,
        );
      // That it was an hour of all this.
      expect(sumOf(/masking_calls_total{country="US",outcome="connected"/)).toBeGreaterThan(20);
      expect(sumOf(/masking_messages_total{decision="forward"/)).toBeGreaterThan(5);
      expect(sumOf(/masking_callbacks_total{event="SessionRecordingCompleted",outcome="delivered"/)).toBeGreaterThan(
        10,
      );
      expect(sumOf(/masking_callbacks_total{event="SessionTimeout",outcome="delivered"/)).toBeGreaterThan(3);
      expect(sumOf(/masking_plivo_signature_failures_total/)).toBeGreaterThan(3);
    },
    LIMIT_MS,
  );
});

describe('every rule', () => {
  it('has an incident of the running service in which it is seen to fire', () => {
    const folder = new URL('.', import.meta.url).pathname;
    const incidents = readdirSync(folder)
      .filter((file) => file.startsWith('rules-of-'))
      .map((file) => readFileSync(folder + file, 'utf8'))
      .join('');
    expect(alertRules().filter(({ alert }) => !incidents.includes(`alert: '${alert}'`))).toEqual([]);
  });
});
