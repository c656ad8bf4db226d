import type { Call, Leg } from './call.js';
import type { World } from './world.js';

/** A Speak, Play or Wait as its document wrote it. */
export interface Sound {
  name: string;
  text: string;
  attributes: Readonly<Record<string, string>>;
}

/** One leg of a call, as the one that hears something. */
export interface Ear {
  call: Call;
  leg: Leg;
}

/** Lets a leg hear a Speak, Play or Wait; answers how many milliseconds it lasts. `loop="0"` has no end. */
export function hear(world: World, { call, leg }: Ear, { name, text, attributes }: Sound): number {
  if (name === 'Wait') return Number(attributes['length'] ?? 1) * 1000;
  const kind = name === 'Speak' ? 'speak' : 'play';
  call.note(world.clock.now(), `heard.${kind}`, { leg: leg.uuid, text });
  world.phones.hear(leg.phone, { call_uuid: call.uuid, kind, text });
  const times = Number(attributes['loop'] ?? 1);
  return times === 0 ? Infinity : times * world.settings.speech_seconds * 1000;
}

/** Lets a leg hear one sound after the other. The answer stops it, and then `whenDone` is never called. */
export function play(world: World, ear: Ear, sounds: readonly Sound[], whenDone: () => void): () => void {
  let stop: () => void = () => undefined;
  const playFrom = (place: number): void => {
    const sound = sounds[place];
    if (sound === undefined) {
      whenDone();
      return;
    }
    const lasting = hear(world, ear, sound);
    if (!Number.isFinite(lasting)) return;
    const timer = world.timers.after(lasting, () => playFrom(place + 1));
    stop = () => timer.cancel();
  };
  playFrom(0);
  return () => stop();
}
