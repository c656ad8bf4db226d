import { parse } from 'csv-parse/sync';
import { operatorRequest } from './requests.mjs';

/** Amounts are decimal text: compared in micro-units, exactly. NaN for what is not known yet. */
function microsOf(amount) {
  return amount === '' ? Number.NaN : Math.round(Number(amount) * 1e6);
}

/** What the service says of the calls that it knows, and of all of them together; `text` is all of it. */
export async function sumOf(origin) {
  const read = async (path) => {
    const { path: _, ...options } = operatorRequest(path);
    const answer = await fetch(origin + path, options);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  };
  const stats = await read('/admin/stats?group_by=account,day&format=csv');
  const bySession = await read('/admin/stats?group_by=session&format=csv');
  const calls = await read('/admin/calls?format=csv');
  const sum = (csv) => parse(csv, { columns: true }).reduce((total, row) => total + microsOf(row.provider_amount), 0);
  return {
    all: sum(stats),
    ofSessions: sum(bySession),
    calls: parse(calls, { columns: true }).map((row) => ({
      uuid: row.call_uuid.replace("'", ''),
      isOfSession: row.session_uuid !== '',
      micros: microsOf(row.provider_amount),
    })),
    text: stats + bySession + calls,
  };
}
