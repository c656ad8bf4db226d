import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT } from '../../test/support/ground.js';
import { clearTexts } from '../../test/support/text-world.js';
import { silentPlaces } from '../number-pool/index.js';
import { OPT_OUTS } from '../number-pool/text-opt-out.entity.js';
import type { Database } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { PartyReindexed } from '../sessions/index.js';
import { ReindexOptOuts } from './reindex-opt-outs.js';

const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const NUMBER = '12025550001';
const [BEFORE, AFTER, ELSE] = ['before', 'after', 'else'] as const;

describeOnEachDatabase('who wants no texts', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
    await clearTexts(database);
  });

  it('wants none when the rules have changed that say which spellings are one phone', async () => {
    const events = new Events();
    new ReindexOptOuts(events).onModuleInit();
    const word = { kind: 'out' as const, source: 'word' as const };
    const fact = { ...word, virtualNumber: NUMBER, campaignId: null, at: 1, isSettled: true, createdAt: 1 };
    const said = [
      [ACCOUNT, BEFORE],
      [ACCOUNT, ELSE],
      [OTHER_ACCOUNT, BEFORE],
    ].map(([accountId = '', partyIndex = '']) => ({
      ...fact,
      id: newId(),
      causeId: newId(),
      accountId,
      partyIndex,
    }));
    await database.transaction(async (tx) => {
      await OPT_OUTS.insert(tx, said);
      await events.publish(tx, new PartyReindexed(ACCOUNT, BEFORE, AFTER));
    });
    const silent = async (accountId: string): Promise<string[]> => {
      const places = [BEFORE, AFTER, ELSE].map((partyIndex) => ({ partyIndex, virtualNumber: NUMBER }));
      return [...(await database.read((manager) => silentPlaces(manager, accountId, places)))];
    };
    expect(await silent(ACCOUNT)).toEqual([`${AFTER}|${NUMBER}`, `${ELSE}|${NUMBER}`]);
    expect(await silent(OTHER_ACCOUNT)).toEqual([`${BEFORE}|${NUMBER}`]);
  });
});
