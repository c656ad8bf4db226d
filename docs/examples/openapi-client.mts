import type { paths } from './masking.js';

// A client of thirty lines over the types that `npx openapi-typescript URL/openapi.json -o masking.d.ts` makes: nothing in it knows the API.
// Below it a tour, which the tests of this service take.

type Success<Operation> = Operation extends { responses: infer Responses }
  ? Responses[keyof Responses & (200 | 201 | 202)] extends { content: { 'application/json': infer Body } }
    ? Body
    : undefined
  : never;
type Parameters<Operation, Place extends 'path' | 'query'> = Operation extends { parameters: infer Given }
  ? Given extends Record<Place, infer Values>
    ? Record<Place, Values>
    : Given extends Partial<Record<Place, infer Values>>
      ? Partial<Record<Place, Values>>
      : object
  : object;
type Sent<Operation> = Operation extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { body: Body }
  : Operation extends { requestBody?: { content: { 'application/json': infer Body } } }
    ? { body?: Body }
    : object;
type Ask<Operation> = Parameters<Operation, 'path'> & Parameters<Operation, 'query'> & Sent<Operation>;
type Method = 'get' | 'post' | 'patch' | 'delete';
/** What can be asked by a method. Found path by path: over all paths and methods at once the compiler gives up. */
type PathsOf<How extends Method> = {
  [Path in keyof paths]: paths[Path] extends Record<How, object> ? Path : never;
}[keyof paths];
type Operation<How extends Method, Path extends keyof paths> =
  paths[Path] extends Record<How, infer Found> ? Found : never;

export function client({ baseUrl, authorization }: { baseUrl: string; authorization: string }) {
  return async <How extends Method, Path extends PathsOf<How>>(
    method: How,
    path: Path,
    ask: Ask<Operation<How, Path>>,
  ): Promise<{ status: number; body: Success<Operation<How, Path>> }> => {
    const given = ask as { path?: Record<string, string>; query?: Record<string, unknown>; body?: unknown };
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given.path?.[name] ?? ''));
    const query = new URLSearchParams(given.query as Record<string, string> | undefined).toString();
    const answer = await fetch(`${baseUrl}${filled}${query && `?${query}`}`, {
      method: method.toUpperCase(),
      headers: { authorization, ...(given.body !== undefined && { 'content-type': 'application/json' }) },
      ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as never };
  };
}

export async function tour(at: {
  baseUrl: string;
  authId: string;
  authToken: string;
  adminToken: string;
}): Promise<string[]> {
  const { baseUrl, authId, authToken, adminToken } = at;
  const api = client({ baseUrl, authorization: `Basic ${btoa(`${authId}:${authToken}`)}` });
  const admin = client({ baseUrl, authorization: `Bearer ${adminToken}` });
  const seen: string[] = [];

  const created = await api('post', '/v1/Account/{authId}/Masking/Session', {
    path: { authId },
    body: { first_party: '+14155550123', second_party: '+14155550124', session_expiry: 3600 },
  });
  const { session } = created.body;
  seen.push(`created ${session.virtual_number} ${session.status}`);
  const path = { authId, uuid: session.session_uuid };

  const listed = await api('get', '/v1/Account/{authId}/Masking/Session', { path: { authId }, query: { limit: 5 } });
  seen.push(`listed ${listed.body.response.meta.total_count}`);
  const got = await api('get', '/v1/Account/{authId}/Masking/Session/{uuid}', { path });
  seen.push(`got ${got.body.first_party}`);
  const updated = await api('post', '/v1/Account/{authId}/Masking/Session/{uuid}', {
    path,
    body: { session_expiry: 7200 },
  });
  seen.push(`updated ${updated.body.session.session_expiry}`);
  const deleted = await api('delete', '/v1/Account/{authId}/Masking/Session/{uuid}', { path });
  seen.push(`deleted ${deleted.body.message}`);

  const nobody = '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f';
  const refused = await api('get', '/v1/Account/{authId}/Masking/Session/{uuid}', { path: { authId, uuid: nobody } });
  type Refusal =
    paths['/v1/Account/{authId}/Masking/Session/{uuid}']['get']['responses'][404]['content']['application/json'];
  seen.push(`refused ${(refused.body as unknown as Refusal).error_code}`);

  const sessions = await admin('get', '/admin/sessions', { query: { account: authId } });
  seen.push(`admin sessions ${sessions.body.items.length}`);
  const pool = await admin('get', '/admin/pool', {});
  seen.push(`pool ${pool.body.items[0]?.numbers}`);
  const stats = await admin('get', '/admin/stats', { query: { group_by: ['country'] } });
  seen.push(`stats ${stats.body.items.length}`);
  const calls = await admin('get', '/admin/calls', { query: { session: session.session_uuid } });
  seen.push(`calls ${calls.body.items.length}`);
  const operator = await admin('post', '/admin/operators', { body: { name: 'ann', role: 'viewer' } });
  seen.push(`operator ${operator.body.token === '' ? '' : operator.body.role}`);
  const replayed = await admin('post', '/admin/callbacks/replay', { body: { status: 'parked' } });
  seen.push(`replayed ${replayed.body.queued}`);
  return seen;
}
