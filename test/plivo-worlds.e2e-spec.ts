import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '+14155550123';
const RAVI = '+14155550124';
const STRANGER = '+14155550177';
const FIRST_FILE = 'https://files.example.com/first.mp3';
const SECOND_FILE = 'https://files.example.com/second.mp3';
const PIN = {
  is_pin_authentication_required: true,
  pin_prompt_play: 'https://files.example.com/prompt.mp3',
  first_party_pin: '1234',
  second_party_pin: '5678',
};
const TONE = '/ring-tones/us.wav';
/** Of Delhi, Mumbai's mobiles, and a caller in London. */
const INDIAN = '911140000001';
const [MEERA, DEV] = ['+919876543210', '+919876543211'];
const LONDON = '+442079460123';

interface CallView {
  status: string;
  timeline: { what: string; sound?: string; leg?: string }[];
  legs: { hangup_cause_code: number | null; bridged_at: string | null }[];
  webhooks: {
    kind: string;
    status: number | null;
    response_body: string;
    url: string;
    params: Record<string, string>;
  }[];
}
interface ShownCall {
  reason: string;
  legs: { side: string; cause_code: number | null; cause: string | null }[];
}
interface Opened {
  session_uuid: string;
  virtual_number: string;
  error?: string;
  error_code?: string;
  param?: string;
}

type Start = Parameters<Parameters<typeof describeOnEachService>[1]>[0];

/** A service with these settings, and people with phones. */
function people(start: Start, settings: Record<string, string>) {
  let service: Service;
  const open: string[] = [];
  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000', ...settings } });
  });
  const plivo = simulatedPlivo(() => service);
  const { advance, call, control, look, prepare, settled } = plivo;
  interface Ringing {
    ringing: { call_uuid: string }[];
  }
  const runDue = () => service.app.get(Jobs).runDue();
  beforeEach(async () => {
    for (const uuid of open.splice(0)) await service.sessions('DELETE', `/${uuid}/`);
    await control('POST', '/reset');
    await advance(3700);
    await runDue();
    await control('POST', '/reset');
  });
  const ask = async (body: Record<string, unknown>) => {
    const asked = await service.sessions<Opened>('POST', '/', { ring_timeout: 30, ...body });
    if (asked.status === 201) open.push(asked.body.session_uuid);
    return asked;
  };
  const session = async (more: Record<string, unknown> = {}): Promise<Opened> => {
    const made = await ask({ first_party: ASHA, second_party: RAVI, ...more });
    if (made.status !== 201) throw new Error(made.text);
    return made.body;
  };
  const view = (uuid: string) => control<CallView>('GET', `/calls/${uuid}`);
  const heard = async (number: string): Promise<string[]> =>
    (await look<{ captions: { text: string }[] }>(number)).captions.map(({ text }) => text);
  return {
    ...plivo,
    service: () => service,
    world: (knobs: Record<string, unknown>) => control('PUT', '/settings', knobs),
    ask,
    session,
    runDue,
    view,
    heard,
    rings: (number: string) => plivo.ringing<Ringing>(number),
    /** What the caller heard while the other phone rang. */
    heardRinging: async (uuid: string) =>
      (await view(uuid)).timeline.flatMap(({ what, sound }) => (what === 'heard.ringing' ? [sound] : [])),
    /** A call whose other party answers at once and hears its file; then nobody does anything for three minutes. */
    async attempt(from: string, via: string, to: string): Promise<CallView> {
      await prepare(to, { behaviour: 'answer', after_seconds: 1 });
      const uuid = await call(from, via);
      await advance(10);
      await control('GET', `/calls/${uuid}?wait_for=bridged&timeout=1`).catch(() => undefined);
      await advance(180);
      const bridged = (await view(uuid)).status === 'bridged';
      if (bridged) await plivo.act(to, 'hangup');
      return settled<CallView>(uuid);
    },
    calls: async (uuid: string): Promise<ShownCall[]> =>
      (await service.admin<{ items: ShownCall[] }>('GET', `/calls?session=${uuid}`)).body.items,
    refused: async (): Promise<Record<string, unknown>[]> =>
      (await service.admin<{ items: Record<string, unknown>[] }>('GET', '/webhooks/refused')).body.items,
  };
}
const wasBridged = ({ timeline }: CallView): boolean => timeline.some(({ what }) => what === 'legs.bridged');

