import type { Account, Request } from './curl.ts';

/** What a request was refused with, in the service's own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** Asks this service; credentials go along where the masking API wants them. Throws `Refused`, or what `fetch` throws where nobody answers. */
export async function ask<Body>({ method, path, body }: Request, account: Account | null): Promise<Body> {
  const answer = await fetch(`.${path}`, {
    method,
    cache: 'no-store',
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(path.startsWith('/v1/') && account !== null && { authorization: basic(account) }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const read = parsed(text);
  if (answer.ok) return read as Body;
  const words = read['error'] ?? read['detail'];
  throw new Refused(
    answer.status,
    typeof words === 'string' ? words : `status ${answer.status}`,
    answer.headers.get('x-request-id'),
  );
}

/** What was known before, where the service refuses: it is there, and its database may not be. */
export async function unlessRefused<Body>(asked: Promise<Body>, known: Body): Promise<Body> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return known;
  }
}

function basic({ auth_id, auth_token }: Account): string {
  return `Basic ${btoa(`${auth_id}:${auth_token}`)}`;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
