import { expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { Room } from './room.js';

const failed = (driver: object): QueryFailedError => new QueryFailedError('UPDATE', [], driver as Error);
const NO_ROOM = failed({ errno: 1114 });

it.each([
  ['ok', null, undefined],
  ['ok', null, failed({ errno: 1064 })],
  ['full', NO_ROOM, NO_ROOM],
  ['read-only', failed({ errno: 1290, code: 'ER_OPTION_PREVENTS_STATEMENT' }), failed({ errno: 1290 })],
  ['read-only', failed({ errno: 1836 }), failed({ errno: 1290 })],
  ['read-only', failed({ code: 'SQLITE_READONLY' }), failed({ code: 'SQLITE_READONLY' })],
  ['read-only', NO_ROOM, failed({ errno: 1290 })],
  ['ok', failed({ errno: 1290 }), undefined],
])('is %s after a write that failed with %j and another that ends with %j', async (state, error, next) => {
  const room = new Room(null, async () => {
    if (next) throw next;
  });
  room.note(error);
  expect(await room.look()).toBe(state);
});

it('is not known when the database does not answer, and asked again the next time', async () => {
  let isAway = true;
  const room = new Room(null, async () => {
    if (isAway) throw new Error('away');
  });
  room.note(failed({ errno: 1290 }));
  await expect(room.look()).rejects.toThrow('away');
  isAway = false;
  expect(await room.look()).toBe('ok');
});
