import { describe, expect, it } from '@jest/globals';
import type { Interaction } from './interaction.entity.js';
import { flatMirror } from './flat-mirror.js';
import { sessionAnswer } from './session-answer.js';
import { NEVER } from './session.entity.js';
import type { SessionRecord } from './session-record.js';

const OPENED = Date.UTC(2026, 0, 5, 10, 0, 0, 250);
const PUBLIC_URL = 'https://masking.example';
const LIVE_UNTIL = OPENED + 600_999;

const session = (known: object = {}): SessionRecord =>
  ({
    id: 's',
    accountId: 'MA',
    subaccountId: null,
    status: 'active',
    parties: { first: '14155550001', second: '14155550002', firstPin: '1111', secondPin: '2222' },
    virtualNumber: '12025550000',
    settings: { is_pin_authentication_required: false, session_expiry: 600 },
    createdAt: OPENED,
    modifiedAt: OPENED + 1000,
    expiresAt: LIVE_UNTIL,
    fee: 0,
    ...known,
  }) as unknown as SessionRecord;
const conversation = (known: Partial<Interaction> = {}): Interaction => ({
  id: 'c',
  sessionId: 's',
  startedAt: OPENED + 2000,
  endedAt: OPENED + 5000,
  busyUntil: OPENED + 5000,
  firstLegUuid: 'A',
  secondLegUuid: null,
  firstStatus: null,
  secondStatus: null,
  legCount: 1,
  duration: 3,
  billedDuration: 60,
  amount: 8500,
  ownAmount: null,
  recordingId: null,
  ...known,
});
const shown = (known: object = {}, interactions: Interaction[] = [], now = OPENED) =>
  sessionAnswer(session(known), interactions, { now, publicUrl: PUBLIC_URL });

