const LIMIT_MS = 10_000;
const TABLES = ['masking_session', 'number_assignment', 'virtual_number', 'job', 'call_stat'];

const DOUBLE = `SELECT COUNT(*) AS n FROM (
  SELECT virtual_number_id, person FROM (
    SELECT virtual_number_id, first_index AS person FROM masking_session WHERE status = 'active'
    UNION ALL SELECT virtual_number_id, second_index FROM masking_session WHERE status = 'active') seats
  GROUP BY virtual_number_id, person HAVING COUNT(*) > 1) doubles`;
const PAIRS = `SELECT COUNT(*) AS n FROM (
  SELECT first_index, second_index FROM masking_session WHERE status = 'active'
  GROUP BY first_index, second_index HAVING COUNT(*) > 1) doubles`;
const UNSEATED = `SELECT COUNT(*) AS n FROM masking_session s WHERE s.status = 'active' AND 2 <> (
  SELECT COUNT(*) FROM number_assignment a
  WHERE a.virtual_number_id = s.virtual_number_id AND a.party_index IN (s.first_index, s.second_index) AND a.session_id = s.id)`;

/** What is there in the end, by SQL over all rows and by asking the process on the node that was never disturbed. */
export async function facts({ cluster, database, creates, services, faults, calls, readiness, say }) {
  const [first] = cluster.nodes;
  const count = async (sql) => Number((await cluster.query(first, sql, database))[0].n);
  const doubles = await count(DOUBLE);
  const pairs = await count(PAIRS);
  const unseated = await count(UNSEATED);
  const rows = await count('SELECT COUNT(*) AS n FROM masking_session');
  say('every acknowledged session is asked for');
  const { lost, other } = await lostOf(creates, services[0].origin);
  const sums = [];
  for (const node of cluster.nodes) sums.push(await checksums(cluster, node, database));
  const apart = TABLES.filter((table) => new Set(sums.map((sum) => sum[table])).size > 1);
  const silences = services.map((_, place) => longestSilence(creates, place));
  const both = longestOf(creates.successes.flat().toSorted((one, next) => one - next));
  const conflicts = await Promise.all(cluster.nodes.map((node) => conflictsOf(cluster, node)));

  const seconds = (creates.endedAt - creates.startedAt) / 1000;
  const took = creates.acknowledged.map(({ tookMs }) => tookMs).sort((one, next) => one - next);
  const at = (share) => took[Math.min(took.length - 1, Math.floor(took.length * share))].toFixed(0);
  const lines = [
    ['creates acknowledged', `${creates.done} in ${seconds.toFixed(0)} s, ${(creates.done / seconds).toFixed(0)}/s`],
    ['of one create, ms: p50, p99, most', `${at(0.5)}, ${at(0.99)}, ${at(1)}`],
    ['sessions in the database', rows],
    ['people twice on a number', doubles],
    ['pairs with two live sessions', pairs],
    ['sessions without their two places', unseated],
    ['asked for twice at once, got two sessions', creates.notSame],
    ['acknowledged and lost', lost],
    ['acknowledged with another number', other],
    ['given up after a minute', creates.given.length],
    ['longest without a create, process on n1, s', (silences[0] / 1000).toFixed(1)],
    ['longest without a create, process on n2, s', `${(silences[1] / 1000).toFixed(1)} (its node was away)`],
    ['longest without a create, both, s', (both / 1000).toFixed(1)],
    ['refusals that were repeated', [...creates.refused].map(([word, n]) => `${n} × ${word}`).join(', ') || 'none'],
    ['commits refused, transactions ended by another node', conflicts.join('; ')],
    ['/readyz of the process whose node is cut off', readiness],
    ['tables that differ between nodes', apart.join(', ') || 'none'],
    [
      'both people call at once',
      `${calls.sessions} sessions, ${((2 * calls.sessions * 1000) / calls.tookMs).toFixed(0)} answers/s: one connected ${calls.once}, neither ${calls.neither}, both ${calls.twice}`,
    ],
  ];
  for (const { name, node, from, until } of faults) {
    const silence = longestOf(
      creates.successes[0].filter((instant) => instant > from - 1000 && instant < until + 1000),
    );
    lines.push([
      `while ${name}`,
      `longest without a create on n1 ${(silence / 1000).toFixed(1)} s; ${node.name} away ${((until - from) / 1000).toFixed(1)} s`,
    ]);
  }
  const isRight =
    doubles + pairs + unseated + lost + other + creates.notSame + creates.given.length + calls.twice + apart.length ===
      0 &&
    silences[0] <= LIMIT_MS &&
    readiness === 503;
  const width = Math.max(...lines.map(([name]) => name.length));
  const text = lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
  return { isRight, text: `${text}\n${isRight ? 'as it must be' : 'NOT as it must be'}` };
}

async function lostOf(creates, origin) {
  let lost = 0;
  let other = 0;
  const waiting = [...creates.acknowledged];
  const work = async () => {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const { status, text } = await creates.get(one.id, origin);
      if (status !== 200) lost += 1;
      else if (digits(JSON.parse(text).response.virtual_number) !== digits(one.number)) other += 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return { lost, other };
}

function digits(number) {
  return number.replace('+', '');
}

function longestSilence(creates, place) {
  return longestOf([creates.startedAt, ...creates.successes[place], creates.endedAt]);
}

function longestOf(instants) {
  let longest = 0;
  for (const [place, instant] of instants.entries())
    if (place > 0) longest = Math.max(longest, instant - instants[place - 1]);
  return longest;
}

async function checksums(cluster, node, database) {
  await cluster.query(node, 'SET STATEMENT wsrep_sync_wait = 1 FOR SELECT 1 FROM migration LIMIT 1', database);
  const rows = await cluster.query(node, `CHECKSUM TABLE ${TABLES.join(', ')}`, database);
  return Object.fromEntries(TABLES.map((table, place) => [table, String(rows[place].Checksum)]));
}

async function conflictsOf(cluster, node) {
  const [refused, ended] = await Promise.all([
    cluster.status(node, 'wsrep_local_cert_failures'),
    cluster.status(node, 'wsrep_local_bf_aborts'),
  ]);
  return `${node.name} ${refused}, ${ended}`;
}
