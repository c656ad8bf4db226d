import { parseCaller } from '../shared/phone.js';
import type { Call } from './call.js';
import { endCall } from './call-ending.js';
import { DialAttempt, type DialPlan, type DialResult } from './dial-attempt.js';
import { ACTION_CODES, fetchNext, isMethod, NEXT, OVER, type Step } from './documents.js';
import { applicationError } from './hangup-causes.js';
import { commonParams, type Params } from './webhook-params.js';
import { readTarget } from './webhook-target.js';
import type { World } from './world.js';
import type { XmlElement } from './xml-reader.js';

const LONGEST_CALL_SECONDS = 86_400;

interface ActionPlan {
  url: string;
  method: string;
  takesOver: boolean;
}

/** Rings the numbers, connects the first that answers, and tells the application how it went. */
export async function runDial(world: World, call: Call, element: XmlElement): Promise<Step> {
  const action = readAction(element);
  const result = await new Promise<DialResult>((resolve) => {
    new DialAttempt(world, call, readPlan(call, element), (over) => {
      // Told in the same breath as the end, so that it goes out before the hang-up webhook of an ended call.
      if (action !== null) reportInBackground(world, call, action, over);
      resolve(over);
    }).start();
  });
  if (call.isOver) return OVER;
  call.conversationEnding = result.conversationEnding;
  return action === null ? NEXT : followAction(world, call, action, result);
}

async function followAction(world: World, call: Call, action: ActionPlan, result: DialResult): Promise<Step> {
  if (action.takesOver) {
    const params = actionParams(world, call, result, 'Redirect');
    return fetchNext(world, call, { kind: 'dial-action', ...action, params, codes: ACTION_CODES });
  }
  const problem = problemOf(action);
  if (problem === null) return NEXT;
  endCall(world, call, applicationError(problem));
  return OVER;
}

/** A notification is posted whether the caller is still there or not; a document is only fetched for a caller who is. */
function reportInBackground(world: World, call: Call, action: ActionPlan, result: DialResult): void {
  const wanted = world.settings.action_after_caller_hangup;
  const isPosted = call.isOver ? wanted === 'always' || (wanted !== 'never' && !action.takesOver) : !action.takesOver;
  const target = readTarget(action.url);
  if (!isPosted || target === null || !isMethod(action.method)) return;
  const params = actionParams(world, call, result, action.takesOver ? 'Redirect' : 'DialAction');
  void world.webhooks.send(call, { kind: 'dial-action', target, method: action.method, params });
}

function actionParams(world: World, call: Call, result: DialResult, event: string): Params {
  return {
    ...commonParams(world, call, event),
    DialStatus: result.ending.status,
    DialRingStatus: String(result.hasRung),
    DialHangupCause: result.ending.cause,
    DialALegUUID: call.uuid,
    DialBLegUUID: result.answeredLegUuid,
  };
}

function problemOf({ url, method }: ActionPlan) {
  if (readTarget(url) === null) return ACTION_CODES.invalidUrl;
  return isMethod(method) ? null : ACTION_CODES.invalidMethod;
}

function readAction({ attributes }: XmlElement): ActionPlan | null {
  const url = attributes['action'];
  if (url === undefined || url === '') return null;
  return { url, method: attributes['method'] ?? 'POST', takesOver: attributes['redirect'] !== 'false' };
}

function readPlan(call: Call, { attributes, children }: XmlElement): DialPlan {
  const callbackUrl = attributes['callbackUrl'];
  const seconds = (name: string, otherwise: number) => Number(attributes[name] ?? otherwise);
  return {
    destinations: children.map(({ name, text }) => ({
      number: name === 'Number' ? parseCaller(text) : null,
      text,
      isUser: name === 'User',
    })),
    // Without a caller ID of the application's own, the callee is shown who really calls. That leak is Plivo's default.
    callerId: attributes['callerId'] ?? null,
    shownAs: attributes['callerId'] ?? call.aLeg.facts.from,
    callerName: attributes['callerName'] ?? call.aLeg.facts.callerName,
    timeoutMs: seconds('timeout', 120) * 1000,
    timeLimitMs: Math.min(seconds('timeLimit', 14_400), LONGEST_CALL_SECONDS) * 1000,
    callback: callbackUrl === undefined ? null : readTarget(callbackUrl),
    callbackMethod: attributes['callbackMethod'] === 'GET' ? 'GET' : 'POST',
  };
}
