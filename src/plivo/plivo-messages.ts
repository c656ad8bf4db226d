import { isSamePerson } from '../telephony/identity.js';
import { parseCaller, type E164 } from '../telephony/phone.js';
import { microsFromDecimal } from './amounts.js';
import { instantOf } from './instants.js';
import { stateOf, type MessageReport } from './message-webhooks.js';
import { ProviderUnavailable } from './plivo.errors.js';
import { isCallUuid } from './webhook-params.js';

export interface SendMessage {
  /** The virtual number. */
  from: E164;
  to: E164;
  /** May be empty beside media. */
  text: string;
  /** Where Plivo fetches what is sent with it; left out or empty for a text alone. */
  mediaUrls?: readonly string[];
  /** Where Plivo tells what became of it. */
  reportUrl: string;
  /** Seconds, 5 to 10,799, after which Plivo is to give up on one that still waits. */
  expirySeconds: number;
}

/** Messages to one phone from one of our numbers, within a span. Instants are milliseconds. */
export interface FindMessages {
  from: E164;
  to: E164;
  sentFrom: number;
  sentUntil: number;
}

/** Messages that came in within a span and of which Plivo could not tell us, behind so many. Instants are milliseconds. */
export interface FindUntoldMessages {
  cameFrom: number;
  cameUntil: number;
  offset: number;
}

export type MessageFilters = Record<string, string | number | undefined>;

/** Plivo's own record of a message. It has no text. */
export interface MessageRecord extends Omit<MessageReport, 'state' | 'sequence'> {
  direction: 'inbound' | 'outbound' | null;
  /** As they came; of what was redacted the last digits are stars. */
  from: string;
  to: string;
  /** Null of inbound ones: theirs tells what became of our webhook. */
  state: MessageReport['state'] | null;
  /** What carriers charge on top of Plivo's price; null where Plivo says nothing. */
  carrierFeeMicros: number | null;
  /** When Plivo had it; null where it does not name its zone. */
  at: number | null;
}

/** Plivo keeps the numbers, by which a message of unknown outcome is found, and no content. */
const KEPT_AT_PLIVO = 'number_only';

export function messageOrder(message: SendMessage): Record<string, unknown> {
  const { from, to, text, mediaUrls = [], reportUrl, expirySeconds } = message;
  const content =
    mediaUrls.length === 0
      ? { text, type: 'sms' }
      : { ...(text === '' ? {} : { text }), type: 'mms', media_urls: mediaUrls };
  return {
    src: from,
    dst: to,
    ...content,
    url: reportUrl,
    method: 'POST',
    log: KEPT_AT_PLIVO,
    message_expiry: expirySeconds,
  };
}

/** The one message of an order; null where the answer does not name exactly one. */
export function messageTaken(answer: Record<string, unknown>): string | null {
  const named = answer['message_uuid'];
  const [uuid, ...more] = Array.isArray(named) ? (named as unknown[]) : [named];
  return isCallUuid(uuid) && more.length === 0 ? uuid : null;
}

/** Null for what has no id. */
export function messageRecord(wire: Record<string, unknown>): MessageRecord | null {
  const uuid = wire['message_uuid'];
  if (!isCallUuid(uuid)) return null;
  const direction = wire['message_direction'];
  const time = wordOf(wire['message_time']);
  const isZoned = /(?:Z|[+-]\d{2}:\d{2})$/.test(time);
  return {
    messageUuid: uuid,
    direction: direction === 'inbound' || direction === 'outbound' ? direction : null,
    from: wordOf(wire['from_number']),
    to: wordOf(wire['to_number']),
    state: direction === 'outbound' ? stateOf(wordOf(wire['message_state'])) : null,
    units: integer(wire['units']),
    amountMicros: microsFromDecimal(wordOf(wire['total_amount'])),
    carrierFeeMicros: microsFromDecimal(wordOf(wire['carrier_fees'])),
    errorCode: integer(wire['error_code']) || null,
    at: isZoned ? instantOf(time) : null,
  };
}

/** A service that does not know a filter would list messages of others. */
export function listedMessages(
  answer: Record<string, unknown> | null,
  direction: 'inbound' | 'outbound',
): MessageRecord[] {
  const objects = answer?.['objects'];
  if (!Array.isArray(objects)) throw new ProviderUnavailable('Plivo sent a listing that cannot be read');
  return (objects as unknown[]).flatMap((wire) => {
    const record = typeof wire === 'object' && wire !== null ? messageRecord(wire as Record<string, unknown>) : null;
    return record?.direction === direction ? [record] : [];
  });
}

/** Whether a record's number is this one in any spelling, as far as it is shown: Plivo blots out the last three digits of a sender where it is told to. */
export function isShownAs(shown: string, number: E164): boolean {
  const stars = /^\+?([1-9]\d{3,11})\*{3}$/.exec(shown.trim());
  if (stars) return stars[1] === number.slice(0, -3);
  const digits = parseCaller(shown);
  return digits !== null && isSamePerson(digits, number);
}

function wordOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.length <= 64 ? value : '';
}

function integer(value: unknown): number | null {
  return /^\d{1,9}$/.test(wordOf(value)) ? Number(wordOf(value)) : null;
}
