import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { ACCOUNT, clearSessions, addNumbers, party, sessionsOn, usNumbers } from '../../../test/support/ground.js';
import { Accounts } from '../../accounts/index.js';
import { Account } from '../../accounts/account.entity.js';
import { newId } from '../../platform/ids.js';
import type { E164 } from '../../telephony/phone.js';
import { callerPlace, CallLeg, dialledPlace, MaskedCall } from '../call.entity.js';
import { FindCalls } from './find-calls.js';
import type { CallSearch } from './search-calls.js';

const [ASHA, RAVI, MAYA] = ['14155550101', '14155550102', '14155550103'] as [E164, E164, E164];
const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const [VIRTUAL = ''] = usNumbers(1);

describeOnEachDatabase('the search for calls', (open) => {
  let test: TestDatabase;
  let findCalls: FindCalls;
  let sessions: ReturnType<typeof sessionsOn>;
  let sessionId: string;

  beforeAll(async () => {
    test = await open();
    sessions = sessionsOn(test.database);
    findCalls = new FindCalls(test.database, new Accounts(), sessions.crypto, sessions.records);
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await test.dataSource.query('DELETE FROM account');
    const account = { name: 'Some', plivoAuthId: 'MA', plivoAuthToken: '', createdAt: 0 };
    for (const authId of [ACCOUNT, OTHER_ACCOUNT])
      await test.dataSource.manager.insert(Account, { ...account, authId });
    await addNumbers(test.database, [VIRTUAL]);
    const pair = { first_party: party(1), second_party: party(2) };
    sessionId = (await sessions.open(pair)).id;
  });

  /** `caller` and `dialled` are digits, and sealed here. */
  async function call({ caller = null, dialled = null, ...known }: Partial<MaskedCall> = {}): Promise<MaskedCall> {
    const { id = newId(), accountId = ACCOUNT } = known;
    const place = { callId: id, accountId };
    const { crypto, records } = sessions;
    const made: MaskedCall = {
      id,
      accountId,
      sessionId,
      virtualNumberId: null,
      kind: 'inbound',
      requestId: null,
      aLegUuid: randomUUID(),
      callerRole: 'first',
      caller: caller && crypto.seal(callerPlace(place), caller),
      dialled: dialled && crypto.seal(dialledPlace(place), dialled),
      callerIndex: records.partyIndex(accountId, caller),
      dialledIndex: records.partyIndex(accountId, dialled),
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

  it('tells who called and the other party, and nothing else that is sealed', async () => {
    await call({ caller: ASHA, dialled: RAVI });
    const [found] = await findCalls.run({ limit: 1 });
    expect(found).toMatchObject({ caller: ASHA, dialled: RAVI });
    expect(JSON.stringify(found)).not.toContain('sealed');
    expect(JSON.stringify(found)).not.toContain('1.');
  });

  describe('by a person', () => {
    it('finds whom the person called and who called it, of all accounts or of one', async () => {
      const out = await call({ createdAt: 1000, caller: ASHA, dialled: RAVI });
      const back = await call({ createdAt: 2000, caller: RAVI, dialled: ASHA });
      const there = await call({ createdAt: 3000, caller: ASHA, accountId: OTHER_ACCOUNT, sessionId: null });
      await call({ createdAt: 4000, caller: MAYA, dialled: RAVI });
      await call({ createdAt: 5000 });

      expect(await ids({ party: ASHA })).toEqual([there.id, back.id, out.id]);
      expect(await ids({ party: ASHA, accountId: ACCOUNT })).toEqual([back.id, out.id]);
      expect(await ids({ party: ASHA, limit: 1, before: { at: 2000, id: back.id } })).toEqual([out.id]);
      expect(await ids({ party: ASHA, from: 1000, to: 2000 })).toEqual([out.id]);
      expect(await ids({ dialled: ASHA })).toEqual([back.id]);
    });

    it('finds it once where it is both', async () => {
      const made = await call({ caller: ASHA, dialled: ASHA });
      expect(await ids({ party: ASHA })).toEqual([made.id]);
    });

    it('knows all spellings of one phone', async () => {
      const made = await call({ caller: '5491123456789' });
      expect(await ids({ party: '541123456789' as E164 })).toEqual([made.id]);
    });
  });

  it('finds calls of a number, whether or not it is in the pool, also as what was dialled', async () => {
    const made = await call({ virtualNumber: '12025550999', sessionId: null, createdAt: 1000 });
    const other = await call({ virtualNumber: VIRTUAL, createdAt: 2000 });
    expect(await ids({ virtualNumber: '12025550999' as E164 })).toEqual([made.id]);
    expect(await ids({ dialled: '12025550999' as E164 })).toEqual([made.id]);
    expect((await findCalls.one(made.id)).virtualNumber).toBe('12025550999');
    expect(await ids({ virtualNumber: VIRTUAL as E164, accountId: OTHER_ACCOUNT })).toEqual([]);
    expect(await ids({ virtualNumber: VIRTUAL as E164, accountId: ACCOUNT })).toEqual([other.id]);
  });

  it('finds calls by what became of them, alone and with all else', async () => {
    const number = { virtualNumber: VIRTUAL };
    const busy = await call({ outcome: 'busy', caller: ASHA, createdAt: 1000, ...number });
    const refused = await call({ outcome: 'refused', caller: ASHA, createdAt: 2000, sessionId: null, ...number });
    const foreign = await call({ outcome: 'refused', accountId: OTHER_ACCOUNT, sessionId: null, createdAt: 3000 });
    await call({ caller: ASHA, createdAt: 4000, ...number });

    expect(await ids({ outcome: 'refused' })).toEqual([foreign.id, refused.id]);
    expect(await ids({ outcome: 'refused', accountId: ACCOUNT })).toEqual([refused.id]);
    expect(await ids({ outcome: 'busy', sessionId })).toEqual([busy.id]);
    expect(await ids({ outcome: 'refused', sessionId })).toEqual([]);
    expect(await ids({ outcome: 'busy', party: ASHA, virtualNumber: VIRTUAL as E164, sessionId })).toEqual([busy.id]);
    expect(await ids({ outcome: 'refused', virtualNumber: VIRTUAL as E164 })).toEqual([refused.id]);
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