/**
 * What nothing documents of Plivo, played both ways, against each position of the setting that answers it: docs/plivo-uncertainties.md names these facts.
 * `knobs` is the world, in the words of the simulator's `PUT settings`.
 */
function inService(
  name: string,
  settings: Record<string, string>,
  facts: (they: ReturnType<typeof people>) => void,
): void {
  describeOnEachService(name, (start) => facts(people(start, settings)));
}

describe.each([
  ['auto', { false: 'music', true: 'music' }],
  ['off', { false: 'silence', true: 'plivo' }],
] as const)('RING_TONE=%s', (RING_TONE, expected) => {
  inService(
    'calls',
    { RING_TONE },
    ({ advance, call, heard, heardRinging, session, world, view, prepare, ...they }) => {
      // How the caller's leg came to be answered before the Dial.
      const ways: Record<string, () => Promise<string>> = {
        'has heard a file': async () => {
          const { virtual_number } = await session({ first_party_play_url: FIRST_FILE });
          return call(ASHA, virtual_number);
        },
        'has typed a PIN': async () => {
          const { virtual_number } = await session(PIN);
          await prepare(STRANGER, { types: ['1234#'] });
          return call(STRANGER, virtual_number);
        },
        'was called by us': async () => {
          await session({ initiate_call_to_first_party: true });
          await they.runDue();
          const { ringing: lines } = await they.rings(ASHA);
          await they.act(ASHA, 'answer');
          return String(lines[0]?.call_uuid);
        },
        'is recorded': async () => {
          await world({ record_answers_caller: true });
          const { virtual_number } = await session({ record: true });
          return call(ASHA, virtual_number);
        },
      };

      describe.each([false, true])('where Plivo plays a ring tone by itself: %s', (dial_ring_back) => {
        it.each(Object.keys(ways))(`a caller who %s hears ${expected[`${dial_ring_back}`]}`, async (way) => {
          await world({ dial_ring_back });
          const uuid = await ways[way]?.();
          await advance(20);
          await they.rings(RAVI);

          expect(await heardRinging(uuid ?? '')).toEqual([expected[`${dial_ring_back}`]]);
          const isOurs = (await heard(way === 'has typed a PIN' ? STRANGER : ASHA)).some((text) => text.endsWith(TONE));
          expect(isOurs).toBe(RING_TONE === 'auto');
          await they.act(RAVI, 'answer');
          await they.bridged(uuid ?? '');
          await they.act(RAVI, 'hangup');
          await they.settled(uuid ?? '');
        });

        it('a caller whose leg is not answered yet hears its own network, and Plivo fetches no music', async () => {
          await world({ dial_ring_back });
          const { virtual_number } = await session();
          const uuid = await call(ASHA, virtual_number);
          await they.rings(RAVI);

          expect(await heardRinging(uuid)).toEqual(['network']);
          expect((await view(uuid)).webhooks.filter(({ kind }) => kind === 'dial-music')).toEqual([]);
        });
      });
    },
  );
});

describe('our ring tone', () => {
  inService('calls', {}, ({ service, session, call, advance, view, rings }) => {
    it('is fetched by Plivo, signed, and names a file that anybody can fetch', async () => {
      const { virtual_number } = await session({ first_party_play_url: FIRST_FILE });
      const uuid = await call(ASHA, virtual_number);
      await advance(5);
      await rings(RAVI);

      const music = (await view(uuid)).webhooks.find(({ kind }) => kind === 'dial-music');
      expect(music).toMatchObject({ status: 200, url: `${service().baseUrl}/plivo/${service().authId}/ring-tone/us` });
      const [, url = '', path = ''] =
        /<Play loop="300">(http:\/\/[^/]+(\/[^<]+))<\/Play>/.exec(music?.response_body ?? '') ?? [];
      expect(url).toBe(service().baseUrl + TONE);
      const file = await service().request(path, { as: null });
      expect(file).toMatchObject({
        status: 200,
        headers: { 'content-type': 'audio/wav', 'cache-control': 'public, max-age=86400' },
      });
      expect(file.text.startsWith('RIFF')).toBe(true);
    });

    it.each(['us', 'gb', 'eu', 'xx', '..%2F..', '%00'])(
      'is XML for the cadence %s, and refused unsigned',
      async (cadence) => {
        const path = `/ring-tone/${cadence}`;
        const answer = await service().webhook(path, { CallUUID: 'aaaaaaaa-0000-4000-8000-000000000001' });
        expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/xml; charset=utf-8' } });
        expect(answer.text).toMatch(
          /^<Response><Play loop="300">http:[^<]*\/ring-tones\/(us|gb|eu)\.wav<\/Play><\/Response>$/,
        );
        const unsigned = await service().request(`/plivo/${service().authId}${path}`, { method: 'POST', as: null });
        expect(unsigned.status).toBe(403);
      },
    );

    it.each(['us', 'us.mp3', 'xx.wav', 'US.wav', '..%2Fus.wav'])('has no file %s', async (name) => {
      expect((await service().request(`/ring-tones/${name}`, { as: null })).status).toBe(404);
    });
  });
});

