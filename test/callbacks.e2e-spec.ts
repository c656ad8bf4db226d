import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { ExpireDueSessions } from '../src/sessions/index.js';
import { startReceiver } from './support/callbacks.js';
import { FakeClock } from './support/ground.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '+14155550123';
const RAVI = '+14155550124';
const STRANGER = '+14155550177';
const PINS = {
  pin_prompt_play: 'https://files.example.com/prompt.mp3',
  is_pin_authentication_required: true,
  first_party_pin: '1111',
  second_party_pin: '2222',
};

interface ListedCallback {
  id: string;
  account: string;
  created_at: string;
  event: string;
  status: string;
  outcome: string | null;
  sequence_number: number;
  attempts: { number: number; status: number | null; response_body?: string | null }[];
}

// What a customer's server hears of its sessions: the service, the simulated Plivo and a receiver, each over HTTP.
describeOnEachService('callbacks of a call', (start) => {
  let service: Service;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;

  beforeAll(async () => {
    receiver = await startReceiver();
    service = await start({ settings: { PROVIDER: 'simulator' } });
  });
  afterAll(() => receiver.close());
  beforeEach(async () => {
    await control('POST', '/reset');
    receiver.heard.splice(0);
    receiver.replies.splice(0);
  });

  const { act, advance, call, control, prepare, ringing, settled, ...plivo } = simulatedPlivo(() => service);
  const open = async (
    body: Record<string, unknown> = {},
  ): Promise<{ session_uuid: string; virtual_number: string }> => {
    const made = await service.sessions<{ session_uuid: string; virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      ring_timeout: 30,
      callback_url: `${receiver.url}/hook`,
      ...body,
    });
    expect(made.status).toBe(201);
    return made.body;
  };
  const close = (uuid: string) => service.sessions('DELETE', `/${uuid}/`);
  const heard = async (count: number): Promise<Record<string, string>[]> => {
    for (let turn = 0; receiver.heard.length < count && turn < 1000; turn++)
      await new Promise((resolve) => void setTimeout(resolve, 10));
    return receiver.heard.map(({ params }) => params);
  };
  const names = (told: Record<string, string>[]): (string | undefined)[] => told.map(({ EventName }) => EventName);
  const listed = async (query: string): Promise<ListedCallback[]> =>
    (await service.admin<{ items: ListedCallback[] }>('GET', `/callbacks?${query}`)).body.items;

  /** The receiver has heard a callback before the service has noted that it did. */
  const delivered = async (query: string, count: number): Promise<void> => {
    for (let turn = 0; turn < 500 && (await listed(`${query}&status=delivered`)).length < count; turn++)
      await new Promise((resolve) => void setTimeout(resolve, 10));
  };
  const talk = (from: string, to: string, session: { virtual_number: string }) =>
    plivo.talk(from, session.virtual_number, to, 42);

  it('tell it from answer to bill, in order, with the numbers of both and what each leg cost', async () => {
    const session = await open();
    await talk(ASHA, RAVI, session);
    const told = await heard(6);
    expect(names(told)).toEqual([
      'SessionFirstPartyAnswer',
      'SessionSecondPartyRing',
      'SessionSecondPartyAnswer',
      'SessionSecondPartyHangup',
      'SessionFirstPartyHangup',
      'SessionPartiesHangup',
    ]);
    for (const [index, params] of told.entries()) {
      expect(params).toMatchObject({
        SessionUUID: session.session_uuid,
        From: ASHA.slice(1),
        To: RAVI.slice(1),
        VirtualNumber: session.virtual_number.slice(1),
        SequenceNumber: String(index + 1),
        EventTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/),
      });
    }
    expect(told[3]).toMatchObject({ Amount: '0.012', BilledDuration: '60', Duration: '42' });
    expect(told[5]).toMatchObject({
      Amount: '0.0205',
      BilledDuration: '120',
      PlivoHangupCause: 'Normal Hangup',
      PlivoHangupCauseCode: '4000',
    });

    await talk(RAVI, ASHA, session);
    expect(names(await heard(11)).slice(6)).toEqual([
      'SessionSecondPartyAnswer',
      'SessionFirstPartyAnswer',
      'SessionFirstPartyHangup',
      'SessionSecondPartyHangup',
      'SessionPartiesHangup',
    ]);
    expect(receiver.heard.at(-1)?.params).toMatchObject({
      From: RAVI.slice(1),
      To: ASHA.slice(1),
      SequenceNumber: '11',
    });
    await close(session.session_uuid);
  });

  it('tell a requested call from its first party on, and one that nobody answers by its end', async () => {
    const session = await open({ initiate_call_to_first_party: true });
    await ringing(ASHA);
    await act(ASHA, 'answer');
    await ringing(RAVI);
    await act(RAVI, 'decline');
    const told = await heard(5);
    expect(names(told)).toEqual([
      'SessionFirstPartyAnswer',
      'SessionSecondPartyRing',
      'SessionSecondPartyHangup',
      'SessionFirstPartyHangup',
      'SessionPartiesHangup',
    ]);
    expect(told[2]).toMatchObject({ From: ASHA.slice(1), To: RAVI.slice(1), PlivoHangupCauseCode: '3020' });
    await close(session.session_uuid);

    receiver.heard.splice(0);
    const unanswered = await open({ initiate_call_to_first_party: true });
    await ringing(ASHA);
    await act(ASHA, 'decline');
    expect(names(await heard(2))).toEqual(['SessionFirstPartyHangup', 'SessionPartiesHangup']);
    await close(unanswered.session_uuid);
  });

  it('tell whether a PIN let the caller in', async () => {
    const session = await open({ ...PINS, pin_retry: 1 });
    const virtualNumber = session.virtual_number;
    await talk(ASHA, RAVI, session);
    expect((await heard(7))[1]).toMatchObject({
      EventName: 'SessionPinAuthenticationStatus',
      PinAuthenticationStatus: 'AuthorizedCaller',
      PinRetryCounter: '0',
    });

    receiver.heard.splice(0);
    await prepare(STRANGER, { types: ['9999#', '2222#'] });
    const uuid = await call(STRANGER, virtualNumber);
    await advance(10);
    await ringing(ASHA);
    const [answer, pin] = await heard(2);
    expect(answer).toMatchObject({ EventName: 'SessionSecondPartyAnswer', From: STRANGER.slice(1), To: ASHA.slice(1) });
    expect(pin).toMatchObject({ PinAuthenticationStatus: 'success', PinRetryCounter: '1', From: STRANGER.slice(1) });
    await act(ASHA, 'decline');
    await settled(uuid);
    await heard(5);

    receiver.heard.splice(0);
    await prepare(STRANGER, { types: ['9999#', '8888#'] });
    const refused = await call(STRANGER, virtualNumber);
    await advance(10);
    await settled(refused);
    expect(await heard(1)).toEqual([
      expect.objectContaining({
        EventName: 'SessionPinAuthenticationStatus',
        PinAuthenticationStatus: 'failed',
        PinRetryCounter: '2',
        From: STRANGER.slice(1),
        To: '',
      }),
    ]);
    await close(session.session_uuid);
  });

  it('go to the URL that the session has now', async () => {
    const session = await open();
    await service.sessions('POST', `/${session.session_uuid}/`, { callback_url: `${receiver.url}/moved` });
    await talk(ASHA, RAVI, session);
    await heard(6);
    expect(new Set(receiver.heard.map(({ path }) => path))).toEqual(new Set(['/moved']));
    await close(session.session_uuid);
  });

  it('that could not be delivered are listed with their attempts and sent again on demand', async () => {
    receiver.replies.push((_, response) => void response.writeHead(410).end('not here'));
    const session = await open();
    await talk(ASHA, RAVI, session);
    await heard(6);
    const query = `session=${session.session_uuid}`;
    let parked: ListedCallback[] = [];
    await delivered(query, 5);
    parked = await listed(`${query}&status=parked`);
    expect(parked).toMatchObject([{ event: 'SessionFirstPartyAnswer', outcome: '410', attempts: [{ status: 410 }] }]);
    expect(JSON.stringify(parked)).not.toMatch(/not here|1415555|127\.0\.0\.1/);
    const id = parked[0]?.id ?? '';
    const shown = await service.admin<ListedCallback>('GET', `/callbacks/${id}?include=response_body`);
    expect(shown.body.attempts[0]?.response_body).toBe('not here');

    const replayed = await service.admin('POST', `/callbacks/${id}/replay`);
    expect([replayed.status, replayed.body]).toEqual([202, { queued: 1 }]);
    await heard(7);
    await delivered(query, 6);
    expect(receiver.heard[6]?.body).toBe(receiver.heard[0]?.body);
    const counted = async (words: string): Promise<unknown> =>
      (await service.admin('GET', `/callbacks/count?${words}`)).body;
    const { account, created_at: made } = shown.body;
    const place = `status=delivered&${query}`;
    for (const words of [place, `${place}&account=${account}`, `${place}&since=${made}`])
      expect(await counted(words)).toEqual({ callbacks: 6 });
    for (const words of [query, `${place}&until=${made}`]) expect(await counted(words)).toEqual({ callbacks: 0 });
    expect(await counted(`${place}&account=MANOBODYNOBODYNOBODY`)).toMatchObject({ code: 'not_found' });
    expect(await listed(`${place}&until=${made}`)).toEqual([]);
    expect(await listed(`${place}&since=${made}&account=${account}`)).toHaveLength(6);
    const again = await service.admin('POST', '/callbacks/replay', {
      status: 'delivered',
      session: session.session_uuid,
    });
    expect(again.body).toEqual({ queued: 6 });
    await heard(13);
    expect(names(receiver.heard.slice(7).map(({ params }) => params))).toEqual(
      names(receiver.heard.slice(0, 6).map(({ params }) => params)),
    );
    expect((await service.admin('POST', '/callbacks/nobody/replay')).status).toBe(404);
    expect((await service.admin('POST', '/callbacks/replay', { status: 'lost' })).status).toBe(400);
    await close(session.session_uuid);
  });

  it('are no longer sent to a server that failed for five days, until it is resumed', async () => {
    const receivers = async (query = '') =>
      (await service.admin<{ items: Record<string, unknown>[] }>('GET', `/receivers?${query}`)).body.items;
    const timeOut = async (): Promise<void> => {
      const session = await open({ callback_url: `${receiver.url}/hook#rc=0`, session_expiry: 60 });
      await advance(60);
      for (let turn = 0; turn < 300; turn++) {
        if ((await listed(`session=${session.session_uuid}`)).some(({ outcome }) => outcome !== null)) return;
        await new Promise((resolve) => void setTimeout(resolve, 10));
      }
      throw new Error('the end of the session was not told');
    };
    receiver.replies.push(500, 500);
    await timeOut();
    expect(await receivers()).toMatchObject([{ origin: receiver.url, status: 'failing', paused_at: null }]);
    await advance(5 * 86_400);
    await timeOut();
    await timeOut();
    expect(receiver.heard).toHaveLength(2);
    expect(await listed('status=parked')).toContainEqual(
      expect.objectContaining({ outcome: 'receiver-paused', attempts: [] }),
    );
    const [paused] = await receivers('status=paused');
    expect(await receivers('status=failing')).toEqual([]);
    for (let turn = 0; !service.logs().includes('callbacks.receiver_paused') && turn < 300; turn++)
      await new Promise((resolve) => void setTimeout(resolve, 10));
    expect(service.logs()).toContain('callbacks.receiver_paused');

    const resumed = await service.admin('POST', `/receivers/${String(paused?.['id'])}/resume`);
    expect([resumed.status, resumed.body]).toEqual([200, { id: paused?.['id'], status: 'active' }]);
    await timeOut();
    expect(names(await heard(3)).at(-1)).toBe('SessionTimeout');
    expect(await receivers()).toEqual([]);
    const { body } = await service.admin<{ items: { action: string }[] }>('GET', '/audit?limit=1');
    expect(body.items).toMatchObject([{ action: 'receiver.resumed', target: paused?.['id'] }]);
    expect((await service.admin('POST', `/receivers/${String(paused?.['id'])}/resume`)).status).toBe(404);
    expect((await service.admin('GET', '/receivers?status=well')).status).toBe(400);
  });

  it('tell a recording to a URL of its own, counted by themselves, and say so only once the file can be fetched', async () => {
    const session = await open({
      callback_url: '',
      record: true,
      record_file_format: 'wav',
      recording_callback_url: `${receiver.url}/recordings`,
    });
    await talk(ASHA, RAVI, session);
    const [begun, ready] = await heard(2);
    const common = {
      SessionUUID: session.session_uuid,
      From: ASHA.slice(1),
      To: RAVI.slice(1),
      RecordingFormat: '.wav',
    };
    expect(begun).toMatchObject({
      ...common,
      EventName: 'SessionRecordingInitiated',
      SequenceNumber: '1',
      RecordingURL: '',
    });
    expect(ready).toMatchObject({
      ...common,
      EventName: 'SessionRecordingCompleted',
      SequenceNumber: '2',
      RecordingDuration: '42',
      RecordingStartTime: expect.stringMatching(/\+00:00$/),
      RecordingEndTime: expect.stringMatching(/\+00:00$/),
    });
    const path = new URL(ready?.RecordingURL ?? '').pathname;
    const media = await service.request(path);
    expect([media.status, media.headers['content-type']]).toEqual([200, 'audio/wav']);
    expect((await service.request(path, { as: null })).status).toBe(401);
    expect((await service.request(new URL(ready?.RecordingResourceURL ?? '').pathname)).status).toBe(200);
    await close(session.session_uuid);
  });

  it('name an address of the recording that opens to whoever has it, as long as the recording is kept', async () => {
    const session = await open({
      callback_url: '',
      record: true,
      recording_callback_url: `${receiver.url}/recordings`,
    });
    await talk(ASHA, RAVI, session);
    const [, ready] = await heard(2);
    const { pathname, search } = new URL(ready?.RecordingURL ?? '');
    const byAnybody = async (target: string) => (await service.request(target, { as: null })).status;
    const link = pathname + search;
    expect(pathname).toMatch(/\.mp3$/);
    expect(await byAnybody(link)).toBe(200);
    await advance(24 * 3600);
    expect(await byAnybody(link)).toBe(200);
    // It opens this sound and nothing beside it.
    for (const other of [
      `${pathname}${search.slice(0, -4)}xxxx`,
      `${pathname}${search}&expires=`,
      `${pathname}${search}&expires=99999999999`,
      `${pathname.replace('.mp3', '.wav')}${search}`,
      `${pathname.replace('.mp3', '')}${search}`,
    ])
      expect([other, await byAnybody(other)]).toEqual([other, 403]);

    await service.admin('DELETE', `/recordings/${ready?.RecordingUUID}`);
    expect(await byAnybody(link)).toBe(404);
    await close(session.session_uuid);
  });

  it('reach the built-in inbox where a session of the demo account names no URL, and its callback_url stays empty', async () => {
    const session = await open({ callback_url: '' });
    await talk(ASHA, RAVI, session);
    const { items } = await control<{ items: { method: string; params: Record<string, string> }[] }>(
      'GET',
      `/inbox?session=${session.session_uuid}&event=SessionPartiesHangup&wait_for=1&timeout=10`,
    );
    expect(items).toMatchObject([{ method: 'POST', params: { Amount: '0.0205', SequenceNumber: '6' } }]);
    const shown = await service.sessions<{ response: { callback_url: string } }>('GET', `/${session.session_uuid}/`);
    expect(shown.body.response.callback_url).toBe('');
    await close(session.session_uuid);
  });

  it('leave no number and no URL in the log', () => {
    expect(service.logs()).not.toMatch(/1415555012|\/hook/);
  });
});

