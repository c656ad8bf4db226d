import { describe, expect, it } from '@jest/globals';
import { Clock } from '../platform/clock.js';
import { ShortLived } from './short-lived.js';

function counting(): { clock: Clock; cache: ShortLived<number>; reads: () => number } {
  const clock = new Clock();
  let reads = 0;
  return { clock, cache: new ShortLived(clock, async () => (reads += 1)), reads: () => reads };
}

describe('what is remembered for a short time', () => {
  it('is read once for all who ask together and within 5 s', async () => {
    const { clock, cache, reads } = counting();
    expect(await Promise.all([cache.get('a'), cache.get('a')])).toEqual([1, 1]);
    clock.advance(4_000);
    expect(await cache.get('a')).toBe(1);
    expect(reads()).toBe(1);
  });

  it('is read again after 5 s', async () => {
    const { clock, cache } = counting();
    await cache.get('a');
    clock.advance(5_000);
    expect(await cache.get('a')).toBe(2);
  });

  it('is read every time while a change may still be open, and remembered again afterwards', async () => {
    const { clock, cache } = counting();
    await cache.get('a');
    cache.distrust('a');
    expect([await cache.get('a'), await cache.get('a')]).toEqual([2, 3]);
    clock.advance(5_000);
    expect([await cache.get('a'), await cache.get('a')]).toEqual([4, 4]);
  });

  it('does not outlive a wall clock that is set back', async () => {
    const { clock, cache } = counting();
    await cache.get('a');
    clock.advance(-3_600_000);
    expect(await cache.get('a')).toBe(2);
  });

  it('does not remember failures', async () => {
    let isAway = true;
    const cache = new ShortLived(new Clock(), async () => {
      if (isAway) throw new Error('database away');
      return 'here';
    });
    await expect(cache.get('a')).rejects.toThrow('database away');
    isAway = false;
    expect(await cache.get('a')).toBe('here');
  });

  it('stays bounded under invented keys', async () => {
    const { cache, reads } = counting();
    for (let index = 0; index <= 10_000; index += 1) await cache.get(`key-${index}`);
    await cache.get('key-10000');
    expect(reads()).toBe(10_001);
    await cache.get('key-0');
    expect(reads()).toBe(10_002);
  });
});
