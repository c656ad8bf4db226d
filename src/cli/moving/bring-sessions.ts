import type { Context } from '../command.js';
import { Failure } from '../failure.js';
import type { Column } from '../output.js';

const MOST_TOGETHER = 10_000;

/** A session as `POST /admin/accounts/{auth_id}/import` takes it, and under which names the other system knows it. */
export interface Brought {
  source: string;
  uniqueName: string | null;
  session: Record<string, unknown> & { session_uuid?: unknown };
}

export interface Refused {
  source: string;
  code: string;
  detail: string;
}

/** What a file holds. */
export interface Found {
  sessions: Brought[];
  /** Over already, by what the file says. */
  skipped: number;
  refused: Refused[];
  warnings: string[];
  /** Whether ids are others here. */
  isRenamed: boolean;
}

interface Answered {
  imported?: number;
  unchanged?: number;
  skipped?: number;
  warnings?: string[];
  code?: string;
  detail?: string;
  refused?: { index: number; code: string; detail: string }[];
}

/** Has all of it taken over or nothing, and lists all that is in the way. */
export async function bringSessions(
  { out, service }: Pick<Context, 'out' | 'service'>,
  { account, dryRun }: { account: string; dryRun: boolean },
  found: Found,
): Promise<void> {
  if (found.sessions.length > MOST_TOGETHER)
    throw new Failure(
      `${found.sessions.length} sessions: at most ${MOST_TOGETHER} are taken over together. Split the file; each part is all or nothing`,
    );
  // What the file alone shows to be wrong is told beside what the service finds.
  const isDry = dryRun || found.refused.length > 0;
  const answer = found.sessions.length === 0 ? {} : await asked(service(), account, { found, isDry });
  const result = resultOf(found, answer, isDry);
  if (!out.isJson) for (const warning of result.warnings) out.say(warning);
  out.show(result, () => inWords(out, result, found.isRenamed));
  const { length } = result.refused;
  if (length > 0) throw new Failure(`nothing was imported: ${length} sessions are refused`);
}

function resultOf(found: Found, answer: Answered, isDry: boolean) {
  const others = (answer.refused ?? []).map(({ index, code, detail }) => {
    return { source: found.sessions[index - 1]?.source ?? `session ${index}`, code, detail };
  });
  const refused = [...found.refused, ...others];
  const { imported = 0, unchanged = 0, skipped = 0, warnings = [] } = answer;
  const isRefused = refused.length > 0;
  return {
    dry_run: isDry,
    imported: isRefused ? 0 : imported,
    unchanged: isRefused ? 0 : unchanged,
    skipped: found.skipped + skipped,
    warnings: [...found.warnings, ...warnings],
    refused,
    sessions: mapping(found),
  };
}

async function asked(
  admin: ReturnType<Context['service']>,
  account: string,
  { found, isDry }: { found: Found; isDry: boolean },
): Promise<Answered> {
  const path = `/admin/accounts/${encodeURIComponent(account)}/import`;
  const body = { sessions: found.sessions.map(({ session }) => session) };
  const query = isDry ? { dry_run: true } : {};
  const answer = await admin.ask('POST', path, { query, body, isStream: true, takes: [409] });
  const told = (await answer.json()) as Answered;
  if (answer.status === 409 && told.refused === undefined)
    throw new Failure(`POST ${path} was refused (409 ${told.code ?? ''}): ${told.detail ?? ''}`);
  return told;
}

function mapping({ sessions }: Found) {
  return sessions.map(({ source, uniqueName, session }) => ({
    source_id: source,
    session_uuid: session.session_uuid,
    unique_name: uniqueName,
  }));
}

type Mapped = ReturnType<typeof mapping>[number];

const REFUSED: Column<Refused>[] = [
  { head: 'session', of: ({ source }) => source },
  { head: 'code', of: ({ code }) => code },
  { head: 'why', of: ({ detail }) => detail },
];
const SESSIONS: Column<Mapped>[] = [
  { head: 'there', of: ({ source_id: id }) => id },
  { head: 'here', of: ({ session_uuid: uuid }) => String(uuid) },
  { head: 'unique name', of: ({ unique_name: name }) => name },
];

function inWords(out: Context['out'], result: ReturnType<typeof resultOf>, isRenamed: boolean): string {
  if (result.refused.length > 0) return out.table(result.refused, REFUSED);
  const would = result.dry_run ? 'would be imported' : 'imported';
  const counts = `${result.imported} ${would}, ${result.unchanged} were there, ${result.skipped} over already.`;
  return isRenamed && result.sessions.length > 0 ? `${out.table(result.sessions, SESSIONS)}\n${counts}` : counts;
}
