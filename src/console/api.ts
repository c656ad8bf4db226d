import type { paths } from './api-types.ts';

/** Where the service is, whatever path a proxy has put it below: the console's own address is `<root>console`. */
const ROOT = new URL('./', location.href).href;
/** A request that says so is of this page: no other site can send the header. */
const REQUESTED_BY = 'x-requested-by';
const IDLE = 'x-idle-seconds';

type Get<Of, Name extends string> = Of extends Partial<Record<Name, infer Value>> ? Value : never;
type Given<Values> = [Values] extends [never] ? undefined : Exclude<Values, undefined>;
/** Where no member must be given the whole may be left out. */
type Member<Name extends string, Values> =
  Given<Values> extends undefined
    ? object
    : Partial<Given<Values>> extends Given<Values>
      ? Partial<Record<Name, Given<Values>>>
      : Record<Name, Given<Values>>;
type Json<Content> = Get<Get<Content, 'content'>, 'application/json'>;
type Operations = { [Path in keyof paths]: { [How in keyof paths[Path]]: paths[Path][How] } };

/** Paths of the admin API that know the method. */
export type PathOf<How extends string> = {
  [Path in keyof Operations]: Operations[Path] extends Record<How, { responses: unknown }> ? Path : never;
}[keyof Operations];
type Operation<How extends string, Path extends keyof Operations> = Get<Operations[Path], How>;
type Asked<Of> = Member<'path', Get<Get<Of, 'parameters'>, 'path'>> &
  Member<'query', Get<Get<Of, 'parameters'>, 'query'>> &
  Member<'body', Json<Get<Of, 'requestBody'>>> & { signal?: AbortSignal };
type Success<Of> = Json<
  Of extends { responses: infer Responses } ? Responses[keyof Responses & (200 | 201 | 202)] : never
>;
/** What the service answers a request with that it grants. */
export type Answer<How extends string, Path extends keyof Operations> = Success<Operation<How, Path>>;

/** What a request was refused with, in the service's own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    /** To be told to whoever is asked for help; null where it never reached the service. */
    readonly requestId: string | null,
    /** The field that is wrong. */
    readonly param: string | null = null,
  ) {
    super(detail);
  }
}

/** When somebody last touched this page: what it asks for by itself afterwards keeps no login alive. */
let touchedAt = performance.now();
for (const event of ['pointerdown', 'keydown', 'wheel', 'touchstart'])
  addEventListener(event, () => (touchedAt = performance.now()), { capture: true, passive: true });

/** What goes along with every request of the console. */
export function headersOfConsole(): Record<string, string> {
  return {
    accept: 'application/json',
    [REQUESTED_BY]: 'console',
    [IDLE]: String(Math.floor((performance.now() - touchedAt) / 1000)),
  };
}

/** The address of a route, with its path and query filled in. */
export function routeUrl(path: string, given: { path?: object; query?: object } = {}): string {
  const values = given.path as Record<string, string> | undefined;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values?.[name] ?? ''));
  const query = Object.entries(given.query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(query.map(([name, value]) => [name, String(value)])).toString();
  return `${ROOT}${filled.slice(1)}${text === '' ? '' : `?${text}`}`;
}

/**
 * Asks the admin API, by the login's cookie: `api('get', '/admin/accounts/{auth_id}', { path: { auth_id } })`. Paths, parameters, bodies and answers are held to the
 * OpenAPI document by the compiler. Throws `Refused`, or what `fetch` throws where nobody answers.
 */
export async function api<How extends 'get' | 'post' | 'patch' | 'put' | 'delete', Path extends PathOf<How>>(
  how: How,
  path: Path,
  ...[given]: Partial<Asked<Operation<How, Path>>> extends Asked<Operation<How, Path>>
    ? [given?: Asked<Operation<How, Path>>]
    : [given: Asked<Operation<How, Path>>]
): Promise<Answer<How, Path>> {
  const asked = (given ?? {}) as { path?: object; query?: object; body?: unknown; signal?: AbortSignal };
  const answer = await fetch(routeUrl(path, asked), {
    method: how.toUpperCase(),
    cache: 'no-store',
    headers: { ...headersOfConsole(), ...(asked.body !== undefined && { 'content-type': 'application/json' }) },
    ...(asked.body !== undefined && { body: JSON.stringify(asked.body) }),
    ...(asked.signal && { signal: asked.signal }),
  });
  const text = await answer.text();
  if (!answer.ok) throw refusalOf(answer, text);
  return (text === '' ? undefined : JSON.parse(text)) as Answer<How, Path>;
}

/** `over`: something was refused because nobody is signed in any more, wherever that was noticed. */
export const logins = new EventTarget();
/** These say so themselves: the one asks who is signed in, the other signs in. */
const ABOUT_LOGINS = /\/admin\/(?:me|login)$/;

export function refusalOf(answer: Response, text: string): Refused {
  const { code, detail, param } = parsed(text);
  if (answer.status === 401 && !ABOUT_LOGINS.test(new URL(answer.url).pathname))
    logins.dispatchEvent(new Event('over'));
  return new Refused(
    answer.status,
    typeof code === 'string' ? code : String(answer.status),
    typeof detail === 'string' ? detail : answer.statusText,
    answer.headers.get('x-request-id'),
    typeof param === 'string' ? param : null,
  );
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
