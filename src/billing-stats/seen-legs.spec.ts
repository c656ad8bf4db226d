import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { SeenLegs } from './seen-legs.js';

it('knows each leg that it was told of, once, and no other', () => {
  const seen = new SeenLegs();
  const uuids = Array.from({ length: 20_000 }, () => randomUUID());
  expect(uuids.filter((uuid) => seen.add(uuid))).toEqual(uuids);
  expect(uuids.filter((uuid) => seen.add(uuid))).toEqual([]);
  expect(seen.size).toBe(20_000);
  expect(uuids.every((uuid) => seen.has(uuid))).toBe(true);
  expect(Array.from({ length: 20_000 }, () => randomUUID()).some((uuid) => seen.has(uuid))).toBe(false);
});

it('takes what is no uuid, and one of zeros', () => {
  const seen = new SeenLegs();
  for (const odd of ['a', 'b', '00000000-0000-0000-0000-000000000000']) {
    expect([seen.has(odd), seen.add(odd), seen.add(odd), seen.has(odd)]).toEqual([false, true, false, true]);
  }
});
