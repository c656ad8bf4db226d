import type { Call, Leg } from './call.js';
import type { World } from './world.js';

/** Somebody presses keys at a phone: in its newest call, or in the one named. Without a call they are kept and go nowhere. */
export function typeKeys(world: World, number: string, keys: string, callUuid: string | null): void {
  const line = world.phones.at(number).lineOf(callUuid);
  const live = world.book.live.get(line?.legUuid ?? '');
  world.phones.keepDigits(number, { call_uuid: line?.callUuid ?? null, digits: keys });
  live?.call.note(world.clock.now(), 'digits.pressed', { leg: live.leg.uuid, count: keys.length });
  live?.leg.keypad.press(keys);
  world.changes.notify();
}

/** A prompt has played: the phone types what it was told to type at its next prompt. */
export function typeAtPrompt(world: World, call: Call, leg: Leg): void {
  const keys = world.phones.at(leg.phone).types.shift() ?? '';
  if (keys !== '') typeKeys(world, leg.phone, keys, call.uuid);
}