describe.each([
  ['on', 'connects', true],
  ['on', 'fails', false],
  ['off', 'connects', true],
  ['off', 'fails', true],
] as const)(
  'CALLEE_SOUND=%s, where a confirm sound without a key %s',
  (CALLEE_SOUND, confirm_without_key, isConnected) => {
    inService('calls', { CALLEE_SOUND }, ({ attempt, calls, heard, service, session, world }) => {
      it(isConnected ? 'connects the call' : 'the call fails, and the operator reads why', async () => {
        await world({ confirm_without_key });
        const { session_uuid, virtual_number } = await session({ second_party_play_url: SECOND_FILE });
        const call = await attempt(ASHA, virtual_number, RAVI);

        expect(wasBridged(call)).toBe(isConnected);
        expect(await heard(RAVI)).toEqual(CALLEE_SOUND === 'on' ? [SECOND_FILE] : []);
        const [shown] = await calls(session_uuid);
        const metrics = (await service().request('/metrics', { as: null })).text;
        if (isConnected) {
          expect(shown?.reason).toMatch(/^connected, talked \d+ s$/);
          expect(metrics).toContain('masking_set_up_causes_total{cause="9110"} 0');
          return;
        }
        expect(shown?.reason).toBe(
          'not connected: the other party answered and heard its file, but Plivo waited for a key and did not connect it; CALLEE_SOUND=off leaves such files out',
        );
        expect(shown?.legs.find(({ side }) => side === 'B')).toMatchObject({
          cause_code: 9110,
          cause: 'the called party did not confirm the call',
        });
        expect(metrics).toContain('masking_set_up_causes_total{cause="9110"} 1');
        expect(service().logs()).toContain('"call.set_up_cause"');
      });
    });
  },
);

