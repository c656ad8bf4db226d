import { parseCaller, type E164 } from '../telephony/phone.js';
import { microsFromDecimal } from './amounts.js';
import { instantOf } from './instants.js';
import { isCallUuid } from './webhook-params.js';
import type { CallDirection, LegEnd } from './webhooks.js';

/** A number that the account rents. */
export interface PlivoNumber {
  number: E164;
  alias: string | null;
  subaccount: string | null;
  hasVoice: boolean;
  /** `local`, `mobile`, `tollfree`, `fixed`, `national`. */
  type: string | null;
  /** The Plivo application that answers it. */
  applicationId: string | null;
}

/** Plivo's final word on one leg, known only after its end. A leg of a Dial names the caller's leg as its parent. */
export interface CallRecord extends Omit<LegEnd, 'hangupCause'> {
  callUuid: string;
  parentCallUuid: string | null;
  direction: CallDirection | null;
  from: string;
  to: string;
}

type Wire = Record<string, unknown>;

/** Null for what is no telephone number, such as a short code. */
export function plivoNumber(wire: Wire): PlivoNumber | null {
  const number = parseCaller(wire['number']);
  if (number === null) return null;
  return {
    number,
    alias: text(wire['alias']),
    subaccount: /SA[A-Z0-9]{18}/.exec(text(wire['sub_account']) ?? '')?.[0] ?? null,
    hasVoice: wire['voice_enabled'] === true,
    type: text(wire['number_type']),
    applicationId: /\/Application\/([^/]+)\/?$/.exec(text(wire['application']) ?? '')?.[1] ?? null,
  };
}

/** Null for what has no call uuid. */
export function callRecord(wire: Wire): CallRecord | null {
  const callUuid = uuid(wire['call_uuid']);
  if (callUuid === null) return null;
  const direction = wire['call_direction'];
  return {
    callUuid,
    parentCallUuid: uuid(wire['parent_call_uuid']),
    direction: direction === 'inbound' || direction === 'outbound' ? direction : null,
    from: text(wire['from_number']) ?? '',
    to: text(wire['to_number']) ?? '',
    startedAt: instantOf(text(wire['initiation_time'])),
    answeredAt: instantOf(text(wire['answer_time'])),
    endedAt: instantOf(text(wire['end_time'])),
    // What the webhooks call BillDuration is billed_duration here; bill_duration is the measured one.
    durationSeconds: integer(wire['bill_duration'] ?? wire['call_duration']),
    billedSeconds: integer(wire['billed_duration']),
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
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : null;
}

function integer(value: unknown): number | null {
  const number = typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : null;
}
