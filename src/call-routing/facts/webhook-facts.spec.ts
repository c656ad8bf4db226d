import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase, isAnyWaiting, LOOK_MS } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, announced, clearSessions, party, usNumbers } from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import {
  readAnswerWebhook,
  readDialAction,
  readDialEvent,
  readHangupWebhook,
  type VerifiedWebhook,
} from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import { CallEnded, CallFigured, ConversationNoted, PartyAnswered, PartyHungUp } from '../call-routing.events.js';
import { addALeg, legsByUuid, legsOfCall, legsOfCalls, noteLegFacts } from './legs.js';
import type { CallPath } from './note-dial.js';
import { noteReceipt } from './note-receipt.js';
import { PurgeWebhookReceipts } from './purge-webhook-receipts.js';

const [VIRTUAL = ''] = usNumbers(1);
const [A_LEG, B_LEG] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
const WEEK_MS = 7 * 86_400_000;

describeOnEachDatabase('what webhooks tell', (open, kind) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let session: SessionRecord;
  let told: object[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    world = callsOn(database);
    session = await world.sessions.open({ first_party: party(1), second_party: party(2), ring_timeout: 30 });
    told = announced(world.sessions.events, [PartyAnswered, PartyHungUp, CallEnded, CallFigured]);
  });

  const verified = (params: Record<string, string>, more: Partial<VerifiedWebhook> = {}): VerifiedWebhook => ({
    accountId: ACCOUNT,
    nonce: newId(),
    params: new Map(Object.entries(params)),
    contentHash: 'content',
    ...more,
  });
  const common = { CallUUID: A_LEG, From: party(1).slice(1), To: VIRTUAL, Direction: 'inbound', CallStatus: 'ringing' };
  async function answer(from = party(1)): Promise<CallPath> {
    const webhook = verified({ ...common, From: from });
    await world.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
    const [call] = await database.read<{ id: string }[]>((manager) => manager.query('SELECT id FROM masked_call'));
    return { sessionId: session.id, callId: call!.id };
  }
  const hangUp = (params: Record<string, string> = {}, more: Partial<VerifiedWebhook> = {}): Promise<void> => {
    const webhook = verified({ ...common, Event: 'Hangup', CallStatus: 'completed', ...params }, more);
    return world.noteHangup.run(webhook, readHangupWebhook(webhook.params)!);
  };
  const dial = { CallUUID: A_LEG, DialALegUUID: A_LEG, DialBLegUUID: B_LEG };
  const event = (
    path: CallPath,
    params: Record<string, string>,
    more: Partial<VerifiedWebhook> = {},
  ): Promise<void> => {
    const webhook = verified({ ...dial, ...params }, more);
    return world.noteDial.event(webhook, path, readDialEvent(webhook.params)!);
  };
  const action = (path: CallPath, params: Record<string, string>): Promise<void> => {
    const webhook = verified({ ...dial, ...params });
    return world.noteDial.action(webhook, path, readDialAction(webhook.params)!);
  };
  const legs = () =>
    database.read<Record<string, unknown>[]>((manager) => manager.query('SELECT * FROM call_leg ORDER BY side'));
  const reconcileAt = async (): Promise<number[]> =>
    (
      await database.read<{ run_at: number }[]>((manager) =>
        manager.query("SELECT run_at FROM job WHERE kind = 'calls.reconcile' ORDER BY run_at"),
      )
    ).map(({ run_at }) => Number(run_at) - world.sessions.clock.now());
  const figured = new CallFigured(ACCOUNT, A_LEG, null, 'open');
  const figuredOf = (number: string) => new CallFigured(ACCOUNT, A_LEG, number, 'open');

  describe('of the hang-up of a caller', () => {
    it('ends the call, once, and is figured each time under the virtual number', async () => {
      const { callId } = await answer();
      await hangUp();
      await hangUp();
      expect(told).toEqual([
        figuredOf(VIRTUAL),
        new PartyHungUp(ACCOUNT, session.id, callId, 'first', A_LEG),
        new CallEnded(ACCOUNT, session.id, callId),
        figuredOf(VIRTUAL),
      ]);
    });

    it('names the virtual number of a call that we placed, from which it came', async () => {
      await hangUp({ Direction: 'outbound', From: VIRTUAL, To: party(1).slice(1) });
      expect(told).toEqual([figuredOf(VIRTUAL)]);
    });

    it.each([
      [{ Duration: '1' }, true],
      [{ Duration: '0' }, false],
      [{}, false],
      [{ StartTime: '2026-01-05 10:00:00', AnswerTime: '2026-01-05 10:00:01', EndTime: '2026-01-05 10:00:01' }, true],
    ])('says that the call was answered by a length or a time: %j', async (params, isAnswered) => {
      await hangUp({ SessionStart: '2026-01-05 10:00:00.000000', ...params } as Record<string, string>);
      expect((await legs()).map((leg) => Boolean(leg['is_answered']))).toEqual([isAnswered]);
    });

    it('has Plivo asked for the other leg a quarter of a minute later, unless its end is known', async () => {
      const path = await answer();
      expect(await reconcileAt()).toEqual([60_000]);
      await hangUp();
      expect(await reconcileAt()).toEqual([15_000, 60_000]);
      await event(path, { DialAction: 'hangup' });
      await hangUp();
      expect(await reconcileAt()).toEqual([15_000, 60_000]);
    });

    it('has Plivo asked while the other leg has only been heard of', async () => {
      await event(await answer(), { DialAction: 'answer' });
      await hangUp();
      expect(await reconcileAt()).toEqual([15_000, 60_000]);
    });

    it("of a refused call is no conversation's, and nobody is asked", async () => {
      await answer(party(7));
      await hangUp();
      expect(told).toEqual([figuredOf(VIRTUAL)]);
      expect(await reconcileAt()).toEqual([]);
    });

    it('of a party that was refused ends no conversation', async () => {
      await answer();
      told.splice(0);
      const refused = 'cccccccc-0000-4000-8000-000000000003';
      const webhook = verified({ ...common, CallUUID: refused, From: party(2) });
      await world.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
      await hangUp({ CallUUID: refused });
      expect(told.map((one) => one.constructor.name)).toEqual(['CallFigured', 'PartyHungUp']);
    });

    it('that comes before its call is kept, and told with the call', async () => {
      await hangUp();
      expect(told).toEqual([figuredOf(VIRTUAL)]);
      const { callId } = await answer();
      expect(told.slice(1)).toEqual([
        figured,
        new PartyHungUp(ACCOUNT, session.id, callId, 'first', A_LEG),
        new CallEnded(ACCOUNT, session.id, callId),
      ]);
      expect(await legs()).toMatchObject([{ call_id: callId, session_id: session.id, role: 'first' }]);
    });
  });

  describe('of the other party', () => {
    it('is its answer, once, and its end, once, by its role', async () => {
      const path = await answer(party(2));
      await event(path, { DialAction: 'answer' });
      await event(path, { DialAction: 'connected' });
      await event(path, { DialAction: 'hangup' });
      await event(path, { DialAction: 'hangup' });
      expect(told).toEqual([
        new PartyAnswered(ACCOUNT, session.id, path.callId, 'first'),
        figured,
        figured,
        new PartyHungUp(ACCOUNT, session.id, path.callId, 'first', B_LEG),
        figured,
        figured,
      ]);
      expect(await legs()).toMatchObject([{ side: 'A' }, { side: 'B', role: 'first', call_id: path.callId }]);
    });

    it.each([
      ['answer', { is_answered: 1, is_connected: 0, is_ended: 0 }],
      ['connected', { is_answered: 1, is_connected: 1, is_ended: 0 }],
      ['digits', { is_answered: 0, is_connected: 0, is_ended: 0 }],
      ['hangup', { is_answered: 0, is_connected: 0, is_ended: 1 }],
    ])('%s', async (DialAction, known) => {
      await event(await answer(), { DialAction, DialDigitsMatch: '1' });
      const [, other] = await legs();
      expect(Object.fromEntries(Object.keys(known).map((name) => [name, Number(other?.[name])]))).toEqual(known);
    });

    it('is shown as it ended, before the caller has hung up', async () => {
      await event(await answer(), { DialAction: 'hangup', DialBLegHangupCauseCode: '3010' });
      const shown = await world.sessions.findSession.run({ accountId: ACCOUNT, subaccountId: null }, session.id);
      expect(shown.interaction).toMatchObject([{ second_party_status: 'busy', end_time: '' }]);
    });

    it('is answered where the dialling was completed, and only there', async () => {
      const path = await answer();
      await action(path, { DialStatus: 'no-answer' });
      expect((await legs())[1]).toMatchObject({ is_answered: 0 });
      await action(path, { DialStatus: 'completed' });
      expect((await legs())[1]).toMatchObject({ is_answered: 1 });
      expect(told).toEqual([figured, new PartyAnswered(ACCOUNT, session.id, path.callId, 'second'), figured]);
    });

    it('is nobody where no phone rang, whatever the dialling came to', async () => {
      const path = await answer();
      const { DialBLegUUID: _, ...nobody } = dial;
      const webhook = verified({ ...nobody, DialStatus: 'completed' });
      await world.noteDial.action(webhook, path, readDialAction(webhook.params)!);
      expect(await legs()).toHaveLength(1);
      expect(told).toEqual([figured]);
    });

    it('is one word for what the dialling came to, in whatever order two came', async () => {
      const status = async (): Promise<unknown> =>
        (await database.read<{ dial_status: string }[]>((m) => m.query('SELECT dial_status FROM masked_call')))[0]
          ?.dial_status;
      const path = await answer();
      await action(path, { DialStatus: 'completed' });
      expect(await status()).toBe('completed');
      await action(path, { DialStatus: 'no-answer' });
      expect(await status()).toBe('no-answer');
      await action(path, { DialStatus: 'completed' });
      expect(await status()).toBe('no-answer');
    });

    it('is refused for a call that we never ordered', async () => {
      const path = await answer();
      const answered = { DialAction: 'answer' };
      for (const asked of [
        () => event({ ...path, callId: newId() }, answered),
        () => event({ ...path, sessionId: newId() }, answered),
        () => event(path, { ...answered, CallUUID: newId() }),
        () => event(path, answered, { accountId: 'MAOTHEROTHEROTHER000' }),
      ])
        await expect(asked()).rejects.toMatchObject({ kind: 'not-found' });
      await database.transaction((tx) => tx.query("UPDATE masked_call SET decision = 'refuse'"));
      await expect(event(path, answered)).rejects.toMatchObject({ kind: 'not-found' });
      expect(await legs()).toHaveLength(1);
    });
  });

  // On SQLite transactions come one after the other.
  (kind === 'sqlite' ? it.skip : it)('of both legs at once is told whole: neither overwrites the other', async () => {
    const path = await answer();
    const elsewhere = callsOn(database, { clock: world.sessions.clock });
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const isToldButOpen = new Promise<void>((resolve) =>
      world.sessions.events.subscribe(ConversationNoted, async () => {
        resolve();
        await gate;
      }),
    );
    const other = event(path, { DialAction: 'hangup', DialBLegHangupCauseCode: '3010' });
    await isToldButOpen;
    const webhook = verified({ ...common, Event: 'Hangup', CallStatus: 'completed', Duration: '5' });
    const own = elsewhere.noteHangup.run(webhook, readHangupWebhook(webhook.params)!);
    while (!(await isAnyWaiting(database))) await delay(LOOK_MS);
    goOn();
    await Promise.all([other, own]);

    const shown = await world.sessions.findSession.run({ accountId: ACCOUNT, subaccountId: null }, session.id);
    expect(shown.interaction).toMatchObject([{ first_party_status: 'completed', second_party_status: 'busy' }]);
  });

  describe('under one nonce', () => {
    it('counts once, and is refused with other content, in any of them', async () => {
      const path = await answer();
      await event(path, { DialAction: 'answer' }, { nonce: 'n', contentHash: 'one' });
      await event(path, { DialAction: 'answer' }, { nonce: 'n', contentHash: 'one' });
      const forged = { nonce: 'n', contentHash: 'two' };
      await expect(event(path, { DialAction: 'hangup' }, forged)).rejects.toMatchObject({ kind: 'forbidden' });
      await expect(hangUp({}, forged)).rejects.toMatchObject({ kind: 'forbidden' });
      expect((await legs()).map((leg) => Number(leg['is_ended']))).toEqual([0, 0]);
    });

    it('belongs to one account', async () => {
      await hangUp({}, { nonce: 'n', contentHash: 'one' });
      await hangUp({}, { nonce: 'n', contentHash: 'two', accountId: 'MAOTHEROTHEROTHER000' });
      expect(await legs()).toHaveLength(2);
    });

    it('is remembered for a week, and forgotten after it, however many there are', async () => {
      const { clock } = world.sessions;
      const purge = new PurgeWebhookReceipts(database, clock);
      const count = async (): Promise<number> =>
        (await database.read<unknown[]>((manager) => manager.query('SELECT nonce FROM webhook_receipt'))).length;
      await database.transaction(async (tx) => {
        for (let index = 0; index < 1001; index++)
          await tx.query(
            'INSERT INTO webhook_receipt (account_id, nonce, content_hash, received_at) VALUES (?, ?, ?, ?)',
            [ACCOUNT, `old-${index}`, 'x', clock.now()],
          );
      });
      clock.advance(1);
      await hangUp();
      clock.advance(WEEK_MS - 2);
      expect([await purge.run(), await count()]).toEqual([0, 1002]);
      clock.advance(1);
      expect([await purge.run(), await count()]).toEqual([1001, 1]);
      expect(await purge.run()).toBe(0);
    });
  });

  describe('of legs', () => {
    it('is read by their CallUUIDs, any number at once, of one account', async () => {
      const uuids = Array.from({ length: 1001 }, (_, index) => `leg-${index}`);
      await database.transaction(async (tx) => {
        for (const uuid of uuids)
          await tx.query(
            `INSERT INTO call_leg (account_id, leg_uuid, side, is_answered, is_connected, is_ended) VALUES (?, ?, 'A', 0, 0, 0)`,
            [ACCOUNT, uuid],
          );
      });
      const found = (account: string, asked: string[]) =>
        database.read(async (manager) => [...(await legsByUuid(manager, account, asked)).keys()].sort());
      expect(await found(ACCOUNT, uuids)).toEqual([...uuids].sort());
      expect(await found(ACCOUNT, ['leg-7', 'leg-x'])).toEqual(['leg-7']);
      expect(await found('MAOTHEROTHEROTHER000', uuids)).toEqual([]);
      expect(await found(ACCOUNT, [])).toEqual([]);
    });

    it("is read of several calls, of each the caller's first, then the others as they began", async () => {
      const add = (legUuid: string, callId: string, side: string, startedAt: number) =>
        database.transaction((tx) =>
          tx.query(
            `INSERT INTO call_leg (account_id, leg_uuid, call_id, side, started_at, is_answered, is_connected, is_ended)
             VALUES (?, ?, ?, ?, ?, 0, 0, 0)`,
            [ACCOUNT, legUuid, callId, side, startedAt],
          ),
        );
      await add('b', 'one', 'B', 30);
      await add('c', 'one', 'B', 20);
      await add('d', 'one', 'A', 40);
      await add('e', 'two', 'A', 50);
      await add('f', 'three', 'A', 10);
      const order = (callIds: string[]) =>
        database.read(async (manager) => (await legsOfCalls(manager, callIds)).map(({ legUuid }) => legUuid));
      expect(await order(['one', 'two'])).toEqual(['d', 'e', 'c', 'b']);
      expect(await order([])).toEqual([]);
      const ofOne = await database.read((manager) => legsOfCall(manager, 'one'));
      expect(ofOne.map(({ legUuid }) => legUuid)).toEqual(['d', 'b', 'c']);
    });

    it('is not lost to a database that cannot keep it', async () => {
      const tooLittle = null as unknown as string;
      await expect(database.transaction((tx) => addALeg(tx, ACCOUNT, tooLittle))).rejects.toThrow(/NULL/i);
      const webhook = verified({}, { contentHash: tooLittle });
      await expect(database.transaction((tx) => noteReceipt(tx, webhook, 0))).rejects.toThrow(/NULL/i);
    });

    it('needs a leg that was added', async () => {
      const noted = database.transaction((tx) => noteLegFacts(tx, { accountId: ACCOUNT, legUuid: 'x' }, {}, ''));
      await expect(noted).rejects.toThrow('the leg was not added before its facts');
    });
  });
});
