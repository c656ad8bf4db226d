import type { Found } from './bring-sessions.js';
import { itemsOf, jsonValues, membersOf } from './json-values.js';

/** What Plivo tells of a session beside what it is: long, and of no use here. */
const LEFT_OUT = new Set([
  'interaction',
  'resource_uri',
  'created_time',
  'modified_time',
  'duration',
  'amount',
  'last_interaction_time',
  'total_call_amount',
  'total_call_count',
  'total_call_billed_duration',
  'total_session_amount',
]);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Sessions of Plivo, as its list answers them: whole pages, their objects, one a line or in lists. */
export function plivoSessions(text: string): Found {
  const found: Found = { sessions: [], skipped: 0, refused: [], warnings: [], isRenamed: false };
  for (const value of jsonValues(text))
    for (const item of itemsOf(unwrapped(value), ['objects'])) {
      const members = membersOf(unwrapped(item));
      const place = `session ${found.sessions.length + found.refused.length + found.skipped + 1}`;
      const uuid = members?.['session_uuid'];
      // Never shown unless it is one: it could be anybody's number.
      const source = typeof uuid === 'string' && UUID.test(uuid) ? uuid.toLowerCase() : place;
      if (members === null || uuid === undefined) {
        found.refused.push({
          source,
          code: 'invalid_parameter',
          detail: 'expected a session object with session_uuid',
        });
        continue;
      }
      if (members['status'] === 'expired') {
        found.skipped += 1;
        continue;
      }
      const session = Object.fromEntries(Object.entries(members).filter(([name]) => !LEFT_OUT.has(name)));
      found.sessions.push({ source, uniqueName: null, session });
    }
  return found;
}

/** Answers of a get and of a list stand in `response`, that of a create in `session`. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  const members = membersOf(value);
  return membersOf(members?.['response']) ?? membersOf(members?.['session']) ?? value;
}
