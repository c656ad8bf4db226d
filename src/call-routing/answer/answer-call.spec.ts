import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn, deadlineOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase, isAnyWaiting, LOOK_MS } from '../../../test/support/database.js';
import {
  ACCOUNT,
  addNumbers,
  announced,
  clearSessions,
  OWNER,
  party,
  testConfig,
  usNumbers,
} from '../../../test/support/ground.js';
import { AccountSettings } from '../../accounts/index.js';
import { Contended, type Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { readAnswerWebhook, readGatheredDigits, readHangupWebhook, type VerifiedWebhook } from '../../plivo/index.js';
import { SessionEnded, SessionUpdated, type SessionRecord } from '../../sessions/index.js';
import { callerPlace, dialledPlace } from '../call.entity.js';
import { CallEnded, CallFigured, CallStarted, PartyHungUp } from '../call-routing.events.js';

const [VIRTUAL = ''] = usNumbers(1);
const STRANGER = '+14155559999';
const OTHER_ACCOUNT = 'MAOTHEROTHEROTHER000';
const HANG_UP = '<Response><Hangup/></Response>';
const pair = { first_party: party(1), second_party: party(2) };
const PIN = {
  is_pin_authentication_required: true,
  pin_prompt_play: 'https://example.com/prompt.mp3',
  first_party_pin: '1111',
  second_party_pin: '2222',
  pin_retry: 3,
};
const single = { first_party: party(1), create_session_with_single_party: true, session_expiry: 86_400 };

describeOnEachDatabase('a call that is answered', (open, kind) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let told: object[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    world = callsOn(database);
    told = announced(world.sessions.events, [CallStarted, PartyHungUp, CallEnded, CallFigured]);
  });

  const verified = (params: Record<string, string>, accountId = ACCOUNT): VerifiedWebhook => ({
    accountId,
    nonce: newId(),
    params: new Map(Object.entries(params)),
    contentHash: 'content',
  });
  const common = (from: string, callUuid: string, to = VIRTUAL) => ({
    CallUUID: callUuid,
    From: from,
    To: to,
    Direction: 'inbound',
    CallStatus: 'ringing',
  });
  const call = (from: string, callUuid = newId(), to = VIRTUAL): Promise<string> => {
    const webhook = verified(common(from, callUuid, to));
    return world.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
  };
  const hangUp = (callUuid: string, from = STRANGER): Promise<void> => {
    const webhook = verified({ ...common(from, callUuid), Event: 'Hangup', CallStatus: 'completed' });
    return world.noteHangup.run(webhook, readHangupWebhook(webhook.params)!);
  };
  const type = (callId: string, attempt: number, Digits: string, callUuid: string, accountId = ACCOUNT) => {
    const webhook = verified({ ...common(STRANGER, callUuid), Digits }, accountId);
    return world.answerDigits.run(webhook, callId, attempt, readGatheredDigits(webhook.params)!, () => true);
  };
  interface CallRow {
    id: string;
    a_leg_uuid: string;
    session_id: string | null;
    prompt_session_id: string | null;
    virtual_number_id: number | null;
    caller_role: string | null;
    caller: string | null;
    dialled: string | null;
    decision: string;
    reason: string;
    pin_attempts: number;
    connected_at: number | null;
  }
  const callRow = async (legUuid: string): Promise<CallRow> => {
    const [row] = await database.read<CallRow[]>((manager) =>
      manager.query('SELECT * FROM masked_call WHERE a_leg_uuid = ?', [legUuid]),
    );
    return row!;
  };
  const idOf = async (legUuid: string): Promise<string> => (await callRow(legUuid)).id;
  const change = (patch: object): Promise<unknown> =>
    database.transaction(async (tx) => {
      await tx.query('DELETE FROM account WHERE auth_id = ?', [ACCOUNT]);
      await tx.query(
        "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
        [ACCOUNT],
      );
      return world.settings.change(tx, ACCOUNT, patch);
    });
  const shown = (session: SessionRecord) => world.sessions.findSession.run(OWNER, session.id);

  describe('with the order to connect', () => {
    it('keeps who is connected with whom, sealed, and is a conversation from then on', async () => {
      const session = await world.sessions.open(pair);
      const leg = newId();
      await call(party(2), leg);
      const row = await callRow(leg);
      const place = { callId: row.id, accountId: ACCOUNT };
      expect(row).toMatchObject({
        session_id: session.id,
        caller_role: 'second',
        decision: 'connect',
        reason: 'party',
        virtual_number_id: session.virtualNumberId,
        prompt_session_id: null,
        pin_attempts: 0,
        connected_at: world.sessions.clock.now(),
      });
      const { crypto } = world.sessions;
      expect(crypto.open(callerPlace(place), row.caller!)).toBe(party(2).slice(1));
      expect(crypto.open(dialledPlace(place), row.dialled!)).toBe(party(1).slice(1));
      expect(row).toMatchObject({
        caller_index: session.secondIndex,
        dialled_index: session.firstIndex,
        virtual_number: session.virtualNumber,
        outcome: null,
      });
      expect(told).toEqual([new CallStarted(session, row.id, 'second')]);
      expect((await shown(session)).interaction).toMatchObject([
        { first_party_resource_url: null, second_party_resource_url: expect.stringContaining(leg) },
      ]);
    });

    it('keeps who was refused, sealed, and is found by it', async () => {
      const { virtualNumber } = await world.sessions.open(pair);
      const leg = newId();
      await call(STRANGER, leg);
      const row = await callRow(leg);
      const { crypto, records } = world.sessions;
      expect(crypto.open(callerPlace({ callId: row.id, accountId: ACCOUNT }), row.caller!)).toBe(STRANGER.slice(1));
      expect(row).toMatchObject({
        caller_index: records.partyIndex(ACCOUNT, STRANGER.slice(1)),
        dialled: null,
        dialled_index: null,
        virtual_number: virtualNumber,
        outcome: 'refused',
        connected_at: null,
        session_id: null,
        caller_role: null,
        virtual_number_id: null,
        decision: 'refuse',
        reason: 'stranger',
      });
      expect(told).toEqual([]);
    });

    it('after its own hang-up was heard is decided by itself, whatever other calls there are', async () => {
      await world.sessions.open(pair);
      await call(STRANGER);
      const leg = newId();
      await hangUp(leg, party(1));
      told.splice(0);
      expect(await call(party(1), leg)).toContain(`<Number>${party(2)}</Number>`);
      expect(told.map((event) => event.constructor.name)).toEqual([
        'CallStarted',
        'CallFigured',
        'PartyHungUp',
        'CallEnded',
      ]);
      const refused = newId();
      await hangUp(refused);
      told.splice(0);
      await call(STRANGER, refused);
      expect(told).toEqual([new CallFigured(ACCOUNT, refused, null, 'open')]);
    });
  });

  describe('with the question for a PIN', () => {
    it('is of the session whose prompt it hears, on its number', async () => {
      const session = await world.sessions.open({ ...pair, ...PIN });
      const leg = newId();
      await call(STRANGER, leg);
      expect(await callRow(leg)).toMatchObject({
        decision: 'ask-pin',
        session_id: null,
        prompt_session_id: session.id,
        virtual_number_id: session.virtualNumberId,
      });
    });

    it('and the right one is a conversation from then on', async () => {
      const session = await world.sessions.open({ ...pair, ...PIN });
      const leg = newId();
      await call(STRANGER, leg);
      expect(await type(await idOf(leg), 1, '1111', leg)).toContain(`<Number>${party(2)}</Number>`);
      expect(await callRow(leg)).toMatchObject({
        decision: 'connect',
        reason: 'pin',
        session_id: session.id,
        caller_role: 'first',
        pin_attempts: 1,
        connected_at: world.sessions.clock.now(),
      });
      expect(told.map((event) => event.constructor.name)).toEqual(['CallStarted', 'CallFigured']);
      expect(await shown(session)).toMatchObject({ status: 'in-progress' });
      expect(await call(party(2))).toContain('busy with another call');
      const [linked] = await database.read<{ session_id: string; role: string }[]>((manager) =>
        manager.query('SELECT session_id, role FROM call_leg WHERE leg_uuid = ?', [leg]),
      );
      expect(linked).toEqual({ session_id: session.id, role: 'first' });
    });

    it('and the right one, typed after the hang-up was heard, is told with its end', async () => {
      const session = await world.sessions.open({ ...pair, ...PIN });
      const leg = newId();
      await call(STRANGER, leg);
      await hangUp(leg);
      told.splice(0);
      const callId = await idOf(leg);
      await type(callId, 1, '2222', leg);
      expect(told.slice(1)).toEqual([
        new CallFigured(ACCOUNT, leg, null, 'open'),
        new PartyHungUp(ACCOUNT, session.id, callId, 'second', leg),
        new CallEnded(ACCOUNT, session.id, callId),
      ]);
    });

    it('is known to be over where its hang-up was here first', async () => {
      await world.sessions.open({ ...pair, ...PIN });
      const leg = newId();
      await hangUp(leg);
      await call(STRANGER, leg);
      expect(await callRow(leg)).toMatchObject({ decision: 'ask-pin', outcome: 'abandoned' });
    });

    it('takes a PIN in that call alone, and only where it was asked for', async () => {
      await world.sessions.open({ ...pair, ...PIN });
      const [leg, other] = [newId(), newId()];
      await call(STRANGER, leg);
      await call(party(1), other);
      const callId = await idOf(leg);
      const notFound = { kind: 'not-found' };
      await expect(type(newId(), 1, '1111', leg)).rejects.toMatchObject(notFound);
      await expect(type(callId, 1, '1111', newId())).rejects.toMatchObject(notFound);
      await expect(type(callId, 1, '1111', other)).rejects.toMatchObject(notFound);
      await expect(type(callId, 1, '1111', leg, OTHER_ACCOUNT)).rejects.toMatchObject(notFound);
      await expect(type(await idOf(other), 1, '1111', other)).rejects.toMatchObject(notFound);
      expect(await callRow(leg)).toMatchObject({ pin_attempts: 0, decision: 'ask-pin' });
    });

    it('takes the attempts in their order, and none once it is decided', async () => {
      await world.sessions.open({ ...pair, ...PIN });
      const leg = newId();
      await call(STRANGER, leg);
      const callId = await idOf(leg);
      expect(await type(callId, 2, '1111', leg)).toBe(HANG_UP);
      const again = await type(callId, 1, '9999', leg);
      expect(again).toContain('/pin/2#');
      expect(await type(callId, 1, '1111', leg)).toBe(again);
      expect(await type(callId, 3, '1111', leg)).toBe(HANG_UP);
      expect(await type(callId, 2, '1111', leg)).toContain('<Dial');
      expect(await type(callId, 3, '2222', leg)).toBe(HANG_UP);
      expect(await callRow(leg)).toMatchObject({ caller_role: 'first', pin_attempts: 2 });
    });

    it('is told that the connection has ended where its session is gone', async () => {
      await world.sessions.open({ ...pair, ...PIN });
      const leg = newId();
      await call(STRANGER, leg);
      await database.transaction((tx) => tx.query('DELETE FROM masking_session'));
      expect(await type(await idOf(leg), 1, '1111', leg)).toContain('connection has ended');
    });

    it('is refused in words where there is no file for a wrong one', async () => {
      await world.sessions.open({ ...pair, ...PIN, pin_retry: 0 });
      const leg = newId();
      await call(STRANGER, leg);
      expect(await type(await idOf(leg), 1, '9999', leg)).toContain('that code is not right');
      expect(await callRow(leg)).toMatchObject({ decision: 'refuse', reason: 'wrong-pin', session_id: null });
    });

    it('is not put to a registered caller that has typed too many wrong ones where all are asked', async () => {
      await world.sessions.open({ ...pair, ...PIN, force_pin_authentication: true, pin_retry: 5 });
      const leg = newId();
      await call(party(1), leg);
      const callId = await idOf(leg);
      for (let attempt = 1; attempt <= 5; attempt++) {
        const webhook = verified({ ...common(party(1), leg), Digits: String(9990 + attempt) });
        await world.answerDigits.run(webhook, callId, attempt, readGatheredDigits(webhook.params)!, () => true);
      }
      expect(await call(party(1))).toContain('too many wrong codes');
      expect(await call(party(2))).toContain('<GetDigits');
    });
  });

  it('to a number in another spelling than the pool has is a call to that line', async () => {
    await clearSessions(database);
    await addNumbers(database, ['5215541637145', '541166773399', '5491166773399']);
    const mexican = { first_party: '+525541637100', second_party: party(2) };
    await world.sessions.open(mexican);
    expect(await call(party(2), newId(), '525541637145')).toContain('<Number>+525541637100</Number>');
    // Both spellings were numbers of old: each is taken at its word.
    await world.sessions.open({ ...mexican, first_party: '+541166773300' });
    expect(await call(party(2), newId(), '541166773399')).toContain('<Number>+541166773300</Number>');
    expect(await call(party(2), newId(), '5491166773399')).not.toContain('<Dial');
  });

  describe('to nobody', () => {
    it.each([
      ['sip:somebody@phone.plivo.com', STRANGER],
      ['anonymous', party(1)],
    ])('calls from nowhere to %s find no session', async (to, from) => {
      await addNumbers(database, ['12025550001']);
      await world.sessions.open(pair);
      await world.sessions.open({ ...single, unknown_caller_play: 'https://example.com/u.mp3' });
      expect(await call(from, newId(), to)).not.toMatch(/<Dial|<Play/);
    });
  });

  // On SQLite transactions come one after the other.
  (kind === 'sqlite' ? describe.skip : describe)('in the moment in which its open session', () => {
    /** What who calls is answered while something is done to a session, which is committed once the call waits for it. */
    const during = async (
      event: typeof SessionEnded | typeof SessionUpdated,
      deed: () => Promise<unknown>,
      from: string,
    ): Promise<string> => {
      const elsewhere = callsOn(database, { clock: world.sessions.clock });
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => (goOn = resolve));
      const isDoneButOpen = new Promise<void>((resolve) =>
        world.sessions.events.subscribe<SessionEnded | SessionUpdated>(event, async () => {
          resolve();
          await gate;
        }),
      );
      const done = deed();
      await isDoneButOpen;
      const webhook = verified(common(from, newId()));
      const answered = elsewhere.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
      const isAnswered = answered.then(() => true);
      for (let isOver = false; !isOver && !(await isAnyWaiting(database));)
        isOver = await Promise.race([isAnswered, delay(LOOK_MS, false)]);
      goOn();
      await done;
      return answered;
    };

    it('ends, is connected to nobody', async () => {
      const session = await world.sessions.open(single);
      const ended = during(SessionEnded, () => world.sessions.end(session.id), STRANGER);
      expect(await ended).toContain('connection has ended');
    });

    it.each([
      ['a stranger', STRANGER, '<Hangup reason="rejected"/>'],
      ['that party', party(2), `<Number>${party(1)}</Number>`],
    ])('is given its other party, is answered as one of two parties by then: %s', async (_, from, answer) => {
      const session = await world.sessions.open(single);
      const update = () => world.sessions.update(session.id, { second_party: party(2) });
      expect(await during(SessionUpdated, update, from)).toContain(answer);
    });
  });

  describe('for the last caller', () => {
    const strangerCalls = async (from: string): Promise<void> => {
      const leg = newId();
      expect(await call(from, leg)).toContain(`<Number>${party(1)}</Number>`);
      await hangUp(leg, from);
      world.sessions.clock.advance(1000);
    };
    const busy = 'busy with another call';

    it('goes to who was connected last, in the role that is missing', async () => {
      await world.sessions.open(single);
      await strangerCalls('+14155558888');
      await strangerCalls(STRANGER);
      const leg = newId();
      expect(await call(party(1), leg)).toContain(`<Number>${STRANGER}</Number>`);
      expect(await call('+14155557777')).toContain(busy);
      await hangUp(leg, party(1));
      expect(await call(party(1))).toContain(`<Number>${STRANGER}</Number>`);
    });

    it('goes to the later of two of one instant', async () => {
      await world.sessions.open(single);
      for (const from of ['+14155558888', STRANGER]) {
        const leg = newId();
        await call(from, leg);
        await hangUp(leg, from);
      }
      expect(await call(party(1))).toContain(`<Number>${STRANGER}</Number>`);
    });

    it('of a session whose first party is missing too', async () => {
      const { first_party: _, ...missing } = single;
      await world.sessions.open({ ...missing, second_party: party(1) });
      await strangerCalls(STRANGER);
      expect(await call(party(1))).toContain(`<Number>${STRANGER}</Number>`);
    });

    it('goes to nobody, if that one showed no number', async () => {
      await world.sessions.open(single);
      await strangerCalls(STRANGER);
      await strangerCalls('anonymous');
      expect(await call(party(1))).toContain('nobody to connect');
    });

    it('goes to nobody in a country that no number of the account is of', async () => {
      const [caller, toCaller, toParty] = ['+252615123456', newId(), newId()];
      await world.sessions.open(single);
      await change({ allowed_countries: 'own' });
      await strangerCalls(caller);

      expect(await call(party(1), toCaller)).toContain('cannot be called from here');
      expect(await callRow(toCaller)).toMatchObject({ decision: 'refuse', reason: 'destination', dialled: null });
      await change({ allowed_countries: null });
      expect(await call(party(1), toParty)).toContain(`<Number>${caller}</Number>`);
    });

    it('is of its own session alone', async () => {
      await addNumbers(database, ['12025550001']);
      await world.sessions.open(single);
      await world.sessions.open({ ...single, first_party: party(5) });
      await strangerCalls(STRANGER);
      expect(await call(party(5), newId(), '12025550001')).toContain('nobody to connect');
    });
  });

  it.each([
    ['wanted', true],
    ['placing', true],
    ['placed', true],
    ['answered', false],
    ['over', false],
    ['failed', false],
  ])('while a request of the session is %s is busy: %s, to the millisecond', async (status, isBusy) => {
    const session = await world.sessions.open(pair);
    await world.sessions.open({ first_party: party(3), second_party: party(4) });
    const now = world.sessions.clock.now();
    await database.transaction((tx) =>
      tx.query(
        'INSERT INTO call_request (id, account_id, session_id, status, created_at, pending_until) VALUES (?, ?, ?, ?, ?, ?)',
        [newId(), ACCOUNT, session.id, status, now, now + 1000],
      ),
    );
    world.sessions.clock.advance(999);
    expect((await call(party(1))).includes('busy with another call')).toBe(isBusy);
    if (!isBusy) return;
    expect(await call(party(3))).toContain('<Dial');
    world.sessions.clock.advance(1);
    expect(await call(party(1))).toContain('<Dial');
  });

  describe('of a caller whom no session claims, where the account has another use for it,', () => {
    const IVR = 'https://ivr.example/in?line=1&key=s3cret';
    const REDIRECT =
      '<Response><Redirect method="POST">https://ivr.example/in?line=1&amp;key=s3cret</Redirect></Response>';

    it.each([
      ['stranger', STRANGER],
      ['withheld', 'anonymous'],
      ['unreadable', '04155550001'],
    ])('%s: is handed on, with the same bytes as often as it asks, and kept as refused', async (reason, from) => {
      await world.sessions.open(pair);
      await change({ unrouted_url: IVR, refusals: { stranger: 'Who is there?', withheld: 'Who is there?' } });
      const leg = newId();
      expect(await call(from, leg)).toBe(REDIRECT);
      expect(await callRow(leg)).toMatchObject({ decision: 'redirect', reason, session_id: null, outcome: 'refused' });
      await change({ unrouted_url: null });
      expect(await call(from, leg)).toBe(REDIRECT);
      expect(await call(from)).toContain('Who is there?');
    });

    it('is handed on too if its open session ends in that moment, and stays in its story', async () => {
      const session = await world.sessions.open(single);
      await change({ unrouted_url: IVR });
      const { findSessionById } = world.sessions;
      const run = findSessionById.run.bind(findSessionById);
      findSessionById.run = async (...asked) => {
        const found = await run(...asked);
        return found && { ...found, expiresAt: 0 };
      };
      const leg = newId();
      expect(await call(STRANGER, leg)).toBe(REDIRECT);
      expect(await callRow(leg)).toMatchObject({ reason: 'expired', session_id: session.id, connected_at: null });
    });

    it('ends as a refused one does when Plivo tells of its end, however long it was somewhere else', async () => {
      await world.sessions.open(pair);
      await change({ unrouted_url: IVR });
      const leg = newId();
      await call(STRANGER, leg);
      told.splice(0);
      await hangUp(leg);
      expect(told).toEqual([new CallFigured(ACCOUNT, leg, VIRTUAL, 'open')]);
      // After its end nobody asks but whoever has kept the webhook.
      expect(await call(STRANGER, leg)).toBe(HANG_UP);
    });

    it('is nothing to parties, to callers of PIN sessions, or to who is locked out', async () => {
      await world.sessions.open({ ...pair, ...PIN, pin_retry: 0 });
      await change({ unrouted_url: IVR });
      expect(await call(party(1))).toContain('<Dial');
      expect(await call(party(2))).toContain('busy with another call');
      for (let guess = 0; guess < 5; guess++) {
        const leg = newId();
        expect(await call(STRANGER, leg)).toContain('<GetDigits');
        expect(await type(await idOf(leg), 1, `900${guess}`, leg)).toContain('<Speak');
      }
      expect(await call(STRANGER)).toContain('too many wrong codes');
    });
  });

  describe('within a spend cap', () => {
    const reserved = async () =>
      (
        await database.read<{ holder: string; amount: number }[]>((manager) =>
          manager.query('SELECT holder, amount FROM spend_reservation'),
        )
      ).map(({ holder, amount }) => [holder, Number(amount)]);

    it.each([
      // 181 s are 4 minutes of the called leg, with 60 s of ringing 241 s are 5 of the caller's.
      [61, 60, 9],
      [60, 60, 7],
    ])(
      'of %i s and %i s of ringing reserves %i begun minutes of both legs, with the fee',
      async (limit, ring, minutes) => {
        await world.sessions.open({ ...pair, call_time_limit: limit, ring_timeout: ring });
        await change({ daily_spend_cap: '10', max_rate_per_minute: '0.02', minute_fee: '0.01' });
        const leg = newId();
        await call(party(1), leg);
        expect(await reserved()).toEqual([[await idOf(leg), minutes * 30_000]]);
      },
    );

    it('reserves nothing for a caller who is refused, or only asked', async () => {
      await world.sessions.open({ ...pair, ...PIN });
      await change({ daily_spend_cap: '10', max_rate_per_minute: '0.02' });
      await call(STRANGER);
      expect(await reserved()).toEqual([]);
    });

    it('says nothing to a caller for whom there is no room, and keeps whose seat it was', async () => {
      const session = await world.sessions.open(pair);
      await change({ daily_spend_cap: '0.01', max_rate_per_minute: '0.02' });
      const leg = newId();
      expect(await call(party(1), leg)).toBe('<Response><Hangup reason="rejected"/></Response>');
      expect(await callRow(leg)).toMatchObject({ reason: 'spend-cap', session_id: session.id, caller_role: 'first' });
      expect(await callRow(leg)).toMatchObject({ dialled_index: session.secondIndex, outcome: 'refused' });
      expect(await shown(session)).toMatchObject({ status: 'active', interaction: null });
    });
  });

  describe('within a cap of different phones', () => {
    const SILENCE = '<Response><Hangup reason="rejected"/></Response>';
    const dialled = () =>
      database.read<{ party_index: string }[]>((manager) => manager.query('SELECT * FROM daily_destination'));
    const converse = async (from: string): Promise<string> => {
      const leg = newId();
      const answer = await call(from, leg);
      await hangUp(leg, from);
      return answer;
    };

    it('dials those of the day again, and says nothing to a caller for whose other party there is no room', async () => {
      const session = await world.sessions.open(pair);
      await change({ daily_destinations: 1 });
      for (const _ of [1, 2]) expect(await converse(party(1))).toContain(`<Number>${party(2)}</Number>`);
      const leg = newId();
      expect(await call(party(2), leg)).toBe(SILENCE);
      expect(await callRow(leg)).toMatchObject({ decision: 'refuse', reason: 'daily-cap', session_id: session.id });
      expect(await converse(party(1))).toContain(`<Number>${party(2)}</Number>`);

      await change({ refusals: { 'daily-cap': 'Tomorrow.' } });
      expect(await converse(party(2))).toContain('>Tomorrow.</Speak>');
      expect(await dialled()).toMatchObject([{ party_index: session.secondIndex }]);
    });

    it('keeps of a phone no more than an index, the same for all its spellings', async () => {
      const [mobile, without] = ['+5491123456789', '+541123456789'];
      await world.sessions.open({ first_party: party(1), second_party: mobile });
      await change({ daily_destinations: 1 });
      expect(await converse(party(1))).toContain(`<Number>${mobile}</Number>`);
      await world.sessions.open({ first_party: party(1), second_party: without });
      expect(await converse(party(1))).toContain(`<Number>${without}</Number>`);
      expect(await dialled()).toHaveLength(1);
      expect(JSON.stringify(await dialled())).not.toContain('23456789');
    });

    it('counts whom a PIN leads to, and lets nobody beyond it', async () => {
      await world.sessions.open({ ...pair, ...PIN });
      await change({ daily_destinations: 1 });
      const typing = async (Digits: string): Promise<string> => {
        const leg = newId();
        await call(STRANGER, leg);
        const answer = await type(await idOf(leg), 1, Digits, leg);
        await hangUp(leg);
        return answer;
      };
      expect(await typing('1111')).toContain(`<Number>${party(2)}</Number>`);
      expect(await dialled()).toHaveLength(1);
      // Typing has answered its leg, so it hears why nothing comes.
      expect(await typing('2222')).toContain('>Sorry, your call cannot be connected today. Goodbye.</Speak>');
      expect(await typing('1111')).toContain('<Dial');
    });

    it('is not passed by 64 callers at once', async () => {
      const callers = Array.from({ length: 64 }, (_, index) => party(100 + index));
      for (const [index, caller] of callers.entries())
        await world.sessions.open({ first_party: caller, second_party: party(200 + index) });
      await change({ daily_destinations: 10 });
      const answers = await Promise.all(callers.map((caller) => call(caller)));
      expect(answers.filter((answer) => answer.includes('<Dial'))).toHaveLength(10);
      expect(answers.filter((answer) => answer === SILENCE)).toHaveLength(54);
      expect(await dialled()).toHaveLength(10);
    });

    it('gives back what was reserved of the spend cap for a call that it refuses', async () => {
      await world.sessions.open(pair);
      await change({ daily_destinations: 1, daily_spend_cap: '1000', max_rate_per_minute: '0.02' });
      await converse(party(1));
      const reserved = () =>
        database.read<unknown[]>((manager) => manager.query('SELECT holder FROM spend_reservation'));
      const before = await reserved();
      expect(await call(party(2))).toBe(SILENCE);
      expect(await reserved()).toEqual(before);
    });

    it('is not counted where there is none', async () => {
      await world.sessions.open(pair);
      await converse(party(1));
      expect(await dialled()).toEqual([]);
    });
  });

  it('is begun with 0.25 s to spare, and after a conflict repeated as long as anybody waits', async () => {
    const { clock } = world.sessions;
    const deadline = deadlineOn(database, clock, new AccountSettings(database, clock, testConfig()));
    const needed: number[] = [];
    let attempts = 0;
    const answered = deadline.transaction(
      verified({}),
      (milliseconds) => needed.push(milliseconds) > 0,
      async () => {
        attempts += 1;
        if (attempts === 1) throw new Contended();
        return HANG_UP;
      },
    );
    expect([await answered, attempts, needed]).toEqual([HANG_UP, 2, [250, 0, 0]]);
  });
});
