import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { FakeClock } from './support/ground.js';
import { plivoSdkAt } from './support/plivo-sdk.js';
import { describeOnEachService, type Service } from './support/service.js';
import { turnTextsOn } from './support/texts.js';

const [AMY, BEN] = ['+14155550101', '+14155550102'];

/** What the answer about a session was made of before there were texts, in its order. */
const BEFORE_TEXTS =
  `first_party second_party virtual_number status initiate_call_to_first_party session_uuid callback_url
  callback_method created_time modified_time expiry_time session_expiry duration amount call_time_limit ring_timeout
  first_party_play_url second_party_play_url record record_file_format recording_callback_url recording_callback_method
  interaction total_call_amount total_call_count total_call_billed_duration total_session_amount last_interaction_time
  unknown_caller_play is_pin_authentication_required generate_pin generate_pin_length first_party_pin second_party_pin
  pin_prompt_play pin_retry pin_retry_wait incorrect_pin_play create_session_with_single_party
  virtual_number_cooloff_period force_pin_authentication`.split(/\s+/);
const OF_TEXTS = `messaging message_callback_url message_callback_method total_message_count total_message_units
  total_message_amount last_message_time`.split(/\s+/);

/** Places of sessions with texts are held back from others for a while. */
const HELD_BACK_MS = 1_000_000;

type Row = Record<string, unknown>;

