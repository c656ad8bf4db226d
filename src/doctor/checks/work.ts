import { number, numberOrNull, selection, textOrNull } from '../../platform/database/rows.js';
import { DAY_MS } from '../../platform/clock.js';
import { processesHere } from '../processes-here.js';
import { look, type Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';

const AWAY = 'the database does not answer';
/** A process takes what is due within half a second, and a restart takes some. */
const LATE_MS = 60_000;
const VERY_LATE_MS = 10 * 60_000;

const OLDEST = selection({ n: number('COUNT(*)'), at: numberOrNull('MIN(run_at)') });
const PARKED = selection({ kind: textOrNull('kind'), n: number('COUNT(*)') });

/** What is due and nobody has taken, and what was given up. */
export async function checkJobs(patient: Patient): Promise<Finding[]> {
  const { database, clock } = patient;
  if (!database) return [skipped(AWAY)];
  const now = clock.now();
  const [overdue] = await look(database, (manager) =>
    OLDEST.read(manager, "FROM job WHERE status = 'waiting' AND run_at < ?", [now - LATE_MS]),
  );
  const parked = await look(database, (manager) =>
    PARKED.read(manager, "FROM job WHERE status = 'parked' AND run_at > ? GROUP BY kind ORDER BY kind", [now - DAY_MS]),
  );
  const found = [lateWork(overdue, now, (await processesHere(patient))?.length ?? 0), givenUp(parked)];
  const told = found.filter((finding) => finding !== null);
  return told.length > 0 ? told : [ok('nothing is late, nothing was given up within a day')];
}

function lateWork(
  overdue: { n: number; at: number | null } | undefined,
  now: number,
  processes: number,
): Finding | null {
  if (!overdue || overdue.n === 0 || overdue.at === null) return null;
  const ms = now - overdue.at;
  const found = `${overdue.n} jobs are due and not begun, the oldest for ${inWords(ms)}`;
  if (processes === 0) return skipped(`the service is not running; ${found}`);
  return (ms < VERY_LATE_MS ? warning : failed)(
    found,
    'Callbacks, recordings and corrections come late.',
    'See the check worker; more processes with ROLE=worker do more. GET /admin/jobs says what waits.',
  );
}

function givenUp(parked: { kind: string | null; n: number }[]): Finding | null {
  const jobs = parked.reduce((sum, { n }) => sum + n, 0);
  if (jobs === 0) return null;
  return warning(
    `${jobs} jobs were given up within a day: ${parked.map(({ kind, n }) => `${kind} ${n}`).join(', ')}`,
    'What they were to do is not done.',
    'GET /admin/jobs?status=parked says why; POST /admin/jobs/{id}/retry once the cause is mended.',
  );
}

const PAUSED = selection({ n: number('COUNT(*)') });

/** Whether customers are told. */
export async function checkCallbacks({ database, clock }: Patient): Promise<Finding[]> {
  if (!database) return [skipped(AWAY)];
  const now = clock.now();
  const [paused] = await look(database, (manager) =>
    PAUSED.read(manager, 'FROM failing_receiver WHERE paused_at IS NOT NULL'),
  );
  const [overdue] = await look(database, (manager) =>
    selection({ n: number('COUNT(*)'), at: numberOrNull('MIN(next_attempt_at)') }).read(
      manager,
      "FROM callback WHERE status = 'pending' AND attempts = 0 AND next_attempt_at < ?",
      [now - VERY_LATE_MS],
    ),
  );
  const found: Finding[] = [];
  if (paused && paused.n > 0)
    found.push(
      warning(
        paused.n === 1
          ? '1 receiver is paused: it failed for five days'
          : `${paused.n} receivers are paused: they failed for five days`,
        'Their callbacks are parked without an attempt.',
        'GET /admin/receivers?status=paused; once a receiver works, POST /admin/receivers/{id}/resume and replay what was parked.',
      ),
    );
  if (overdue && overdue.n > 0)
    found.push(
      warning(
        `${overdue.n} callbacks wait for their first attempt, the oldest for ${inWords(now - (overdue.at ?? now))}`,
        'They wait behind an earlier one of their session that is not taken, or nobody delivers.',
        'GET /admin/callbacks?status=pending; see the checks worker and jobs.',
      ),
    );
  return found.length > 0 ? found : [ok('no receiver is paused, no callback is late')];
}

const TASKS = selection({
  name: textOrNull('name'),
  nextRunAt: number('next_run_at'),
  lastResult: textOrNull('last_result'),
});

/** What runs by the clock: expiry, syncs, purges. */
export async function checkScheduler(patient: Patient): Promise<Finding[]> {
  const { database, clock } = patient;
  if (!database) return [skipped(AWAY)];
  const rows = await look(database, (manager) => TASKS.read(manager, 'FROM scheduled_task ORDER BY name'));
  if (((await processesHere(patient)) ?? []).length === 0) return [skipped('the service is not running')];
  const late = rows.filter(({ nextRunAt }) => nextRunAt < clock.now() - VERY_LATE_MS);
  const broken = rows.filter(({ lastResult }) => lastResult !== null && lastResult !== 'ok');
  const found: Finding[] = [];
  if (late.length > 0)
    found.push(
      failed(
        `${late.map(({ name }) => name).join(', ')}: not begun for ${inWords(clock.now() - Math.min(...late.map(({ nextRunAt }) => nextRunAt)))}`,
        'Numbers are not synced, records not read, nothing is purged.',
        'See the check worker; the log has scheduler lines.',
      ),
    );
  if (broken.length > 0)
    found.push(
      warning(
        broken.map(({ name, lastResult }) => `${name}: ${lastResult}`).join(', '),
        'It is tried again at its next time.',
        'The log says why at the time of its last run.',
      ),
    );
  return found.length > 0 ? found : [ok(`${rows.length} tasks, each at its time`)];
}

const REFUSED = selection({ reason: textOrNull('reason'), n: number('SUM(count)') });

const WEBHOOK_REMEDIES: Record<string, string> = {
  'wrong-signature':
    'The token here is not the one that Plivo signs with, or the application’s URL is not below PUBLIC_URL letter by letter, or a proxy changes URL or body. GET /admin/webhooks/refused shows the URL that the signature had to be made over.',
  'no-signature': 'Somebody else calls these URLs, or a proxy removes the headers X-Plivo-Signature-*.',
  'v2-only': 'Switch on signature V3 for the account at Plivo.',
  'unknown-account': 'The application’s URL names an Auth ID that no account here has.',
};

/** What came to the webhooks' URLs and was not taken for Plivo's. */
export async function checkWebhooks({ database, clock }: Patient): Promise<Finding[]> {
  if (!database) return [skipped(AWAY)];
  const rows = await look(database, (manager) =>
    REFUSED.read(manager, 'FROM refused_webhook WHERE at > ? GROUP BY reason ORDER BY reason', [clock.now() - DAY_MS]),
  );
  if (rows.length === 0) return [ok('none refused within a day')];
  return rows.map(({ reason, n }) =>
    warning(
      `${n} refused within a day: ${reason}`,
      'Where they were Plivo’s, calls were not answered or their ends not noted.',
      WEBHOOK_REMEDIES[reason ?? ''] ?? 'GET /admin/webhooks/refused shows them.',
    ),
  );
}

function inWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
