import { play, type Ear, type Sound } from './sound.js';
import type { World } from './world.js';

/** What a Dial orders for a waiting caller: sounds of the application's, what the far end's network sends, or nothing. */
export type Music = readonly Sound[] | 'real' | null;

/**
 * What a caller hears while the other phone rings, noted as `heard.ringing`. `network`: the ring tone of the caller's own network, as long as its leg
 * is not answered. `music`: the application's. `real`: whatever the far end sends. `plivo`: a ring tone of this Plivo's. `silence`.
 */
export type RingSound = 'network' | 'music' | 'real' | 'plivo' | 'silence';

/** Begins it; the answer ends it. */
export function letHearRinging(world: World, ear: Ear, music: Music): () => void {
  const { call, leg } = ear;
  const note = (sound: RingSound): void => call.note(world.clock.now(), 'heard.ringing', { leg: leg.uuid, sound });
  const afterMusic = world.settings.dial_ring_back ? 'plivo' : 'silence';
  if (music !== null && music.length > 0) {
    note(music === 'real' ? 'real' : 'music');
    return music === 'real' ? () => undefined : play(world, ear, music, () => note(afterMusic));
  }
  note(leg.answeredAt === null ? 'network' : afterMusic);
  return () => undefined;
}
