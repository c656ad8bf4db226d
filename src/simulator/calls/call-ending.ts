import { readTarget } from '../webhooks/webhook-target.js';
import type { Call } from './call.js';
import { INTERNAL_ERROR, type Ending } from './hangup-causes.js';
import { reportRecordings } from './report-recordings.js';
import { hangupParams } from './webhook-params.js';
import type { World } from './world.js';

/** Ends the A leg, once. Whatever waits on the call reports its own end first; the hang-up webhook comes last. */
export function endCall(world: World, call: Call, ending: Ending): void {
  if (call.isOver) return;
  const { aLeg } = call;
  aLeg.end(world.clock.now(), ending);
  world.book.noteFinished(aLeg);
  world.phones.release(aLeg.phone, aLeg.uuid);
  call.announceOver();
  call.note(world.clock.now(), 'call.ended', { code: ending.code, reason: ending.name, source: ending.source });
  sendHangup(world, call);
  reportRecordings(world, call);
  world.changes.notify();
}

/** The hang-up URL falls back to the answer URL, as Plivo's applications do. */
function sendHangup(world: World, call: Call): void {
  const { hangupUrl, hangupMethod, answerUrl, answerMethod } = call.urls;
  const target = readTarget(hangupUrl ?? answerUrl, world.settings.url_fragments);
  if (target === null) return;
  const method = hangupUrl === null ? answerMethod : hangupMethod;
  void world.webhooks.send(call, { kind: 'hangup', target, method, params: hangupParams(world, call) });
}

/** Time that passes in a call: over early when the call is, and only then when it has no end. */
export function pause(world: World, call: Call, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      timer?.cancel();
      forget();
      resolve();
    };
    const timer = Number.isFinite(milliseconds) ? world.timers.after(milliseconds, go) : null;
    const forget = call.whenOver(go);
  });
}

/** A bug in the simulator must look like one, not like a call that never ends. */
export function failCall(world: World, call: Call, error: unknown): void {
  call.note(world.clock.now(), 'simulator.error', { error: error instanceof Error ? error.message : 'unknown' });
  endCall(world, call, INTERNAL_ERROR);
}

/** The A leg counts and costs from here. */
export function answerCall(world: World, call: Call): void {
  if (call.aLeg.answeredAt !== null) return;
  call.aLeg.answeredAt = world.clock.now();
  const line = world.phones.at(call.aLeg.phone).lineOf(call.uuid);
  if (line !== null) line.state = 'talking';
  call.note(world.clock.now(), 'call.answered');
  world.changes.notify();
}
