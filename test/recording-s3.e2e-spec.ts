import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { Clock } from '../src/platform/clock.js';
import { mediaOf } from '../src/simulator/media/media.js';
import { startMediaStub, whole, type MediaStub } from './support/media-stub.js';
import { startCall } from './support/recorded-call.js';
import { startS3, type S3StandIn } from './support/s3-stand-in.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';

const KEYS = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret/with+signs', region: 'us-east-1' };
const MEDIA = Buffer.concat([...mediaOf('mp3', 51_000).bytes()]);

describeOnEachService('a recording in S3', (start) => {
  let service: Service;
  let plivo: MediaStub;
  let s3: S3StandIn;
  const clock = new Clock();

  beforeAll(async () => {
    [plivo, s3] = await Promise.all([startMediaStub(), startS3(KEYS)]);
    plivo.answer(whole(MEDIA));
    service = await start({
      clock,
      settings: {
        PLIVO_API_URL: plivo.baseUrl,
        RECORDING_STORE: 's3://bucket/recordings',
        RECORDING_STORE_ENDPOINT: s3.endpoint,
        RECORDING_STORE_ACCESS_KEY: KEYS.accessKey,
        RECORDING_STORE_SECRET_KEY: KEYS.secretKey,
      },
    });
    await service.addNumbers(['12025550001']);
  });
  afterAll(async () => {
    await plivo.close();
    await s3.close();
  });

  async function listedAs(status: string): Promise<string> {
    for (let look = 0; ; look += 1) {
      await service.app.get(Jobs).runDue();
      const { body } = await service.admin<{ items: { recording_id: string; status: string }[] }>('GET', '/recordings');
      const [recording] = body.items;
      if (recording?.status === status) return recording.recording_id;
      if (look === 100) throw new Error(`expected a recording that is ${status}, it is ${recording?.status}`);
    }
  }

  it('waits for S3 to come back, is sealed there, heard from there and deleted there', async () => {
    await service.sessions('POST', '/', { first_party: '14155550123', second_party: '14155550124', record: true });
    const call = await startCall((path, params) => service.webhook(path, params), {
      from: '14155550123',
      to: '12025550001',
    });
    await call.answered();
    s3.failWith(503);
    await call.recorded(plivo.urlOf(call.recordingId));
    await listedAs('fetching');
    s3.failWith(null);
    clock.advance(10_000);
    const id = await listedAs('ready');
    const [[key, stored] = ['', Buffer.alloc(0)]] = [...s3.objects];
    expect(key).toMatch(new RegExp(`^bucket/recordings/${id}\\.[0-9a-f]{12}$`));
    expect(stored.includes(MEDIA.subarray(0, 64))).toBe(false);

    const path = `/v1/Account/${AUTH_ID}/Recording/${id}.mp3`;
    const answer = await fetch(service.baseUrl + path, {
      headers: {
        authorization: `Basic ${Buffer.from(`${AUTH_ID}:${service.authToken}`).toString('base64')}`,
        range: 'bytes=70000-140000',
      },
    });
    expect(answer.status).toBe(206);
    expect(Buffer.from(await answer.arrayBuffer()).equals(MEDIA.subarray(70_000, 140_001))).toBe(true);

    s3.failWith(500);
    expect((await service.request(path)).status).toBe(503);
    s3.failWith(null);
    await service.admin('DELETE', `/recordings/${id}`);
    await listedAs('deleted');
    expect([s3.objects.size, s3.refused]).toEqual([0, []]);
  });
});
