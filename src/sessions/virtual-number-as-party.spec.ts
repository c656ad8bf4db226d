import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { addNumbers, clearSessions, party, sessionsOn, usNumbers } from '../../test/support/ground.js';

const [LENT = '', OTHER = ''] = usNumbers(2);
const SINGLE = { create_session_with_single_party: true, geomatch: false };

/** What the pool has, and how a client may write the same phone. */
const SPELLINGS = [
  ['5491166773399', '541166773399'],
  ['541166773399', '5491166773399'],
  ['551169357255', '5511969357255'],
  ['970599123456', '972599123456'],
  ['972599123456', '970599123456'],
  ['9977012345678', '77012345678'],
  ['5215541637145', '525541637145'],
  ['525541637145', '5215541637145'],
  ['390549881234', '3780549881234'],
  ['378881234', '3780549881234'],
  ['33590901234', '590590901234'],
  ['22997123456', '2290197123456'],
  ['3534828901234', '442828901234'],
  ['5995551234', '17215551234'],
  ['4902034567890', '492034567890'],
] as const;

describeOnEachDatabase('a virtual number', (open) => {
  let database: TestDatabase['database'];
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    sessions = sessionsOn(database);
    await addNumbers(database, [LENT, OTHER]);
  });

  const pair = (first: string, second: string) =>
    sessions.open({ first_party: first, second_party: second, geomatch: false });
  const set = (assignment: string, number: string) =>
    database.transaction((tx) => tx.query(`UPDATE virtual_number SET ${assignment} WHERE number = ?`, [number]));
  const refusal = (param: string) => ({
    kind: 'invalid',
    code: 'party_is_virtual_number',
    message: `Invalid parameter. ${param} must not be a virtual number`,
    details: { param },
  });

  it('is neither first nor second party, written with or without plus sign', async () => {
    for (const written of [OTHER, `+${OTHER}`, `+1 ${OTHER.slice(1)}`]) {
      await expect(pair(written, party(2))).rejects.toMatchObject(refusal('first_party'));
      await expect(pair(party(1), written)).rejects.toMatchObject(refusal('second_party'));
    }
    await expect(sessions.open({ first_party: OTHER, ...SINGLE })).rejects.toMatchObject(refusal('first_party'));
  });

  it.each([
    ['of another account', "account_id = 'MAOTHEROTHEROTHER000'"],
    ['that drains', "status = 'draining'"],
    ['that is retired', "status = 'retired'"],
    ['that is missing', 'missing_since = 1'],
    ['of a subaccount', "subaccount_id = 'SAXXXXXXXXXXXXXXXXXX'"],
  ])('%s is no party either', async (_which, assignment) => {
    await set(assignment, OTHER);
    await expect(pair(party(1), OTHER)).rejects.toMatchObject(refusal('second_party'));
  });

  it('is a party like any other once the pool has forgotten it', async () => {
    await database.transaction((tx) => tx.query('DELETE FROM virtual_number WHERE number = ?', [OTHER]));
    await expect(pair(party(1), OTHER)).resolves.toMatchObject({ virtualNumber: LENT });
  });

  it.each(SPELLINGS)('%s is no party as %s', async (pooled, written) => {
    await addNumbers(database, [pooled]);
    await expect(pair(written, party(2))).rejects.toMatchObject(refusal('first_party'));
    await expect(pair(party(1), written)).rejects.toMatchObject(refusal('second_party'));
  });

  it('is not taken for a neighbour that ends in the same digits', async () => {
    await addNumbers(database, ['5491166773399', '12025556789']);
    await expect(pair('542236773399', '12125556789')).resolves.toMatchObject({ status: 'active' });
  });

  it('that joins the pool later refuses the renewal, and leaves the session as it was', async () => {
    const opened = await pair(party(1), party(2));
    await addNumbers(database, [party(2).slice(1)]);
    await expect(pair(party(1), party(2))).rejects.toMatchObject(refusal('second_party'));
    await expect(sessions.update(opened.id, { ring_timeout: 20 })).resolves.toMatchObject({ renewals: 0 });
  });

  it('joins no session by an update, in any spelling', async () => {
    await addNumbers(database, ['5491166773399']);
    const { id } = await sessions.open({ first_party: party(1), ...SINGLE });
    for (const written of [LENT, OTHER, '541166773399'])
      await expect(sessions.update(id, { second_party: written })).rejects.toMatchObject(refusal('second_party'));
  });
});
