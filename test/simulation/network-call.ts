import type { CallRecord } from '../../src/plivo/index.js';
import type { E164 } from '../../src/telephony/phone.js';
import type { Role, Talk } from './model.js';

export interface NetworkLeg {
  uuid: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  cause: { code: number; text: string; name: string; source: string };
}

export type Cause = NetworkLeg['cause'];

export const CAUSES = {
  normal: { code: 4000, text: 'NORMAL_CLEARING', name: 'Normal Hangup', source: 'Caller' },
  calleeHungUp: { code: 4000, text: 'NORMAL_CLEARING', name: 'Normal Hangup', source: 'Callee' },
  limit: { code: 6000, text: 'ALLOTTED_TIMEOUT', name: 'Scheduled Hangup', source: 'Plivo' },
  busy: { code: 3010, text: 'USER_BUSY', name: 'Busy Line', source: 'Carrier' },
  rejected: { code: 3020, text: 'CALL_REJECTED', name: 'Rejected', source: 'Callee' },
  ringTimeout: { code: 6010, text: 'NO_ANSWER', name: 'Ring Timeout Reached', source: 'Plivo' },
  cancelled: { code: 1000, text: 'ORIGINATOR_CANCEL', name: 'Canceled', source: 'Caller' },
  unreachedUrl: { code: 7011, text: 'NORMAL_CLEARING', name: 'Error Reaching Answer URL', source: 'Error' },
} as const;

const RATES = { A: 8500, B: 12_000 };

/** A call as it really is, whatever the service has heard of it. */
export class NetworkCall {
  readonly a: NetworkLeg;
  b: NetworkLeg | null = null;
  talk: Talk | null = null;
  /** The caller's, in its conversation. */
  role: Role | null = null;
  /** Of our URLs: what the conversation is called. */
  path: { sessionId: string; callId: string } | null = null;
  isHangupHeard = false;

  constructor(
    readonly uuid: string,
    /** As written in webhooks. */
    readonly from: string,
    readonly to: string,
    /** Null for those who show no number. */
    readonly caller: string | null,
    readonly number: string,
    readonly requestId: string | null,
    startedAt: number,
  ) {
    this.a = newLeg(uuid, startedAt);
  }

  get isOver(): boolean {
    return this.a.endedAt !== null;
  }

  get direction(): 'inbound' | 'outbound' {
    return this.requestId === null ? 'inbound' : 'outbound';
  }
}

export function newLeg(uuid: string, startedAt: number): NetworkLeg {
  return { uuid, startedAt, answeredAt: null, endedAt: null, cause: CAUSES.normal };
}

export function secondsOf({ answeredAt, endedAt }: NetworkLeg): number {
  return answeredAt === null || endedAt === null ? 0 : Math.floor((endedAt - answeredAt) / 1000);
}

export function billedOf(leg: NetworkLeg): number {
  return Math.ceil(secondsOf(leg) / 60) * 60;
}

export function costOf(leg: NetworkLeg, side: 'A' | 'B'): number {
  return (billedOf(leg) / 60) * RATES[side];
}

/** Parameters of a leg's end, `prefix` before the names that differ. */
export function endParams(leg: NetworkLeg, side: 'A' | 'B'): Record<string, string> {
  const prefix = side === 'A' ? '' : 'DialBLeg';
  return {
    [`${prefix}Duration`]: String(secondsOf(leg)),
    [`${prefix}BillDuration`]: String(billedOf(leg)),
    [`${prefix}TotalCost`]: (costOf(leg, side) / 1_000_000).toFixed(5),
    [`${prefix}HangupCause`]: leg.cause.text,
    [`${prefix}HangupCauseCode`]: String(leg.cause.code),
    [`${prefix}HangupCauseName`]: leg.cause.name,
    [`${prefix}HangupSource`]: leg.cause.source,
    SessionStart: `${stamp(leg.startedAt)}.${String(leg.startedAt % 1000).padStart(3, '0')}000`,
    StartTime: stamp(leg.startedAt),
    AnswerTime: leg.answeredAt === null ? '' : stamp(leg.answeredAt),
    EndTime: leg.endedAt === null ? '' : stamp(leg.endedAt),
  };
}

export function recordOf(call: NetworkCall, leg: NetworkLeg): CallRecord {
  const side = leg === call.a ? 'A' : 'B';
  return {
    callUuid: leg.uuid,
    parentCallUuid: side === 'A' ? null : call.uuid,
    direction: side === 'A' ? call.direction : 'outbound',
    from: side === 'A' ? call.from : (call.number as E164),
    to: side === 'A' ? call.to : '',
    startedAt: leg.startedAt,
    answeredAt: leg.answeredAt,
    endedAt: leg.endedAt,
    durationSeconds: secondsOf(leg),
    billedSeconds: billedOf(leg),
    amountMicros: costOf(leg, side),
    hangupCauseCode: leg.cause.code,
    hangupCauseName: leg.cause.name,
    hangupSource: leg.cause.source,
  };
}

function stamp(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}
