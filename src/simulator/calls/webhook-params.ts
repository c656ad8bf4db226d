import { callingCodeOf, describeNumber, parseCaller } from '../../telephony/phone.js';
import type { Call, Leg } from './call.js';
import { consoleTime, utcMicroseconds } from './console-time.js';
import type { World } from './world.js';

export type Params = Record<string, string>;

/** What every webhook of a call carries. */
export function commonParams(world: World, { aLeg, uuid, requestUuid, isOver }: Call, event: string): Params {
  const { direction, from, to, callerName, rate, initiatedAt } = aLeg.facts;
  const running = aLeg.answeredAt === null ? 'ringing' : 'in-progress';
  const called = parseCaller(to);
  const common = {
    CallUUID: uuid,
    From: direction === 'inbound' ? presentedCaller(from, to, world) : presented(from, world),
    To: presented(to, world),
    Direction: direction,
    CallStatus: isOver ? 'completed' : running,
    Event: event,
    BillRate: rate,
    ParentAuthID: world.authId,
    SessionStart: utcMicroseconds(initiatedAt),
    STIRVerification: 'Not Applicable',
    STIRAttestation: '',
    CountryCode: called === null ? '' : describeNumber(called).country,
    RouteType: '',
  };
  if (direction === 'inbound') return { ...common, CallerName: presented(callerName, world) };
  return { ...common, ALegUUID: uuid, ALegRequestUUID: requestUuid, RequestUUID: requestUuid };
}

export function hangupParams(world: World, call: Call): Params {
  const { aLeg } = call;
  const { ending } = aLeg;
  return {
    ...commonParams(world, call, 'Hangup'),
    // An inbound call is always completed; only an outbound one tells how it failed.
    CallStatus: aLeg.facts.direction === 'inbound' ? 'completed' : (ending?.status ?? 'completed'),
    HangupCause: ending?.cause ?? '',
    HangupCauseCode: String(ending?.code ?? 0),
    HangupCauseName: ending?.name ?? '',
    HangupSource: ending?.source ?? '',
    Duration: String(aLeg.durationSeconds),
    BillDuration: String(aLeg.billedSeconds),
    TotalCost: aLeg.cost,
    ...legTimes(world, aLeg),
  };
}

/** A Dial callback about one B leg. */
export function dialEventParams(
  world: World,
  call: Call,
  { leg, position, action }: { leg: Leg; position: number; action: 'answer' | 'connected' | 'hangup' },
): Params {
  const event = { answer: 'DialAnswer', connected: 'DialConnected', hangup: 'DialHangup' }[action];
  const params = {
    ...commonParams(world, call, event),
    DialAction: action,
    DialALegUUID: call.uuid,
    DialBLegUUID: leg.uuid,
    DialBLegStatus: action,
    DialBLegFrom: leg.facts.from,
    DialBLegTo: leg.facts.to,
    DialBLegPosition: String(position),
    DialBLegBillRate: leg.facts.rate,
  };
  if (action !== 'hangup') return params;
  return {
    ...params,
    DialBLegDuration: String(leg.durationSeconds),
    DialBLegBillDuration: String(leg.billedSeconds),
    DialBLegTotalCost: leg.cost,
    DialBLegHangupCause: leg.ending?.cause ?? '',
    DialBLegHangupCauseName: leg.ending?.name ?? '',
    DialBLegHangupCauseCode: String(leg.ending?.code ?? 0),
    DialBLegHangupSource: leg.ending?.source ?? '',
    ...legTimes(world, leg),
    SessionStart: utcMicroseconds(leg.facts.initiatedAt),
  };
}

function legTimes({ settings }: World, leg: Leg): Params {
  return {
    StartTime: consoleTime(leg.facts.initiatedAt, settings.time_zone_offset),
    AnswerTime: consoleTime(leg.answeredAt, settings.time_zone_offset),
    EndTime: consoleTime(leg.endedAt, settings.time_zone_offset),
  };
}

function presentedCaller(from: string, to: string, world: World): string {
  const [caller, dialled] = [parseCaller(from), parseCaller(to)];
  if (world.settings.caller_form === 'international' || caller === null || dialled === null)
    return presented(from, world);
  const code = callingCodeOf(dialled);
  return callingCodeOf(caller) === code ? `0${caller.slice(code.length)}` : `00${caller}`;
}

/** A number in `+` form loses its plus sign; whatever else a caller shows goes through as it is. */
function presented(text: string, { settings }: World): string {
  const digits = /^\+?[1-9]\d{6,14}$/.test(text) ? text.replace('+', '') : null;
  if (digits === null) return text;
  return settings.plus_in_numbers ? `+${digits}` : digits;
}
