import { parseCaller, type E164 } from '../telephony/phone.js';
import { microsFromDecimal } from './amounts.js';
import { callInstants } from './instants.js';
import { plainText } from './plain-text.js';
import { isCallUuid, LONGEST_SECONDS, LONGEST_TEXT } from './webhook-params.js';
import type { CallDirection, LegEnd } from './webhooks.js';

/** A number that the account rents. */
export interface PlivoNumber {
  number: E164;
  alias: string | null;
  subaccount: string | null;
  hasVoice: boolean;
  /** Whether it can receive texts; nothing says whether it can send them. */
  hasSms: boolean;
  hasMms: boolean;
  /** `local`, `mobile`, `tollfree`, `fixed`, `national`. */
  type: string | null;
  /** The Plivo application that answers it. */
  applicationId: string | null;
  /** What carriers of North America know of whoever sends texts from it; null where Plivo says nothing. */
  registration: Registration | null;
  /** The campaign that it sends texts for. */
  campaignId: string | null;
}

/** One word for all that Plivo's pages and its wire spell differently; what is new is `unknown`. */
export type Registration = 'registered' | 'pending' | 'unregistered' | 'unknown';

/** Plivo's final word on one leg, known only after its end. A leg of a Dial names the caller's leg as its parent. */
export interface CallRecord extends Omit<LegEnd, 'hangupCause'> {
  callUuid: string;
  parentCallUuid: string | null;
  direction: CallDirection | null;
  from: string;
  to: string;
}

/** Where a number's calls go. What is not set is null. */
export interface PlivoApplication {
  id: string;
  name: string | null;
  answerUrl: string | null;
  /** In capitals. Plivo's default is POST. */
  answerMethod: string | null;
  /** Without one Plivo tells hang-ups to the answer URL. */
  hangupUrl: string | null;
  hangupMethod: string | null;
  /** Asked where the answer URL fails. */
  fallbackUrl: string | null;
  fallbackMethod: string | null;
  /** Where its texts are brought. */
  messageUrl: string | null;
  messageMethod: string | null;
}

export interface PlivoAccount {
  name: string | null;
  /** `prepaid` or `postpaid`. */
  billingMode: string | null;
  /** In the account's currency; null where Plivo does not say. */
  cashCredits: number | null;
}

type Wire = Record<string, unknown>;

/** Nine digits: what an integer column holds. */
const MOST = 999_999_999;
const LONGEST_URL = 2000;

/** Null for what is no telephone number, such as a short code. */
export function plivoNumber(wire: Wire): PlivoNumber | null {
  const number = parseCaller(wire['number']);
  if (number === null) return null;
  return {
    number,
    alias: text(wire['alias']),
    subaccount: /SA[A-Z0-9]{18}/.exec(text(wire['sub_account']) ?? '')?.[0] ?? null,
    hasVoice: wire['voice_enabled'] === true,
    hasSms: wire['sms_enabled'] === true,
    hasMms: wire['mms_enabled'] === true,
    type: text(wire['number_type']),
    applicationId: /(?:^|\/Application\/)([A-Za-z0-9_-]{1,64})\/?$/.exec(text(wire['application']) ?? '')?.[1] ?? null,
    registration: registrationOf(
      text(wire['number_type']) === 'tollfree'
        ? wire['toll_free_sms_verification']
        : wire['tendlc_registration_status'],
    ),
    campaignId: /^[A-Za-z0-9_-]{1,64}$/.exec(text(wire['tendlc_campaign_id']) ?? '')?.[0] ?? null,
  };
}

const REGISTRATIONS: ReadonlyMap<string, Registration> = new Map([
  ...['completed', 'registered', 'verified'].map((word) => [word, 'registered'] as const),
  ...['processing', 'in_progress', 'pending_verification'].map((word) => [word, 'pending'] as const),
  ...['unregistered', 'unverified'].map((word) => [word, 'unregistered'] as const),
]);

function registrationOf(value: unknown): Registration | null {
  const word = text(value)?.toLowerCase();
  return word === undefined ? null : (REGISTRATIONS.get(word) ?? 'unknown');
}

/** Null for what has no id. */
export function plivoApplication(wire: Wire): PlivoApplication | null {
  const id = text(wire['app_id']);
  if (id === null) return null;
  return {
    id,
    name: text(wire['app_name']),
    answerUrl: urlText(wire['answer_url']),
    answerMethod: capitals(wire['answer_method']),
    hangupUrl: urlText(wire['hangup_url']),
    hangupMethod: capitals(wire['hangup_method']),
    fallbackUrl: urlText(wire['fallback_answer_url']),
    fallbackMethod: capitals(wire['fallback_method']),
    messageUrl: urlText(wire['message_url']),
    messageMethod: capitals(wire['message_method']),
  };
}

export function plivoAccount(wire: Wire): PlivoAccount {
  const credits = Number(text(wire['cash_credits']) ?? Number.NaN);
  return {
    name: text(wire['name']),
    billingMode: text(wire['billing_mode'])?.toLowerCase() ?? null,
    cashCredits: Number.isFinite(credits) ? credits : null,
  };
}

/** Null for what has no call uuid. */
export function callRecord(wire: Wire): CallRecord | null {
  const callUuid = uuid(wire['call_uuid']);
  if (callUuid === null) return null;
  const direction = wire['call_direction'];
  // What the webhooks call BillDuration is billed_duration here; bill_duration is the measured one.
  const durationSeconds = seconds(wire['bill_duration'] ?? wire['call_duration']);
  return {
    callUuid,
    parentCallUuid: uuid(wire['parent_call_uuid']),
    direction: direction === 'inbound' || direction === 'outbound' ? direction : null,
    from: numberText(wire['from_number']),
    to: numberText(wire['to_number']),
    ...callInstants({
      sessionStart: null,
      start: text(wire['initiation_time']),
      answer: text(wire['answer_time']),
      end: text(wire['end_time']),
      seconds: durationSeconds,
    }),
    durationSeconds,
    billedSeconds: seconds(wire['billed_duration']),
    amountMicros: microsFromDecimal(text(wire['total_amount'])),
    hangupCauseCode: integer(wire['hangup_cause_code']),
    hangupCauseName: text(wire['hangup_cause_name']),
    hangupSource: text(wire['hangup_source']),
  };
}

function uuid(value: unknown): string | null {
  return isCallUuid(value) ? value : null;
}

function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? plainText(value, LONGEST_TEXT) || null : null;
}

/** As it came, if it can be one at all; what it means is another's question. */
function urlText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_URL ? value : null;
}

function capitals(value: unknown): string | null {
  return text(value)?.toUpperCase() ?? null;
}

/** As it came: a mended number could be somebody else's. */
function numberText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= LONGEST_TEXT ? value : '';
}

function integer(value: unknown): number | null {
  const number = typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= MOST ? number : null;
}

function seconds(value: unknown): number | null {
  const read = integer(value);
  return read === null || read > LONGEST_SECONDS ? null : read;
}
