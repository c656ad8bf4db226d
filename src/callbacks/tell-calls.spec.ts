import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { callbacksOn } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, testConfig, usNumbers } from '../../test/support/ground.js';
import { DEMO_AUTH_ID } from '../accounts/index.js';
import { CallStarted, ConversationNoted, EraseCalls, PinChecked } from '../call-routing/index.js';
import { callerPlace, CALLS, dialledPlace, type MaskedCall } from '../call-routing/call.entity.js';
import type { Database } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { RecordingFailed, RecordingReady, RecordingStarted } from '../recording/index.js';
import { RECORDINGS, type Recording } from '../recording/recording.entity.js';
import type { SessionRecord } from '../sessions/index.js';
import type { E164 } from '../telephony/phone.js';
import { CallbackTarget } from './callback-target.js';
import { ForgetCallbacks } from './forget-callbacks.js';

const URL_OF_STATUS = 'https://example.com/status';
const URL_OF_RECORDINGS = 'https://example.com/recordings';
const PINS = {
  is_pin_authentication_required: true,
  pin_prompt_play: 'https://example.com/prompt.mp3',
  first_party_pin: '1111',
  second_party_pin: '2222',
};
const digits = (index: number): string => party(index).slice(1);

describeOnEachDatabase('telling customers', (open) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let callbacks: ReturnType<typeof callbacksOn>;
  let billing: ReturnType<typeof billingOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await database.transaction((tx) => tx.query('DELETE FROM recording'));
    await addNumbers(database, usNumbers(2));
    calls = callsOn(database);
    callbacks = callbacksOn(database, calls);
    billing = billingOn(database, calls);
  });

  const session = (more: Record<string, unknown> = {}): Promise<SessionRecord> =>
    calls.sessions.open({
      first_party: party(1),
      second_party: party(2),
      callback_url: URL_OF_STATUS,
      recording_callback_url: URL_OF_RECORDINGS,
      ...more,
    });
  /** A call of the first party's that dialled the second one's phone, unless told otherwise; `caller` and `dialled` are sealed here. */
  const call = async (of: SessionRecord, more: Partial<MaskedCall> = {}): Promise<string> => {
    const { caller = digits(1), dialled = digits(2), ...facts } = more;
    const { crypto, clock } = calls.sessions;
    const callId = newId();
    const place = { callId, accountId: ACCOUNT };
    await database.transaction((tx) =>
      CALLS.insert(tx, {
        id: callId,
        accountId: ACCOUNT,
        sessionId: of.id,
        kind: 'inbound',
        aLegUuid: 'a',
        callerRole: 'first',
        pinAttempts: 0,
        decision: 'connect',
        reason: 'party',
        answer: '',
        createdAt: clock.now(),
        connectedAt: clock.now(),
        ...facts,
        caller: caller === null ? null : crypto.seal(callerPlace(place), caller),
        dialled: dialled === null ? null : crypto.seal(dialledPlace(place), dialled),
      }),
    );
    await billing.leg('a', { callId, sessionId: of.id, isEnded: false, startedAt: null, endedAt: null });
    return callId;
  };
  const publish = (event: object): Promise<void> =>
    database.transaction((tx) => calls.sessions.events.publish(tx, event));
  const noted = (of: SessionRecord, callId: string) => publish(new ConversationNoted(ACCOUNT, of.id, callId));
  /** `event from>to`, in order. */
  const told = async (): Promise<string[]> =>
    (await callbacks.stored()).map(
      ({ event, params }) => `${event.replace('Session', '')} ${params.From}>${params.To}`,
    );
  const last = async (): Promise<Record<string, string>> => (await callbacks.stored()).at(-1)?.params ?? {};
  const bothEnd = async (callId: string, sessionId: string): Promise<void> => {
    const end = { isEnded: true, endedAt: calls.sessions.clock.now(), duration: 40, billedDuration: 60, amount: 8500 };
    await billing.learn('a', end);
    await billing.learn('b', { ...end, hangupSource: 'Callee' });
    await noted({ id: sessionId } as SessionRecord, callId);
  };

  it('of a call as it goes on, each event once, with the numbers of both', async () => {
    const one = await session();
    const callId = await call(one);
    await publish(new CallStarted(one, callId, 'first'));
    expect(await told()).toEqual([`FirstPartyAnswer ${digits(1)}>${digits(2)}`]);

    await billing.leg('b', {
      callId,
      sessionId: one.id,
      side: 'B',
      isEnded: false,
      answeredAt: calls.sessions.clock.now(),
    });
    await noted(one, callId);
    await noted(one, callId);
    await publish(new CallStarted(one, callId, 'first'));
    const numbers = `${digits(1)}>${digits(2)}`;
    expect(await told()).toEqual([
      `FirstPartyAnswer ${numbers}`,
      `SecondPartyRing ${numbers}`,
      `SecondPartyAnswer ${numbers}`,
    ]);

    await bothEnd(callId, one.id);
    expect((await told()).slice(3)).toEqual([
      `SecondPartyHangup ${numbers}`,
      `FirstPartyHangup ${numbers}`,
      `PartiesHangup ${numbers}`,
    ]);
    expect(await last()).toMatchObject({ Amount: '0.017', BilledDuration: '120', Duration: '80', SequenceNumber: '6' });
  });

  it("adds the account's own price of each billed minute to what Plivo took", async () => {
    await database.transaction((tx) =>
      tx.query(
        'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
        [ACCOUNT, 'Some', ACCOUNT, 'sealed', 0],
      ),
    );
    await database.transaction((tx) => calls.settings.change(tx, ACCOUNT, { minute_fee: '0.1' }));
    const one = await session();
    const callId = await call(one);
    await billing.leg('b', { callId, sessionId: one.id, side: 'B' });
    await bothEnd(callId, one.id);

    const amounts = (await callbacks.stored()).slice(-3).map(({ params }) => params.Amount);
    expect(amounts).toEqual(['0.1085', '0.1085', '0.217']);
  });

  it('names who the call was between, although the session has other parties by then', async () => {
    const one = await session();
    const callId = await call(one, { caller: '4420', dialled: '4930' });
    await noted(one, callId);

    expect(await told()).toEqual(['FirstPartyAnswer 4420>4930']);
  });

  it.each([
    ['of the first party', 'first', digits(2), `FirstPartyAnswer >${digits(2)}`],
    ['of the second party', 'second', digits(1), `SecondPartyAnswer >${digits(1)}`],
  ] as const)('names nobody who showed no number: a call %s', async (_, callerRole, dialled, expected) => {
    const one = await session();
    await noted(one, await call(one, { callerRole, caller: null, dialled }));

    expect(await told()).toEqual([expected]);
  });

  it('of a call whose people were erased nothing more, and nothing again, whoever is in the session by now', async () => {
    const one = await session();
    const callId = await call(one);
    await billing.leg('b', { callId, sessionId: one.id, side: 'B' });
    await noted(one, callId);
    expect(await told()).toHaveLength(3);
    await database.transaction(async (tx) => {
      const { crypto } = calls.sessions;
      await new ForgetCallbacks(database, crypto).ofCalls(tx, [callId]);
      await new EraseCalls(database, crypto).blank(tx, [
        { id: callId, accountId: ACCOUNT, sessionId: one.id, aLegUuid: 'a', requestId: null, createdAt: 0 },
      ]);
    });

    await bothEnd(callId, one.id);
    expect(await told()).toEqual([]);
  });

  it.each([
    ['first', `${digits(1)}>${digits(2)}`],
    ['second', `${digits(2)}>${digits(1)}`],
  ] as const)(
    'names the parties of a requested call that nobody answered: the %s party was rung',
    async (role, numbers) => {
      const one = await session();
      const unanswered = { kind: 'request', decision: 'refuse', reason: 'unanswered', connectedAt: null } as const;
      const other = digits(role === 'first' ? 2 : 1);
      const callId = await call(one, { ...unanswered, callerRole: role, caller: null, dialled: other });
      await billing.learn('a', { isEnded: true, isAnswered: false, duration: 0, amount: 0 });
      await noted(one, callId);

      const name = role === 'first' ? 'First' : 'Second';
      expect(await told()).toEqual([`${name}PartyHangup ${numbers}`, `PartiesHangup ${numbers}`]);
    },
  );

  it('names the phone that was rung by a requested call, although another is the first party by then', async () => {
    const one = await session();
    const unanswered = { kind: 'request', decision: 'refuse', reason: 'unanswered', connectedAt: null } as const;
    const callId = await call(one, { ...unanswered, callerRole: 'first', caller: '4420', dialled: null });
    await billing.learn('a', { isEnded: true, isAnswered: false, duration: 0, amount: 0 });
    await noted(one, callId);

    expect(await told()).toEqual([`FirstPartyHangup 4420>${digits(2)}`, `PartiesHangup 4420>${digits(2)}`]);
  });

  it('says of a registered caller that nobody asked for a PIN', async () => {
    const one = await session(PINS);
    await noted(one, await call(one));

    expect((await told()).map((each) => each.split(' ')[0])).toEqual(['FirstPartyAnswer', 'PinAuthenticationStatus']);
    expect(await last()).toMatchObject({ PinAuthenticationStatus: 'AuthorizedCaller', PinRetryCounter: '0' });
  });

  const stranger = '14155559999' as E164;
  it.each([
    [
      'the first party',
      'success',
      1,
      stranger,
      'first',
      digits(2) as E164,
      [`FirstPartyAnswer ${stranger}>${digits(2)}`, `PinAuthenticationStatus ${stranger}>${digits(2)}`],
    ],
    [
      'the second party',
      'success',
      0,
      stranger,
      'second',
      digits(1) as E164,
      [`SecondPartyAnswer ${stranger}>${digits(1)}`, `PinAuthenticationStatus ${stranger}>${digits(1)}`],
    ],
    // Of a session without another party whoever called last is dialled.
    [
      'the first party, who reaches somebody else',
      'success',
      0,
      stranger,
      'first',
      '442079460123' as E164,
      [`FirstPartyAnswer ${stranger}>442079460123`, `PinAuthenticationStatus ${stranger}>442079460123`],
    ],
    ['a party, who reaches nobody', 'success', 0, stranger, 'first', null, [`PinAuthenticationStatus ${stranger}>`]],
    ['nobody, too often', 'failed', 3, stranger, null, null, [`PinAuthenticationStatus ${stranger}>`]],
    ['nobody who shows a number', 'failed', 3, null, null, null, ['PinAuthenticationStatus >']],
  ] as const)(
    'says whose PIN was typed and how often a wrong one: %s',
    async (_, outcome, failures, caller, role, dialled, expected) => {
      const one = await session(PINS);
      await publish(new PinChecked(ACCOUNT, one.id, newId(), outcome, failures, caller, role, dialled));

      expect(await told()).toEqual(expected);
      expect(await last()).toMatchObject({ PinAuthenticationStatus: outcome, PinRetryCounter: String(failures) });
    },
  );

  it('that a session has expired, not that it was deleted', async () => {
    const [expires, deleted] = [await session(), await session({ first_party: party(3) })];
    await calls.sessions.end(deleted.id);
    calls.sessions.clock.advance(expires.expiresAt - calls.sessions.clock.now());
    await calls.sessions.expireDue.run();

    expect(await told()).toEqual(['Timeout >']);
    expect(await last()).toMatchObject({ SessionUUID: expires.id });
  });

  it('nothing where the session names no URL, and nothing of a call that nobody knows', async () => {
    const silent = await session({ callback_url: '', recording_callback_url: '', ...PINS });
    const callId = await call(silent);
    await publish(new CallStarted(silent, callId, 'first'));
    await noted(silent, callId);
    await publish(new PinChecked(ACCOUNT, silent.id, newId(), 'failed', 3, null, null, null));
    for (const News of [RecordingStarted, RecordingReady, RecordingFailed])
      await publish(new News(ACCOUNT, silent.id, callId, await recorded(silent, callId)));
    calls.sessions.clock.advance(silent.expiresAt - calls.sessions.clock.now());
    await calls.sessions.expireDue.run();
    const heard = await session({ first_party: party(3) });
    await noted(heard, newId());

    expect(await told()).toEqual([]);
  });

  const recorded = async (of: SessionRecord, callId: string, more: Partial<Recording> = {}): Promise<string> => {
    const id = newId();
    await database.transaction(async (tx) => {
      await tx.query('DELETE FROM recording');
      await RECORDINGS.insert(tx, {
        id,
        accountId: ACCOUNT,
        sessionId: of.id,
        callId,
        format: 'mp3',
        status: 'ready',
        durationMs: 42_900,
        createdAt: 0,
        attempts: 0,
        ...more,
      });
    });
    return id;
  };

  it('of a recording at a URL of its own, counted by itself, each event once', async () => {
    const one = await session();
    const callId = await call(one);
    await noted(one, callId);
    const recordingId = await recorded(one, callId, { status: 'recording' });
    await publish(new RecordingStarted(ACCOUNT, one.id, callId, recordingId));
    await publish(new RecordingStarted(ACCOUNT, one.id, callId, recordingId));
    await publish(new RecordingFailed(ACCOUNT, one.id, callId, recordingId));
    await database.transaction((tx) => tx.query("UPDATE recording SET status = 'ready'"));
    await publish(new RecordingReady(ACCOUNT, one.id, callId, recordingId));

    const found = (await callbacks.stored()).filter(({ stream }) => stream === 'recording');
    expect(found.map(({ event, params }) => [event, params.SequenceNumber, params.From, params.To])).toEqual([
      ['SessionRecordingInitiated', '1', digits(1), digits(2)],
      ['SessionRecordingFailed', '2', digits(1), digits(2)],
      ['SessionRecordingCompleted', '3', digits(1), digits(2)],
    ]);
    expect(found.map(({ params }) => params.RecordingURL === '')).toEqual([true, true, false]);
    expect(found[2]?.params).toMatchObject({ RecordingUUID: recordingId, RecordingDuration: '42' });
    expect(await database.read((manager) => manager.query('SELECT DISTINCT stream FROM callback'))).toHaveLength(2);
  });

  it('nothing of a recording that nobody knows, or whose call is not known', async () => {
    const one = await session();
    const callId = await call(one);
    await publish(new RecordingReady(ACCOUNT, one.id, callId, newId()));
    await publish(new RecordingReady(ACCOUNT, one.id, newId(), await recorded(one, callId)));

    expect(await told()).toEqual([]);
  });

  it('of a recording of a call that showed no number, with an empty one', async () => {
    const one = await session();
    const callId = await call(one, { caller: null });
    await publish(new RecordingReady(ACCOUNT, one.id, callId, await recorded(one, callId)));

    expect(await told()).toEqual([`RecordingCompleted >${digits(2)}`]);
  });

  it('at the URL and by the method that the session has for each kind', async () => {
    const one = await session({ callback_method: 'GET', recording_callback_method: 'POST' });
    const { target } = callbacks;

    expect(target.of(one, 'status')).toMatchObject({ url: URL_OF_STATUS, method: 'GET', stream: 'status' });
    expect(target.of(one, 'recording')).toMatchObject({ url: URL_OF_RECORDINGS, method: 'POST', stream: 'recording' });
  });

  it.each([
    [
      "of the simulator's own account, at its inbox",
      'simulator',
      DEMO_AUTH_ID,
      '',
      'http://masking.example/simulator/inbox',
    ],
    ['of that account with a URL, there', 'simulator', DEMO_AUTH_ID, URL_OF_STATUS, URL_OF_STATUS],
    ['of another account, nowhere', 'simulator', ACCOUNT, '', null],
    ['of any account where Plivo is the real one, nowhere', 'plivo', ACCOUNT, '', null],
  ] as const)('without a URL %s', async (_, kind, accountId, url, expected) => {
    const config = testConfig({
      PUBLIC_URL: 'http://masking.example',
      ...(kind === 'plivo' && { PROVIDER: 'plivo', PLIVO_AUTH_ID: ACCOUNT, PLIVO_AUTH_TOKEN: 'x'.repeat(40) }),
    });
    const target = new CallbackTarget(config, calls.sessions.findSessionById);
    const one = await session();
    const asked = { ...one, accountId, settings: { ...one.settings, callback_url: url } };

    expect(config.provider.kind).toBe(kind);
    expect(target.of(asked, 'status')?.url ?? null).toBe(expected);
  });

  it('under the subaccount whose session it is', async () => {
    const one = await session();
    const of = { ...one, subaccountId: 'SATESTTESTTESTTEST00' };
    const callId = await call(one);
    await publish(new CallStarted(of, callId, 'first'));

    const owners = await database.read((manager) =>
      manager.query<{ owner_id: string }[]>('SELECT owner_id FROM callback'),
    );
    expect(owners).toEqual([{ owner_id: 'SATESTTESTTESTTEST00' }]);
  });
});
