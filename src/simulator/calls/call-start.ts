import { randomUUID } from 'node:crypto';
import { parseCaller } from '../../telephony/phone.js';
import { violatesAnchoring } from '../rules/settings.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import type { WebhookTarget } from '../webhooks/webhook-target.js';
import type { CallUrls, RentedNumber } from './account.js';
import { answerCall, endCall, failCall } from './call-ending.js';
import { Call, Leg } from './call.js';
import * as causes from './hangup-causes.js';
import type { IncomingLine } from './phones.js';
import { commonParams } from './webhook-params.js';
import type { World } from './world.js';

/** Somebody calls one of the account's numbers. */
export function startInboundCall(world: World, from: string, callerName: string | null, number: RentedNumber): Call {
  const caller = parseCaller(from) ?? from;
  const leg = new Leg({
    direction: 'inbound',
    from,
    to: number.number,
    callerName: callerName ?? from,
    rate: world.settings.inbound_rate,
    initiatedAt: world.clock.now(),
    parentUuid: null,
    subaccount: number.subaccount,
  });
  const call = open(world, new Call(leg, world.account.urlsFor(number)));
  world.phones.hold(from, {
    callUuid: call.uuid,
    legUuid: leg.uuid,
    state: 'calling',
    callerId: caller,
    callerName: leg.facts.callerName,
    hangUp: () => hangUp(world, call, 'Caller'),
  });
  run(world, call);
  return call;
}

export interface OutboundCall {
  /** The subaccount with whose credentials it is ordered; null for the main account's. */
  placedBy: string | null;
  from: string;
  to: string;
  callerName: string;
  urls: CallUrls;
  ring: { target: WebhookTarget | null; method: WebhookMethod } | null;
  ringTimeoutSeconds: number;
  timeLimitSeconds: number;
  parentUuid: string | null;
}

/** The API asks for a call: the phone rings first, the application is asked once it is answered. */
export function startOutboundCall(world: World, order: OutboundCall): Call {
  const caller = callerOf(world, order);
  const leg = new Leg({
    direction: 'outbound',
    from: order.from,
    to: order.to,
    callerName: order.callerName,
    rate: world.settings.outbound_rate,
    initiatedAt: world.clock.now(),
    parentUuid: order.parentUuid,
    subaccount: caller?.subaccount ?? order.placedBy,
  });
  const requestUuid = world.settings.request_uuid_differs ? randomUUID() : leg.uuid;
  const call = open(world, new Call(leg, order.urls, requestUuid));
  const number = parseCaller(order.to);
  if (caller === null) endCall(world, call, causes.UNKNOWN_CALLER_ID);
  else if (number === null) endCall(world, call, causes.INVALID_DESTINATION);
  else if (violatesAnchoring(world.settings, caller.number, [number])) endCall(world, call, causes.NOT_ANCHORED);
  else if (world.account.find(number) !== null) endCall(world, call, causes.LOOP);
  else ringCallee(world, call, order);
  return call;
}

/** Null for what the one who orders has not rented: a subaccount's numbers are not the account's, nor the other way round. */
function callerOf({ account, settings }: World, { from, placedBy }: OutboundCall): RentedNumber | null {
  const number = account.find(from);
  const isReached = placedBy === null && settings.main_reaches_subaccounts;
  return number !== null && (isReached || account.keeperOf(number.subaccount) === placedBy) ? number : null;
}

function ringCallee(world: World, call: Call, order: OutboundCall): void {
  const { timers, clock, phones } = world;
  const timer = timers.after(order.ringTimeoutSeconds * 1000, () => endCall(world, call, causes.RING_TIMEOUT));
  call.whenOver(() => timer.cancel());
  const line: IncomingLine = {
    callUuid: call.uuid,
    legUuid: call.uuid,
    state: 'ringing',
    callerId: parseCaller(order.from) ?? order.from,
    callerName: order.callerName,
    answer: () => {
      if (call.isOver || call.aLeg.answeredAt !== null) return;
      timer.cancel();
      answerCall(world, call);
      const limit = timers.after(order.timeLimitSeconds * 1000, () => endCall(world, call, causes.TIME_LIMIT));
      call.whenOver(() => limit.cancel());
      run(world, call);
    },
    refuse: (how) => {
      if (call.aLeg.answeredAt === null) endCall(world, call, causes.PHONE_REFUSALS[how]);
    },
    hangUp: () => hangUp(world, call, 'Callee'),
  };
  if (!phones.ring(order.to, line)) return;
  call.aLeg.hasRung = true;
  call.note(clock.now(), 'leg.ringing', { leg: call.uuid, phone: order.to, caller_id: line.callerId });
  const { target = null, method = 'POST' } = order.ring ?? {};
  if (target !== null)
    void world.webhooks.send(call, { kind: 'ring', target, method, params: commonParams(world, call, 'Ring') });
  world.changes.notify();
}

function open(world: World, call: Call): Call {
  const { aLeg } = call;
  world.book.add(call);
  world.book.live.set(aLeg.uuid, { leg: aLeg, call, hangUp: (by) => hangUp(world, call, by) });
  const { direction, from, to } = aLeg.facts;
  call.note(world.clock.now(), 'call.started', { direction, from, to });
  return call;
}

function hangUp(world: World, call: Call, by: 'Caller' | 'Callee' | 'API Request'): void {
  if (call.aLeg.answeredAt !== null) endCall(world, call, causes.hungUpBy(by));
  else endCall(world, call, by === 'Callee' ? causes.PHONE_REFUSALS.decline : causes.cancelledBy(by));
}

function run(world: World, call: Call): void {
  world.runCall(call).catch((error: unknown) => failCall(world, call, error));
}
