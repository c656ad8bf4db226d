import { createHash, randomBytes } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { request } from 'undici';

const LIMIT_MS = 4_000;
const LONGEST_ANSWER = 4_096;

/** Who answers at a base URL. `proof` is what a process of ours makes of the question: only who knows its id can tell whose it is. */
export type Identity =
  | { kind: 'ours'; question: string; proof: string }
  /** Something answers, and it is no such service. */
  | { kind: 'stranger'; status: number; location: string | null }
  | { kind: 'nobody'; code: string };

/** What the process with this id answers to a question. */
export function proofOf(processId: string, question: string): string {
  return createHash('sha256').update(`masking:${processId}:${question}`).digest('base64url');
}

/**
 * Asks who serves there: a random question, so that no cache answers, and the answer tells a process by its id, which stands in the database that it serves.
 * Redirects are not followed, as Plivo does not.
 */
export async function askIdentity(baseUrl: string): Promise<Identity> {
  const question = randomBytes(16).toString('hex');
  try {
    const { statusCode, headers, body } = await request(`${baseUrl}/livez?prove=${question}`, {
      signal: AbortSignal.timeout(LIMIT_MS),
      headers: { accept: 'application/json', connection: 'close' },
    });
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > LONGEST_ANSWER) break;
    }
    const proof = proofIn(text);
    if (statusCode === 200 && proof !== null) return { kind: 'ours', question, proof };
    const { location } = headers;
    return { kind: 'stranger', status: statusCode, location: typeof location === 'string' ? location : null };
  } catch (error) {
    return { kind: 'nobody', code: codeOf(error) };
  }
}

function proofIn(text: string): string | null {
  try {
    const { proof } = JSON.parse(text) as { proof?: unknown };
    return typeof proof === 'string' ? proof : null;
  } catch {
    return null;
  }
}

/** A name with several addresses fails once for each. */
function codeOf(error: unknown): string {
  const { code, name, errors } = error as NodeJS.ErrnoException & {
    errors?: (NodeJS.ErrnoException & LookupAddress)[];
  };
  if (name === 'TimeoutError') return 'no answer within 4 s';
  return code ?? errors?.[0]?.code ?? name;
}
