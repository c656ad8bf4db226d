import { answerCall, endCall, pause } from '../calls/call-ending.js';
import type { Call } from '../calls/call.js';
import {
  applicationError,
  END_OF_XML,
  type HangupCode,
  hungUpBy,
  TIME_LIMIT,
  XML_REFUSALS,
} from '../calls/hangup-causes.js';
import { hear } from '../calls/sound.js';
import { commonParams } from '../calls/webhook-params.js';
import type { World } from '../calls/world.js';
import { runDial } from './dial.js';
import { ACTION_CODES, fetchAnswer, fetchNext, NEXT, OVER, REDIRECT_CODES, type Step } from './documents.js';
import { runGetDigits } from './get-digits.js';
import { isBackgroundRecord, runRecord } from './record.js';
import type { XmlElement } from './xml-reader.js';

type Executor = (world: World, call: Call, element: XmlElement) => Promise<Step> | Step;

/** Elements that Plivo knows and this table lacks are read, checked, noted on the timeline and passed over. */
const EXECUTORS: Readonly<Record<string, Executor>> = {
  Dial: runDial,
  GetDigits: runGetDigits,
  Speak: speak,
  Play: speak,
  Wait: wait,
  Hangup: hangUp,
  Redirect: redirect,
};

/** From the answer URL to the end of the call. */
export async function runCall(world: World, call: Call): Promise<void> {
  await runElements(world, call, await fetchAnswer(world, call, commonParams(world, call, 'StartApp')));
}

/** Runs elements from top to bottom until the call is over or nothing is left, which ends it. */
async function runElements(world: World, call: Call, first: Step): Promise<void> {
  let queue = first.kind === 'run' ? [...first.elements] : [];
  while (!call.isOver) {
    const element = queue.shift();
    if (element === undefined) {
      endCall(world, call, call.conversationEnding ?? END_OF_XML);
      return;
    }
    call.conversationEnding = null;
    const refused = refusalOfUrls(world, element);
    if (refused !== null) {
      endCall(world, call, applicationError(refused));
      return;
    }
    const step = await execute(world, call, element);
    if (step.kind === 'run') queue = [...step.elements];
  }
}

const URLS = ['action', 'callbackUrl', 'confirmSound', 'dialMusic'];

/** A Plivo that takes no URL with a fragment looks at an element's before it runs it. */
function refusalOfUrls({ settings }: World, { name, text, attributes }: XmlElement): HangupCode | null {
  if (settings.url_fragments !== 'refused') return null;
  if (name === 'Redirect') return text.includes('#') ? REDIRECT_CODES.invalidUrl : null;
  return URLS.some((each) => attributes[each]?.includes('#')) ? ACTION_CODES.invalidUrl : null;
}

function execute(world: World, call: Call, element: XmlElement): Promise<Step> | Step {
  const executor = executorOf(element);
  call.note(world.clock.now(), executor === undefined ? 'element.not-simulated' : 'element', { name: element.name });
  return executor === undefined ? NEXT : executor(world, call, element);
}

function executorOf(element: XmlElement): Executor | undefined {
  if (element.name === 'Record') return isBackgroundRecord(element) ? runRecord : undefined;
  return EXECUTORS[element.name];
}

/** Answers the call and lets the caller hear something; `loop="0"` repeats it until somebody hangs up. */
function speak(world: World, call: Call, element: XmlElement): Promise<Step> {
  answerCall(world, call);
  return wait(world, call, element);
}

async function wait(world: World, call: Call, element: XmlElement): Promise<Step> {
  await pause(world, call, hear(world, { call, leg: call.aLeg }, element));
  return call.isOver ? OVER : NEXT;
}

function hangUp(world: World, call: Call, { attributes }: XmlElement): Step {
  const schedule = attributes['schedule'];
  if (schedule !== undefined) {
    const timer = world.timers.after(Number(schedule) * 1000, () => endCall(world, call, TIME_LIMIT));
    call.whenOver(() => timer.cancel());
    return NEXT;
  }
  endCall(world, call, endingOfHangup(call, attributes['reason']));
  return OVER;
}

/** A reason counts only before the answer, where it turns the caller away unbilled. */
function endingOfHangup(call: Call, reason: string | undefined) {
  if (call.aLeg.answeredAt !== null) return hungUpBy('Answer XML');
  if (reason === 'rejected' || reason === 'busy') return XML_REFUSALS[reason];
  return END_OF_XML;
}

function redirect(world: World, call: Call, { text, attributes }: XmlElement): Promise<Step> {
  return fetchNext(world, call, {
    kind: 'redirect',
    url: text,
    method: attributes['method'] ?? 'POST',
    params: commonParams(world, call, 'Redirect'),
    codes: REDIRECT_CODES,
  });
}