describe('a session, as the API shows it', () => {
  it('tells its times in whole seconds, and how long it lives', () => {
    expect(shown()).toMatchObject({
      created_time: '2026-01-05 10:00:00 +0000 UTC',
      modified_time: '2026-01-05 10:00:01 +0000 UTC',
      expiry_time: '2026-01-05 10:10:01 +0000 UTC',
      duration: 600,
    });
  });

  it('that never ends has no expiry and no length', () => {
    expect(shown({ expiresAt: NEVER })).toMatchObject({ expiry_time: '', duration: 0, status: 'active' });
    expect(shown({ expiresAt: NEVER - 1000 })).toMatchObject({ expiry_time: '9999-12-31 23:59:58 +0000 UTC' });
  });

  it('is expired from the millisecond of its expiry on, or once it has been ended', () => {
    expect(shown({}, [], LIVE_UNTIL - 1).status).toBe('active');
    expect(shown({}, [], LIVE_UNTIL).status).toBe('expired');
    expect(shown({ status: 'expired' }).status).toBe('expired');
  });

  it('is in progress while any of its conversations is on, and no longer than it may be', () => {
    const on = conversation({ endedAt: null, busyUntil: OPENED + 9000 });
    expect(shown({}, [conversation(), on], OPENED + 8999).status).toBe('in-progress');
    expect(shown({}, [conversation(), on], OPENED + 9000).status).toBe('active');
    expect(shown({}, [conversation({ busyUntil: OPENED + 9000 })], OPENED).status).toBe('active');
    expect(shown({}, [conversation({ endedAt: null, busyUntil: LIVE_UNTIL + 1 })], LIVE_UNTIL).status).toBe('expired');
  });

  it('adds up its conversations: what Plivo takes, what the account is charged on top, and the fee of the session', () => {
    const two = [conversation({ ownAmount: 1000 }), conversation({ legCount: 2, amount: 12_000 })];
    expect(shown({ fee: 500_000 }, two)).toMatchObject({
      amount: 0,
      total_call_amount: 0.0215,
      total_session_amount: 0.5215,
      total_call_count: 3,
      total_call_billed_duration: 120,
    });
    expect(shown()).toMatchObject({ total_call_amount: 0, total_call_count: 0, interaction: null });
  });

  it('names the last end of a conversation, and nothing while none has ended', () => {
    const late = conversation({ endedAt: OPENED + 9000 });
    const on = conversation({ endedAt: null });
    expect(shown({}, [late, conversation(), on]).last_interaction_time).toBe('2026-01-05 10:00:09 +0000 UTC');
    expect(shown({}, [on]).last_interaction_time).toBe('');
    expect(shown().last_interaction_time).toBe('');
  });

  it('shows PINs where they are asked for, and nowhere else', () => {
    expect(shown()).toMatchObject({ first_party_pin: null, second_party_pin: null });
    const settings = { is_pin_authentication_required: true };
    expect(shown({ settings })).toMatchObject({ first_party_pin: '1111', second_party_pin: '2222' });
  });

  it('shows a party that is not known as the empty text, and a subaccount only where there is one', () => {
    const one = shown({ parties: { first: null, second: null } });
    expect(one).toMatchObject({ first_party: '', second_party: '' });
    expect(one).not.toHaveProperty('subaccount');
    expect(shown({ subaccountId: 'SA' })).toMatchObject({ subaccount: 'SA' });
  });

  describe('with a conversation', () => {
    const told = (known: Partial<Interaction> = {}, of: object = {}) =>
      shown(of, [conversation(known)]).interaction?.[0];

    it('tells its times, legs and price', () => {
      expect(told({ secondLegUuid: 'B', ownAmount: 1500, legCount: 2 })).toEqual({
        start_time: '2026-01-05 10:00:02 +0000 UTC',
        end_time: '2026-01-05 10:00:05 +0000 UTC',
        type: 'call',
        first_party_resource_url: `${PUBLIC_URL}/v1/Account/MA/Call/A`,
        second_party_resource_url: `${PUBLIC_URL}/v1/Account/MA/Call/B`,
        recording_resource_url: null,
        total_call_amount: 0.01,
        call_billed_duration: 60,
        total_call_count: 2,
        duration: 3,
      });
    });

    it('that is on has no end and no other leg yet', () => {
      expect(told({ endedAt: null })).toMatchObject({ end_time: '', second_party_resource_url: null });
    });

    it('says how its legs ended, once they have', () => {
      expect(told()).not.toHaveProperty('first_party_status');
      expect(told()).not.toHaveProperty('second_party_status');
      expect(told({ firstStatus: 'completed', secondStatus: 'busy' })).toMatchObject({
        first_party_status: 'completed',
        second_party_status: 'busy',
      });
    });

    it("links its legs and its recording under the session's own account", () => {
      const recordingId = 'R';
      expect(told({ secondLegUuid: 'B' }, { subaccountId: 'SA' })).toMatchObject({
        first_party_resource_url: `${PUBLIC_URL}/v1/Account/SA/Call/A`,
        second_party_resource_url: `${PUBLIC_URL}/v1/Account/SA/Call/B`,
      });
      expect(told({ recordingId })?.recording_resource_url).toBe(`${PUBLIC_URL}/v1/Account/MA/Recording/R`);
      expect(told({ recordingId }, { subaccountId: 'SA' })?.recording_resource_url).toBe(
        `${PUBLIC_URL}/v1/Account/SA/Recording/R`,
      );
    });
  });

  it('is mirrored at the top level with the plus of its numbers, and without PINs', () => {
    const settings = { is_pin_authentication_required: true };
    const mirror = flatMirror(shown({ settings, parties: { ...session().parties, second: null } }));
    expect(mirror).toMatchObject({ session_uuid: 's', virtual_number: '+12025550000', first_party: '+14155550001' });
    expect(mirror.second_party).toBe('');
    expect(mirror).toMatchObject({ status: 'active', created_time: '2026-01-05 10:00:00 +0000 UTC' });
    expect(mirror).not.toHaveProperty('first_party_pin');
  });

  it('is mirrored in the words of the sample, conversations as JSON in a text', () => {
    const answer = shown({ expiresAt: NEVER }, [conversation()]);
    const mirror = flatMirror(answer, 'seed');
    expect(mirror).toMatchObject({
      expiry_time: 'null',
      modified_time: '2026-01-05 10:00:01',
      last_interaction_time: '2026-01-05 10:00:05',
      total_call_count: '1',
      total_call_amount: '0.0085',
      total_call_billed_duration: '60',
    });
    expect(JSON.parse(String(mirror['interaction']))).toEqual(answer.interaction);
    expect(Object.keys(mirror)).toEqual(Object.keys(flatMirror(answer)));
  });
});
