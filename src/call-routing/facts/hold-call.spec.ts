import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase, isAnyWaiting, LOOK_MS } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../../test/support/ground.js';
import { change, type Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { readAnswerWebhook, readHangupWebhook, type VerifiedWebhook } from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import { CallFigured } from '../call-routing.events.js';
import { EraseCalls } from '../erase-calls.js';
import { callFigures } from '../read/call-figures.js';
import { JoinRecords } from '../records/join-records.js';

const [VIRTUAL = ''] = usNumbers(1);
const [A_LEG, B_LEG] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];

describeOnEachDatabase('two facts of a call at once', (open, kind) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let elsewhere: ReturnType<typeof callsOn>;
  let session: SessionRecord;
  let startedAt: number;
  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    world = callsOn(database);
    elsewhere = callsOn(database, { clock: world.sessions.clock });
    session = await world.sessions.open({ first_party: party(1), second_party: party(2), session_expiry: 86_400 });
    startedAt = world.sessions.clock.now();
    const webhook = verified({ ...common, CallStatus: 'ringing' });
    await world.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
    world.sessions.clock.advance(35_000);
  });

  const verified = (params: Record<string, string>): VerifiedWebhook => ({
    accountId: ACCOUNT,
    nonce: newId(),
    params: new Map(Object.entries(params)),
    contentHash: 'content',
  });
  const common = { CallUUID: A_LEG, From: party(1).slice(1), To: VIRTUAL, Direction: 'inbound' };
  const hangUp = (by: ReturnType<typeof callsOn>): Promise<void> => {
    const told = { Event: 'Hangup', CallStatus: 'completed', Duration: '35', BillDuration: '60', TotalCost: '0.00850' };
    const webhook = verified({ ...common, ...told });
    return by.noteHangup.run(webhook, readHangupWebhook(webhook.params)!);
  };
  /** Of the other party's leg alone, as a sweep finds it. */
  const records = (by: ReturnType<typeof callsOn>): Promise<void> => {
    const record = {
      callUuid: B_LEG,
      parentCallUuid: A_LEG,
      direction: 'outbound' as const,
      from: VIRTUAL,
      to: party(2).slice(1),
      startedAt,
      answeredAt: startedAt + 5000,
      endedAt: startedAt + 35_000,
      durationSeconds: 30,
      billedSeconds: 60,
      amountMicros: 12_000,
      hangupCauseCode: 4000,
      hangupCauseName: 'Normal Hangup',
      hangupSource: 'Caller',
    };
    const { clock, events } = by.sessions;
    const joining = new JoinRecords(database, clock, events);
    return database.transaction((tx) => joining.run(tx, { accountId: ACCOUNT, aLegUuid: A_LEG }, [record], 'open'));
  };
  /** As an erasure does it: the call belongs to no session, and the session is gone. */
  const erase = (meanwhile: () => Promise<void> = async () => undefined): Promise<void> =>
    database.transaction(async (tx) => {
      await tx.query(`SELECT id FROM masking_session WHERE id = ? ${database.forUpdate}`, [session.id]);
      await meanwhile();
      const erasing = new EraseCalls(database, world.sessions.crypto);
      await erasing.detach(tx, await erasing.openOf(tx, [session.id], 0));
      await change(tx, 'DELETE FROM interaction WHERE session_id = ?', [session.id]);
      await change(tx, 'DELETE FROM masking_session WHERE id = ?', [session.id]);
    });
  /** What is figured last, and as what the call is kept. */
  const outcome = async (): Promise<unknown> =>
    database.read(async (manager) => {
      const [call] = await manager.query<{ outcome: string; ended: unknown; session_id: unknown }[]>(
        'SELECT outcome, ended_at IS NOT NULL AS ended, session_id FROM masked_call',
      );
      return { ...call, ended: Boolean(call?.ended) };
    });
  /** Of each process, what it has last counted of the call: the last one to commit has seen all. */
  const figuresOf = (by: ReturnType<typeof callsOn>, kept: unknown[]): void => {
    by.sessions.events.subscribe(CallFigured, async (tx) => {
      const figures = (await callFigures(tx, ACCOUNT, [A_LEG])).get(A_LEG);
      if (figures) kept.push({ isConnected: figures.isConnected, amount: figures.amount });
    });
  };

  // On SQLite transactions come one after the other.
  const itAtOnce = kind === 'sqlite' ? it.skip : it;

  itAtOnce.each([
    { first: 'the hang-up', begin: hangUp, last: records },
    { first: 'the record', begin: records, last: hangUp },
  ])('whose session was erased are told whole, $first first', async ({ begin, last }) => {
    await erase();
    const figured: unknown[] = [];
    for (const by of [world, elsewhere]) figuresOf(by, figured);
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const isFiguredButOpen = new Promise<void>((resolve) =>
      world.sessions.events.subscribe(CallFigured, async () => {
        resolve();
        await gate;
      }),
    );

    const own = begin(world);
    await isFiguredButOpen;
    const other = { isOver: false };
    const ended = last(elsewhere).finally(() => (other.isOver = true));
    while (!other.isOver && !(await isAnyWaiting(database))) await delay(LOOK_MS);
    goOn();
    await Promise.all([own, ended]);

    expect(await outcome()).toEqual({ outcome: 'connected', ended: true, session_id: null });
    expect(figured.at(-1)).toEqual({ isConnected: true, amount: 20_500 });
  });

  it('leave a leg that only a record tells of to the subaccount that the erased session was of', async () => {
    const subaccount = 'SAXXXXXXXXXXXXXXXXXX';
    await database.transaction((tx) => change(tx, 'UPDATE call_leg SET subaccount_id = ?', [subaccount]));
    await erase();
    await records(world);
    const legs = await database.read((manager) => manager.query('SELECT subaccount_id FROM call_leg'));
    expect(legs).toEqual([{ subaccount_id: subaccount }, { subaccount_id: subaccount }]);
  });

  itAtOnce('are told whole where an erasure takes the session away while the record waits for it', async () => {
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const erasing = erase(() => gate);
    const noting = records(elsewhere);
    while (!(await isAnyWaiting(database))) await delay(LOOK_MS);
    goOn();
    await Promise.all([erasing, noting]);
    await hangUp(world);

    const legs = await database.read((manager) => manager.query('SELECT session_id FROM call_leg'));
    expect(legs).toEqual([{ session_id: null }, { session_id: null }]);
    expect(await outcome()).toEqual({ outcome: 'connected', ended: true, session_id: null });
  });
});