describe.each(['on', 'off'] as const)('URL_FRAGMENTS=%s', (URL_FRAGMENTS) => {
  inService(
    'calls',
    { URL_FRAGMENTS },
    ({ act, attempt, calls, control, prepare, refused, rings, runDue, service, session, settled, world, ...they }) => {
      const isOff = URL_FRAGMENTS === 'off';
      /** With files, a recording and a PIN: every URL that we hand out is in it. */
      const whole = { first_party_play_url: FIRST_FILE, second_party_play_url: SECOND_FILE, record: true };

      it('leaves them off every URL, or puts them on every webhook that Plivo may repeat', async () => {
        const { virtual_number } = await session({ ...whole, ...PIN });
        await prepare(STRANGER, { types: ['1234#'] });
        await prepare(RAVI, { behaviour: 'answer', after_seconds: 1 });
        const uuid = await they.call(STRANGER, virtual_number);
        await they.advance(30);
        await they.bridged(uuid);
        await act(RAVI, 'hangup');
        const { webhooks } = await settled<CallView>(uuid);

        const documents = webhooks.map(({ response_body }) => response_body).join('');
        const urls = [...documents.matchAll(/http:\/\/[^"<]*\/plivo\/[^"<]*/g)].map(([url]) => url);
        expect(urls).toHaveLength(7);
        expect(urls.filter((url) => url.includes('#'))).toHaveLength(isOff ? 0 : urls.length);
      });

      it.each([
        ['stripped', true],
        ['signed', isOff],
        ['sent', isOff],
        ['refused', isOff],
      ])(`a masked call where they are %s connects: %s`, async (url_fragments, isConnected) => {
        const { session_uuid, virtual_number } = await session(whole);
        await world({ url_fragments });
        const call = await attempt(ASHA, virtual_number, RAVI);

        expect(wasBridged(call)).toBe(isConnected);
        if (isConnected) {
          expect(await they.heard(RAVI)).toEqual([SECOND_FILE]);
          expect((await calls(session_uuid))[0]?.reason).toMatch(/^connected/);
          return;
        }
        // The answer URL fails first, as it was entered at Plivo with a fragment.
        expect(call.legs[0]?.hangup_cause_code).toBe(7011);
        const reasons = (await refused()).map(({ reason, path }) => `${String(reason)} ${String(path)}`);
        const answer = `wrong-signature /plivo/${service().authId}/answer`;
        if (url_fragments === 'signed') expect(reasons).toContain(answer);
        if (url_fragments === 'sent')
          expect(service().logs()).toMatch(/"route":null,"status":404[^\n]*"http\.request"/);
      });

      it(`a call of an application without fragments, where they are refused, connects: ${isOff}`, async () => {
        const app = await service().request<{ objects: { app_id: string }[] }>(
          `/simulator/v1/Account/${service().authId}/Application/`,
        );
        const base = `${service().baseUrl}/plivo/${service().authId}`;
        const changed = await service().request(
          `/simulator/v1/Account/${service().authId}/Application/${app.body.objects[0]?.app_id}/`,
          { method: 'POST', body: { answer_url: `${base}/answer`, hangup_url: `${base}/hangup` } },
        );
        expect(changed.status).toBe(202);
        await world({ url_fragments: 'refused' });
        const { session_uuid, virtual_number } = await session();
        const call = await attempt(ASHA, virtual_number, RAVI);

        expect(wasBridged(call)).toBe(isOff);
        const [shown] = await calls(session_uuid);
        if (isOff) expect(shown?.reason).toMatch(/^connected/);
        else {
          expect(shown?.reason).toBe('not connected: our action URL was not valid');
          expect(shown?.legs).toEqual([expect.objectContaining({ side: 'A', cause_code: 7022 })]);
          const metrics = (await service().request('/metrics', { as: null })).text;
          expect(metrics).toContain('masking_set_up_causes_total{cause="7022"} 1');
        }
      });

      it(`a requested call, where they are refused, is placed: ${isOff}`, async () => {
        await world({ url_fragments: 'refused' });
        const { session_uuid } = await session({ initiate_call_to_first_party: true });
        await runDue();
        const { timeline } = (await service().admin('GET', `/sessions/${session_uuid}`)).body;
        if (!isOff) {
          expect(JSON.stringify(timeline)).toContain('Plivo refused with status 400');
          return;
        }
        const { ringing } = await rings(ASHA);
        await prepare(RAVI, { behaviour: 'answer', after_seconds: 1 });
        await act(ASHA, 'answer');
        await they.advance(10);
        await they.bridged(String(ringing[0]?.call_uuid));
        await act(RAVI, 'hangup');
        await settled(String(ringing[0]?.call_uuid));
      });
    },
  );
});

