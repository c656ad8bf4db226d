import { microsFromDecimal } from './amounts.js';
import { FieldReader, type WebhookParams } from './webhook-params.js';
import { legEnd, type LegEnd } from './webhooks.js';

/** The B leg a Dial event is about. `from` and `to` are as Plivo sent them. */
export interface DialLeg {
  callUuid: string;
  bLegUuid: string;
  from: string;
  to: string;
  /** Which Number of the Dial, counted from 1. */
  position: number | null;
}

/** `answer`: the called party picked up. `connected`: the two can hear each other. */
export interface DialProgress extends DialLeg {
  kind: 'answer' | 'connected';
}

export interface DialDigits extends DialLeg {
  kind: 'digits';
  digits: string;
  pressedBy: 'aleg' | 'bleg' | null;
}

/** The only word of a B leg's end besides its call record; it comes for legs that were never answered, too. */
export interface DialHangup extends DialLeg, LegEnd {
  kind: 'hangup';
}

export type DialEvent = DialProgress | DialDigits | DialHangup;

const DIAL_STATUSES = ['completed', 'busy', 'failed', 'cancel', 'timeout', 'no-answer'] as const;

/** The end of a Dial as seen from the caller's leg, which waits for instructions. Tells neither duration nor cost of the other leg. */
export interface DialAction {
  callUuid: string;
  dialStatus: (typeof DIAL_STATUSES)[number];
  didRing: boolean | null;
  hangupCause: string | null;
  /** The leg that was answered, if any. */
  bLegUuid: string | null;
}

export function readDialEvent(params: WebhookParams): DialEvent | null {
  const field = new FieldReader(params);
  const leg = dialLeg(field, params);
  const kind = field.word('DialAction', ['answer', 'connected', 'digits', 'hangup']);

  switch (kind) {
    case 'answer':
    case 'connected':
      return field.finish({ kind, ...leg });
    case 'digits':
      return field.finish({
        kind,
        ...leg,
        digits: field.text('DialDigitsMatch'),
        pressedBy: field.wordOrNull('DialDigitsPressedBy', ['aleg', 'bleg']),
      });
    case 'hangup':
      return field.finish({
        kind,
        ...leg,
        ...legEnd(field, 'DialBLeg'),
        durationSeconds: field.secondsOrNull('DialBLegDuration'),
        billedSeconds: field.secondsOrNull('DialBLegBillDuration'),
        amountMicros: microsFromDecimal(field.textOrNull('DialBLegTotalCost')),
      });
  }
}

export function readDialAction(params: WebhookParams): DialAction | null {
  const field = new FieldReader(params);
  const bLegUuid = field.uuidOrNull('DialBLegUUID');
  field.text('DialStatus');
  // A word that is new to us: the dialling is over, and somebody answered or nobody did.
  const otherwise = bLegUuid === null ? 'failed' : 'completed';
  return field.finish({
    callUuid: aLegUuid(field, params),
    dialStatus: field.wordOrNull('DialStatus', DIAL_STATUSES) ?? otherwise,
    didRing: field.booleanOrNull('DialRingStatus'),
    hangupCause: field.textOrNull('DialHangupCause'),
    bLegUuid,
  });
}

function dialLeg(field: FieldReader, params: WebhookParams): DialLeg {
  return {
    callUuid: aLegUuid(field, params),
    bLegUuid: field.uuid('DialBLegUUID'),
    from: field.number('DialBLegFrom'),
    to: field.number('DialBLegTo'),
    position: field.integerOrNull('DialBLegPosition'),
  };
}

/** Both names stand for the caller's leg; an old capture has only the second. */
function aLegUuid(field: FieldReader, params: WebhookParams): string {
  return field.uuid(params.has('CallUUID') ? 'CallUUID' : 'DialALegUUID');
}