describeOnEachService('callback URLs', (start) => {
  let service: Service;

  beforeAll(async () => {
    service = await start({ settings: { CALLBACK_ALLOW_PRIVATE: 'false' } });
  });

  it.each([
    ['http://example.com/hook', 'url_scheme'],
    ['https://10.0.0.1/hook', 'url_private_address'],
    ['https://2130706433/', 'url_private_address'],
    ['https://[::ffff:127.0.0.1]/', 'url_private_address'],
    ['https://localhost/hook', 'url_private_address'],
    ['https://user:secret@example.com/', 'url_credentials'],
  ])('such as %s are refused where only public ones are allowed', async (url, code) => {
    for (const param of ['callback_url', 'recording_callback_url', 'message_callback_url']) {
      const refused = await service.sessions('POST', '/', { first_party: ASHA, second_party: RAVI, [param]: url });
      expect([refused.status, refused.body.error, refused.body.error_code]).toEqual([
        400,
        `Invalid parameter. ${param} should be a valid URL`,
        code,
      ]);
    }
  });
});

describeOnEachService('a callback URL below which Plivo alone asks', (start) => {
  const A_LEG = 'c1a1a1a1-0000-4000-8000-000000000001';
  const clock = new FakeClock();
  let service: Service;
  let subaccount: { authId: string; authToken: string };
  beforeAll(async () => {
    service = await start({ clock, settings: { CALLBACK_ALLOW_PRIVATE: 'true' } });
    const made = await service.admin<{ auth_id: string; auth_token: string }>(
      'POST',
      `/accounts/${service.authId}/subaccounts`,
      { name: 'a tenant' },
    );
    subaccount = { authId: made.body.auth_id, authToken: made.body.auth_token };
    await service.addNumbers(['14155550100'], subaccount.authId);
  });

  const create = (urls: Record<string, string>) =>
    service.request<{ session_uuid: string; error_code: string }>(`/v1/Account/${subaccount.authId}/Masking/Session/`, {
      method: 'POST',
      as: subaccount,
      body: { first_party: ASHA, second_party: RAVI, session_expiry: 60, ...urls },
    });

  it.each(['/plivo/', '/%70livo/', '/plivo/x/../'])('is refused, also as %s', async (path) => {
    for (const param of ['callback_url', 'recording_callback_url', 'message_callback_url']) {
      const refused = await create({ [param]: `${service.baseUrl}${path}${service.authId}/hangup?CallUUID=${A_LEG}` });
      expect([refused.status, refused.body.error_code]).toEqual([400, 'url_own_webhook']);
    }
  });

  it('is not that of another service on the same machine', async () => {
    const made = await create({ callback_url: 'http://127.0.0.1:9/plivo/hook' });
    expect(made.status).toBe(201);
    await service.request(`/v1/Account/${subaccount.authId}/Masking/Session/${made.body.session_uuid}/`, {
      method: 'DELETE',
      as: subaccount,
    });
  });

  it('is not asked where it was named before: a subaccount would end and price calls in the name of Plivo', async () => {
    const { body } = await create({ callback_url: 'http://127.0.0.1:9/hook', callback_method: 'GET' } as never);
    const own = `${service.baseUrl}/plivo/${service.authId}/hangup?CallUUID=${A_LEG}&TotalCost=9&CallStatus=completed`;
    await service.dataSource.query('UPDATE masking_session SET settings = REPLACE(settings, ?, ?)', [
      'http://127.0.0.1:9/hook',
      own,
    ]);
    clock.advance(61_000);
    await service.app.get(ExpireDueSessions).run();
    await service.app.get(Jobs).runDue();

    const { items } = (
      await service.admin<{ items: ListedCallback[] }>('GET', `/callbacks?session=${body.session_uuid}`)
    ).body;
    expect(items).toMatchObject([{ event: 'SessionTimeout', status: 'parked', outcome: 'refused-url' }]);
    expect(await service.dataSource.query('SELECT * FROM call_leg')).toEqual([]);
  });
});
