import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ACCOUNT, clearSessions } from '../../../test/support/ground.js';
import { Account } from '../../accounts/account.entity.js';
import { Accounts } from '../../accounts/index.js';
import { newId } from '../../platform/ids.js';
import { TimeZone } from '../../platform/time-zone.js';
import { MaskedCall } from '../call.entity.js';
import type { Outcome } from '../decision-words.js';
import { CountOutcomes } from './count-outcomes.js';

const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const at = (text: string): number => Date.parse(`2026-11-29T${text}Z`);

describeOnEachDatabase('outcomes by the hour', (open) => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await test.dataSource.query('DELETE FROM account');
    const account = { name: 'Some', plivoAuthId: 'MA', plivoAuthToken: '', createdAt: 0 };
    for (const authId of [ACCOUNT, OTHER_ACCOUNT])
      await test.dataSource.manager.insert(Account, { ...account, authId });
  });

  async function call(text: string, outcome: Outcome | null, accountId = ACCOUNT): Promise<void> {
    await test.dataSource.manager.insert(MaskedCall, {
      id: newId(),
      accountId,
      kind: 'inbound',
      aLegUuid: randomUUID(),
      pinAttempts: 0,
      decision: 'connect',
      reason: 'party',
      answer: 'sealed answer',
      createdAt: at(text),
      outcome,
    });
  }
  /** As `14:00 busy 2, connected 1`. */
  async function counted(
    from: string,
    to: string,
    { zone = 'UTC', account }: { zone?: string; account?: string } = {},
  ) {
    const hours = await new CountOutcomes(test.database, new Accounts()).run({
      accountId: account,
      from: at(from),
      to: at(to),
      zone: TimeZone.named(zone) ?? TimeZone.utc,
    });
    return hours.map(({ hour, outcomes }) => {
      const some = Object.entries(outcomes).filter(([, calls]) => calls > 0);
      const words = some.map(([outcome, calls]) => `${outcome} ${calls}`).sort();
      return `${new Date(hour).toISOString().slice(11, 16)} ${words.join(', ')}`;
    });
  }

  it('are those of the calls that came in it and are over; hours without any are left out', async () => {
    for (const text of ['14:00:00', '14:59:59.999']) await call(text, 'busy');
    await call('14:20:00', 'connected');
    await call('14:30:00', null);
    await call('16:00:00', 'refused');
    expect(await counted('00:00', '23:00')).toEqual(['14:00 busy 2, connected 1', '16:00 refused 1']);
  });

  it('are of whole hours: the first instant is rounded down, the last one up', async () => {
    for (const text of ['13:59:59.999', '14:05:00', '15:55:00', '16:00:00']) await call(text, 'declined');
    expect(await counted('14:30', '15:10')).toEqual(['14:00 declined 1', '15:00 declined 1']);
    expect(await counted('14:00', '15:00')).toEqual(['14:00 declined 1']);
  });

  it('are of hours as the clocks of a time zone show them', async () => {
    for (const text of ['14:10:00', '14:35:00', '15:20:00']) await call(text, 'abandoned');
    expect(await counted('14:00', '16:00', { zone: 'Asia/Kolkata' })).toEqual([
      '13:30 abandoned 1',
      '14:30 abandoned 2',
    ]);
    // Three quarters of an hour off.
    expect(await counted('14:00', '16:00', { zone: 'Asia/Kathmandu' })).toEqual([
      '13:15 abandoned 1',
      '14:15 abandoned 1',
      '15:15 abandoned 1',
    ]);
  });

  it('are of one account, or of all', async () => {
    await call('14:10:00', 'failed');
    await call('14:20:00', 'no-answer', OTHER_ACCOUNT);
    expect(await counted('14:00', '15:00')).toEqual(['14:00 failed 1, no-answer 1']);
    expect(await counted('14:00', '15:00', { account: OTHER_ACCOUNT })).toEqual(['14:00 no-answer 1']);
    await expect(counted('14:00', '15:00', { account: 'MANOBODYNOBODYNOBODY' })).rejects.toThrow('no account');
  });
});