describe.each(['refuse', 'take'] as const)('UNSIGNED_CALLEE_SOUND=%s', (UNSIGNED_CALLEE_SOUND) => {
  inService(
    'calls',
    {
      UNSIGNED_CALLEE_SOUND,
    },
    ({ act, advance, attempt, bridged, call, heard, prepare, refused, service, session, settled, view, world }) => {
      const isTaken = UNSIGNED_CALLEE_SOUND === 'take';
      const files = { first_party_play_url: FIRST_FILE, second_party_play_url: SECOND_FILE };

      it.each([
        ['v3', true, null],
        ['v2', isTaken, 'v2-only'],
        ['none', isTaken, 'no-signature'],
      ])('where sounds are fetched with signature %s they are heard: %s', async (sound_signature, isHeard, reason) => {
        await world({ sound_signature });
        const { virtual_number } = await session(files);
        expect(wasBridged(await attempt(ASHA, virtual_number, RAVI))).toBe(true);
        expect(await heard(RAVI)).toEqual(isHeard ? [SECOND_FILE] : []);
        expect((await heard(ASHA)).filter((text) => text.endsWith('.wav'))).toHaveLength(isHeard ? 1 : 0);
        const paths = (await refused()).filter((each) => each['reason'] === reason).map(({ path }) => path);
        const base = `/plivo/${service().authId}`;
        const sounds = [`${base}/sessions/:sessionId/calls/:callId/callee-sound`, `${base}/ring-tone/:cadence`];
        expect(paths).toEqual(isHeard ? [] : expect.arrayContaining(sounds));
      });

      it('everything else, and every sound with a wrong signature or unknown ids, stays refused', async () => {
        const { virtual_number } = await session(files);
        await prepare(RAVI, { behaviour: 'answer', after_seconds: 1 });
        const uuid = await call(ASHA, virtual_number);
        await advance(10);
        await bridged(uuid);
        const base = `/plivo/${service().authId}`;
        const sound = (await view(uuid)).webhooks.find(({ kind }) => kind === 'confirm-sound');
        const path = sound?.url.slice(service().baseUrl.length) ?? '';
        expect(path).toMatch(/callee-sound$/);
        const unsigned = (at: string, headers: Record<string, string> = {}, method = 'POST') =>
          service().request(at, {
            method,
            as: null,
            headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
            body: method === 'POST' ? 'CallUUID=aaaaaaaa-0000-4000-8000-000000000001' : undefined,
          });

        const asked = await unsigned(path);
        expect(asked.status).toBe(isTaken ? 200 : 403);
        if (isTaken) expect(asked.text).toBe(`<Response><Play>${SECOND_FILE}</Play></Response>`);
        expect((await unsigned(path, {}, 'GET')).status).toBe(isTaken ? 200 : 403);
        const nobody = '0e9b8f6a-2f0d-4c1e-8a57-5a4c3b2d1e0f';
        expect((await unsigned(`${base}/sessions/${nobody}/calls/${nobody}/callee-sound`)).status).toBe(
          isTaken ? 404 : 403,
        );
        const wrong = { 'x-plivo-signature-v3': `${'A'.repeat(43)}=`, 'x-plivo-signature-v3-nonce': '1' };
        const others = ['dial-event', 'dial-action', 'recording'].map((last) => path.replace('callee-sound', last));
        const statuses = await Promise.all([
          unsigned(path, wrong),
          unsigned(path, {}, 'PUT'),
          unsigned(path.replace(service().authId, 'MANOBODYNOBODYNOBODY')),
          ...[...others, `${base}/answer`, `${base}/hangup`, `${base}/calls/${nobody}/pin/1`].map((at) => unsigned(at)),
          ...['answer', 'ring', 'hangup'].map((last) => unsigned(`${base}/requests/${nobody}/${last}`)),
        ]);
        expect(statuses.map(({ status }) => status)).toEqual(statuses.map(() => 403));
        const told = (await refused()).map(({ path: at, reason: why }) => `${String(why)} ${String(at)}`);
        expect(told).toEqual(expect.arrayContaining([`no-signature ${base}/answer`, `no-signature ${base}/hangup`]));

        await act(RAVI, 'hangup');
        await settled(uuid);
        expect((await unsigned(path)).status).toBe(isTaken ? 404 : 403);
      });
    },
  );
});

describe.each(['refuse', 'read'] as const)(
  'NATIONAL_CALLERS=%s, where callers are shown as in their country',
  (NATIONAL_CALLERS) => {
    inService('calls', { NATIONAL_CALLERS }, ({ attempt, calls, prepare, service, session, world }) => {
      const isRead = NATIONAL_CALLERS === 'read';
      const [ANN, BEN] = ['+447400123456', '+447400123457'];

      it.each([
        ['a mobile', ANN, BEN, '07400123456'],
        ['a landline', LONDON, ANN, '02079460123'],
        ['from abroad', ASHA, ANN, `00${ASHA.slice(1)}`],
      ])(`a party ${isRead ? 'is connected' : 'is a stranger'}: %s`, async (_, caller, other, shown) => {
        await world({ caller_form: 'national' });
        const { session_uuid, virtual_number } = await session({ first_party: other, second_party: caller });
        expect(virtual_number).toMatch(/^\+44/);
        const told = await attempt(caller, virtual_number, other);
        expect(told.webhooks[0]?.params['From']).toBe(shown);
        expect(wasBridged(told)).toBe(isRead);
        if (isRead) expect((await calls(session_uuid))[0]?.reason).toMatch(/^connected/);
        const dryRun = await service().admin<{ decision: string; reason: string }>(
          'GET',
          `/route?virtual_number=${encodeURIComponent(virtual_number)}&caller=${shown}`,
        );
        // Who asks by hand means the number, where it says whose it is.
        const isNumber = isRead || shown.startsWith('00');
        expect(dryRun.body.decision).toBe(isNumber ? 'connect' : 'refuse');
        if (!isNumber) expect(dryRun.body.reason).toMatch(/no international number/);
      });

      it(`who was let in by PIN is known, and called back: ${isRead}`, async () => {
        await world({ caller_form: 'national' });
        const alone = { first_party: ANN, second_party: '', create_session_with_single_party: true, ...PIN };
        const { virtual_number } = await session(alone);
        await prepare(LONDON, { types: ['5678#'] });
        expect(wasBridged(await attempt(LONDON, virtual_number, ANN))).toBe(true);
        expect(wasBridged(await attempt(ANN, virtual_number, LONDON))).toBe(isRead);
      });
    });
  },
);

