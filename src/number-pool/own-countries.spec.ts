import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { ACCOUNT, addNumbers, clearSessions } from '../../test/support/ground.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import type { Database } from '../platform/database/database.js';
import { ownCountries } from './own-countries.js';

describeOnEachDatabase("the countries of an account's numbers", (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(() => clearSessions(database));

  const countries = (accountId = ACCOUNT) => database.read((manager) => ownCountries(manager, accountId));

  it('are none while it has no number', async () => {
    await addNumbers(database, ['12025550100']);
    expect(await countries('MANOBODYNOBODYNOBODY')).toBeNull();
  });

  it.each([
    ['each once, in order', ['442079460000', '12025550100', '12125550100', '442079460001'], ['GB', 'US']],
    ['one of those that share +1', ['12025550100'], ['US']],
    ['another of those that share +1', ['14165550100'], ['CA']],
    ['a Caribbean one', ['18765550100'], ['JM']],
    ['one of those that share +7', ['77172123456'], ['KZ']],
    ['one of those that share +44', ['441534123456'], ['JE']],
    ['the main one where the digits do not tell', ['18005550100'], ['US']],
  ])('are %s', async (_what, numbers, wanted) => {
    await addNumbers(database, numbers);
    expect(await countries()).toEqual(wanted);
  });

  it('are those of numbers of any status, and of one that a listing has left out', async () => {
    await addNumbers(database, ['12025550100', '442079460000', '33123456789']);
    await database.transaction(async (tx) => {
      await tx.query("UPDATE virtual_number SET status = 'retired' WHERE number = '442079460000'");
      await tx.query("UPDATE virtual_number SET missing_since = 1 WHERE number = '33123456789'");
    });
    expect(await countries()).toEqual(['FR', 'GB', 'US']);
  });
});
