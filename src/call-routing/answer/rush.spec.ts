import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Database } from '../../platform/database/database.js';
import type { LoopLag } from '../../platform/loop-lag.js';
import { Rush } from './rush.js';

describe('a call in a rush', () => {
  const database = { waitMs: 0 };
  const lag = { ms: 0 };
  let rush: Rush;

  beforeEach(() => {
    Object.assign(database, { waitMs: 0 });
    lag.ms = 0;
    rush = new Rush(database as Database, lag as LoopLag);
  });
  const begin = (accountId: string, count: number) => Array.from({ length: count }, () => rush.begin(accountId));
  const isTooMuch = (waitMs: number, accountId: string): boolean => {
    database.waitMs = waitMs;
    return rush.isTooMuch(accountId);
  };

  it('is too much for an account that calls alone as soon as 0.3 s of others wait before it', () => {
    begin('A', 100);
    expect([isTooMuch(300, 'A'), isTooMuch(301, 'A')]).toEqual([false, true]);
  });

  it('of another account may wait longer, as long as it is answered in time', () => {
    begin('A', 100);
    expect([isTooMuch(301, 'B'), isTooMuch(600, 'B'), isTooMuch(601, 'B')]).toEqual([false, false, true]);
  });

  it('is too much first for the account that has more than its share of what waits', () => {
    begin('A', 50);
    begin('B', 49);
    begin('C', 10);
    expect(['A', 'B', 'C', 'D'].map((account) => isTooMuch(301, account))).toEqual([true, true, false, false]);
  });

  it('is none of those that have had their answer', () => {
    const ends = begin('A', 100);
    begin('B', 10);
    expect([isTooMuch(301, 'A'), isTooMuch(301, 'B')]).toEqual([true, false]);
    for (const end of ends) end();
    expect([isTooMuch(301, 'A'), isTooMuch(301, 'B')]).toEqual([false, true]);
  });

  it('has waited already as long as the process was busy before it read it', () => {
    begin('A', 100);
    lag.ms = 400;
    expect([isTooMuch(200, 'B'), isTooMuch(201, 'B')]).toEqual([false, true]);
  });

  it('is never too much where nobody waits, however long the process was busy', () => {
    lag.ms = 5_000;
    expect([rush.isOn, isTooMuch(0, 'A')]).toEqual([false, false]);
  });
});
