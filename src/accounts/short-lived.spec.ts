import { describe, expect, it } from '@jest/globals';
import { Clock } from '../platform/clock.js';
import { ShortLived } from './short-lived.js';

function counting(): { clock: Clock; cache: ShortLived<number>; reads: () => number } {
  const clock = new Clock();
  let reads = 0;
  return { clock, cache: new ShortLived(clock, async () => (reads += 1)), reads: () => reads };
}

/** Reads that end when they are told to. */
function held() {
  const clock = new Clock();
  const begun: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const cache = new ShortLived(clock, () => new Promise<number>((resolve, reject) => begun.push({ resolve, reject })));
  return { clock, cache, begun };
}

/** What became of them without waiting for any: undefined where nothing has. */
async function soFar<T>(promises: Promise<T>[]): Promise<(T | undefined)[]> {
  return Promise.all(
    promises.map((promise) => Promise.race([promise, new Promise<undefined>((r) => setImmediate(() => r(undefined)))])),
  );
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

  it('is read once when it has become old, however many ask', async () => {
    const { clock, cache, begun } = held();
    const first = cache.get('a');
    begun[0]?.resolve(1);
    await first;
    clock.advance(5_000);

    const asked = Array.from({ length: 1000 }, () => cache.get('a'));
    expect(begun).toHaveLength(2);
    begun[1]?.resolve(2);
    expect(new Set(await Promise.all(asked))).toEqual(new Set([2]));
    expect(await cache.get('a')).toBe(2);
    expect(begun).toHaveLength(2);
  });

  it('is asked of a silent database by one caller; the others get the old value, or wait with it', async () => {
    const { clock, cache, begun } = held();
    const first = cache.get('a');
    begun[0]?.resolve(1);
    await first;
    clock.advance(5_000);

    expect(await Promise.all(Array.from({ length: 200 }, () => cache.get('a')))).toEqual(Array(200).fill(1));
    expect(begun).toHaveLength(2);
    const unknown = Array.from({ length: 200 }, () => cache.get('b'));
    expect(await soFar(unknown)).toEqual(Array(200).fill(undefined));
    expect(begun).toHaveLength(3);
    begun[2]?.resolve(7);
    expect(new Set(await Promise.all(unknown))).toEqual(new Set([7]));
  });

  it('is the old value at once for who asks again of a database that was waited for in vain', async () => {
    const { clock, cache, begun } = held();
    const first = cache.get('a');
    begun[0]?.resolve(1);
    await first;
    clock.advance(5_000);
    expect(await cache.get('a')).toBe(1);

    expect(await soFar([cache.get('a')])).toEqual([1]);
    expect(begun).toHaveLength(2);
  });

  it('is read at most twice for all who ask after a change, and nobody gets what was read before it', async () => {
    const { cache, begun } = held();
    const before = cache.get('a');
    cache.distrust('a');
    const after = Array.from({ length: 1000 }, () => cache.get('a'));
    expect(begun).toHaveLength(1);

    begun[0]?.resolve(1);
    expect(await before).toBe(1);
    expect(await soFar(after)).toEqual(Array(1000).fill(undefined));
    expect(begun).toHaveLength(2);
    begun[1]?.resolve(2);
    expect(new Set(await Promise.all(after))).toEqual(new Set([2]));
  });

  it('is read after a change even when the read before it fails', async () => {
    const { cache, begun } = held();
    const before = cache.get('a');
    cache.distrust('a');
    const after = cache.get('a');
    begun[0]?.reject(new Error('database away'));
    await expect(before).rejects.toThrow('database away');
    await soFar([after]);
    begun[1]?.resolve(2);
    expect(await after).toBe(2);
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
