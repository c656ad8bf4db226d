import { parseCaller } from '../../telephony/phone.js';
import type { Call } from '../calls/call.js';
import type { ConfirmPlan } from '../calls/confirmation.js';
import { DialAttempt, type DialPlan, type DialResult } from '../calls/dial-attempt.js';
import type { Music } from '../calls/ring-back.js';
import { commonParams, type Params } from '../calls/webhook-params.js';
import type { World } from '../calls/world.js';
import { readTarget } from '../webhooks/webhook-target.js';
import { goOn, notify, readAction, takeOver, type Action } from './action.js';
import { fetchSounds, NEXT, OVER, type Step } from './documents.js';
import type { XmlElement } from './xml-reader.js';

const LONGEST_CALL_SECONDS = 86_400;

/** Rings the numbers, connects the first that answers, and tells the application how it went. */
export async function runDial(world: World, call: Call, element: XmlElement): Promise<Step> {
  const action = readAction(element);
  const music = await fetchMusic(world, call, element);
  const confirm = await readConfirm(world, call, element);
  if (call.isOver) return OVER;
  const result = await new Promise<DialResult>((resolve) => {
    new DialAttempt(world, call, { ...readPlan(world, call, element), confirm, music }, (over) => {
      // Told in the same breath as the end, so that it goes out before the hang-up webhook of an ended call.
      if (action !== null) reportInBackground(world, call, action, over);
      resolve(over);
    }).start();
  });
  if (call.isOver) return OVER;
  call.conversationEnding = result.conversationEnding;
  if (action === null) return NEXT;
  if (!action.takesOver) return goOn(world, call, action);
  const params = actionParams(world, call, result, 'Redirect');
  return takeOver(world, call, action, { kind: 'dial-action', params });
}

/** A notification is posted whether the caller is still there or not; a document is only fetched for a caller who is. */
function reportInBackground(world: World, call: Call, action: Action, result: DialResult): void {
  const wanted = world.settings.action_after_caller_hangup;
  const isPosted = call.isOver ? wanted === 'always' || (wanted !== 'never' && !action.takesOver) : !action.takesOver;
  if (!isPosted) return;
  const params = actionParams(world, call, result, action.takesOver ? 'Redirect' : 'DialAction');
  notify(world, call, action, { kind: 'dial-action', params });
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

/** What the caller is to hear while it rings. It is asked for before anybody is dialled. */
async function fetchMusic(world: World, call: Call, { attributes }: XmlElement): Promise<Music> {
  const url = attributes['dialMusic'] ?? '';
  if (url === '') return null;
  return url === 'real' ? url : fetchSounds(world, call, { kind: 'dial-music', url });
}

async function readConfirm(world: World, call: Call, { attributes }: XmlElement): Promise<ConfirmPlan | null> {
  const url = attributes['confirmSound'] ?? '';
  if (url === '' || call.isOver) return null;
  const fetch = () => fetchSounds(world, call, { kind: 'confirm-sound', url });
  const early = world.settings.confirm_sound_fetch === 'before' ? await fetch() : undefined;
  return {
    sound: early === undefined ? fetch : () => Promise.resolve(early),
    key: attributes['confirmKey'] ?? null,
    timeoutMs: Number(attributes['confirmTimeout'] ?? 120) * 1000,
  };
}

function readPlan(world: World, call: Call, { attributes, children }: XmlElement): Omit<DialPlan, 'confirm' | 'music'> {
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
    callback: callbackUrl === undefined ? null : readTarget(callbackUrl, world.settings.url_fragments),
    callbackMethod: attributes['callbackMethod'] === 'GET' ? 'GET' : 'POST',
  };
}
