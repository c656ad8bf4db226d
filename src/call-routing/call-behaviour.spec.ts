import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderBusy, ProviderOutcomeUnknown, ProviderRefused, ProviderUnavailable } from '../plivo/index.js';
import {
  readAnswerWebhook,
  readDialAction,
  readGatheredDigits,
  readHangupWebhook,
  type VerifiedWebhook,
} from '../plivo/index.js';
import type { Database } from '../platform/database/database.js';
import { PinChecked } from './call-routing.events.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, digest, OWNER, party, usNumbers } from '../../test/support/ground.js';

const [VIRTUAL = '', OTHER = ''] = usNumbers(2);
const PROMPT = 'https://example.com/prompt.mp3';
const WRONG = 'https://example.com/wrong.mp3';
const FILE = 'https://example.com/unknown.mp3';
const STRANGER = '+14155559999';

/** Rows of docs/call-behaviour.md are named after these facts. */
describeOnEachDatabase('a call', (open) => {
  let database: Database;
  let placed: Record<string, unknown>[];
  let provider: () => Promise<{ requestUuid: string }>;
  let records: Record<string, unknown>[];
  let world: ReturnType<typeof callsOn>;
  let serial = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL, OTHER]);
    placed = [];
    records = [];
    provider = async () => ({ requestUuid: uuid() });
    world = callsOn(database, {
      plivo: {
        placeCall: async (_credentials: unknown, call: Record<string, unknown>) => {
          placed.push(call);
          return provider();
        },
        getCall: async () => null,
        findCalls: async () => records,
      },
    });
  });

  /** Sessions with PINs are spread over the numbers. */
  const lendOnlyTheFirst = () =>
    database.transaction((tx) => tx.query("UPDATE virtual_number SET status = 'draining' WHERE number = ?", [OTHER]));
  const uuid = (): string => `${String((serial += 1)).padStart(8, '0')}-0000-4000-8000-000000000000`;
  const verified = (params: Record<string, string>): VerifiedWebhook => ({
    accountId: ACCOUNT,
    nonce: uuid(),
    params: new Map(Object.entries(params)),
    contentHash: digest(JSON.stringify(params)),
  });
  const common = (from: string, callUuid: string, to = VIRTUAL) => ({
    CallUUID: callUuid,
    From: from.replace('+', ''),
    To: to,
    Direction: 'inbound',
    Event: 'StartApp',
  });
  const call = async (from: string, callUuid = uuid(), to = VIRTUAL): Promise<string> => {
    const webhook = verified(common(from, callUuid, to));
    return world.answerCall.run(webhook, must(readAnswerWebhook(webhook.params)), () => true);
  };
  const type = async (xml: string, digits: string, from: string, callUuid: string): Promise<string> => {
    const [, callId, attempt] = must(/calls\/([0-9a-f-]{36})\/pin\/(\d)/.exec(xml));
    const webhook = verified({ ...common(from, callUuid), Digits: digits });
    return world.answerDigits.run(
      webhook,
      must(callId),
      Number(attempt),
      must(readGatheredDigits(webhook.params)),
      () => true,
    );
  };
  const hangUp = async (callUuid: string, more: Record<string, string> = {}): Promise<void> => {
    const webhook = verified({
      ...common('x', callUuid),
      Event: 'Hangup',
      CallStatus: 'completed',
      Duration: '5',
      BillDuration: '60',
      TotalCost: '0.00850',
      ...more,
    });
    await world.noteHangup.run(webhook, must(readHangupWebhook(webhook.params)));
  };
  const pair = { first_party: party(1), second_party: party(2) };
  const pin = {
    is_pin_authentication_required: true,
    pin_prompt_play: PROMPT,
    incorrect_pin_play: WRONG,
    first_party_pin: '1111',
    second_party_pin: '2222',
  };
  const single = { create_session_with_single_party: true };
  const number = (index: number): string => `<Number>${party(index)}</Number>`;

  describe('with play files', () => {
    it('plays the caller its file before the other is dialled, and the called party its file before the bridge', async () => {
      await world.sessions.open({
        ...pair,
        first_party_play_url: 'https://example.com/1.mp3',
        second_party_play_url: 'https://example.com/2.mp3',
      });
      const xml = await call(party(1));

      expect(xml).toMatch(
        /^<Response><Play>https:\/\/example\.com\/1\.mp3<\/Play><Dial [^>]*confirmSound="[^"]*\/callee-sound#/,
      );
    });

    it('changes the files over when the second party calls', async () => {
      await world.sessions.open({ ...pair, first_party_play_url: 'https://example.com/1.mp3' });
      const xml = await call(party(2));

      expect(xml).toContain('confirmSound=');
      expect(xml).not.toContain('<Play>');
    });
  });

  describe('of an unknown caller', () => {
    it('hears the file for unknown callers and is not connected', async () => {
      await world.sessions.open({ ...pair, unknown_caller_play: FILE });

      expect(await call(STRANGER)).toBe(`<Response><Play>${FILE}</Play><Hangup/></Response>`);
      expect(await call('anonymous')).toBe(`<Response><Play>${FILE}</Play><Hangup/></Response>`);
    });

    it('hears the newest live session that has such a file', async () => {
      await world.sessions.open({ ...pair, unknown_caller_play: FILE });
      world.sessions.clock.advance(1000);
      const newer = await world.sessions.open({
        first_party: party(3),
        second_party: party(4),
        unknown_caller_play: `${FILE}?2`,
      });
      expect(await call(STRANGER)).toContain('?2');
      await world.sessions.end(newer.id);

      expect(await call(STRANGER)).toBe(`<Response><Play>${FILE}</Play><Hangup/></Response>`);
    });

    it('is rejected without a word where there is none', async () => {
      await world.sessions.open(pair);

      expect(await call(STRANGER)).toBe('<Response><Hangup reason="rejected"/></Response>');
    });
  });

  describe('with a PIN', () => {
    it('asks a stranger, and the right PIN connects it in the role whose PIN it is', async () => {
      const session = await world.sessions.open({ ...pair, ...pin });
      for (const [digits, reached] of [
        ['1111', 2],
        ['2222', 1],
      ] as const) {
        const id = uuid();
        const asked = await call(STRANGER, id);
        expect(asked).toContain(`<GetDigits action=`);
        expect(asked).toContain(`<Play>${PROMPT}</Play>`);
        expect(await type(asked, digits, STRANGER, id)).toContain(number(reached));
        await hangUp(id);
      }
      // The stranger is the From of the callbacks, so its number is kept, sealed, but never as a party's.
      const kept = await database.read<{ caller: string }[]>((manager) =>
        manager.query("SELECT caller FROM masked_call WHERE decision = 'connect'"),
      );
      expect(kept.map(({ caller }) => caller.slice(0, 2))).toEqual(['1.', '1.']);
      const after = await database.transaction((tx) => world.sessions.findSessionById.run(tx, ACCOUNT, session.id));
      expect(after?.parties).toEqual(session.parties);
    });

    it('connects a registered caller without asking', async () => {
      await world.sessions.open({ ...pair, ...pin });

      expect(await call(party(1))).toContain(number(2));
    });

    it('tells of a right PIN whom it reaches, and that it reaches nobody while the session is in use', async () => {
      const told: PinChecked[] = [];
      world.sessions.events.subscribe(PinChecked, async (_tx, checked) => void told.push(checked));
      const session = await world.sessions.open({ ...pair, ...pin });
      const caller = STRANGER.slice(1);
      const [wrong, busy] = [uuid(), uuid()];
      const again = await type(await call(STRANGER, wrong), '9999', STRANGER, wrong);
      await type(again, '1111', STRANGER, wrong);
      await type(await call(STRANGER, busy), '2222', STRANGER, busy);
      expect(told).toMatchObject([
        { sessionId: session.id, outcome: 'success', failures: 1, caller, role: 'first', dialled: party(2).slice(1) },
        { sessionId: session.id, outcome: 'success', failures: 0, caller, role: 'second', dialled: null },
      ]);
    });

    it('asks a registered caller too when it is forced, and takes its own PIN only', async () => {
      await world.sessions.open({ ...pair, ...pin, force_pin_authentication: true, pin_retry: 2 });
      const id = uuid();
      const asked = await call(party(1), id);
      const again = await type(asked, '2222', party(1), id);

      expect(again).toContain(`<Play>${WRONG}</Play>`);
      expect(again).toContain('pin/2');
      expect(await type(again, '1111', party(1), id)).toContain(number(2));
    });

    it('asks again after a wrong PIN or none, as often as pin_retry says, then plays the error file and hangs up', async () => {
      await world.sessions.open({ ...pair, ...pin, pin_retry: 1 });
      const id = uuid();
      const again = await type(await call(STRANGER, id), '', STRANGER, id);
      expect(again).toContain('pin/2');

      expect(await type(again, '9999', STRANGER, id)).toBe(`<Response><Play>${WRONG}</Play><Hangup/></Response>`);
    });

    it('judges each attempt once, whatever Plivo repeats', async () => {
      await world.sessions.open({ ...pair, ...pin });
      const id = uuid();
      const asked = await call(STRANGER, id);
      const answers = await Promise.all(Array.from({ length: 8 }, () => type(asked, '9999', STRANGER, id)));

      expect(new Set(answers).size).toBe(1);
      expect(await database.read((manager) => manager.query('SELECT COUNT(*) AS n FROM pin_failure'))).toEqual([
        { n: 1 },
      ]);
    });

    it('tells no number to who repeats the PIN, or the call, after the call has ended', async () => {
      await world.sessions.open({ ...pair, ...pin });
      const callUuid = uuid();
      const asked = await call(STRANGER, callUuid);
      const connected = await type(asked, '1111', STRANGER, callUuid);
      expect(connected).toContain(number(2));
      expect(await type(asked, '1111', STRANGER, callUuid)).toBe(connected);

      await hangUp(callUuid);

      expect(await type(asked, '1111', STRANGER, callUuid)).toBe('<Response><Hangup/></Response>');
      expect(await call(STRANGER, callUuid)).toBe('<Response><Hangup/></Response>');
    });

    it('lets the PIN choose among several sessions on the number, and prompts with the newest', async () => {
      await lendOnlyTheFirst();
      await world.sessions.open({ ...pair, ...pin });
      world.sessions.clock.advance(1000);
      await world.sessions.open({
        first_party: party(3),
        second_party: party(4),
        ...pin,
        pin_prompt_play: `${PROMPT}?new`,
        first_party_pin: '3333',
        second_party_pin: '4444',
      });
      const id = uuid();
      const asked = await call(STRANGER, id);

      expect(asked).toContain('?new');
      expect(await type(asked, '1111', STRANGER, id)).toContain(number(2));
    });

    it('has typed its PIN with as many digits as the longest one on the number has, at every attempt', async () => {
      await lendOnlyTheFirst();
      const typedWith = async (xml: Promise<string>) => Number(/numDigits="(\d+)"/.exec(await xml)?.[1]);
      await world.sessions.open({ ...pair, ...pin, pin_retry: 1 });
      expect(await typedWith(call(STRANGER))).toBe(4);
      const longer = await world.sessions.open({
        first_party: party(3),
        second_party: party(4),
        ...pin,
        first_party_pin: '333333',
        second_party_pin: '44444',
        force_pin_authentication: true,
      });
      const id = uuid();
      const asked = call(STRANGER, id);
      expect(await typedWith(asked)).toBe(6);
      expect(await typedWith(type(await asked, '9999', STRANGER, id))).toBe(6);

      // Of a registered caller its own PIN alone counts.
      const [first, second] = [uuid(), uuid()];
      expect([await typedWith(call(party(3), first)), await typedWith(call(party(4), second))]).toEqual([6, 5]);
      const again = type(await call(party(4), second), '9999', party(4), second);
      expect(await typedWith(again)).toBe(5);

      await world.sessions.end(longer.id);
      expect(await typedWith(call(STRANGER))).toBe(4);
    });

    it('is not locked out by silence', async () => {
      await world.sessions.open({ ...pair, ...pin, pin_retry: 0 });
      for (let silence = 0; silence < 5; silence++) {
        const id = uuid();
        await type(await call(STRANGER, id), '', STRANGER, id);
      }
      const id = uuid();

      expect(await type(await call(STRANGER, id), '1111', STRANGER, id)).toContain(number(2));
    });

    it("does not take a PIN of another number's session", async () => {
      await world.sessions.open({ ...pair, ...pin });
      const elsewhere = await world.sessions.open({
        first_party: party(5),
        second_party: party(6),
        ...pin,
        second_party_pin: '7777',
      });
      expect(elsewhere.virtualNumber).toBe(OTHER);
      const id = uuid();

      expect(await type(await call(STRANGER, id), '7777', STRANGER, id)).not.toContain('<Dial');
    });

    it('locks a caller out after five wrong PINs in an hour, even with the right one, and not for longer', async () => {
      await world.sessions.open({ ...pair, ...pin, pin_retry: 0, session_expiry: 86_400 });
      for (let guess = 0; guess < 5; guess++) {
        const id = uuid();
        await type(await call(STRANGER, id), `900${guess}`, STRANGER, id);
      }

      expect(await call(STRANGER)).toContain('too many wrong codes');
      expect(await call('+14155558888')).toContain('<GetDigits');
      world.sessions.clock.advance(3_600_000);
      expect(await call(STRANGER)).toContain('<GetDigits');
    });

    it('slows a number down to one guess a minute after twenty wrong PINs; its parties still get through', async () => {
      await world.sessions.open({ ...pair, ...pin, pin_retry: 0 });
      for (let guess = 0; guess < 20; guess++) {
        const from = `+1415555${7000 + guess}`;
        const id = uuid();
        await type(await call(from, id), '9999', from, id);
      }

      const from = '+14155558888';
      const id = uuid();
      expect(await type(await call(from, id), '1111', from, id)).toContain('try again in a minute');
      world.sessions.clock.advance(60_000);
      const later = uuid();
      expect(await type(await call(from, later), '1111', from, later)).toContain(number(2));
      await hangUp(later);
      expect(await call(party(1))).toContain(number(2));
    });

    it('that was asked before the session ended does not connect afterwards', async () => {
      const session = await world.sessions.open({ ...pair, ...pin });
      const id = uuid();
      const asked = await call(STRANGER, id);
      await world.sessions.end(session.id);

      expect(await type(asked, '1111', STRANGER, id)).not.toContain('<Dial');
    });
  });

  describe('to a session with one party', () => {
    it('connects anybody to the registered party, also withheld callers', async () => {
      await world.sessions.open({ first_party: party(1), ...single });
      const id = uuid();

      expect(await call(STRANGER, id)).toContain(number(1));
      await hangUp(id);
      expect(await call('anonymous')).toContain(number(1));
    });

    it('connects the registered party to who called last, and to nobody before that', async () => {
      await world.sessions.open({ first_party: party(1), ...single });
      expect(await call(party(1))).toContain('nobody to connect');
      for (const from of [STRANGER, '+14155558888']) {
        const id = uuid();
        await call(from, id);
        await hangUp(id);
        world.sessions.clock.advance(1000);
      }

      expect(await call(party(1))).toContain('<Number>+14155558888</Number>');
    });

    it('never connects a phone to itself: who called last and is the registered party now has nobody to call', async () => {
      const session = await world.sessions.open({ first_party: party(1), ...single });
      const id = uuid();
      await call(STRANGER, id);
      await hangUp(id);
      await world.sessions.update(session.id, { first_party: STRANGER });

      const xml = await call(STRANGER);

      expect(xml).toContain('nobody to connect');
      expect(xml).not.toContain('<Dial');
    });

    it('plays the file for unknown callers to a registered party that nobody has called yet', async () => {
      await world.sessions.open({ first_party: party(1), ...single, unknown_caller_play: FILE });

      expect(await call(party(1))).toBe(`<Response><Play>${FILE}</Play><Hangup/></Response>`);
    });

    it('takes no more strangers once the other party is set', async () => {
      const session = await world.sessions.open({ first_party: party(1), ...single });
      await world.sessions.update(session.id, { second_party: party(2) });

      expect(await call(STRANGER)).not.toContain('<Dial');
      expect(await call(party(2))).toContain(number(1));
    });

    it('asks for the PIN of the missing role when PIN is on', async () => {
      await world.sessions.open({ first_party: party(1), ...single, ...pin, first_party_pin: null });
      const id = uuid();

      expect(await type(await call(STRANGER, id), '2222', STRANGER, id)).toContain(number(1));
    });
  });

  describe('that was requested', () => {
    const requested = async (more: Record<string, unknown> = {}) => {
      const session = await world.sessions.open({
        ...pair,
        initiate_call_to_first_party: true,
        ring_timeout: 30,
        ...more,
      });
      await world.jobs.runDue();
      return session;
    };
    const requestPath = (): string =>
      must(/requests\/([0-9a-f-]{36})\//.exec(String(placed.at(-1)?.answerUrl)))[1] ?? '';
    const connectSecondParty = async (callUuid: string): Promise<string> => {
      const webhook = verified({
        ...common(VIRTUAL, callUuid, '14155550001'),
        Direction: 'outbound',
        CallStatus: 'in-progress',
      });
      return world.connectSecondParty.run(webhook, requestPath(), must(readAnswerWebhook(webhook.params)), () => true);
    };
    const statuses = async (): Promise<string[]> =>
      (
        (await database.read((manager) =>
          manager.query('SELECT status, reason FROM call_request ORDER BY created_at'),
        )) as { status: string; reason: string | null }[]
      ).map((row) => `${row.status}${row.reason === null ? '' : ` ${row.reason}`}`);

    it('rings the first party from the virtual number, and the second when it answers', async () => {
      await requested();
      expect(placed).toEqual([
        expect.objectContaining({ from: VIRTUAL, to: party(1).slice(1), ringTimeoutSeconds: 30 }),
      ]);
      const xml = await connectSecondParty(uuid());

      expect(xml).toContain(number(2));
      expect(xml).toContain(`callerId="+${VIRTUAL}"`);
    });

    it('never connects twice: a second call for the same request is hung up, the first gets its answer again', async () => {
      await requested();
      const id = uuid();
      const first = await connectSecondParty(id);

      expect(await connectSecondParty(uuid())).toBe('<Response><Hangup/></Response>');
      expect(await connectSecondParty(id)).toBe(first);
    });

    it('that the first party does not answer rings nobody else; the session stays live and shows the attempt', async () => {
      const session = await requested();
      const id = uuid();
      const webhook = verified({
        ...common(VIRTUAL, id),
        Direction: 'outbound',
        Event: 'Hangup',
        CallStatus: 'no-answer',
        Duration: '0',
        BillDuration: '0',
        TotalCost: '0.00000',
        HangupCauseCode: '3000',
        HangupCauseName: 'No Answer',
        StartTime: '2026-01-05 10:00:00',
        EndTime: '2026-01-05 10:00:30',
        SessionStart: '2026-01-05 10:00:00.000000',
      });
      await world.closeRequest.run(webhook, requestPath(), must(readHangupWebhook(webhook.params)));
      const shown = await world.sessions.findSession.run(OWNER, session.id);

      expect(shown).toMatchObject({ status: 'active', total_call_count: 1 });
      expect(shown.interaction).toEqual([
        expect.objectContaining({ first_party_status: 'no-answer', second_party_resource_url: null }),
      ]);
      expect(placed).toHaveLength(1);
    });

    it('is requested again by a renewed create, unless a call or a request is on', async () => {
      await requested();
      await requested();
      expect(placed).toHaveLength(1);
      const id = uuid();
      await connectSecondParty(id);
      await requested();
      expect(placed).toHaveLength(1);
      await hangUp(id);
      await requested();

      expect(placed).toHaveLength(2);
    });

    it('holds its session busy while it rings', async () => {
      await requested();

      expect(await call(party(2))).toContain('busy');
      world.sessions.clock.advance((30 + 60) * 1000);
      expect(await call(party(2))).toContain(number(1));
    });

    it('is not placed when the session has ended meanwhile', async () => {
      const session = await world.sessions.open({ ...pair, initiate_call_to_first_party: true });
      await world.sessions.end(session.id);
      await world.jobs.runDue();

      expect(placed).toEqual([]);
      expect(await statuses()).toEqual(['failed session-ended']);
    });

    it('is tried again when it certainly did not reach Plivo', async () => {
      const failures = [new ProviderUnavailable('down'), new ProviderBusy(2)];
      provider = async () => {
        const failure = failures.shift();
        if (failure) throw failure;
        return { requestUuid: uuid() };
      };
      await requested();
      for (let step = 0; step < 3; step++) {
        world.sessions.clock.advance(10_000);
        await world.jobs.runDue();
      }

      expect(placed).toHaveLength(3);
      expect((await statuses())[0]).toMatch(/^placed/);
    });

    it('is never repeated when its outcome is unknown, only looked for', async () => {
      provider = async () => {
        throw new ProviderOutcomeUnknown('timeout');
      };
      await requested();
      for (let step = 0; step < 12; step++) {
        world.sessions.clock.advance(10_000);
        await world.jobs.runDue();
      }

      expect(placed).toHaveLength(1);
      expect(await statuses()).toEqual(['failed unconfirmed']);
      expect(await connectSecondParty(uuid())).toContain(number(2));
    });

    it('is given up when Plivo refuses it', async () => {
      provider = async () => {
        throw new ProviderRefused(403, 'barred');
      };
      await requested();

      expect(await statuses()).toEqual(['failed refused-403']);
    });

    it('that is answered after the session ended connects nobody', async () => {
      const session = await requested();
      await world.sessions.end(session.id);

      expect(await connectSecondParty(uuid())).not.toContain('<Dial');
    });
  });

  describe('that may not be dialled', () => {
    it('is refused right before dialling when the operator has closed the country', async () => {
      await world.sessions.open(pair);
      await database.transaction((tx) =>
        tx.query(
          "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
          [ACCOUNT],
        ),
      );
      await database.transaction((tx) =>
        world.settings.change(tx, ACCOUNT, {
          allowed_countries: ['GB'],
          language: 'en-GB',
          refusals: { destination: 'Not there.' },
        }),
      );
      const xml = await call(party(1));

      expect(xml).toBe('<Response><Speak language="en-GB">Not there.</Speak><Hangup/></Response>');
    });
  });

  describe('within a spend cap', () => {
    // 60 s and 120 s to spare are 3 minutes of the called leg; with 20 s of ringing 4 of the caller's, with 600 s at the prompt 14.
    it.each([
      ['a party', 0.14],
      ['a caller that has typed its PIN at the prompt', 0.34],
    ])('connects %s if the longest call fits, to the micro-unit', async (who, most) => {
      await database.transaction((tx) =>
        tx.query(
          "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
          [ACCOUNT],
        ),
      );
      const capped = (cap: number) =>
        database.transaction((tx) =>
          world.settings.change(tx, ACCOUNT, { daily_spend_cap: cap.toFixed(6), max_rate_per_minute: '0.02' }),
        );
      const connected = async (): Promise<string> => {
        if (who === 'a party') return call(party(1));
        const id = uuid();
        return type(await call(STRANGER, id), '1111', STRANGER, id);
      };
      await world.sessions.open({ ...pair, ...pin, call_time_limit: 60, ring_timeout: 20 });

      await capped(most - 0.000001);
      expect(await connected()).not.toContain('<Dial');
      await capped(most);
      expect(await connected()).toContain(number(2));
    });
  });

  describe('that Plivo knows nothing of', () => {
    it('is asked for during 25 hours, and settled without a record then', async () => {
      const session = await world.sessions.open({ ...pair, session_expiry: 3600 });
      const [, callId = ''] = must(/calls\/([0-9a-f-]{36})\//.exec(await call(party(1))));
      const settled = () =>
        database.read((manager) =>
          manager.query('SELECT reconciled_at FROM masked_call WHERE session_id = ?', [session.id]),
        );

      world.sessions.clock.advance(25 * 3_600_000 - 1);
      await expect(world.reconcileCall.run(callId)).rejects.toThrow('no record yet');
      expect(await settled()).toEqual([{ reconciled_at: null }]);
      world.sessions.clock.advance(1);
      await expect(world.reconcileCall.run(callId)).rejects.toThrow('Plivo has no record of this call');
      expect(await settled()).toEqual([{ reconciled_at: world.sessions.clock.now() }]);
    });
  });

  describe('after a busy other party', () => {
    it('hangs up the caller with that cause and shows it', async () => {
      const session = await world.sessions.open(pair);
      const id = uuid();
      const [, callId = ''] = must(/calls\/([0-9a-f-]{36})\//.exec(await call(party(1), id)));
      const webhook = verified({ ...common(party(1), id), DialStatus: 'busy', DialHangupCause: 'USER_BUSY' });
      await world.noteDial.action(webhook, { sessionId: session.id, callId }, must(readDialAction(webhook.params)));

      expect((await world.sessions.findSession.run(OWNER, session.id)).interaction?.[0]).toMatchObject({
        second_party_status: 'busy',
      });
    });
  });
});

function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('expected a value');
  return value;
}
