import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { TakeFigures } from '../src/health/take-figures.js';
import { WatchProcess } from '../src/health/watch-process.js';
import { Metrics } from '../src/platform/metrics.js';
import { Database } from '../src/platform/database/database.js';
import { findPromtool } from './support/promtool.js';
import { describeOnEachService, type Service } from './support/service.js';

const ROOT = new URL('..', import.meta.url).pathname;
const PAGE = `${ROOT}docs/metrics.md`;
const FIRST = '+14155550101';
const SECOND = '+14155550102';
const NUMBER = '12025550100';
const CALL = 'c0000001-0000-4000-8000-000000000000';

const promtool = findPromtool();
const withPromtool = promtool === null ? it.skip : it;

/** Value of a series by its whole name. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describeOnEachService('what Prometheus reads', (start, kind) => {
  let service: Service;
  const scrape = async (): Promise<string> => {
    const { status, text } = await service.request('/metrics', { as: null });
    expect(status).toBe(200);
    return text;
  };

  beforeAll(async () => {
    service = await start();
    await service.addNumbers([NUMBER]);
    await service.app.get(WatchProcess, { strict: false }).expectCountries();
    await service.app.get(TakeFigures, { strict: false }).run();
  });

  it('counts creates, renewals and refusals by country, and how long a number took to find', async () => {
    const before = await scrape();
    const pair = { first_party: FIRST, second_party: SECOND };
    expect((await service.sessions('POST', '/', pair)).status).toBe(201);
    expect((await service.sessions('POST', '/', pair)).status).toBe(201);
    expect((await service.sessions('POST', '/', { ...pair, second_party: '+14155550103' })).status).toBe(400);

    const text = await scrape();
    expect(valueOf(before, 'masking_sessions_created_total{country="US",outcome="created"}')).toBe(0);
    expect(valueOf(text, 'masking_sessions_created_total{country="US",outcome="created"}')).toBe(1);
    expect(valueOf(text, 'masking_sessions_created_total{country="US",outcome="renewed"}')).toBe(1);
    expect(valueOf(text, 'masking_number_refusals_total{country="US",reason="number_pool_exhausted"}')).toBe(1);
    expect(valueOf(text, 'masking_sessions_created_total{country="US",outcome="refused"}')).toBe(1);
    expect(valueOf(text, 'masking_number_allocation_seconds_count')).toBe(1);
    const created = '{method="POST",route="/v1/Account/:authId/Masking/Session",status_class="2xx"}';
    expect(valueOf(text, `http_request_duration_seconds_count${created}`)).toBe(2);
  });

  it('counts calls by outcome, with their cost, and webhooks by what became of them', async () => {
    const call = { CallUUID: CALL, From: FIRST.slice(1), To: NUMBER, Direction: 'inbound', Event: 'StartApp' };
    const stranger = { ...call, CallUUID: CALL.replace('c', 'd'), From: '14155550199' };
    expect((await service.webhook('/answer', call)).text).toContain('<Dial');
    await service.webhook('/answer', stranger);
    expect((await service.webhook('/answer', call, { token: 'wrong-token-of-somebody' })).status).toBe(403);
    await service.webhook('/hangup', {
      ...call,
      Event: 'Hangup',
      CallStatus: 'completed',
      Duration: '0',
      BillDuration: '60',
      TotalCost: '0.0085',
      HangupCauseCode: '4000',
    });

    const text = await scrape();
    const outcomes = text.match(/^masking_calls_total\{country="US",outcome="abandoned",hangup_class="4xxx"\} (.*)$/m);
    expect(outcomes?.[1]).toBe('1');
    expect(valueOf(text, 'masking_calls_total{country="US",outcome="refused",hangup_class="none"}')).toBe(1);
    expect(valueOf(text, 'masking_unknown_callers_total')).toBe(1);
    expect(valueOf(text, 'masking_call_cost_total{currency="USD",country="US"}')).toBeCloseTo(0.0085);
    expect(valueOf(text, 'masking_plivo_webhooks_total{type="answer",outcome="accepted"}')).toBe(2);
    expect(valueOf(text, 'masking_plivo_webhooks_total{type="answer",outcome="refused"}')).toBe(1);
    expect(valueOf(text, 'masking_plivo_webhooks_total{type="hangup",outcome="accepted"}')).toBe(1);
    expect(valueOf(text, 'masking_plivo_webhook_seconds_count{type="answer"}')).toBe(3);
    expect(valueOf(text, 'masking_plivo_signature_failures_total{reason="wrong-signature"}')).toBe(1);
  });

  it('takes what only the database knows in the background', async () => {
    await service.app.get(TakeFigures, { strict: false }).run();

    const text = await scrape();
    expect(valueOf(text, 'masking_scheduler_leader')).toBe(1);
    expect(valueOf(text, 'masking_sessions_active{country="US"}')).toBe(1);
    expect(valueOf(text, 'masking_pool_numbers{country="US",state="available"}')).toBe(1);
    expect(valueOf(text, 'masking_pool_party_max_sessions{country="US",side="first"}')).toBe(1);
    expect(valueOf(text, 'masking_pool_headroom_ratio{country="US"}')).toBe(0);
    expect(valueOf(text, 'masking_calls_active{direction="inbound"}')).toBe(0);
    expect(valueOf(text, 'masking_jobs_parked')).toBe(0);
    expect(valueOf(text, 'masking_spend_cap_used_ratio')).toBe(0);
    expect(valueOf(text, 'masking_job_period_seconds{job="retention.sessions"}')).toBe(30);
  });

  it('shows them no more when no further look has come', async () => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + 46_000;
    try {
      const text = await scrape();
      expect(valueOf(text, 'masking_scheduler_leader')).toBeUndefined();
      expect(valueOf(text, 'masking_sessions_active{country="US"}')).toBeUndefined();
      expect(valueOf(text, 'masking_calls_total{country="US",outcome="refused",hangup_class="none"}')).toBe(1);
    } finally {
      performance.now = now;
    }
  });

  it('knows its database, its processes and its disk', async () => {
    const text = await scrape();
    expect(valueOf(text, 'masking_database_up')).toBe(1);
    expect(valueOf(text, 'masking_processes{role="all"}')).toBe(1);
    expect(valueOf(text, 'masking_processes{role="worker"}')).toBe(0);
    expect(valueOf(text, 'masking_disk_free_bytes')).toBeGreaterThan(0);
    expect(valueOf(text, 'masking_disk_size_bytes')).toBeGreaterThan(valueOf(text, 'masking_disk_free_bytes') ?? 0);
  });

  it('is answered without a statement to the database', async () => {
    const database = service.app.get(Database, { strict: false });
    const asked: string[] = [];
    const real = { read: database.read, browse: database.browse, transaction: database.transaction };
    const noting = (name: string) => () => {
      asked.push(name);
      return Promise.reject(new Error('the database is away'));
    };
    Object.assign(database, { read: noting('read'), browse: noting('browse'), transaction: noting('transaction') });
    let text = '';
    try {
      // Without a turn of the event loop in between, in which workers ask.
      await service.app.get(Metrics, { strict: false }).registry.metrics();
      expect(asked).toEqual([]);
      text = await scrape();
    } finally {
      Object.assign(database, real);
    }
    expect(valueOf(text, 'masking_sessions_created_total{country="US",outcome="created"}')).toBe(1);
  });

  it('has counters that begin with 0 before anything has happened', async () => {
    const text = await scrape();
    expect(valueOf(text, 'masking_callbacks_total{event="SessionTimeout",outcome="parked"}')).toBe(0);
    expect(valueOf(text, 'masking_jobs_total{job="callbacks.deliver",outcome="parked"}')).toBe(0);
    expect(valueOf(text, 'masking_jobs_total{job="retention.sessions",outcome="failed"}')).toBe(0);
    expect(valueOf(text, 'masking_plivo_requests_total{resource="call",status_class="5xx"}')).toBe(0);
    expect(valueOf(text, 'masking_sessions_ended_total{reason="expired"}')).toBe(0);
    expect(valueOf(text, 'masking_answers_missed_total{why="late"}')).toBe(0);
    expect(valueOf(text, 'masking_wrong_credentials_total{api="admin"}')).toBe(0);
  });

  it('has no number, no uuid and no URL in a label, whatever was asked for', async () => {
    await service.request(`/v1/Account/${service.authId}/Masking/Session/${CALL}/`);
    await service.request(`/no/such/path/${FIRST}`);
    const labels = [...(await scrape()).matchAll(/="((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value ?? '');
    expect(labels.filter((value) => /\d{7}|[0-9a-f]{8}-[0-9a-f]{4}|:\/\//.test(value))).toEqual([]);
    expect(labels).toContain('/v1/Account/:authId/Masking/Session/:uuid');
  });

  withPromtool('passes the check of Prometheus itself', async () => {
    expect(promtool?.(['check', 'metrics'], await scrape())).toEqual({ status: 0, output: '' });
  });

  it('is described by docs/metrics.md, which UPDATE_PAGES=1 writes', async () => {
    if (kind !== 'sqlite') return;
    const page = describeMetrics(service.app.get(Metrics, { strict: false }));
    if (process.env.UPDATE_PAGES === '1') writeFileSync(PAGE, await page);
    expect(readFileSync(PAGE, 'utf8')).toBe(await page);
  });
});

const UNITS: Record<string, string> = {
  _seconds: 'seconds',
  _bytes: 'bytes',
  _ratio: 'a part of 1',
  _info: '–',
  _percent: 'percent',
};

async function describeMetrics({ registry }: Metrics): Promise<string> {
  const families = registry.getMetricsAsArray() as unknown as { name: string; help: string; labelNames?: string[] }[];
  const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, String(type)]));
  const rows = families
    .map(({ name, help, labelNames = [] }) => ({ name, help, labels: labelNames, type: types.get(name) ?? '' }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const own = rows.filter(({ name }) => /^(?:masking|http)_/.test(name));
  const others = rows.filter((row) => !own.includes(row)).map(({ name }) => `\`${name}\``);
  return `# Metrics

What \`GET /metrics\` of each process shows, in Prometheus' text. Written from the code: \`UPDATE_PAGES=1 npm run test:one -- metrics.e2e\`.

A scrape reads the memory of the process and nothing else: it costs no statement and is answered while the database is away. Counters and histograms are of
the process that is asked, so sum them up over all; they begin with 0. Gauges of sessions, pool, callbacks and jobs are taken from the database every 15 seconds
by one process at a time and shown by that one; when it stops, another one goes on and they are shown no more by the first within 45 seconds: ask for
\`max\` or \`min\` of them. No label holds a number, a uuid or a URL; countries are ISO 3166 codes of virtual numbers.

Dashboards and rules that use them: \`deploy/grafana\`, \`deploy/prometheus\`; what to do when a rule fires: [runbooks](runbooks/README.md).

| Name | Type | Labels | Unit | |
| --- | --- | --- | --- | --- |
${own.map((row) => `| \`${row.name}\` | ${row.type} | ${row.labels.map((label) => `\`${label}\``).join(', ')} | ${unitOf(row.name)} | ${row.help} |`).join('\n')}

Of the process and of Node, by prom-client: ${others.join(', ')}.
`;
}

function unitOf(name: string): string {
  const base = name.replace(/_total$/, '').replace(/_timestamp_seconds$/, '_at');
  if (name.endsWith('_timestamp_seconds')) return 'seconds since 1970';
  if (name === 'masking_call_cost_total' || name === 'masking_message_cost_total') return 'the currency';
  const [, unit] = Object.entries(UNITS).find(([suffix]) => base.endsWith(suffix)) ?? [];
  return unit ?? 'count';
}

describe('dashboards and rules', () => {
  const folder = `${ROOT}deploy/grafana/dashboards/`;
  const boards = readdirSync(folder).map((file) => ({ file, text: readFileSync(folder + file, 'utf8') }));
  const rules = readFileSync(`${ROOT}deploy/prometheus/alerts.yml`, 'utf8');
  const page = (): string => readFileSync(PAGE, 'utf8');

  /** Names that the page of metrics has, with what a histogram makes of one. Made by Prometheus itself: up. */
  const isKnown = (name: string): boolean =>
    name === 'up' ||
    page().includes(`\`${name}\``) ||
    page().includes(`\`${name.replace(/_(?:bucket|sum|count)$/, '')}\``);

  it.each(boards.map(({ file, text }) => [file, text] as const))('%s asks for nothing that is not there', (_, text) => {
    const board = JSON.parse(text) as {
      uid: string;
      templating: { list: { name: string; type: string }[] };
      panels: {
        title: string;
        datasource: { uid: string };
        targets: { expr: string; datasource: { uid: string } }[];
      }[];
    };
    expect(board.uid).toMatch(/^masking-[a-z]+$/);
    expect(board.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    for (const panel of board.panels) {
      expect(panel.targets.length).toBeGreaterThan(0);
      for (const { expr, datasource } of panel.targets) {
        expect(datasource.uid).toBe('${datasource}');
        const unknown = namesIn(expr).filter((name) => !isKnown(name));
        expect({ panel: panel.title, unknown }).toEqual({ panel: panel.title, unknown: [] });
      }
    }
  });

  it('every metric of ours is on a dashboard or in a rule', () => {
    const used = [...boards.map(({ text }) => text), rules].join('\n');
    const own = [...page().matchAll(/^\| `([a-z_]+)`/gm)].map(([, name]) => name ?? '');
    expect(own.filter((name) => !used.includes(name)).sort()).toEqual([
      // Told to operators by the service itself.
      'masking_alert_attempts_total',
    ]);
  });

  it('rules ask for nothing that is not there, and every alert has its runbook', () => {
    expect(namesIn(rules.replace(/^ *#.*$/gm, '')).filter((name) => !isKnown(name))).toEqual([]);
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name ?? '');
    const pages = [...rules.matchAll(/runbook: (\S+)/g)].map(([, path]) => path ?? '');
    expect(pages).toHaveLength(alerts.length);
    for (const [index, path] of pages.entries()) {
      const text = readFileSync(ROOT + path, 'utf8');
      expect(text).toContain(`# ${alerts[index]}\n`);
      for (const part of ['## What it means', '## How to see it', '## What to do', '## The command'])
        expect(text).toContain(part);
    }
  });

  withPromtool('rules are well-formed; each fires in its incident and is silent in a normal hour', () => {
    const checked = promtool?.(['check', 'rules', `${ROOT}deploy/prometheus/alerts.yml`]);
    expect(checked).toMatchObject({ status: 0 });
    const files = ['alerts.test.yml', 'alerts-of-a-day.test.yml'].map((file) => `${ROOT}deploy/prometheus/${file}`);
    expect(promtool?.(['test', 'rules', ...files])).toMatchObject({ status: 0 });
    const cases = files.map((file) => readFileSync(file, 'utf8')).join('');
    for (const [, name] of rules.matchAll(/- alert: (\w+)/g)) {
      expect(cases).toContain(`- name: ${name} fires`);
      expect(cases).toMatch(new RegExp(`alertname: ${name}, exp_alerts: \\[\\]`));
    }
  });
});

/** Every word of an expression that has the form of a metric of ours or of Node's. */
function namesIn(text: string): string[] {
  const names = text.match(/\b(?:masking|http|nodejs|process)_[a-z0-9_]+\b|\bup\b(?=\{)/g) ?? [];
  return [...new Set(names)];
}
