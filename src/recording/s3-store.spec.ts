import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startS3, type S3StandIn } from '../../test/support/s3-stand-in.js';
import { StoreFailed } from './recording-store.js';
import { S3Store } from './s3-store.js';

const NAME = '01900000-0000-7000-8000-000000000001.0123456789ab';
const KEYS = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret/with+signs', region: 'eu-central-1' };

describe('recordings in S3', () => {
  let s3: S3StandIn;
  let spool: string;
  const stores: S3Store[] = [];
  const storeWith = (change: Partial<typeof KEYS & { prefix: string; endpoint: string }> = {}): S3Store => {
    const settings = { kind: 's3' as const, bucket: 'bucket', prefix: 'calls/eu', endpoint: s3.endpoint, ...KEYS };
    const store = new S3Store({ ...settings, ...change }, spool);
    stores.push(store);
    return store;
  };

  beforeAll(async () => {
    s3 = await startS3(KEYS);
    spool = mkdtempSync(join(tmpdir(), 's3-store-'));
  });
  afterEach(() => {
    s3.failWith(null);
    s3.behave({});
    s3.objects.clear();
  });
  afterAll(async () => {
    for (const store of stores) await store.onApplicationShutdown();
    await s3.close();
    rmSync(spool, { recursive: true });
  });

  async function kept(store: S3Store, bytes: Buffer): Promise<void> {
    const part = await store.begin(NAME);
    await part.handle.write(bytes);
    const storedHash = createHash('sha256').update(bytes).digest('hex');
    await store.keep(NAME, part, { storedBytes: bytes.length, storedHash });
  }
  async function read(store: S3Store, from: number, to: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of await store.read(NAME, { from, to })) parts.push(part as Buffer);
    return Buffer.concat(parts);
  }

  it('are put, measured, read in parts and removed, every request signed', async () => {
    const store = storeWith();
    const bytes = randomBytes(300_000);
    expect(await store.size(NAME)).toBeNull();
    await kept(store, bytes);
    expect([...s3.objects.keys()]).toEqual([`bucket/calls/eu/${NAME}`]);
    expect(readdirSync(join(spool, 'parts'))).toEqual([]);
    expect(await store.size(NAME)).toBe(bytes.length);
    expect((await read(store, 1000, 250_000)).equals(bytes.subarray(1000, 250_001))).toBe(true);
    await store.remove(NAME);
    await store.remove(NAME);
    expect(await store.size(NAME)).toBeNull();
    expect(s3.refused).toEqual([]);
  });

  it('may stand at the root of a bucket', async () => {
    await kept(storeWith({ prefix: '' }), Buffer.from('x'));
    expect([...s3.objects.keys()]).toEqual([`bucket/${NAME}`]);
  });

  it.each([200, 201, 204])('are kept when the service answers a PUT with %d', async (putStatus) => {
    s3.behave({ putStatus });
    await kept(storeWith(), Buffer.from('x'));
    expect(s3.objects.size).toBe(1);
  });

  it('are read in the same parts where the service does not know Range', async () => {
    const bytes = randomBytes(300_000);
    const store = storeWith();
    await kept(store, bytes);
    s3.behave({ knowsRange: false });
    for (const [from, to] of [
      [0, 299_999],
      [0, 0],
      [1000, 250_000],
      [65_536, 131_071],
      [299_999, 299_999],
    ] as const)
      expect((await read(store, from, to)).equals(bytes.subarray(from, to + 1))).toBe(true);
  });

  it.each([{ secretKey: 'other' }, { accessKey: 'other' }, { region: 'us-east-1' }])(
    'are refused by S3 with %j, and that is an error',
    async (change) => {
      const store = storeWith(change);
      await expect(kept(store, Buffer.from('x'))).rejects.toThrow(StoreFailed);
      await expect(store.size(NAME)).rejects.toThrow(StoreFailed);
      await expect(store.read(NAME, { from: 0, to: 0 })).rejects.toThrow(StoreFailed);
      await expect(store.remove(NAME)).rejects.toThrow(StoreFailed);
      expect(s3.objects.size).toBe(0);
    },
  );

  it('are not there when the bytes are not those that were hashed', async () => {
    const store = storeWith();
    const part = await store.begin(NAME);
    await part.handle.write(Buffer.from('spoilt'));
    const keep = store.keep(NAME, part, { storedBytes: 6, storedHash: createHash('sha256').digest('hex') });
    await expect(keep).rejects.toThrow(StoreFailed);
    expect(s3.objects.size).toBe(0);
  });

  it('leave no parts of attempts that died long ago, and none of others that are at work', async () => {
    const [old, young] = [NAME.replace('0', '1'), NAME.replace('0', '2')].map((name) =>
      join(spool, 'parts', `${name}.part`),
    );
    mkdirSync(join(spool, 'parts'), { recursive: true });
    for (const path of [old, young]) writeFileSync(path ?? '', 'x');
    const longAgo = Date.now() / 1000 - 7200;
    utimesSync(old ?? '', longAgo, longAgo);
    await kept(storeWith(), Buffer.from('x'));
    expect(readdirSync(join(spool, 'parts'))).toEqual([young?.split('/').at(-1)]);
    rmSync(young ?? '');
  });

  it('wait for a service that fails or is away', async () => {
    const store = storeWith();
    s3.failWith(503);
    await expect(kept(store, Buffer.from('x'))).rejects.toThrow('S3 answered with status 503');
    await expect(storeWith({ endpoint: 'http://127.0.0.1:1' }).size(NAME)).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['../../etc/passwd', `${NAME}/../x`, '', 'a'.repeat(300)])('never have the name %s', async (name) => {
    await expect(storeWith().size(name)).rejects.toThrow(StoreFailed);
    await expect(storeWith().remove(name)).rejects.toThrow(StoreFailed);
  });
});
