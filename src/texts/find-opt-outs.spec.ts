import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, sessionsOn } from '../../test/support/ground.js';
import { clearTexts } from '../../test/support/text-world.js';
import { OPT_OUTS } from '../number-pool/text-opt-out.entity.js';
import type { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { newId } from '../platform/ids.js';
import type { E164 } from '../telephony/phone.js';
import { FindOptOuts, type OptOutSearch } from './find-opt-outs.js';

const [ASHA, RAVI] = ['14155550101', '14155550102'] as [E164, E164];
const [HERE, THERE] = ['12025550001', '12025550002'] as [E164, E164];
const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';

describeOnEachDatabase('the search for who wants no texts', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;
  let findOptOuts: FindOptOuts;

  beforeAll(async () => {
    ({ database } = await open());
    sessions = sessionsOn(database);
    findOptOuts = new FindOptOuts(database, sessions.records);
  });
  beforeEach(() => clearTexts(database));

  const said = async (
    createdAt: number,
    {
      accountId = ACCOUNT,
      party = ASHA,
      virtualNumber = HERE,
      kind = 'out',
    }: { accountId?: string; party?: E164; virtualNumber?: E164; kind?: 'out' | 'in' } = {},
  ): Promise<string> => {
    const id = newId();
    const partyIndex = sessions.records.partyIndex(accountId, party) ?? '';
    const fact = { id, accountId, partyIndex, virtualNumber, campaignId: null, kind, source: 'word' as const };
    await database.transaction((tx) =>
      OPT_OUTS.insert(tx, { ...fact, causeId: newId(), at: createdAt, isSettled: true, createdAt }),
    );
    return id;
  };
  const ids = async (search: Partial<OptOutSearch> = {}): Promise<string[]> =>
    (await findOptOuts.run({ limit: 10, ...search })).map(({ id }) => id);

  it('finds them newest first, of all, of an account, a person and a number, and nobody who has said START', async () => {
    const first = await said(1);
    const second = await said(2, { party: RAVI });
    const third = await said(3, { virtualNumber: THERE });
    const elsewhere = await said(4, { accountId: OTHER_ACCOUNT });
    await said(5, { kind: 'in' });
    expect(await ids()).toEqual([elsewhere, third, second, first]);
    expect(await ids({ accountId: ACCOUNT })).toEqual([third, second, first]);
    expect(await ids({ accountId: ACCOUNT, party: ASHA })).toEqual([third, first]);
    expect(await ids({ accountId: OTHER_ACCOUNT, party: ASHA })).toEqual([elsewhere]);
    expect(await ids({ virtualNumber: HERE })).toEqual([elsewhere, second, first]);
    expect(await ids({ accountId: ACCOUNT, party: ASHA, virtualNumber: THERE })).toEqual([third]);
  });

  it('goes on where a page has ended, also among those of one instant', async () => {
    const made = [await said(1), await said(2), await said(2), await said(2), await said(3)];
    const seen: string[] = [];
    for (let before: OptOutSearch['before']; ;) {
      const page = await findOptOuts.run({ limit: 2, ...(before && { before }) });
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (last === undefined) break;
      before = { at: last.createdAt, id: last.id };
    }
    expect(seen).toEqual(await ids());
    expect(seen.toSorted()).toEqual(made.toSorted());
  });

  it('shows one of them, and refuses what is none', async () => {
    const [id, back] = [await said(1), await said(2, { kind: 'in' })];
    await said(3);
    expect(await findOptOuts.one(id)).toMatchObject({ id, accountId: ACCOUNT, virtualNumber: HERE });
    for (const none of [back, newId()]) await expect(findOptOuts.one(none)).rejects.toBeInstanceOf(NotFound);
  });
});
