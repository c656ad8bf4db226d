import { SchedulerRegistry } from '@nestjs/schedule';
import { request } from 'undici';
import { WatchProcess } from '../../src/health/watch-process.js';
import type { Clock } from '../../src/platform/clock.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { LoopLag } from '../../src/platform/loop-lag.js';
import { Processes } from '../../src/platform/processes/processes.js';
import { Scheduler } from '../../src/scheduler/index.js';
import { alertRules, firing, tryRules, type RuleTest } from './alert-rules.js';
import { databaseKinds } from './database.js';
import { findPromtool } from './promtool.js';
import { describeOnEachService, type Service } from './service.js';

/** As deploy/prometheus/prometheus.yml has it. */
const SCRAPE_SECONDS = 15;
const JOB = 'masking';
/** The simulated Plivo's own requests, which it counts where it runs in the service's process: Plivo's errors are none of ours. */
const SIMULATED = /route="\/simulator\//;
export const INSTANCE = 'a:8420';

export interface Expected {
  alert: string;
  /** Beside severity, which every rule gives. */
  labels?: Record<string, string>;
  /** The instant of the watch in which its incident begins. */
  since: number;
  /** How long after that and the rule's `for` it must fire; two scrapes where it is not said. */
  within?: number;
  /** Until then it must go on; to the end of the watch where it is not said. */
  until?: number;
  /** From then on it must be silent again. */
  silentFrom?: number;
}

export interface Watch {
  /** Seconds since its first scrape. */
  now(): number;
  /** So many seconds go by, scrape by scrape; `deed` happens between two of them. */
  pass(seconds: number, deed?: (scrape: number) => Promise<unknown>): Promise<void>;
  /** Fails where promtool finds another alert than these, one of them too early, or one missing. */
  judge(...expected: Expected[]): void;
}

interface Options {
  /** Null while it is stopped. */
  service: () => Service | null;
  clock: Clock;
  /** Moves the service's clock; whoever has simulated phones moves theirs too. */
  advance?: (seconds: number) => Promise<unknown>;
  everySeconds?: number;
  /** Whether the service's disk is its own. How full this machine's is says nothing of the service. */
  hasOwnDisk?: boolean;
}

/** An hour of scrapes takes long, and what rules see in it comes from no database: the last of those that there are. What a database does is in rules-of-outages. */
const INCIDENT_KINDS = databaseKinds.slice(-1);
export const describeIncidents = (name: string, facts: Parameters<typeof describeOnEachService>[1]): void =>
  describeOnEachService(name, facts, INCIDENT_KINDS);

/** For a run on a second Node: an hour of scrapes takes long, and rules are the same whichever has served them. */
const promtool = process.env.SKIP_INCIDENTS === '1' ? null : findPromtool();
export const canJudge = promtool !== null;

/**
 * Prometheus beside a service whose clock is moved from scrape to scrape: what `/metrics` says over HTTP becomes the series on which promtool tries the rules,
 * with the names and labels that Prometheus would give them. What the service does by timers of real time is done here, once before each scrape.
 */
export function watch(options: Options): Watch {
  const { service, clock, advance, everySeconds = SCRAPE_SECONDS, hasOwnDisk = false } = options;
  const asked = new Set(alertRules().flatMap(({ expr }) => expr.match(/\b(?:masking|http|process)_\w+/g) ?? []));
  const isAsked = (name: string, labels = ''): boolean =>
    asked.has(name) && !SIMULATED.test(labels) && (hasOwnDisk || !name.startsWith('masking_disk_'));
  const series = new Map<string, string[]>();
  const startedAt = clock.now();
  let scrapes = 0;
  const move = advance ?? (async (seconds: number) => clock.advance(seconds * 1000));

  const sample = (name: string, value: string): void => {
    const values = series.get(name) ?? [];
    while (values.length < scrapes) values.push('_');
    values.push(value);
    series.set(name, values);
  };
  /** promtool's time begins with 1970, the watch's with its first scrape; when its process began is told by the machine's time. */
  const told = (name: string, value: string, running: Service | null): string => {
    if (name === 'process_start_time_seconds') return String(((running?.startedAt ?? 0) - startedAt) / 1000);
    return name.endsWith('_timestamp_seconds') ? String(Number(value) - startedAt / 1000) : value;
  };
  const scrape = async (): Promise<void> => {
    const running = service();
    const text = running && (await metricsOf(running.baseUrl));
    sample(`up{instance="${INSTANCE}",job="${JOB}"}`, text === null ? '0' : '1');
    for (const [, name = '', labels, value = ''] of (text ?? '').matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm))
      if (isAsked(name, labels)) sample(labelled(name, labels), told(name, value, running));
    scrapes += 1;
    // What has vanished is marked by Prometheus, and not looked for in the five minutes before.
    for (const values of series.values())
      if (values.length < scrapes) values.push(['_', 'stale'].includes(values.at(-1) ?? '_') ? '_' : 'stale');
  };
  const step = async (): Promise<void> => {
    const running = service();
    if (running) await work(running);
    await scrape();
  };

  const at = (): number => (scrapes - 1) * everySeconds;
  return {
    now: at,
    async pass(seconds, deed = async () => undefined) {
      if (scrapes === 0) await step();
      for (const end = at() + seconds; at() < end;) {
        await deed(scrapes);
        // Nobody waits for a quarter of a minute, or for five, with what a call has left to be told.
        const running = service();
        if (running) await runDue(running);
        const leftMs = startedAt + scrapes * everySeconds * 1000 - clock.now();
        if (leftMs < 0) throw new Error('what is done before a scrape took longer than from one scrape to the next');
        await move(leftMs / 1000);
        jump(everySeconds * 1000, service());
        await step();
      }
    },
    judge(...expected) {
      const cases = casesOf(expected, { everySeconds, end: at() });
      const verdict = tryRules({ everySeconds, series, cases }, (file) => promtool?.(['test', 'rules', file]));
      if (verdict?.status !== 0) throw new Error(verdict?.output);
    },
  };
}

