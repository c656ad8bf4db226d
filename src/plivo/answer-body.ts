import type { Dispatcher } from 'undici';

export type JsonObject = Record<string, unknown>;

const MAX_BYTES = 1024 * 1024;

/** The status is known by now, so a body that breaks off is a missing body and not a failed request. */
export async function boundedText(body: Dispatcher.ResponseData['body']): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop destroys the stream, and with it the connection.
      if (bytes > MAX_BYTES) return null;
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** JSON with `error` or `message`, or plain text as with 401. Plivo likes to repeat the number it refuses: digits are blotted out. */
export function refusalText(body: string): string {
  const parsed = jsonObject(body);
  const said = parsed === null ? body : (parsed['error'] ?? parsed['message'] ?? '');
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return text
    .replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .replaceAll(/\d[\d ().-]{4,}\d/g, '#')
    .trim()
    .slice(0, 300);
}

export function jsonObject(text: string | null): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch {
    return null;
  }
}
