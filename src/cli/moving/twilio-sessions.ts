import { v5 } from 'uuid';
import type { Found } from './bring-sessions.js';
import { itemsOf, jsonValues, membersOf, type Members } from './json-values.js';

/** The same SID is the same session here, whoever imports it and however often. Never changed. */
const NAMESPACE = '6f2a7a0e-64a5-4a52-9f0b-2f3a6b0f7c31';
const SESSION_SID = /^KC[0-9a-f]{32}$/i;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const OVER = new Set<unknown>(['closed', 'failed']);
const LIVE = new Set<unknown>(['open', 'in-progress']);
const CALLS = new Set<unknown>(['voice-only', 'voice-and-message', undefined, null]);

/** What becomes of a session whose participants call different numbers; a session here has one. */
export const TWO_NUMBERS = ['refuse', 'leave-out', 'two-sessions'] as const;

export interface TwilioWish {
  twoNumbers: (typeof TWO_NUMBERS)[number];
  callbackUrl?: string | undefined;
}

/** Sessions and Participants of Twilio's Proxy, as its lists answer them: whole pages, their resources, one a line or in lists, in any order. */
export function twilioSessions(text: string, wish: TwilioWish): Found {
  const items = jsonValues(text).flatMap((value) => itemsOf(value, ['sessions', 'participants', 'interactions']));
  const sorted = { sessions: new Map<string, Members>(), participants: new Map<string, Members[]>() };
  const found: Found = { sessions: [], skipped: 0, refused: [], warnings: [], isRenamed: true };
  for (const [place, item] of items.entries())
    if (!sortIn(item, sorted))
      found.refused.push({
        source: `resource ${place + 1}`,
        code: 'invalid_parameter',
        detail: 'expected a Session, Participant or Interaction of Proxy',
      });
  const told = new Set<string>();
  for (const [sid, session] of sorted.sessions) {
    if (OVER.has(session['status'])) {
      found.skipped += 1;
      continue;
    }
    const people = distinct([...(sorted.participants.get(sid) ?? []), ...nested(session)]);
    const refusal = refusalOf(session, people);
    if (refusal === null) bring(found, { sid, session, people }, wish, told);
    else found.refused.push({ source: sid, code: 'invalid_parameter', detail: refusal });
  }
  found.warnings.push(...told);
  return found;
}

/** False for what is none of the three. */
function sortIn(
  item: unknown,
  { sessions, participants }: { sessions: Map<string, Members>; participants: Map<string, Members[]> },
): boolean {
  const { sid, session_sid: of } = membersOf(item) ?? {};
  if (typeof sid !== 'string') return false;
  if (SESSION_SID.test(sid)) sessions.set(sid, item as Members);
  else if (sid.startsWith('KP') && typeof of === 'string')
    participants.set(of, [...(participants.get(of) ?? []), item as Members]);
  else return sid.startsWith('KI');
  return true;
}

function nested({ participants }: Members): Members[] {
  const all: unknown[] = Array.isArray(participants) ? participants : [];
  return all.map(membersOf).filter((one) => one !== null);
}

/** Those who have not left, each once, in the order in which they came. */
function distinct(people: Members[]): Members[] {
  const bySid = new Map(people.map((person) => [person['sid'] ?? person['identifier'], person]));
  const at = ({ date_created: created }: Members): number => Date.parse(String(created)) || 0;
  return [...bySid.values()].filter((person) => !person['date_deleted']).sort((one, other) => at(one) - at(other));
}

function refusalOf({ status, mode, date_expiry: expiry }: Members, people: Members[]): string | null {
  if (!LIVE.has(status)) return 'expected a session that is open, in-progress, closed or failed';
  if (people.length !== 2)
    return `expected two Participants in the file, found ${people.length}: add their page, or leave the session out`;
  if (
    people.some(
      ({ identifier, proxy_identifier: proxy }) => typeof identifier !== 'string' || typeof proxy !== 'string',
    )
  )
    return 'expected identifier and proxy_identifier of both Participants';
  if (!CALLS.has(mode)) return 'passes texts on alone, which is not possible here';
  return expiry !== null && expiry !== undefined && instantOf(expiry) === null
    ? 'expected date_expiry as ISO 8601'
    : null;
}

interface One {
  sid: string;
  session: Members;
  people: Members[];
}

function bring(found: Found, { sid, session, people }: One, wish: TwilioWish, told: Set<string>): void {
  const [first, second] = people as [Members, Members];
  const numbers = new Set(people.map(({ proxy_identifier: number }) => String(number).replaceAll(/\D/g, '')));
  const uniqueName = typeof session['unique_name'] === 'string' ? session['unique_name'] : null;
  const ends = endOf(session, told);
  if (session['mode'] === 'voice-and-message')
    told.add('Sessions with mode voice-and-message: their calls are taken over, their texts are not passed on.');
  const add = (from: Members, to: Members, name: string): void => {
    const parties = { first_party: from['identifier'], second_party: to['identifier'] };
    const one = { session_uuid: v5(name, NAMESPACE), virtual_number: from['proxy_identifier'], ...parties, ...ends };
    const callback = wish.callbackUrl === undefined ? {} : { callback_url: wish.callbackUrl };
    found.sessions.push({ source: sid, uniqueName, session: { ...one, status: 'active', ...callback } });
  };
  if (numbers.size === 1) add(first, second, sid);
  else if (wish.twoNumbers === 'two-sessions') {
    add(first, second, sid);
    add(second, first, `${sid}/2`);
  } else if (wish.twoNumbers === 'leave-out') {
    found.skipped += 1;
    told.add(
      'Sessions whose participants call different numbers are left out (counted as over): they live on at Twilio alone.',
    );
  } else
    found.refused.push({
      source: sid,
      code: 'two_numbers',
      detail: 'its participants call different numbers, a session here has one: see --two-numbers',
    });
}

/** `date_expiry` goes before `ttl`, which counts from the last interaction; neither: it never ends by itself. */
function endOf(session: Members, told: Set<string>): Record<string, unknown> {
  const given = instantOf(session['date_expiry']);
  const ttl = typeof session['ttl'] === 'number' ? session['ttl'] : 0;
  if (given === null && ttl <= 0) return { expiry_time: '', session_expiry: 0 };
  const renewed = ttl >= 60 && ttl <= 86_400 ? { session_expiry: ttl } : {};
  if (given !== null) return { expiry_time: given, ...renewed };
  told.add(
    'Sessions with a ttl end when it is over, counted from their last interaction in the file: calls do not prolong them here.',
  );
  const from = instantOf(session['date_last_interaction']) ?? instantOf(session['date_created']);
  const end = new Date(Date.parse(from ?? '') + ttl * 1000);
  // Without either there is no end to be known: the service refuses it.
  return Number.isNaN(end.getTime()) ? renewed : { expiry_time: end.toISOString(), ...renewed };
}

function instantOf(value: unknown): string | null {
  if (typeof value !== 'string' || !INSTANT.test(value)) return null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
