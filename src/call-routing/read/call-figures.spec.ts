import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, OWNER, party, usNumbers } from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { callerPlace, CALLS, dialledPlace, LEGS, type CallLeg, type MaskedCall } from '../call.entity.js';
import { callFigures, nextEndedLegs } from './call-figures.js';
import { FindLeg } from './find-leg.js';
import { ReadCallFacts } from './read-call-facts.js';

const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const CREATED = 1_000_000;

describeOnEachDatabase('what is known of a call', (open) => {
  let database: Database;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(() => clearSessions(database));

  async function call(known: Partial<MaskedCall> = {}): Promise<string> {
    const id = newId();
    await database.transaction((tx) =>
      CALLS.insert(tx, {
        id,
        accountId: ACCOUNT,
        sessionId: 'session',
        kind: 'inbound',
        aLegUuid: 'a',
        callerRole: 'first',
        pinAttempts: 0,
        decision: 'connect',
        reason: 'party',
        answer: '',
        createdAt: CREATED,
        ...known,
      }),
    );
    return id;
  }
  const leg = (side: 'A' | 'B', known: Partial<CallLeg> = {}): Promise<void> =>
    database.transaction((tx) =>
      LEGS.insert(tx, {
        accountId: ACCOUNT,
        legUuid: side.toLowerCase(),
        side,
        isAnswered: false,
        isConnected: false,
        isEnded: true,
        ...known,
      }),
    );
  const figures = async (legs = ['a'], account = ACCOUNT) =>
    database.read((manager) => callFigures(manager, account, legs));
  const figuresOf = async (legUuid = 'a') => (await figures([legUuid])).get(legUuid);

  describe('in figures', () => {
    it('adds up both legs, and counts how long the parties talked', async () => {
      const callId = await call({ virtualNumber: '12025550000' });
      await leg('A', { callId, duration: 45, billedDuration: 60, amount: 8500 });
      await leg('B', { callId, isAnswered: true, duration: 31, billedDuration: 120, amount: 12_000 });
      expect(await figuresOf()).toEqual({
        aLegUuid: 'a',
        callId,
        sessionId: 'session',
        subaccountId: null,
        virtualNumber: '12025550000',
        kind: 'inbound',
        reservedAs: callId,
        startedAt: CREATED,
        isConnected: true,
        talkSeconds: 31,
        billedSeconds: 180,
        amount: 20_500,
        isPriced: true,
        isDialled: true,
        otherLegs: 1,
      });
    });

    it('is under the request that it was reserved for', async () => {
      const requestId = newId();
      await leg('A', { callId: await call({ requestId, kind: 'request' }) });
      expect(await figuresOf()).toMatchObject({ reservedAs: requestId });
    });

    it.each([
      ['it was told', { isAnswered: true }, true, 0],
      ['there is a time of it', { answeredAt: 5 }, true, 0],
      ['it has a length', { duration: 1 }, true, 1],
      ['nothing says so', { duration: 0 }, false, 0],
      ['nothing at all is known', {}, false, 0],
    ])('was connected where the other party answered: %s', async (_, known, isConnected, talkSeconds) => {
      const callId = await call();
      await leg('A', { callId, isAnswered: true, duration: 99 });
      await leg('B', { callId, ...known });
      expect(await figuresOf()).toMatchObject({ isConnected, talkSeconds });
    });

    it('takes the longest talk of several phones', async () => {
      const callId = await call();
      await leg('A', { callId });
      await leg('B', { callId, duration: 3 });
      await leg('B', { callId, duration: 7, legUuid: 'b2' });
      expect(await figuresOf()).toMatchObject({ talkSeconds: 7, otherLegs: 2 });
    });

    it.each([
      ['the leg of the caller has no price', { amount: null }, {}, false],
      ['another leg has no price', {}, { amount: null }, false],
      ['another leg is on', {}, { isEnded: false }, false],
      ['all have ended and have theirs, though it is 0', { amount: 0 }, { amount: 0 }, true],
    ])('is priced or not: %s', async (_, own, other, isPriced) => {
      const callId = await call();
      await leg('A', { callId, amount: 1, ...own });
      await leg('B', { callId, amount: 1, ...other });
      await leg('B', { callId, amount: 1, legUuid: 'b2' });
      expect(await figuresOf()).toMatchObject({ isPriced });
    });

    it('without another leg is priced by its own', async () => {
      await leg('A', { callId: await call({ decision: 'refuse' }), amount: 1 });
      expect(await figuresOf()).toMatchObject({ isPriced: true, isDialled: false, otherLegs: 0, isConnected: false });
    });

    it('is of a leg whose answer was never asked of us too', async () => {
      await leg('A', { startedAt: 7, endedAt: 9, amount: 5 });
      expect(await figuresOf()).toMatchObject({
        callId: null,
        sessionId: null,
        kind: null,
        reservedAs: null,
        startedAt: 7,
        amount: 5,
        isDialled: false,
      });
      await leg('A', { legUuid: 'a2', endedAt: 9 });
      expect(await figuresOf('a2')).toMatchObject({ startedAt: 9, amount: 0, isPriced: false });
    });

    it('is of those asked for that have ended, of one account', async () => {
      const callId = await call();
      await call({ accountId: OTHER_ACCOUNT, sessionId: 'other' });
      await leg('A', { callId });
      await leg('A', { callId: await call({ aLegUuid: 'on' }), legUuid: 'on', isEnded: false });
      await leg('A', { callId: await call({ aLegUuid: 'x' }), legUuid: 'x', amount: 3 });
      await leg('A', { accountId: OTHER_ACCOUNT, legUuid: 'theirs' });
      await leg('B', { callId, amount: 4 });
      const found = await figures(['a', 'on', 'theirs', 'b', 'nobody']);
      expect([...found.keys()]).toEqual(['a']);
      expect(found.get('a')).toMatchObject({ sessionId: 'session', amount: 4 });
      expect((await figures(['a', 'x'])).get('x')).toMatchObject({ amount: 3, otherLegs: 0 });
      expect([...(await figures([])).keys()]).toEqual([]);
    });

    it('can be walked through, in the order of the legs', async () => {
      for (const legUuid of ['d', 'b', 'c', 'e']) await leg('A', { legUuid });
      await leg('A', { legUuid: 'on', isEnded: false });
      await leg('B', { legUuid: 'f' });
      await leg('A', { legUuid: 'g', accountId: OTHER_ACCOUNT });
      const next = (after: string, limit = 9) => database.read((m) => nextEndedLegs(m, ACCOUNT, after, limit));
      expect(await next('')).toEqual(['b', 'c', 'd', 'e']);
      expect(await next('', 2)).toEqual(['b', 'c']);
      expect(await next('c')).toEqual(['d', 'e']);
    });
  });

  describe('of one leg', () => {
    it('is shown with its call and session to who may see it, and to nobody else', async () => {
      await addNumbers(database, usNumbers(1));
      const world = callsOn(database);
      const session = await world.sessions.open({ first_party: party(1), second_party: party(2) });
      const callId = await call({ sessionId: session.id, kind: 'request' });
      await call({ aLegUuid: 'another' });
      await leg('A', { callId, sessionId: session.id });
      await leg('B', { callId, sessionId: session.id, hangupCauseCode: 3010 });
      await leg('A', { legUuid: 'stray' });
      await leg('A', { legUuid: 'lost', callId: newId(), sessionId: session.id });
      const find = new FindLeg(database, world.sessions.findSession);

      expect(await find.run(OWNER, 'b')).toMatchObject({
        leg: { legUuid: 'b', status: 'busy', cause: 'the line was busy' },
        kind: 'request',
        aLegUuid: 'a',
        session: { session_uuid: session.id },
      });
      for (const [owner, uuid] of [
        [OWNER, 'stray'],
        [OWNER, 'lost'],
        [OWNER, 'nobody'],
        [{ accountId: OTHER_ACCOUNT, subaccountId: null }, 'b'],
        [{ ...OWNER, subaccountId: 'SAXXXXXXXXXXXXXXXXXX' }, 'b'],
      ] as const)
        await expect(find.run(owner, uuid)).rejects.toMatchObject({ kind: 'not-found' });
    });
  });

  describe('of one conversation', () => {
    const read = async (id: string) => {
      const { crypto } = callsOn(database).sessions;
      return database.read((manager) => new ReadCallFacts(crypto).run(manager, id));
    };

    it('is opened whole, and says whether the records have told of every leg', async () => {
      const { crypto } = callsOn(database).sessions;
      const callId = await call({ connectedAt: CREATED + 1 });
      const place = { callId, accountId: ACCOUNT };
      await database.transaction((tx) =>
        CALLS.update(
          tx,
          {
            caller: crypto.seal(callerPlace(place), '14155550001'),
            dialled: crypto.seal(dialledPlace(place), '14155550002'),
          },
          'WHERE id = ?',
          [callId],
        ),
      );
      await call({ aLegUuid: 'another', callerRole: 'second' });
      await leg('B', { callId });
      await leg('A', { callId });
      expect(await read(callId)).toMatchObject({
        callId,
        kind: 'inbound',
        callerRole: 'first',
        decision: 'connect',
        reason: 'party',
        caller: '14155550001',
        dialled: '14155550002',
        createdAt: CREATED,
        connectedAt: CREATED + 1,
        isReconciled: false,
        legs: [{ side: 'A' }, { side: 'B' }],
      });
      await database.transaction((tx) => CALLS.update(tx, { reconciledAt: 5 }, 'WHERE id = ?', [callId]));
      expect(await read(callId)).toMatchObject({ isReconciled: true });
    });

    it('has no caller that was withheld, nor anybody dialled where nobody was', async () => {
      const { crypto } = callsOn(database).sessions;
      const callId = await call();
      const dialled = crypto.seal(dialledPlace({ callId, accountId: ACCOUNT }), '14155550002');
      await database.transaction((tx) => CALLS.update(tx, { dialled }, 'WHERE id = ?', [callId]));
      expect(await read(callId)).toMatchObject({ caller: null, dialled: null });
    });

    it("is nobody's where the caller has no role, where its people are erased, and where there is none", async () => {
      expect(await read(await call({ aLegUuid: 'erased' }))).toBeNull();
      expect(await read(await call({ callerRole: null }))).toBeNull();
      expect(await read(newId())).toBeNull();
    });
  });
});