describe.each(['on', 'off'] as const)(
  'COUNTRY_RULES=%s, where calls by Indian numbers must stay in India',
  (COUNTRY_RULES) => {
    inService('calls', { COUNTRY_RULES }, ({ ask, attempt, calls, control, heard, service, session, world }) => {
      const isOn = COUNTRY_RULES === 'on';
      const anchored = async (): Promise<void> => {
        await control('POST', '/numbers', { number: INDIAN });
        await service().admin('POST', `/numbers/sync?account=${service().authId}`);
        await world({ anchored_prefixes: ['91'] });
      };

      it('two Indian parties are lent an Indian number and connected', async () => {
        await anchored();
        const { virtual_number } = await session({ first_party: MEERA, second_party: DEV });
        expect(virtual_number).toBe(`+${INDIAN}`);
        expect(wasBridged(await attempt(MEERA, virtual_number, DEV))).toBe(true);
      });

      it('an Indian first party and a foreign second one are refused a number of its country, or the call fails with 2070', async () => {
        await anchored();
        const asked = await ask({ first_party: MEERA, second_party: RAVI });
        if (isOn) {
          expect(asked).toMatchObject({ status: 400, body: { error_code: 'country_rule', param: 'second_party' } });
          expect(asked.body.error).toMatch(/^Invalid parameter\. second_party must be a \+91 number too/);
          return;
        }
        expect(asked.body.virtual_number).toBe(`+${INDIAN}`);
        expect(wasBridged(await attempt(MEERA, `+${INDIAN}`, RAVI))).toBe(false);
        const [shown] = await calls(asked.body.session_uuid);
        expect(shown?.reason).toBe(
          'not connected: the other party could not be reached (the rules of the country forbid carrying this call)',
        );
        expect(shown?.legs.find(({ side }) => side === 'B')).toMatchObject({ cause_code: 2070 });
      });

      it('without geomatch mixed parties are lent a number of another country, whatever they had last', async () => {
        await anchored();
        const last = await ask({ first_party: MEERA, second_party: RAVI });
        if (!isOn) await service().sessions('DELETE', `/${last.body.session_uuid}/`);
        const { virtual_number } = await session({ first_party: MEERA, second_party: RAVI, geomatch: false });
        expect(virtual_number === `+${INDIAN}`).toBe(!isOn);
        expect(wasBridged(await attempt(MEERA, virtual_number, RAVI))).toBe(isOn);
      });

      it('without geomatch foreign parties are never lent the Indian one, though it is the last', async () => {
        await anchored();
        const taken = new Set<string>();
        for (let second = 130; second < 135; second++)
          taken.add((await session({ second_party: `+14155550${second}`, geomatch: false })).virtual_number);
        expect(taken.size).toBe(5);
        const last = await ask({ first_party: ASHA, second_party: RAVI, geomatch: false });
        if (isOn) expect(last).toMatchObject({ status: 400, body: { error_code: 'number_pool_exhausted' } });
        else expect(last.body.virtual_number).toBe(`+${INDIAN}`);
      });

      it('a stranger from abroad to an Indian party alone hears a sentence, or the call fails with 2070', async () => {
        await anchored();
        const alone = { first_party: MEERA, second_party: '', create_session_with_single_party: true };
        const { session_uuid, virtual_number } = await session(alone);
        expect(virtual_number).toBe(`+${INDIAN}`);
        expect(wasBridged(await attempt(LONDON, virtual_number, MEERA))).toBe(false);
        const [shown] = await calls(session_uuid);
        if (isOn) expect(shown?.reason).toMatch(/^refused/);
        else expect(shown?.legs.find(({ side }) => side === 'B')).toMatchObject({ cause_code: 2070 });
        expect(await heard(LONDON)).toHaveLength(isOn ? 1 : 0);
        expect(wasBridged(await attempt(DEV, virtual_number, MEERA))).toBe(true);

        const joined = await service().sessions<Opened>('POST', `/${session_uuid}/`, { second_party: LONDON });
        expect(joined.status).toBe(isOn ? 400 : 200);
        if (isOn) expect(joined.body).toMatchObject({ error_code: 'country_rule', param: 'second_party' });
      });
    });
  },
);
