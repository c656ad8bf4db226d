const AIMS = { answer: 0.8, create: 0.7, restMegabytes: 200, startSeconds: 2 };
const KINDS = ['create', 'get', 'answer'];

/** Best of the rounds for each figure on its own, as noise only ever adds; the median of the rounds' own ratios stands beside it as a check. */
export function summarize(rounds) {
  return Object.fromEntries(
    KINDS.map((kind) => {
      const [service, bare] = ['service', 'bare'].map((name) => best(rounds.map((round) => round[kind][name])));
      const paired = rounds.map((round) => round[kind].service.perSecond / round[kind].bare.perSecond);
      return [kind, { service, bare, ratio: service.perSecond / bare.perSecond, medianRatio: median(paired) }];
    }),
  );
}

export function aimsOf({ databases, starts, restMegabytes }) {
  const ratios = databases.flatMap(({ kind, summary, checks }) =>
    ['answer', 'create'].map((route) => {
      const isComparable = checks.every((check) => check.kind !== route || check.areEqual);
      return {
        aim: `${route} on ${kind} ≥ ${AIMS[route]} of bare`,
        measured: isComparable ? summary[route].ratio.toFixed(2) : 'other statements',
        isMet: isComparable && summary[route].ratio >= AIMS[route],
      };
    }),
  );
  const memory = restMegabytes === null ? [] : [{ measured: `${restMegabytes.toFixed(0)} MB`, value: restMegabytes }];
  const start = starts.first.listeningMs / 1000;
  return [
    ...ratios,
    ...memory.map(({ measured, value }) => ({
      aim: `memory at rest ≤ ${AIMS.restMegabytes} MB`,
      measured,
      isMet: value <= AIMS.restMegabytes,
    })),
    {
      aim: `first start ≤ ${AIMS.startSeconds} s`,
      measured: `${start.toFixed(2)} s`,
      isMet: start <= AIMS.startSeconds,
    },
  ];
}

export function asText(result) {
  const lines = [`${result.machine}`];
  for (const database of result.databases) lines.push('', database.describe, '', ...rateTable(database));
  const startRow = (name, { listeningMs, bannerMs, cpuMs }) => [name, ...[listeningMs, bannerMs, cpuMs].map(seconds)];
  lines.push(
    '',
    ...columns([
      ['start', 'listening', 'banner', 'CPU time'],
      startRow('first', result.starts.first),
      startRow('later', result.starts.next),
    ]),
    '',
    ...columns([
      ['aim', 'measured', ''],
      ...result.aims.map(({ aim, measured, isMet }) => [aim, measured, isMet ? 'met' : 'MISSED']),
    ]),
  );
  return `${lines.join('\n')}\n`;
}

/** Where the two programs did not do the same work; empty when all is well. */
export function differences(checks) {
  return checks
    .filter(({ areEqual }) => !areEqual)
    .flatMap(({ database, kind, service, bare }) => [
      `${kind} on ${database}: the service sends ${service.length} statements, the bare server ${bare.length}`,
      ...service.filter((sql) => !bare.includes(sql)).map((sql) => `  only the service: ${sql}`),
      ...bare.filter((sql) => !service.includes(sql)).map((sql) => `  only the bare server: ${sql}`),
    ]);
}

function rateTable({ summary, checks, loadedMegabytes }) {
  const micros = (value) => (value === null ? '-' : value.toFixed(0));
  const count = (kind) => String(checks.find((check) => check.kind === kind)?.service.length ?? '-');
  const rows = KINDS.flatMap((kind) =>
    ['service', 'bare'].map((name) => {
      const { perSecond, p50Ms, p99Ms, cpuMicros } = summary[kind][name];
      const isService = name === 'service';
      return [
        isService ? kind : '',
        isService ? count(kind) : '',
        name,
        perSecond.toFixed(0),
        p50Ms.toFixed(1),
        p99Ms.toFixed(1),
        micros(cpuMicros),
        isService ? summary[kind].ratio.toFixed(2) : '',
        isService ? summary[kind].medianRatio.toFixed(2) : '',
      ];
    }),
  );
  const head = ['route', 'statements', '', 'a second', 'p50 ms', 'p99 ms', 'CPU µs', 'ratio', 'median ratio'];
  const memory = Object.entries(loadedMegabytes).map(([name, value]) => `${name} ${micros(value)} MB`);
  return [...columns([head, ...rows]), `memory after the rounds: ${memory.join(', ')}`];
}

export function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}

function seconds(ms) {
  return Number.isNaN(ms) ? '-' : `${(ms / 1000).toFixed(2)} s`;
}

export function best(runs) {
  const fastest = runs.reduce((one, other) => (other.perSecond > one.perSecond ? other : one));
  const least = (name) => {
    const known = runs.map((run) => run[name]).filter((value) => value !== null);
    return known.length === 0 ? null : Math.min(...known);
  };
  return { ...fastest, cpuMicros: least('cpuMicros'), databaseMicros: least('databaseMicros') };
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
