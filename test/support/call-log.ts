import type { Service } from './service.js';

interface Record {
  [name: string]: unknown;
}
interface Page {
  meta: { total_count: number };
  objects: Record[];
}

/** What the console's export holds of each leg, and how call records name it. */
const COLUMNS: [shown: string, name: string][] = [
  ['Call UUID', 'call_uuid'],
  ['Parent call UUID', 'parent_call_uuid'],
  ['From number', 'from_number'],
  ['To number', 'to_number'],
  ['Call direction', 'call_direction'],
  ['End time', 'end_time'],
  ['Initiation time', 'initiation_time'],
  ['Answer time', 'answer_time'],
  ['Call duration', 'call_duration'],
  ['Billed duration', 'billed_duration'],
  ['Call rate', 'total_rate'],
  ['Billed amount', 'total_amount'],
  ['Hangup cause', 'hangup_cause_name'],
  ['Hangup cause code', 'hangup_cause_code'],
  ['Hangup source', 'hangup_source'],
];

/** The simulator's call records of an account as the call log that Plivo's console exports. */
export async function callLog(service: Pick<Service, 'request' | 'authId'>): Promise<string> {
  const lines = [COLUMNS.map(([shown]) => shown).join(',')];
  for (let offset = 0, total = 1; offset < total; offset += 20) {
    const path = `/simulator/v1/Account/${service.authId}/Call/?limit=20&offset=${offset}`;
    const { status, body, text } = await service.request<Page>(path);
    if (status !== 200) throw new Error(text);
    total = body.meta.total_count;
    for (const record of body.objects) lines.push(COLUMNS.map(([, name]) => cell(record[name])).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: unknown): string {
  return value === null || value === undefined ? '' : `"${String(value as string).replaceAll('"', '""')}"`;
}
