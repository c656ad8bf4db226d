import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ACCOUNT, clearSessions, addNumbers, party, sessionsOn, usNumbers } from '../../../test/support/ground.js';
import { Accounts } from '../../accounts/index.js';
import { Account } from '../../accounts/account.entity.js';
import { newId } from '../../platform/ids.js';
import { CallLeg, MaskedCall } from '../call.entity.js';
import { FindCalls, type CallSearch } from './find-calls.js';

const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const [VIRTUAL = ''] = usNumbers(1);

describeOnEachDatabase('the search for calls', (open) => {
  let test: TestDatabase;
  let findCalls: FindCalls;
  let sessionId: string;

  beforeAll(async () => {
    test = await open();
    findCalls = new FindCalls(test.database, new Accounts());
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await test.dataSource.query('DELETE FROM account');
    const account = { name: 'Some', plivoAuthId: 'MA', plivoAuthToken: '', createdAt: 0 };
    for (const authId of [ACCOUNT, OTHER_ACCOUNT])
      await test.dataSource.manager.insert(Account, { ...account, authId });
    await addNumbers(test.database, [VIRTUAL]);
    const pair = { first_party: party(1), second_party: party(2) };
    sessionId = (await sessionsOn(test.database).open(pair)).id;
  });

  async function call(known: Partial<MaskedCall> = {}): Promise<MaskedCall> {
    const made: MaskedCall = {
      id: newId(),
      accountId: ACCOUNT,
      sessionId,
      virtualNumberId: null,
      kind: 'inbound',
      requestId: null,
      aLegUuid: randomUUID(),
      callerRole: 'first',
      caller: 'sealed number',
      dialled: 'sealed number',
      callerIndex: null,
      dialledIndex: null,
      virtualNumber: null,
      outcome: null,
      promptSessionId: null,
      pinAttempts: 0,
      decision: 'connect',
      reason: 'party',
      answer: 'sealed answer',
      createdAt: 1_000_000,
      endedAt: null,
      connectedAt: null,
      dialStatus: null,
      reconciledAt: null,
      ...known,
    };
    await test.dataSource.manager.insert(MaskedCall, made);
    await leg(made, 'A', made.aLegUuid);
    return made;
  }
  async function leg(of: MaskedCall, side: 'A' | 'B', legUuid: string): Promise<void> {
    const { accountId, id: callId } = of;
    const facts = { isAnswered: false, isConnected: false, isEnded: true, hangupCauseCode: 3010, amount: 8500 };
    await test.dataSource.manager.insert(CallLeg, {
      accountId,
      legUuid,
      callId,
      side,
      sessionId: of.sessionId,
      ...facts,
    });
  }
  const ids = async (search: Partial<CallSearch>): Promise<string[]> =>
    (await findCalls.run({ limit: 50, ...search })).map((found) => found.call.id);

  it('finds a call by our id, and by the CallUUID of either leg', async () => {
    const made = await call();
    const bLeg = randomUUID();
    await leg(made, 'B', bLeg);
    await call();

    for (const id of [made.id, made.aLegUuid, bLeg]) expect((await findCalls.one(id)).call.id).toBe(made.id);
    expect(await findCalls.one(bLeg)).toMatchObject({
      virtualNumber: VIRTUAL,
      outcome: 'busy',
      reason: 'not connected: the other party was busy',
      legs: [
        { side: 'A', legUuid: made.aLegUuid, status: 'busy', cause: 'the line was busy', amount: 8500 },
        { side: 'B', legUuid: bLeg },
      ],
    });
  });

  it('finds the calls of every account by their legs', async () => {
    const made = await call({ accountId: OTHER_ACCOUNT, sessionId: null });
    expect((await findCalls.one(made.aLegUuid)).call.accountId).toBe(OTHER_ACCOUNT);
  });

  it.each(['', 'x', newId(), "' OR 1=1"])('refuses a call that nobody knows: %j', async (id) => {
    await call();
    await expect(findCalls.one(id)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('refuses a leg of which nothing but the hang-up was heard', async () => {
    const made = await call();
    await test.dataSource.query('UPDATE call_leg SET call_id = NULL');
    await expect(findCalls.one(made.aLegUuid)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('reads nothing that is sealed', async () => {
    await call();
    expect(JSON.stringify(await findCalls.run({ limit: 1 }))).not.toContain('sealed');
  });

  it('lists the newest first, from an instant to before another', async () => {
    const [early, middle, late] = [
      await call({ createdAt: 1000 }),
      await call({ createdAt: 2000 }),
      await call({ createdAt: 3000 }),
    ];
    expect(await ids({})).toEqual([late.id, middle.id, early.id]);
    expect(await ids({ from: 2000 })).toEqual([late.id, middle.id]);
    expect(await ids({ to: 2000 })).toEqual([early.id]);
    expect(await ids({ from: 1000, to: 3000 })).toEqual([middle.id, early.id]);
  });

  it('goes on after any call, of which several may have the same instant', async () => {
    for (const createdAt of [1000, 2000, 2000, 2000, 3000]) await call({ createdAt });
    const all = await findCalls.run({ limit: 50 });

    const walked: string[] = [];
    for (let before: CallSearch['before']; ;) {
      const [next] = await findCalls.run({ limit: 1, before });
      if (!next) break;
      walked.push(next.call.id);
      before = { at: next.call.createdAt, id: next.call.id };
    }
    expect(walked).toEqual(all.map((found) => found.call.id));
    expect(walked).toHaveLength(5);
  });

  it("lists a session's calls, and those that failed at its PIN prompt", async () => {
    const own = await call({ createdAt: 1000 });
    const prompted = await call({ createdAt: 2000, sessionId: null, promptSessionId: sessionId, decision: 'ask-pin' });
    await call({ sessionId: newId(), promptSessionId: sessionId });
    await call({ sessionId: null });

    expect(await ids({ sessionId })).toEqual([prompted.id, own.id]);
    expect((await findCalls.one(prompted.id)).virtualNumber).toBe(VIRTUAL);
  });
});
