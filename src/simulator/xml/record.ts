import { answerCall } from '../calls/call-ending.js';
import type { Call } from '../calls/call.js';
import { commonParams } from '../calls/webhook-params.js';
import { mediaHost } from '../calls/report-recordings.js';
import type { World } from '../calls/world.js';
import { Recording } from '../media/recording.js';
import { readTarget } from '../webhooks/webhook-target.js';
import { follow, readAction } from './action.js';
import { NEXT, type Step } from './documents.js';
import type { XmlElement } from './xml-reader.js';

/** Whether a Record runs beside the call. The other sort, a message after a beep, is not simulated. */
export function isBackgroundRecord({ attributes }: XmlElement): boolean {
  return attributes['recordSession'] === 'true' || attributes['startOnDialAnswer'] === 'true';
}

/** Orders a recording of the call. Its action is told at once, when no duration is known; the next element runs beside it. */
export function runRecord(world: World, call: Call, element: XmlElement): Promise<Step> | Step {
  const { attributes } = element;
  if (world.settings.record_answers_caller) answerCall(world, call);
  const order = {
    orderedAt: world.clock.now(),
    legsBefore: call.bLegs.length,
    startsWith: attributes['recordSession'] === 'true' ? 'order' : 'conversation',
    format: attributes['fileFormat'] ?? 'mp3',
    mostMs: Number(attributes['maxLength'] ?? 60) * 1000,
    callback: readTarget(attributes['callbackUrl'] ?? '', world.settings.url_fragments),
    callbackMethod: attributes['callbackMethod'] === 'GET' ? 'GET' : 'POST',
  } as const;
  const recording = new Recording(order);
  call.recordings.push(recording);
  if (world.settings.recordings === 'twice') call.recordings.push(new Recording(order));
  const action = readAction(element);
  if (action === null) return NEXT;
  const params = {
    ...commonParams(world, call, 'Redirect'),
    ...recording.firstParams(mediaHost(world, call.subaccount)),
  };
  return follow(world, call, action, { kind: 'record-action', params });
}
