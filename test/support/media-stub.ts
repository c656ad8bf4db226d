import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stub does when the sound of a recording is asked for. */
export type MediaAnswer = (response: ServerResponse, request: IncomingMessage) => void;

/** Plivo's REST API and media host as far as recordings go, with media that a test can make misbehave. */
export interface MediaStub {
  /** For PLIVO_API_URL. */
  baseUrl: string;
  /** Requests for media so far. */
  asked: { path: string; authorization: string | undefined }[];
  /** Plivo ids of recordings that were deleted. */
  deleted: string[];
  urlOf(recordingId: string): string;
  /** From now on, for one recording or for all that have no answer of their own. */
  answer(answer: MediaAnswer, recordingId?: string): void;
  close(): Promise<void>;
}

export async function startMediaStub(): Promise<MediaStub> {
  const asked: MediaStub['asked'] = [];
  const deleted: string[] = [];
  const answers = new Map<string, MediaAnswer>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const id = /Recording\/([^/.?]+)/.exec(path)?.[1] ?? '';
    if (request.method === 'DELETE') {
      deleted.push(id);
      response.writeHead(204).end();
    } else if (path.startsWith('/media/')) {
      asked.push({ path, authorization: request.headers.authorization });
      (answers.get(id) ?? answers.get('') ?? broken(404))(response, request);
    } else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ meta: { total_count: 0 }, objects: [] }));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl,
    asked,
    deleted,
    urlOf: (recordingId) => `${baseUrl}/media/Recording/${recordingId}.mp3`,
    answer: (answer, recordingId = '') => void answers.set(recordingId, answer),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const whole =
  (media: Buffer): MediaAnswer =>
  (response) =>
    void response.writeHead(200, { 'content-length': media.length }).end(media);

export const broken =
  (status: number): MediaAnswer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end('<html>no</html>');

/** Half of it, and then nothing until `release` is called. */
export function stalled(media: Buffer): { answer: MediaAnswer; release: () => void } {
  const waiting: (() => void)[] = [];
  return {
    answer: (response) => {
      response.writeHead(200, { 'content-length': media.length });
      const half = Math.floor(media.length / 2);
      response.write(media.subarray(0, half));
      waiting.push(() => void response.end(media.subarray(half)));
    },
    release: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}
