import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of S3 as keeps recordings, strict about signatures: version 4, every header it names, the hash of the body, the time. */
export interface S3StandIn {
  endpoint: string;
  /** By `bucket/key`. */
  objects: Map<string, Buffer>;
  /** Requests that were refused for their signature. */
  refused: string[];
  /** Answers everything with this status; null: as it should. */
  failWith(status: number | null): void;
  /** As other makes do: what a PUT is answered with, and whether Range is known. */
  behave(how: { putStatus?: number; knowsRange?: boolean }): void;
  close(): Promise<void>;
}

const FIFTEEN_MINUTES = 15 * 60_000;

export async function startS3({
  accessKey,
  secretKey,
  region,
}: {
  accessKey: string;
  secretKey: string;
  region: string;
}): Promise<S3StandIn> {
  const objects = new Map<string, Buffer>();
  const refused: string[] = [];
  let failure: number | null = null;
  let make = { putStatus: 200, knowsRange: true };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (failure !== null) return void response.writeHead(failure).end();
    const complaint = complaintAbout(request, body, { accessKey, secretKey, region });
    if (complaint !== null) {
      refused.push(complaint);
      return void response.writeHead(403).end();
    }
    answer(request, response, body);
  };

  const answer = ({ method, url = '', headers }: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const key = decodeURIComponent(url.slice(1));
    const object = objects.get(key);
    if (method === 'PUT') {
      objects.set(key, body);
      response.writeHead(make.putStatus).end();
    } else if (method === 'DELETE') {
      objects.delete(key);
      response.writeHead(204).end();
    } else if (object === undefined) response.writeHead(404).end();
    else if (method === 'HEAD') response.writeHead(200, { 'content-length': object.length }).end();
    else if (!make.knowsRange) response.writeHead(200).end(object);
    else {
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
      response.writeHead(206).end(object.subarray(Number(from), Number(to) + 1));
    }
  };

  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    refused,
    failWith: (status) => (failure = status),
    behave: (how) => (make = { putStatus: 200, knowsRange: true, ...how }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Why the signature is not right, by the rules of AWS; null when it is. */
function complaintAbout(
  { method, url = '', headers }: IncomingMessage,
  body: Buffer,
  { accessKey, secretKey, region }: { accessKey: string; secretKey: string; region: string },
): string | null {
  const [, credential = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (signature === undefined) return 'no signature';
  const time = String(headers['x-amz-date']);
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - at) < FIFTEEN_MINUTES)) return `time ${time}`;
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  if (credential !== `${accessKey}/${scope}`) return `credential ${credential}`;
  const signed = names.split(';');
  if (!['host', 'x-amz-content-sha256', 'x-amz-date'].every((name) => signed.includes(name))) return `headers ${names}`;
  const bodyHash = sha256(body);
  if (headers['x-amz-content-sha256'] !== bodyHash) return 'body hash';

  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path,
    query,
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    bodyHash,
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(Buffer.from(canonical))].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  return hmac(key, toSign).toString('hex') === signature ? null : 'signature';
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
