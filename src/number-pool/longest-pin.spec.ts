import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import type { Database } from '../platform/database/database.js';
import { longestPin } from './longest-pin.js';
import { PIN_ASSIGNMENTS } from './virtual-number.entity.js';

const NOW = 1_000_000;

describeOnEachDatabase('the longest PIN of a number', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(() => database.transaction((tx) => tx.query('DELETE FROM pin_assignment')));

  const lend = (virtualNumberId: number, pinIndex: string, pinLength: number | null, freeAfter = NOW + 1) =>
    database.transaction((tx) =>
      PIN_ASSIGNMENTS.insert(tx, { virtualNumberId, pinIndex, sessionId: 's', role: 'first', freeAfter, pinLength }),
    );
  const longest = (virtualNumberId = 1, now = NOW) =>
    database.transaction((tx) => longestPin(tx, virtualNumberId, now));

  it('is that of the live ones there, to the millisecond', async () => {
    await lend(1, 'a', 4);
    await lend(1, 'b', 9, NOW + 5);
    await lend(2, 'c', 12);
    expect([await longest(), await longest(1, NOW + 4)]).toEqual([9, 9]);
    await lend(1, 'd', 6, NOW + 6);
    expect([await longest(1, NOW + 5), await longest(2)]).toEqual([6, 12]);
  });

  it('is as long as a PIN can be where an earlier version kept one that lives on', async () => {
    await lend(1, 'a', 4, NOW + 9);
    await lend(1, 'b', null, NOW + 1);
    expect([await longest(), await longest(1, NOW + 1)]).toEqual([15, 4]);
  });

  it('takes neither an open session nor a file for a PIN, and none for the longest possible', async () => {
    await lend(1, 'a', 5);
    await lend(1, '*', null);
    await lend(1, `~${'x'.repeat(21)}`, null);
    expect([await longest(), await longest(2)]).toEqual([5, 15]);
  });
});
