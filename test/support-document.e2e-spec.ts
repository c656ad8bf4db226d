import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import { Clock } from '../src/platform/clock.js';
import { describeOnEachService, type Service } from './support/service.js';

const DOCUMENT = readFileSync(new URL('../docs/support.md', import.meta.url), 'utf8');
/** A command, and the answer that follows it. */
const STEPS = [...DOCUMENT.matchAll(/```sh\n(curl .*?)```\n+```json\n(.*?)```/gs)].map(
  ([, command = '', answer = '']) => ({
    command,
    answer: JSON.parse(answer) as object,
  }),
);

const [ASHA, RAVI, OTHER_PHONE] = ['14155550123', '14155550102', '14155550777'];
const [NUMBER, OLD_NUMBER] = ['12025550100', '12025550199'];
const YESTERDAY = Date.UTC(2026, 10, 28, 15);
const run = promisify(execFile);

describeOnEachService('docs/support.md', (start) => {
  let service: Service;

  beforeAll(async () => {
    const clock = new Clock();
    clock.advance(YESTERDAY - clock.now());
    service = await start({ clock });
    await service.addNumbers([NUMBER, OLD_NUMBER]);
    const made = await service.sessions('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      session_expiry: 86_400,
    });
    expect([made.status, made.body['virtual_number']]).toEqual([201, `+${NUMBER}`]);

    await declined('aaaaaaaa-0000-4000-8000-000000000001');
    await ring('cccccccc-0000-4000-8000-000000000003', OTHER_PHONE, NUMBER);
    await ring('dddddddd-0000-4000-8000-000000000004', ASHA, OLD_NUMBER);
    clock.advance(18 * 3_600_000);
  });

  function ring(CallUUID: string, From: string, To: string) {
    return service.webhook('/answer', { CallUUID, From, To, Direction: 'inbound', CallStatus: 'ringing' });
  }

  async function declined(CallUUID: string): Promise<void> {
    const answer = await ring(CallUUID, ASHA, NUMBER);
    const path = /\/sessions\/[^/]+\/calls\/[^/]+\/dial-event/.exec(answer.text)?.[0] ?? '';
    const end = { StartTime: '2026-11-28 15:00:00', EndTime: '2026-11-28 15:00:20' };
    const bLeg = 'bbbbbbbb-0000-4000-8000-000000000002';
    await service.webhook(path, {
      CallUUID,
      DialALegUUID: CallUUID,
      DialBLegUUID: bLeg,
      DialBLegTo: RAVI,
      DialAction: 'hangup',
      DialBLegHangupCauseCode: '3020',
      ...end,
    });
    const call = { CallUUID, From: ASHA, To: NUMBER, Direction: 'inbound', CallStatus: 'completed' };
    await service.webhook('/hangup', { ...call, ...end, Event: 'Hangup', Duration: '20', HangupCauseCode: '4010' });
  }

  it('has a command for each of its journeys', () => {
    expect(STEPS).toHaveLength(5);
  });

  it.each(STEPS)('$command answers as it says', async ({ command, answer }) => {
    const env = { ...process.env, MASKING: service.baseUrl, ADMIN_TOKEN: service.adminToken };
    const { stdout } = await run('bash', ['-c', command], { env });
    expect(JSON.parse(stdout)).toMatchObject(answer);
  });

  it('needs two requests at the most for a complaint', () => {
    for (const journey of DOCUMENT.split(/^## /m))
      expect([...journey.matchAll(/^curl /gm)].length).toBeLessThanOrEqual(2);
  });
});
