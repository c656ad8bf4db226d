import { answerCall, pause } from '../calls/call-ending.js';
import type { Call } from '../calls/call.js';
import { hear, play } from '../calls/sound.js';
import { typeAtPrompt } from '../calls/typing.js';
import { commonParams } from '../calls/webhook-params.js';
import type { World } from '../calls/world.js';
import type { Timer } from '../rules/timers.js';
import { follow, readAction } from './action.js';
import { NEXT, OVER, type Step } from './documents.js';
import type { XmlElement } from './xml-reader.js';

interface DigitsPlan {
  prompts: readonly XmlElement[];
  /** For the first key, counted from the end of the prompts. */
  timeoutMs: number;
  /** From one key to the next. */
  digitTimeoutMs: number;
  finishKeys: string;
  mostDigits: number;
  attempts: number;
  validKeys: string;
  invalidSound: XmlElement | null;
}

/**
 * Prompts and collects keys. Digits go to the action; where none came, or invalid ones, in every attempt, the next element runs.
 * `retries` counts the attempts, as in the switch underneath Plivo: with the default 1 the prompt is heard once.
 */
export async function runGetDigits(world: World, call: Call, element: XmlElement): Promise<Step> {
  const plan = readPlan(element);
  answerCall(world, call);
  for (let attempt = 1; attempt <= plan.attempts; attempt += 1) {
    const digits = await collect(world, call, plan);
    if (call.isOver) return OVER;
    if (digits === '') continue;
    if ([...digits].every((digit) => plan.validKeys.includes(digit))) return report(world, call, element, digits);
    await playInvalid(world, call, plan.invalidSound);
    if (call.isOver) return OVER;
  }
  return NEXT;
}

function report(world: World, call: Call, element: XmlElement, digits: string): Promise<Step> | Step {
  const action = readAction(element);
  if (action === null) return NEXT;
  const params = { ...commonParams(world, call, 'Redirect'), Digits: digits };
  return follow(world, call, action, { kind: 'digits-action', params });
}

/** One attempt: what was typed, without the key that finished it. A key silences the prompts. */
function collect(world: World, call: Call, plan: DigitsPlan): Promise<string> {
  const leg = call.aLeg;
  return new Promise((resolve) => {
    let digits = '';
    let limit: Timer | null = null;
    const wait = (milliseconds: number) => {
      limit?.cancel();
      limit = world.timers.after(milliseconds, finish);
    };
    const finish = () => {
      limit?.cancel();
      stopPrompts();
      stopListening();
      forgetCall();
      resolve(digits);
    };
    const stopListening = leg.keypad.listen((key) => {
      stopPrompts();
      if (plan.finishKeys.includes(key)) {
        finish();
        return;
      }
      digits += key;
      if (digits.length >= plan.mostDigits) finish();
      else wait(plan.digitTimeoutMs);
    });
    const forgetCall = call.whenOver(finish);
    let stopPrompts: () => void = () => undefined;
    stopPrompts = play(world, { call, leg }, plan.prompts, () => {
      wait(plan.timeoutMs);
      typeAtPrompt(world, call, leg);
    });
  });
}

async function playInvalid(world: World, call: Call, sound: XmlElement | null): Promise<void> {
  if (sound !== null) await pause(world, call, hear(world, { call, leg: call.aLeg }, sound));
}

function readPlan({ attributes, children }: XmlElement): DigitsPlan {
  const number = (name: string, otherwise: number) => Number(attributes[name] ?? otherwise);
  const finishOnKey = attributes['finishOnKey'] ?? '#';
  const invalidSound = attributes['invalidDigitsSound'] ?? '';
  return {
    prompts: children,
    timeoutMs: number('timeout', 5) * 1000,
    digitTimeoutMs: number('digitTimeout', 2) * 1000,
    finishKeys: finishOnKey === 'none' ? '' : finishOnKey,
    mostDigits: number('numDigits', 99),
    attempts: Math.max(1, number('retries', 1)),
    validKeys: attributes['validDigits'] ?? '1234567890*#',
    invalidSound: invalidSound === '' ? null : { name: 'Play', attributes: {}, text: invalidSound, children: [] },
  };
}
