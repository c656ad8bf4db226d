import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { PlivoClient } from '../src/plivo/index.js';
import { KeepRecordings, RecordingFailed, RecordingReady, RecordingStarted } from '../src/recording/index.js';
import { Clock } from '../src/platform/clock.js';
import { Events } from '../src/platform/events/events.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { mediaOf } from '../src/simulator/media/media.js';
import { broken, stalled, startMediaStub, whole, type MediaAnswer, type MediaStub } from './support/media-stub.js';
import { startCall, type ToldCall } from './support/recorded-call.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';

const ASHA = '14155550123';
const RAVI = '14155550124';
const NUMBER = '12025550001';
const RECORDINGS = `/v1/Account/${AUTH_ID}/Recording`;
/** Three chunks and a bit, as the store cuts it. */
const MEDIA = Buffer.concat([...mediaOf('mp3', 51_000).bytes()]);
const HOUR = 3_600_000;

interface Shown {
  recording_id: string;
  call_id: string;
  status: string;
  reason: string | null;
  bytes: number | null;
}

/** A file system that is full soon; null where this user may not mount one. */
function smallDisk(): { folder: string; remove: () => void } | null {
  const folder = mkdtempSync(join(tmpdir(), 'masking-tmpfs-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    remove();
    return null;
  }
  return {
    folder,
    remove: () => {
      execFileSync('umount', ['-l', folder]);
      remove();
    },
  };
}

const disk = smallDisk();
afterAll(() => disk?.remove());

// Webhooks as Plivo sends them, and media that does what it should not.
describeOnEachService('recordings in trouble', (start, kind) => {
  let service: Service;
  let plivo: MediaStub;
  let clock: Clock;
  let folder: string;
  /** Kept and begun. */
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name !== 'parts');
  let session: string;
  const told: string[] = [];

  beforeAll(async () => {
    plivo = await startMediaStub();
    clock = new Clock();
    folder = disk === null ? mkdtempSync(join(tmpdir(), 'masking-store-')) : join(disk.folder, kind);
    service = await start({
      clock,
      settings: { PLIVO_API_URL: plivo.baseUrl, RECORDING_STORE: folder, WORKER_POLL_MS: '60000' },
    });
    await service.addNumbers([NUMBER]);
    const events = service.app.get(Events);
    for (const event of [RecordingStarted, RecordingReady, RecordingFailed])
      events.subscribe(event as typeof RecordingStarted, async () => void told.push(event.eventName));
  });

  afterAll(async () => {
    await plivo.close();
    if (disk === null) rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    if (session) await service.sessions('DELETE', `/${session}/`);
    // Room for every test: what the one before has left is deleted.
    for (const { recording_id: id } of (await service.admin<{ items: Shown[] }>('GET', '/recordings?limit=200')).body
      .items)
      await service.admin('DELETE', `/recordings/${id}`);
    await runDue();
    plivo.answer(whole(MEDIA));
    session = await open();
    told.length = 0;
    plivo.asked.length = 0;
    plivo.deleted.length = 0;
  });

  const runDue = () => service.app.get(Jobs).runDue();
  const post = (path: string, params: Record<string, string>, options?: { nonce?: string }) =>
    service.webhook(path, params, options);
  const call = (from = ASHA): Promise<ToldCall> => startCall(post, { from, to: NUMBER });

  async function open(more: Record<string, unknown> = {}): Promise<string> {
    const made = await service.sessions<{ session_uuid: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      record: true,
      ...more,
    });
    expect(made.status).toBe(201);
    return made.body.session_uuid;
  }

  async function recordedCall(mediaUrl?: string): Promise<ToldCall> {
    const one = await call();
    await one.answered();
    await one.ended();
    expect(await one.recorded(mediaUrl ?? plivo.urlOf(one.recordingId))).toBe(200);
    return one;
  }

  const listed = async () =>
    (await service.admin<{ items: Shown[] }>('GET', `/recordings?session=${session}`)).body.items;

  /** Once they are in these states, written `status` or `status:reason`; the worker's own loop may be at it. */
  async function listedAs(...wanted: string[]): Promise<Shown[]> {
    for (let look = 0; ; look += 1) {
      await runDue();
      const items = await listed();
      const are = items.map(({ status, reason }) => (reason === null ? status : `${status}:${reason}`));
      if (are.join() === wanted.join()) return items;
      if (look === 100) throw new Error(`expected recordings to be ${wanted.join()}, they are ${are.join()}`);
    }
  }
  const fetched = async (): Promise<Shown> => {
    return (await listedAs('ready'))[0] as Shown;
  };
  const sound = (id: string, headers: Record<string, string> = {}) =>
    service.request(`${RECORDINGS}/${id}.mp3`, { headers });
  const isWhole = async (id: string): Promise<boolean> => {
    const answer = await fetch(`${service.baseUrl}${RECORDINGS}/${id}.mp3`, {
      headers: { authorization: `Basic ${Buffer.from(`${AUTH_ID}:${service.authToken}`).toString('base64')}` },
    });
    return Buffer.from(await answer.arrayBuffer()).equals(MEDIA);
  };

  it('are ordered in the answer to Plivo, for the longest call, and not where nobody asked for them', async () => {
    const { xml, path } = await call();
    expect(xml).toMatch(
      /<Record startOnDialAnswer="true" redirect="false" fileFormat="mp3" maxLength="3600" callbackUrl="[^"]+\/recording#[^"]+" callbackMethod="POST"\/>\s*<Dial/,
    );
    expect(xml).toContain(`${path}/recording#`);
    await service.sessions('DELETE', `/${session}/`);
    session = await open({ record: false });
    const plain = await call();
    expect(plain.xml).not.toContain('Record');
    await plain.answered();
    expect(await plain.recorded(plivo.urlOf(plain.recordingId))).toBe(404);
    expect(await listed()).toEqual([]);
  });

  it.each([
    ['in order', ['answered', 'ended', 'recorded']],
    ['with the recording first', ['recorded', 'answered', 'ended']],
    ['twice and backwards', ['ended', 'recorded', 'recorded', 'answered', 'recorded']],
  ] as const)('come to the same whatever the order of webhooks: %s', async (_name, order) => {
    const one = await call();
    for (const step of order) {
      if (step === 'recorded') expect(await one.recorded(plivo.urlOf(one.recordingId))).toBe(200);
      else await one[step]();
    }
    await fetched();
    expect(await one.recorded(plivo.urlOf(one.recordingId))).toBe(200);
    await fetched();
    expect(told).toEqual(['recording.started', 'recording.ready']);
    expect(plivo.asked).toHaveLength(1);
  });

  it('believe signed webhooks of the right call only', async () => {
    const one = await call();
    const params = { RecordingID: one.recordingId, RecordUrl: plivo.urlOf(one.recordingId) };
    const forged = await service.webhook(`${one.path}/recording`, params, { token: 'wrong' });
    expect(forged.status).toBe(403);
    expect(await one.recorded('', {})).toBe(400);
    expect(await one.recorded('ftp://x/y')).toBe(400);
    expect(await one.recorded(plivo.urlOf('x'), { params: { RecordingID: 'a b' } })).toBe(400);
    const foreign = one.path.replace(/sessions\/[^/]+/, 'sessions/01900000-0000-7000-8000-000000000000');
    expect((await post(`${foreign}/recording`, params)).status).toBe(404);
    expect(await one.recorded(plivo.urlOf(one.recordingId), { nonce: 'nonce-used-twice-00' })).toBe(200);
    expect(await one.recorded(plivo.urlOf('other'), { nonce: 'nonce-used-twice-00' })).toBe(403);
    await fetched();
  });

  it('are never fetched from addresses where no recording of Plivo can be', async () => {
    for (const address of ['https://127.0.0.1/x.mp3', 'https://localhost/x.mp3', 'http://media.plivo.com:8080/x.mp3']) {
      await recordedCall(address);
      await runDue();
    }
    await listedAs('failed:address', 'failed:address', 'failed:address');
    expect(told.filter((name) => name === 'recording.failed')).toHaveLength(3);
  });

  it('wait for a slow media server without keeping calls waiting, and are not heard by halves', async () => {
    const slow = stalled(MEDIA);
    plivo.answer(slow.answer);
    for (let index = 0; index < 6; index += 1) await recordedCall();
    const work = runDue();
    await until(() => plivo.asked.length === 4);

    const startedAt = Date.now();
    const other = await call();
    expect(other.xml).toContain('<Dial');
    await other.ended();
    expect(Date.now() - startedAt).toBeLessThan(1500);
    for (const { recording_id: id } of await listed()) expect((await sound(id)).status).toBe(404);
    expect(plivo.asked).toHaveLength(4);

    slow.release();
    plivo.answer(whole(MEDIA));
    await work;
    clock.advance(30_000);
    await runDue();
    for (const { recording_id: id } of await listedAs(...Array(6).fill('ready'))) expect(await isWhole(id)).toBe(true);
  });

  it('belong to the attempt that holds the job: one that comes late leaves no trace', async () => {
    const slow = stalled(MEDIA);
    plivo.answer(slow.answer);
    await recordedCall();
    const lateWork = runDue();
    await until(() => plivo.asked.length === 1);
    // Whatever is asked for from now on comes at once; the first answer stays half-way.
    plivo.answer(whole(MEDIA));
    await service.dataSource.query("UPDATE job SET run_at = 0 WHERE kind = 'recordings.fetch'");
    // Its webhook wakes the worker, which finds the other job's lease run out.
    await recordedCall();
    await until(async () => (await listed()).at(-1)?.status === 'ready');

    const stored = files();
    slow.release();
    await lateWork;
    const [, { recording_id: id }] = (await listedAs('ready', 'ready')) as [Shown, Shown];
    expect(files()).toHaveLength(2);
    expect(files()).toEqual(
      expect.arrayContaining(stored.filter((name) => name.startsWith(id) && !name.endsWith('.part'))),
    );
    expect(await isWhole(id)).toBe(true);
    expect(told.filter((name) => name === 'recording.ready')).toHaveLength(2);
  });

  const troubles: [string, MediaAnswer][] = [
    ['a server error', broken(500)],
    ['a page in place of sound', broken(200)],
    ['nothing', whole(Buffer.alloc(0))],
    ['a cut connection', (response) => void response.socket?.destroy()],
    [
      'half of it',
      (response) => {
        response.writeHead(200, { 'content-length': MEDIA.length }).write(MEDIA.subarray(0, 70_000));
        setImmediate(() => response.socket?.destroy());
      },
    ],
    [
      'a redirect to plain http elsewhere',
      (response) => void response.writeHead(302, { location: 'http://example.com/' }).end(),
    ],
  ];
  it.each(troubles)('are fetched again after %s, or end clearly', async (name, trouble) => {
    plivo.answer(trouble);
    await recordedCall();
    await runDue();
    const isFinal = name.startsWith('a redirect');
    const [{ recording_id: id }] = (await listedAs(isFinal ? 'failed:address' : 'fetching:media')) as [Shown];
    expect((await sound(id)).status).toBe(404);
    expect(files()).toEqual([]);
    if (isFinal) return;

    plivo.answer(whole(MEDIA));
    clock.advance(10_000);
    await fetched();
    expect(await isWhole(id)).toBe(true);
  });

  it('are not taken for whole with fewer bytes than were announced, although their end came in order', async () => {
    const client = service.app.get(PlivoClient);
    const openMedia = client.openMedia;
    // Node's HTTP client tells itself; whoever reads media in its place may not.
    client.openMedia = async () => ({ body: Readable.from([MEDIA.subarray(0, 70_000)]), length: MEDIA.length });
    await recordedCall();
    await runDue();
    const [{ recording_id: id }] = (await listedAs('fetching:media')) as [Shown];
    expect(files()).toEqual([]);

    client.openMedia = openMedia;
    clock.advance(10_000);
    await fetched();
    expect(await isWhole(id)).toBe(true);
  });

  it('are given up after 76 hours of trouble, and told as failed once', async () => {
    plivo.answer(broken(503));
    await recordedCall();
    for (let hour = 0; hour < 80; hour += 4) {
      clock.advance(4 * HOUR);
      await runDue();
      const expected = hour < 72 ? 'fetching:media' : hour >= 76 ? 'failed:media' : null;
      if (expected !== null) await listedAs(expected);
    }
    expect(told.filter((name) => name === 'recording.failed')).toHaveLength(1);
    const attempts = plivo.asked.length;
    clock.advance(10 * HOUR);
    await runDue();
    expect(plivo.asked).toHaveLength(attempts);
  });

  (disk === null ? it.skip : it)(
    'wait for room on a full disk while calls go on, and leave no half file there',
    async () => {
      const filler = join(disk?.folder ?? '', `filler-${kind}`);
      writeFileSync(filler, Buffer.alloc(1_950_000));
      await recordedCall();
      await runDue();
      const [{ recording_id: id }] = (await listedAs('fetching:store')) as [Shown];
      expect(files()).toEqual([]);
      expect((await sound(id)).status).toBe(404);
      const other = await call();
      expect(other.xml).toContain('<Dial');
      await other.ended();

      rmSync(filler);
      clock.advance(10_000);
      await fetched();
      expect(await isWhole(id)).toBe(true);
    },
  );

  it('give an error and no sound when the stored file was changed, cut, exchanged or lost', async () => {
    await recordedCall();
    const { recording_id: id } = await fetched();
    const [name = ''] = files();
    const path = join(folder, name);
    const sealed = readFileSync(path);
    expect(sealed.includes(MEDIA.subarray(0, 64))).toBe(false);
    const flipped = Buffer.from(sealed);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    const swapped = Buffer.concat([
      sealed.subarray(65_552, 131_104),
      sealed.subarray(0, 65_552),
      sealed.subarray(131_104),
    ]);
    for (const spoilt of [flipped, sealed.subarray(0, -1), sealed.subarray(0, 65_552), swapped, Buffer.alloc(0)]) {
      writeFileSync(path, spoilt);
      const answer = await sound(id);
      expect([answer.status, answer.body['error_code']]).toEqual([503, 'recording_store_unavailable']);
    }
    rmSync(path);
    expect((await sound(id)).status).toBe(503);
    writeFileSync(path, sealed);
    expect(await isWhole(id)).toBe(true);

    // Later chunks are opened later: the connection is cut where sound would end.
    const late = Buffer.from(sealed);
    late[late.length - 1] = (late[late.length - 1] ?? 0) ^ 1;
    writeFileSync(path, late);
    await expect(isWhole(id)).rejects.toThrow();
  });

  it('are deleted here and at Plivo when their days are over, as many as the account says', async () => {
    const keep = service.app.get(KeepRecordings);
    const one = await recordedCall();
    const { recording_id: id } = await fetched();
    clock.advance(29 * 24 * HOUR);
    await keep.run();
    await runDue();
    await listedAs('ready');
    await service.admin('PATCH', `/accounts/${AUTH_ID}/settings`, { recording_retention_days: 40 });
    clock.advance(2 * 24 * HOUR);
    await keep.run();
    await listedAs('ready');
    await service.admin('PATCH', `/accounts/${AUTH_ID}/settings`, { recording_retention_days: 30 });
    await keep.run();
    await runDue();
    await listedAs('deleted');
    expect(plivo.deleted).toEqual([one.recordingId]);
    expect(files()).toEqual([]);
    expect((await sound(id)).status).toBe(404);
    expect((await service.request(`${RECORDINGS}/${id}/`)).status).toBe(404);

    // Plivo tells it once more, an hour late: nothing comes back.
    await one.recorded(plivo.urlOf(one.recordingId));
    await runDue();
    await listedAs('deleted');
  });

  it('deleted before Plivo had them are deleted when it has', async () => {
    const one = await call();
    await one.answered();
    const [{ recording_id: id }] = (await listedAs('recording')) as [Shown];
    await service.admin('DELETE', `/recordings/${id}`);
    await runDue();
    await one.ended();
    await one.recorded(plivo.urlOf(one.recordingId));
    await runDue();
    await listedAs('deleted');
    expect([plivo.deleted, plivo.asked]).toEqual([[one.recordingId], []]);
  });

  it.each([
    ['one after the other', ['first', 'fetch', 'second']],
    ['at once', ['first', 'second']],
    ['the other first', ['second', 'first']],
    ['both before the other party is known to have answered', ['first', 'second', 'answered']],
  ] as const)('that Plivo has made two of one call are both heard, and go together: %s', async (_name, order) => {
    const one = await call();
    const [first, second] = [one.recordingId, randomUUID()];
    if (!order.includes('answered' as never)) await one.answered();
    for (const step of order) {
      if (step === 'fetch') await fetched();
      else if (step === 'answered') await one.answered();
      else {
        const params = { RecordingID: step === 'first' ? first : second };
        expect(await one.recorded(plivo.urlOf(params.RecordingID), { params })).toBe(200);
      }
    }
    await one.ended();
    const both = await listedAs('ready', 'ready');
    for (const { recording_id: id } of both) expect(await isWhole(id)).toBe(true);
    expect(new Set(both.map(({ call_id: id }) => id)).size).toBe(1);
    expect(told.filter((name) => name === 'recording.started')).toHaveLength(1);
    const own = await service.request<{ objects: { recording_id: string }[] }>(
      `${RECORDINGS}/?call_uuid=${one.callUuid}`,
    );
    expect(own.body.objects.map(({ recording_id: id }) => id)).toEqual(both.map(({ recording_id: id }) => id));
    // Told anew, none is new.
    for (const id of [first, second]) await one.recorded(plivo.urlOf(id), { params: { RecordingID: id } });
    await listedAs('ready', 'ready');

    // Its customer was told of one.
    expect((await service.request(`${RECORDINGS}/${both[0]?.recording_id}/`, { method: 'DELETE' })).status).toBe(204);
    await listedAs('deleted', 'deleted');
    expect(plivo.deleted.toSorted()).toEqual([first, second].toSorted());
    expect(files()).toEqual([]);
    // A third that comes late is deleted as well.
    const third = randomUUID();
    await one.recorded(plivo.urlOf(third), { params: { RecordingID: third } });
    await runDue();
    expect(plivo.deleted).toContain(third);
    expect(files()).toEqual([]);
  });

  it('are told as failed of no call of which another can be heard', async () => {
    await service.sessions('DELETE', `/${session}/`);
    session = await open({ recording_callback_url: 'https://hooks.example.com/recording' });
    const one = await recordedCall();
    await fetched();
    await one.recorded('https://127.0.0.1/x.mp3', { params: { RecordingID: randomUUID() } });
    await listedAs('failed:address', 'ready');
    const { items } = (
      await service.admin<{ items: { event: string }[] }>('GET', `/callbacks?session=${session}&limit=50`)
    ).body;
    expect(
      items
        .map(({ event }) => event)
        .filter((event) => event.includes('Recording'))
        .toSorted(),
    ).toEqual(['SessionRecordingCompleted', 'SessionRecordingInitiated']);
  });

  it('of one call that are named while it is being deleted are all deleted at Plivo', async () => {
    const one = await call();
    await one.answered();
    const [{ recording_id: id }] = (await listedAs('recording')) as [Shown];
    const ids = [one.recordingId, randomUUID(), randomUUID()];
    await one.recorded(plivo.urlOf(ids[0] ?? ''));
    await service.dataSource.query("UPDATE job SET run_at = run_at + 1000 WHERE kind LIKE 'recordings.%'");
    await service.admin('DELETE', `/recordings/${id}`);
    await service.dataSource.query("UPDATE job SET run_at = run_at + 1000 WHERE kind LIKE 'recordings.%'");
    for (const next of ids.slice(1)) await one.recorded(plivo.urlOf(next), { params: { RecordingID: next } });
    await one.ended();
    clock.advance(60_000);
    await runDue();
    expect(plivo.deleted.toSorted()).toEqual(ids.toSorted());
    expect(plivo.asked).toEqual([]);
  });

  it('belong to the subaccount of their session, and to its account', async () => {
    const made = async (name: string) =>
      (
        await service.admin<{ auth_id: string; auth_token: string }>('POST', `/accounts/${AUTH_ID}/subaccounts`, {
          name,
        })
      ).body;
    const [own, other] = [await made('own'), await made('other')];
    const number = '12025550002';
    await service.addNumbers([number], own.auth_id);
    await service.sessions('DELETE', `/${session}/`);
    session = await open({ subaccount: own.auth_id });
    const one = await startCall(post, { from: ASHA, to: number });
    await one.answered();
    await one.recorded(plivo.urlOf(one.recordingId));
    const { recording_id: id } = await fetched();
    const ask = (owner: string, as?: { auth_id: string; auth_token: string }) =>
      service.request<{ recording_url: string }>(`/v1/Account/${owner}/Recording/${id}/`, {
        ...(as && { as: { authId: as.auth_id, authToken: as.auth_token } }),
      });
    const answers = [
      await ask(own.auth_id, own),
      await ask(own.auth_id),
      await ask(AUTH_ID),
      await ask(AUTH_ID, own),
      await ask(other.auth_id, other),
      await ask(other.auth_id),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 404, 404]);
    for (const { body, status } of answers)
      if (status === 200)
        expect((await fetch(body.recording_url)).headers.get('content-length')).toBe(String(MEDIA.length));
    await service.admin('DELETE', `/numbers/+${number}`);
  });

  it("leave neither Plivo's address nor its id in log or database", async () => {
    const one = await recordedCall();
    plivo.answer(broken(500));
    await runDue();
    const rows = JSON.stringify(await service.dataSource.query('SELECT * FROM recording'));
    const jobs = JSON.stringify(await service.dataSource.query('SELECT * FROM job'));
    for (const text of [rows, jobs, service.logs()]) {
      expect(text).not.toContain(one.recordingId);
      expect(text).not.toContain('/media/Recording');
    }
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > limit) throw new Error('it did not come to that');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
