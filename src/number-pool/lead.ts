import type { PlivoApplication } from '../plivo/index.js';
import { parseUrl } from '../platform/parse-url.js';

/**
 * Where Plivo brings a number's calls and their ends, in the words of the admin API. Only the first four are lent; of several that fit, the one that
 * stands furthest down is told.
 */
export const LEADS = [
  'here',
  /** Hang-ups come to the answer URL, as Plivo tells them there where no other is set: nothing is lost. */
  'hangup-missing',
  /** Where this service cannot answer, something else does. */
  'fallback-elsewhere',
  /** Hang-ups are lost, and calls end here only when Plivo's records tell. */
  'hangup-elsewhere',
  /** The answer URL is right, and asked by a method that is never taken. */
  'method-refused',
  'elsewhere',
  /** It names an application that Plivo does not show us. */
  'application-unknown',
  'no-application',
] as const;

export type LeadsTo = (typeof LEADS)[number];

const LENT: ReadonlySet<LeadsTo> = new Set(['here', 'hangup-missing', 'fallback-elsewhere', 'hangup-elsewhere']);

/** Whether calls to a number that leads there come here. */
export function comesHere(leadsTo: LeadsTo): boolean {
  return LENT.has(leadsTo);
}

/** `bases`: where this service takes the number's webhooks, without slash at the end. */
export function leadOf(application: PlivoApplication, bases: readonly string[]): LeadsTo {
  const { answerUrl, answerMethod, fallbackUrl, fallbackMethod } = application;
  const leads: Leads = (url, path) => isAtAny(url, bases, path);
  if (answerUrl === null || !leads(answerUrl, '/answer')) return 'elsewhere';
  if (!isTaken(answerMethod)) return 'method-refused';

  const hangups = hangupsOf(application, leads);
  if (hangups === 'hangup-elsewhere') return hangups;
  const isFallbackHere = fallbackUrl === null || (leads(fallbackUrl, '/answer') && isTaken(fallbackMethod));
  return isFallbackHere ? hangups : 'fallback-elsewhere';
}

type Leads = (url: string, path: string) => boolean;

function hangupsOf({ hangupUrl, hangupMethod }: PlivoApplication, leads: Leads) {
  if (hangupUrl === null) return 'hangup-missing';
  if (!isTaken(hangupMethod)) return 'hangup-elsewhere';
  if (leads(hangupUrl, '/hangup')) return 'here';
  return leads(hangupUrl, '/answer') ? 'hangup-missing' : 'hangup-elsewhere';
}

function isTaken(method: string | null): boolean {
  return method === null || method === 'POST' || method === 'GET';
}

/** Where Plivo brings a number's texts. An application that Plivo does not show us leads nowhere that we know of. */
export function textLeadOf(
  application: Pick<PlivoApplication, 'messageUrl' | 'messageMethod'> | undefined,
  bases: readonly string[],
): 'here' | 'elsewhere' | 'nowhere' {
  const { messageUrl = null, messageMethod = null } = application ?? {};
  if (messageUrl === null) return 'nowhere';
  return isTaken(messageMethod) && isAtAny(messageUrl, bases, '/message') ? 'here' : 'elsewhere';
}

/** Whether a URL is where this service takes webhooks. */
function isAtAny(url: string, bases: readonly string[], path: string): boolean {
  return bases.some((base) => isSame(url, base + path));
}

/** The fragment says how often Plivo repeats, not where to; a slash at the end makes no other address. */
function isSame(url: string, ours: string): boolean {
  const [theirs, own] = [parseUrl(url), parseUrl(ours)];
  if (!theirs || !own) return false;
  theirs.hash = '';
  theirs.pathname = theirs.pathname.replace(/\/$/, '');
  return theirs.href === own.href;
}
