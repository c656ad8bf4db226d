/** What the start-up banner tells. It goes to standard output and never into the log: it may hold generated tokens. */
export interface BannerFacts {
  version: string;
  provider: 'plivo' | 'simulator';
  readyInMs: number;
  /** Without slash at the end. */
  publicUrl: string;
  /** Where operators are served, without slash at the end; null: at `publicUrl`. */
  operatorsUrl: string | null;
  authId: string;
  /** Null when it came from PLIVO_AUTH_TOKEN: a secret that its owner chose is not repeated. */
  authToken: string | null;
  /** Null when it came from ADMIN_TOKEN. */
  adminToken: string | null;
  /** Words without a password, such as `sqlite data/masking.db`. */
  database: string;
  numbers: number;
  /** How far the simulator's clock is ahead of the machine's: a start goes on from where the last one left it. */
  clockAheadMs: number;
  /** What is wrong around it, as `masking doctor` tells it. */
  troubles: readonly { found: string; remedy: string | null }[];
}

/** The same as a line of the log, which never holds a token; where the generated ones are kept, docs/operators.md says. */
export function readyFields(facts: Omit<BannerFacts, 'authToken' | 'adminToken'>, role: string) {
  const { version, provider, readyInMs, publicUrl, authId, database, numbers, clockAheadMs } = facts;
  const node = process.version;
  const told = { version, node, role, provider, public_url: publicUrl, auth_id: authId, database, numbers };
  return { ...told, ms: Math.round(readyInMs), clock_ahead_ms: clockAheadMs };
}

/** The two people of the banner's example: numbers reserved for fiction. The simulator must not lend them as virtual numbers. */
const EXAMPLE_PARTIES = { first: '+14155550123', second: '+14155550124' } as const;

/** The lines that greet whoever started the service: everything needed to make the first session, ready to paste. */
export function banner(facts: BannerFacts): string {
  const provider = facts.provider === 'simulator' ? 'SIMULATOR, no real calls' : 'Plivo';
  const api = `${facts.publicUrl}/v1/Account/${facts.authId}/Masking/Session/`;
  const phones: [string, string][] = [['Phones', `${facts.publicUrl}/phones`]];
  const ahead: [string, string][] = [
    ['Clock', `${inWords(facts.clockAheadMs)} ahead of this machine's, as it was left`],
  ];
  const rows: [string, string][] = [
    ['Open', `${facts.publicUrl}/`],
    ...(facts.provider === 'simulator' ? phones : []),
    ['Console', `${facts.operatorsUrl ?? facts.publicUrl}/console`],
    ['API', api],
    ['Docs', `${facts.operatorsUrl ?? facts.publicUrl}/docs`],
    ['Auth ID', facts.authId],
    ['Auth Token', facts.authToken ?? '(from PLIVO_AUTH_TOKEN)'],
    ['Admin token', facts.adminToken ?? '(from ADMIN_TOKEN)'],
    ['Database', facts.database],
    ['Numbers', facts.numbers === 0 ? 'none yet; a session needs at least one' : `${facts.numbers} ready`],
    ...(facts.clockAheadMs > 0 ? ahead : []),
  ];
  const head = `  Masking ${facts.version}   ${provider}   ready in ${(facts.readyInMs / 1000).toFixed(1)} s`;
  const lines = rows.map(([name, text]) => `  ${name.padEnd(13)}${text}`);
  const troubles = facts.troubles.flatMap(({ found, remedy }) => [
    `  Warning      ${found}`,
    ...(remedy === null ? [] : [`               ${remedy}`]),
  ]);
  return [
    '',
    head,
    ...lines,
    ...(troubles.length > 0 ? ['', ...troubles] : []),
    '',
    '  Try it:',
    curlLine(facts, api),
    '',
    '',
  ].join('\n');
}

function inWords(milliseconds: number): string {
  const minutes = Math.ceil(milliseconds / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One line, so that it survives being pasted; the token that is not shown comes from the shell's own environment. */
function curlLine(facts: BannerFacts, api: string): string {
  const user =
    facts.authToken === null ? `"${facts.authId}:$PLIVO_AUTH_TOKEN"` : quoted(`${facts.authId}:${facts.authToken}`);
  const body = JSON.stringify({ first_party: EXAMPLE_PARTIES.first, second_party: EXAMPLE_PARTIES.second });
  return `  curl -u ${user} -H 'content-type: application/json' -d ${quoted(body)} ${quoted(api)}`;
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
