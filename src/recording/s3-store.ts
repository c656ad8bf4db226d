import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Pool, type Dispatcher } from 'undici';
import type { Config } from '../platform/settings/config.js';
import type { ByteRange } from './byte-range.js';
import { checkedName, openPart, partPath, RecordingStore, StoreFailed, type PartFile } from './recording-store.js';

type S3Settings = Extract<Config['recordings']['store'], { kind: 's3' }>;

interface S3Request {
  headers?: Record<string, string>;
  body?: Readable;
}

/** Of nothing: requests without a body sign this. */
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Recordings in a bucket, addressed by path (`endpoint/bucket/key`), which every S3 service understands. A file is first written to a local
 * folder, sealed already, because S3 wants length and hash before the first byte; the object then appears as a whole or not at all.
 */
export class S3Store extends RecordingStore implements OnApplicationShutdown {
  private readonly pool: Pool;
  private readonly endpoint: URL;

  constructor(
    private readonly settings: S3Settings,
    private readonly spool: string,
  ) {
    super();
    this.endpoint = new URL(settings.endpoint);
    this.pool = new Pool(this.endpoint.origin, {
      connections: 16,
      connect: { timeout: 5_000 },
      headersTimeout: 60_000,
      bodyTimeout: 30_000,
    });
  }

  /** A name that nothing has: a store that says so has let us in. */
  async look(): Promise<void> {
    await this.size('00000000-0000-0000-0000-000000000000.000000000000');
  }

  async begin(name: string): Promise<PartFile> {
    try {
      return await openPart(this.spool, name);
    } catch (error) {
      throw new StoreFailed((error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }

  async keep(
    name: string,
    { handle, path }: PartFile,
    { storedBytes, storedHash }: { storedBytes: number; storedHash: string },
  ): Promise<void> {
    await handle.close();
    const headers = { 'content-length': String(storedBytes), 'x-amz-content-sha256': storedHash };
    await this.expect('PUT', name, { headers, body: createReadStream(path) }, isDone);
    await rm(path, { force: true });
  }

  async size(name: string): Promise<number | null> {
    const { statusCode, headers } = await this.expect('HEAD', name, {}, (status) => isDone(status) || status === 404);
    return statusCode === 404 ? null : Number(headers['content-length']);
  }

  async read(name: string, { from, to }: ByteRange): Promise<Readable> {
    const answer = await this.send('GET', name, { headers: { range: `bytes=${from}-${to}` } });
    if (answer.statusCode === 206) return answer.body;
    // A store that does not know Range, or its cache in front of it, sends all of it.
    if (answer.statusCode === 200) return partOf(answer.body, { from, to });
    await answer.body.dump().catch(() => undefined);
    throw new StoreFailed(`S3 answered with status ${answer.statusCode}`);
  }

  async remove(name: string): Promise<void> {
    await rm(partPath(this.spool, name), { force: true });
    await this.expect('DELETE', name, {}, (status) => isDone(status) || status === 404);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  override async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async expect(
    method: Dispatcher.HttpMethod,
    name: string,
    request: S3Request,
    isExpected: (status: number) => boolean,
  ) {
    const answer = await this.send(method, name, request);
    await answer.body.dump().catch(() => undefined);
    if (!isExpected(answer.statusCode)) throw new StoreFailed(`S3 answered with status ${answer.statusCode}`);
    return answer;
  }

  private async send(method: Dispatcher.HttpMethod, name: string, { headers = {}, body }: S3Request) {
    const { bucket, prefix, region, accessKey, secretKey } = this.settings;
    const key = [bucket, prefix, checkedName(name)].filter((part) => part !== '').join('/');
    const url = `${this.endpoint.origin}${this.endpoint.pathname.replace(/\/$/, '')}/${key}`;
    try {
      // Loaded here: an installation with a folder never needs it.
      const { AwsV4Signer } = await import('aws4fetch');
      const signed = await new AwsV4Signer({
        method,
        url,
        headers: { 'x-amz-content-sha256': EMPTY_HASH, ...headers },
        accessKeyId: accessKey,
        secretAccessKey: secretKey,
        service: 's3',
        region,
      }).sign();
      return await this.pool.request({
        method,
        path: signed.url.pathname + signed.url.search,
        headers: Object.fromEntries(signed.headers.entries()),
        body: body ?? null,
      });
    } catch (error) {
      body?.destroy();
      const { code, name: kind } = error as NodeJS.ErrnoException;
      throw new StoreFailed(`S3 could not be reached: ${code ?? kind}`);
    }
  }
}

/** AWS says 200 to a PUT, others 201 or 204. */
function isDone(status: number): boolean {
  return status >= 200 && status < 300;
}

/** These bytes of the whole; what is behind them is not read. */
function partOf(whole: Readable, { from, to }: ByteRange): Readable {
  async function* part(): AsyncGenerator<Buffer> {
    let at = 0;
    for await (const piece of whole as AsyncIterable<Buffer>) {
      const wanted = piece.subarray(Math.max(from - at, 0), Math.max(to + 1 - at, 0));
      if (wanted.length > 0) yield wanted;
      at += piece.length;
      if (at > to) return;
    }
  }
  return Readable.from(part(), { objectMode: false });
}