let real: (() => number) | null = null;
let aheadMs = 0;

/**
 * How old a figure is in the process' memory is told by a clock that nobody can set, so that one goes on as well. A turn of the event loop that seems to have
 * lasted for a quarter of a minute would refuse callers.
 */
function jump(milliseconds: number, running: Service | null): void {
  real ??= performance.now.bind(performance);
  const before = real;
  performance.now = () => before() + aheadMs;
  aheadMs += milliseconds;
  const now = performance.now();
  if (running) Object.assign(running.app.get(LoopLag, { strict: false }), { last: now, lastButOne: now });
}

/** For `afterAll`. */
export function endWatches(): void {
  if (real) performance.now = real;
  [real, aheadMs] = [null, 0];
}

/** All that a process does by itself between two scrapes. */
async function work(service: Service): Promise<void> {
  const { app } = service;
  // The clock stands between two scrapes: a tick of real time in between would find nothing due but what is done here.
  const ticker = app.get(SchedulerRegistry, { strict: false });
  if (ticker.doesExist('interval', 'tick')) ticker.deleteInterval('tick');
  await app.get(Processes, { strict: false }).pulse();
  await app.get(Scheduler, { strict: false }).tick();
  await runDue(service);
  const process = app.get(WatchProcess, { strict: false });
  await process.expectCountries();
  await process.look();
}

/** As its loop, which says what failed and goes on. */
async function runDue({ app }: Service): Promise<void> {
  await app
    .get(Jobs)
    .runDue()
    .catch(() => undefined);
}

/** Null where nobody listens. */
async function metricsOf(baseUrl: string): Promise<string | null> {
  // On a connection of its own: one that is kept is closed by a service that was idle for too long by the machine's time.
  const answer = await request(`${baseUrl}/metrics`, { reset: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') return null;
    throw error;
  });
  if (answer !== null && answer.statusCode !== 200) throw new Error(`/metrics is answered ${answer.statusCode}`);
  return answer && answer.body.text();
}

/** As Prometheus keeps it: with who was asked, and our own `job` under another name, for one is its own. */
function labelled(name: string, labels = ''): string {
  const own = labels.replace(/(^|,)job=/, '$1exported_job=');
  return `${name}{${[own, `instance="${INSTANCE}"`, `job="${JOB}"`].filter((each) => each !== '').join(',')}}`;
}

/** An expected rule is asked at every scrape, the others every minute; what an expected one does between its `for` and its deadline is left open. */
function casesOf(
  expected: Expected[],
  { everySeconds, end }: { everySeconds: number; end: number },
): RuleTest['cases'] {
  const cases: RuleTest['cases'] = [];
  for (const rule of alertRules()) {
    const own = expected.filter(({ alert }) => alert === rule.alert);
    const stepSeconds = own.length > 0 ? everySeconds : Math.max(60, everySeconds);
    for (let atSeconds = 0; atSeconds <= end; atSeconds += stepSeconds) {
      const states = own.map((each) => stateOf(each, rule.forSeconds, { atSeconds, everySeconds, end }));
      if (states.includes('open')) continue;
      const fires = own.filter((_, index) => states[index] === 'fires').map(({ labels = {} }) => firing(rule, labels));
      cases.push({ atSeconds, alert: rule.alert, fires });
    }
  }
  const unknown = expected.find(({ alert }) => !cases.some((one) => one.alert === alert && one.fires.length > 0));
  if (unknown)
    throw new Error(`expected ${unknown.alert} at no instant of this watch: it is too short, or no such rule`);
  return cases;
}

function stateOf(
  { since: begun, within, until = Infinity, silentFrom = Infinity }: Expected,
  forSeconds: number,
  { atSeconds, everySeconds, end }: { atSeconds: number; everySeconds: number; end: number },
): 'silent' | 'open' | 'fires' {
  if (atSeconds <= begun + forSeconds || atSeconds >= silentFrom) return 'silent';
  const firesFrom = begun + forSeconds + (within ?? 2 * everySeconds);
  return atSeconds >= firesFrom && atSeconds <= Math.min(until, end) ? 'fires' : 'open';
}