describeOnEachService('official SDKs and texts', (start) => {
  let service: Service;
  let database: Database;
  let clock: FakeClock;
  let sdk: ReturnType<typeof plivoSdkAt>;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({ clock, settings: { ROLE: 'api' } });
    database = service.app.get(Database);
    sdk = plivoSdkAt(service.baseUrl, service);
    await service.addNumbers(['12025550001', '12025550002']);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
  });
  afterAll(() => sdk.restore());
  afterEach(async () => {
    const live = await service.sessions<{ response: { objects: Row[] } }>('GET', '?status=active');
    for (const { session_uuid: uuid } of live.body.response.objects)
      await service.sessions('DELETE', `/${String(uuid)}`);
  });

  /** They are remembered for five seconds. */
  const set = async (texts: 'on' | 'off', more: object = {}): Promise<void> => {
    await turnTextsOn(database, service.authId, { texts, ...more });
    clock.advance(6000);
  };
  const python = { first_party: AMY, second_party: BEN, session_expiry: 1800, record: true };

  it('ask for them where an SDK passes on what it does not know, and read the answers', async () => {
    await set('on');
    const params = { messaging: true, messageCallbackUrl: 'https://shop.example.com/texts' };
    const made = await sdk.sessions.createMaskingSession(AMY, BEN, params);
    expect(made.session).toMatchObject({ messaging: true, totalMessageCount: 0, totalMessageAmount: 0 });
    expect(made.session).toMatchObject({ firstParty: '14155550101', sessionExpiry: 3600, interaction: null });
    const uuid = String(made.sessionUuid);
    const { response } = await sdk.sessions.getMaskingSession(uuid);
    expect(response).toMatchObject({ messaging: true, lastMessageTime: '', totalCallCount: 0, status: 'active' });
    const { response: list } = await sdk.sessions.listMaskingSession();
    expect(list?.objects).toMatchObject([{ messaging: true, sessionUuid: uuid, totalMessageUnits: 0 }]);
    const changed = await sdk.sessions.updateMaskingSession(uuid, { messaging: false });
    expect(changed.session).toMatchObject({ messaging: false, sessionUuid: uuid });
  });

  it('get them by the account where an SDK sends only what it knows, beside every field of before', async () => {
    await set('on', { messaging_default: true });
    const made = await service.sessions<{ session: Row }>('POST', '/', python);
    expect(Object.keys(made.body.session)).toEqual([...BEFORE_TEXTS, ...OF_TEXTS]);
    expect(made.body.session).toMatchObject({ messaging: true, session_expiry: 1800, record: true });
    const { body } = await service.sessions<{ response: Row }>('GET', `/${String(made.body.session['session_uuid'])}`);
    expect(Object.keys(body.response).filter((name) => OF_TEXTS.includes(name))).toEqual(OF_TEXTS);
    // Integers stay integers and numbers numbers, as Go and Java read them.
    const types = Object.entries(body.response).filter(([name]) => OF_TEXTS.includes(name));
    expect(types.map(([, value]) => typeof value).join()).toBe('boolean,string,string,number,number,number,string');
  });

  it('get them by the subaccount where it has decided, else by the account', async () => {
    const subaccounts = `/accounts/${service.authId}/subaccounts`;
    const { body: made } = await service.admin('POST', subaccounts, { name: 'Riders' });
    const [authId, authToken] = [String(made['auth_id']), String(made['auth_token'])];
    await service.addNumbers(['12025550003'], authId);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    const decide = async (isDefault: boolean | null): Promise<void> => {
      const { status } = await service.admin('PATCH', `${subaccounts}/${authId}`, { messaging_default: isDefault });
      expect(status).toBe(200);
    };
    /** Opened with the subaccount's own credentials, and ended. */
    const hasTexts = async (more: object = {}): Promise<unknown> => {
      const path = `/v1/Account/${authId}/Masking/Session/`;
      const as = { authId, authToken };
      clock.advance(HELD_BACK_MS);
      const { body } = await service.request<{ session: Row }>(path, {
        method: 'POST',
        as,
        body: { ...python, ...more },
      });
      await service.request(`${path}${String(body.session['session_uuid'])}/`, { method: 'DELETE', as });
      return body.session['messaging'];
    };
    const ofAccount = async (): Promise<unknown> => {
      clock.advance(HELD_BACK_MS);
      const { body } = await service.sessions<{ session: Row }>('POST', '/', python);
      await service.sessions('DELETE', `/${String(body.session['session_uuid'])}`);
      return body.session['messaging'];
    };

    await set('on', { messaging_default: false });
    expect([await hasTexts(), await ofAccount()]).toEqual([undefined, undefined]);
    await decide(true);
    expect([await hasTexts(), await ofAccount(), await hasTexts({ messaging: false })]).toEqual([
      true,
      undefined,
      undefined,
    ]);
    // The account may open one for it.
    clock.advance(HELD_BACK_MS);
    const opened = await service.sessions<{ session: Row }>('POST', '/', { ...python, subaccount: authId });
    expect(opened.body.session).toMatchObject({ messaging: true, subaccount: authId });
    await service.sessions('DELETE', `/${String(opened.body.session['session_uuid'])}`);
    await set('on', { messaging_default: true });
    await decide(false);
    expect([await hasTexts(), await ofAccount(), await hasTexts({ messaging: true })]).toEqual([undefined, true, true]);
    await decide(null);
    expect(await hasTexts()).toBe(true);
    await set('off', { messaging_default: true });
    await decide(true);
    expect(await hasTexts()).toBeUndefined();
  });

  describe('of a session without them', () => {
    /** All five answers, without what differs between any two sessions. */
    const answers = async (): Promise<string[]> => {
      const made = await service.sessions<{ session: Row }>('POST', '/', python);
      const uuid = String(made.body.session['session_uuid']);
      const rest = [
        await service.sessions('GET', `/${uuid}`),
        await service.sessions('GET', '?status=active'),
        await service.sessions('POST', `/${uuid}`, { ring_timeout: 60 }),
        await service.sessions('DELETE', `/${uuid}`),
      ];
      expect(Object.keys(made.body.session)).toEqual(BEFORE_TEXTS);
      return [made, ...rest].map(({ text, status }) => `${status} ${text.replace(UNIQUE, '*')}`);
    };

    it('are told the same bytes, whether the account has texts or not', async () => {
      clock.advance(HELD_BACK_MS);
      await set('off');
      const before = await answers();
      await set('on', { text_languages: ['de'], text_retention_days: 3, message_fee: '0.01' });
      expect(await answers()).toEqual(before);
    });
  });
});

/** Ids and instants. */
const UNIQUE = /[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC/g;
