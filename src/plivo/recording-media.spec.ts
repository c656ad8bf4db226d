import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MediaRefused, MediaUnavailable, publicLookup, RecordingMedia, securely } from './recording-media.js';
import { mediaUrlOf, recordingRecord } from './plivo-recordings.js';

const CREDENTIALS = { authId: 'MAXXXXXXXXXXXXXXXXXX', authToken: 'token' };

describe('the media of a recording', () => {
  let server: Server;
  let origin: string;
  let media: RecordingMedia;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const asked: { url: string; authorization: string | undefined }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', authorization: request.headers.authorization });
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    media = new RecordingMedia(origin);
  });
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(async () => {
    await media.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = (url: string, signal = AbortSignal.timeout(5000)) => media.open(CREDENTIALS, url, signal);
  const text = async (url: string): Promise<string> => {
    const { body } = await open(url);
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  };

  it('is read with the account’s credentials from the origin of the API, along at most three redirects, where they do not go', async () => {
    answer = ({ url = '' }, response) => {
      const left = Number(url.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end('sound');
    };
    expect(await text(`${origin}/3`)).toBe('sound');
    expect(asked.map(({ authorization }) => authorization !== undefined)).toEqual([true, false, false, false]);
    await expect(open(`${origin}/4`)).rejects.toThrow(MediaRefused);
  });

  it.each([
    'http://media.plivo.com:8080/x.mp3',
    'http://127.0.0.1/x.mp3',
    'http://localhost/x.mp3',
    'http://user:pass@media.plivo.com/x.mp3',
    'https://127.0.0.1/x.mp3',
    'https://2130706433/x.mp3',
    'https://0x7f.1/x.mp3',
    'https://[::1]/x.mp3',
    'https://[::ffff:127.0.0.1]/x.mp3',
    'https://localhost/x.mp3',
    'https://user:pass@media.plivo.com/x.mp3',
    'ftp://media.plivo.com/x.mp3',
    'file:///etc/passwd',
  ])('is refused at %s, directly and behind a redirect', async (url) => {
    await expect(open(url)).rejects.toThrow(MediaRefused);
    answer = (_request, response) => void response.writeHead(307, { location: url }).end();
    await expect(open(`${origin}/x`)).rejects.toThrow(MediaRefused);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['http://s3.amazonaws.com/recordings_2013/a.b.mp3?x=1', 'https://s3.amazonaws.com/recordings_2013/a.b.mp3?x=1'],
    ['http://media.plivo.com:80/x.mp3', 'https://media.plivo.com/x.mp3'],
    ['http://media.plivo.com:8080/x.mp3', 'http://media.plivo.com:8080/x.mp3'],
    ['https://media.plivo.com/x.mp3', 'https://media.plivo.com/x.mp3'],
  ])('named as %s is asked for at %s', (named, expected) => {
    expect(securely(new URL(named)).href).toBe(expected);
  });

  it('named with http is asked for all the same; a redirect to plain http is not followed', async () => {
    const plain = 'http://media.plivo.invalid/x.mp3';
    await expect(open(plain)).rejects.toThrow(MediaUnavailable);
    answer = (_request, response) => void response.writeHead(307, { location: plain }).end();
    await expect(open(`${origin}/x`)).rejects.toThrow(MediaRefused);
  });

  it.each([
    ['127.0.0.1', false],
    ['10.1.2.3', false],
    ['172.31.0.1', false],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['0.0.0.0', false],
    ['255.255.255.255', false],
    ['168.63.129.16', false],
    ['192.88.99.1', false],
    ['203.0.113.7', false],
    ['2001:20::1', false],
    ['8.8.8.8', true],
    ['::1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['::ffff:10.0.0.1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['2606:4700::1111', true],
  ])('may come from %s: %s', async (address, expected) => {
    const error = await new Promise<Error | null>((resolve) => publicLookup(address, { all: true }, resolve));
    expect(error === null).toBe(expected);
  });

  it('is not there, for now, when the server says so or says nothing', async () => {
    answer = (_request, response) => void response.writeHead(404).end();
    await expect(open(`${origin}/x`)).rejects.toMatchObject({ status: 404 });
    answer = (_request, response) => void response.writeHead(302).end();
    await expect(open(`${origin}/x`)).rejects.toThrow(MediaUnavailable);
    answer = (_request, response) => void response.socket?.destroy();
    await expect(open(`${origin}/x`)).rejects.toMatchObject({ status: 0 });
    answer = () => undefined;
    await expect(open(`${origin}/x`, AbortSignal.timeout(50))).rejects.toThrow(MediaUnavailable);
  });

  it('that breaks off is an error, not a short recording', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setImmediate(() => response.socket?.destroy());
    };
    await expect(text(`${origin}/x`)).rejects.toThrow();
  });
});

describe('what Plivo lists of a recording', () => {
  const wire = {
    recording_id: 'c2186400-1c8c-11e4-a664-0026b945b52x',
    call_uuid: 'aaaaaaaa-0000-4000-8000-000000000001',
    recording_url: 'https://media.plivo.com/v1/Account/MA/Recording/c.mp3',
    recording_duration_ms: '345100.00000',
    recording_start_ms: '1407235163907.00000',
    recording_end_ms: '1407235509007.00000',
  };

  it('is read with its decimal milliseconds', () => {
    expect(recordingRecord(wire)).toEqual({
      recordingId: wire.recording_id,
      callUuid: wire.call_uuid,
      mediaUrl: wire.recording_url,
      durationMs: 345_100,
      startedAt: 1_407_235_163_907,
      endedAt: 1_407_235_509_007,
    });
    expect(recordingRecord({ ...wire, recording_start_ms: '-1', recording_duration_ms: 'x' })).toMatchObject({
      startedAt: null,
      durationMs: null,
    });
  });

  it.each([
    { recording_id: undefined },
    { recording_id: '../x' },
    { recording_url: 'javascript:1' },
    { recording_url: 5 },
  ])('is nothing with %j', (change) => {
    expect(recordingRecord({ ...wire, ...change })).toBeNull();
  });

  it('has an address of one line and a decent length', () => {
    expect(mediaUrlOf('https://media.plivo.com/a b')).toBeNull();
    expect(mediaUrlOf(`https://media.plivo.com/${'x'.repeat(2000)}`)).toBeNull();
    expect(mediaUrlOf('https://')).toBeNull();
  });
});
