import { microsFromDecimal } from './amounts.js';
import { MOST_MEDIA, mediaAddresses, mediaNamed } from './message-media.js';
import { FieldReader, type WebhookParams } from './webhook-params.js';

/** Longer than any number of parts that a phone sends. */
const LONGEST_MESSAGE = 10_000;

/** Somebody has written to one of our numbers. `from` and `to` are as Plivo sent them, and empty for what cannot be a number. */
export interface MessageWebhook {
  messageUuid: string;
  from: string;
  to: string;
  /** As it was written, with its line ends; null where it is longer than `LONGEST_MESSAGE`. */
  text: string | null;
  kind: 'sms' | 'mms' | 'other';
  /** Parts in which it came. */
  units: number | null;
  amountMicros: number | null;
  /** What Plivo itself has understood, where it looks: it has blocked or freed the sender by then. */
  intent: 'optout' | 'optin' | 'help' | null;
  mediaCount: number;
  /** Where they are, in their order. Whoever has an address may see the picture, so it is neither logged nor stored in clear. */
  media: readonly string[];
}

/** In the order in which a message goes through them; what Plivo's pages call `rejected` is a failure as well. */
export const MESSAGE_STATES = ['queued', 'sent', 'delivered', 'undelivered', 'failed'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What became of a message that we sent, by a report or by Plivo's record of it. */
export interface MessageReport {
  messageUuid: string;
  state: MessageState;
  /** Plivo's own count of its reports about this message; null where it has none. */
  sequence: number | null;
  units: number | null;
  /** All units, without what carriers charge. */
  amountMicros: number | null;
  errorCode: number | null;
}

/** Null without its id: then it can be told from no other. */
export function readMessageWebhook(params: WebhookParams): MessageWebhook | null {
  const field = new FieldReader(params);
  const kind = field.textOrNull('Type')?.toLowerCase() ?? 'sms';
  return field.finish({
    messageUuid: field.uuid('MessageUUID'),
    from: field.number('From'),
    to: field.number('To'),
    text: messageText(params.get('Text') || params.get('Body') || ''),
    kind: kind === 'sms' || kind === 'mms' ? kind : 'other',
    units: field.integerOrNull('Units'),
    amountMicros: microsFromDecimal(field.textOrNull('TotalAmount')),
    intent: field.wordOrNull('MessageIntent', ['optout', 'optin', 'help']),
    mediaCount: Math.min(field.integerOrNull('MediaCount') ?? mediaNamed(params).length, MOST_MEDIA),
    media: mediaAddresses(params),
  });
}

/** Null without an id or a state that we know of. */
export function readMessageReport(params: WebhookParams): MessageReport | null {
  const field = new FieldReader(params);
  const state = stateOf(field.textOrNull('Status'));
  if (state === null) return null;
  return field.finish({
    messageUuid: field.uuid('MessageUUID'),
    state,
    sequence: field.integerOrNull('Sequence'),
    units: field.integerOrNull('Units'),
    amountMicros: microsFromDecimal(field.textOrNull('TotalAmount')),
    errorCode: field.integerOrNull('ErrorCode') || null,
  });
}

export function stateOf(word: string | null): MessageState | null {
  const lowered = word?.toLowerCase() ?? '';
  if (lowered === 'rejected') return 'failed';
  return MESSAGE_STATES.find((state) => state === lowered) ?? null;
}

/** What no phone shows, and no database keeps alike: control characters but for line ends and tabs, and halves of pairs. */
const UNSHOWN = /[^\P{Cc}\n\r\t\f]|\p{Cs}/gu;

function messageText(text: string): string | null {
  return text.length > LONGEST_MESSAGE ? null : text.replace(UNSHOWN, '');
}
