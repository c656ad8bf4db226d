import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '+14155550123';
const RAVI = '+14155550124';
const STRANGER = '+14155550177';
const PROMPT = 'https://files.example.com/prompt.mp3';
const WRONG = 'https://files.example.com/wrong.mp3';

interface PhoneView {
  state: string;
  ringing: { caller_id: string; caller_name: string }[];
  sightings: { caller_id: string }[];
  captions: { text?: string; url?: string }[];
}

// What the phones hear and see, told by a Plivo that only speaks HTTP. The rows of docs/call-behaviour.md name these facts.
describeOnEachService('every way a call can go', (start) => {
  let service: Service;
  const open: string[] = [];

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000' } });
  });

  const { act, advance, bridged, call, control, look, prepare, settled } = simulatedPlivo(() => service);
  const phone = (number: string, wait = '') => look<PhoneView>(number, wait);
  const heard = async (number: string): Promise<string> => JSON.stringify((await phone(number)).captions);
  const runDue = () => service.app.get(Jobs).runDue();
  const session = async (
    more: Record<string, unknown> = {},
  ): Promise<{ session_uuid: string; virtual_number: string }> => {
    const made = await service.sessions<{ session_uuid: string; virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      ring_timeout: 30,
      ...more,
    });
    if (made.status !== 201) throw new Error(made.text);
    open.push(made.body.session_uuid);
    return made.body;
  };
  const read = async (uuid: string) =>
    (
      await service.sessions<{
        response: { status: string; total_call_count: number; interaction: Record<string, unknown>[] | null };
      }>('GET', `/${uuid}/`)
    ).body.response;
  const timeline = async (uuid: string): Promise<string> =>
    JSON.stringify((await service.admin('GET', `/sessions/${uuid}`)).body.timeline);

  beforeEach(async () => {
    for (const uuid of open.splice(0)) await service.sessions('DELETE', `/${uuid}/`);
    await control('POST', '/reset');
    await advance(3700);
    await runDue();
    // Requests that hung are let go by the first; what still comes of them is forgotten by the second.
    await control('POST', '/reset');
  });

  it('plays each party its file before they are joined', async () => {
    const { virtual_number } = await session({
      first_party_play_url: 'https://files.example.com/first.mp3',
      second_party_play_url: 'https://files.example.com/second.mp3',
    });
    await prepare(RAVI, { behaviour: 'answer', after_seconds: 2 });
    const uuid = await call(ASHA, virtual_number);
    await advance(10);
    await bridged(uuid);

    expect(await heard(ASHA)).toContain('first.mp3');
    expect(await heard(RAVI)).toContain('second.mp3');
    await act(ASHA, 'hangup');
    await settled(uuid);
  });

  it('a stranger types the right PIN after a wrong one and is connected; both see the virtual number', async () => {
    const { virtual_number } = await session({
      is_pin_authentication_required: true,
      pin_prompt_play: PROMPT,
      incorrect_pin_play: WRONG,
      first_party_pin: '1234',
      second_party_pin: '5678',
    });
    await prepare(STRANGER, { types: ['9999#', '1234#'] });
    await prepare(RAVI, { behaviour: 'answer', after_seconds: 1 });
    const uuid = await call(STRANGER, virtual_number);
    await advance(30);
    await bridged(uuid);

    expect(await heard(STRANGER)).toContain('prompt.mp3');
    expect(await heard(STRANGER)).toContain('wrong.mp3');
    expect((await phone(RAVI)).sightings).toEqual([expect.objectContaining({ caller_id: virtual_number.slice(1) })]);
    expect((await phone(ASHA)).sightings).toEqual([]);
    await act(STRANGER, 'hangup');
    await settled(uuid);
  });

  it.each(['1234', '12341234'])(
    'a stranger who types %s is connected at the fourth digit, without a # and without waiting',
    async (typed) => {
      const { virtual_number } = await session({
        is_pin_authentication_required: true,
        pin_prompt_play: PROMPT,
        first_party_pin: '1234',
        second_party_pin: '5678',
      });
      const uuid = await call(STRANGER, virtual_number);
      await control('GET', `/calls/${uuid}?wait_for=answered&timeout=10`);
      await act(STRANGER, 'digits', { digits: typed });
      // The prompt's time-out is 5 s, and no clock is moved.
      const { ringing } = await phone(RAVI, '?wait_for=ringing&timeout=3');

      expect(ringing).toEqual([expect.objectContaining({ caller_id: virtual_number.slice(1) })]);
      await act(RAVI, 'decline');
      await settled(uuid);
    },
  );

  it('request-a-call rings the first party, then the second, both from the virtual number', async () => {
    const { virtual_number, session_uuid } = await session({ initiate_call_to_first_party: true });
    await runDue();
    const first = await phone(ASHA, '?wait_for=ringing&timeout=10');
    expect(first.ringing).toEqual([expect.objectContaining({ caller_id: virtual_number.slice(1) })]);
    expect((await phone(RAVI)).state).not.toBe('ringing');
    await act(ASHA, 'answer');
    const second = await phone(RAVI, '?wait_for=ringing&timeout=10');
    expect(second.ringing).toEqual([expect.objectContaining({ caller_id: virtual_number.slice(1) })]);
    await act(RAVI, 'answer');
    await advance(20);
    expect((await read(session_uuid)).status).toBe('in-progress');
    await act(RAVI, 'hangup');
    await advance(1);

    const after = await read(session_uuid);
    expect(after).toMatchObject({ status: 'active', total_call_count: 2 });
    expect(after.interaction).toEqual([
      expect.objectContaining({ first_party_status: 'completed', second_party_status: 'completed' }),
    ]);
  });

  it('request-a-call that nobody answers rings nobody else and leaves the session live', async () => {
    const { session_uuid } = await session({ initiate_call_to_first_party: true });
    await runDue();
    await phone(ASHA, '?wait_for=ringing&timeout=10');
    await advance(31);
    const after = await read(session_uuid);

    expect(after).toMatchObject({ status: 'active', total_call_count: 1 });
    expect((await phone(RAVI)).sightings).toEqual([]);
  });

  it('an open session connects anybody to its party, and its party to who called last', async () => {
    const { virtual_number } = await session({ second_party: '', create_session_with_single_party: true });
    const uuid = await call(STRANGER, virtual_number);
    await phone(ASHA, '?wait_for=ringing&timeout=10');
    await act(ASHA, 'decline');
    await settled(uuid);
    const back = await call(ASHA, virtual_number);
    expect((await phone(STRANGER, '?wait_for=ringing&timeout=10')).ringing).toEqual([
      expect.objectContaining({ caller_id: virtual_number.slice(1) }),
    ]);
    await act(STRANGER, 'decline');
    await settled(back);
  });

  it('a third leg is told that the line is busy', async () => {
    const { virtual_number } = await session();
    const uuid = await call(ASHA, virtual_number);
    await phone(RAVI, '?wait_for=ringing&timeout=10');
    await settled(await call(RAVI, virtual_number));

    expect(await heard(RAVI)).toContain('busy');
    await act(ASHA, 'hangup');
    await settled(uuid);
  });

  it('the time limit cuts the call, counted from the bridge', async () => {
    const { virtual_number, session_uuid } = await session({ call_time_limit: 60 });
    const uuid = await call(ASHA, virtual_number);
    await phone(RAVI, '?wait_for=ringing&timeout=10');
    await advance(20);
    await act(RAVI, 'answer');
    await bridged(uuid);
    await advance(61);

    expect((await settled<{ legs: { hangup_cause_code: number }[] }>(uuid)).legs[1]?.hangup_cause_code).toBe(6000);
    expect((await read(session_uuid)).status).toBe('active');
  });

  describe("when Plivo's API", () => {
    it.each([
      ['answers 500 after the call was placed', { status: 500, after_effect: true }, 1],
      ['answers 500 without having done anything', { status: 500 }, 0],
      ['drops the connection after the call was placed', { reset: true, after_effect: true }, 1],
      ['is silent after the call was placed', { hang: true, after_effect: true }, 1],
      ['is silent without having done anything', { hang: true }, 0],
    ])('%s, nobody is ever called twice and the customer notices nothing', async (_what, fault, rings) => {
      await control('POST', '/faults', { api: { ...fault, only: ['POST Call'], times: 1 } });
      const { session_uuid } = await session({ initiate_call_to_first_party: true });
      await runDue();
      if (rings > 0) await phone(ASHA, '?wait_for=ringing&timeout=10');
      for (let step = 0; step < 10; step++) {
        await advance(10);
        await runDue();
      }

      const { by_kind } = await control<{ by_kind: Record<string, number> }>('GET', '/api-requests');
      expect(by_kind['POST Call']).toBe(1);
      expect((await phone(ASHA)).sightings).toHaveLength(rings);
      expect(await timeline(session_uuid)).toMatch(/call/i);
    });

    it('answers 429, the call is placed a moment later, once', async () => {
      await control('POST', '/faults', { api: { status: 429, only: ['POST Call'], times: 1 } });
      await session({ initiate_call_to_first_party: true });
      await runDue();
      for (let step = 0; step < 3; step++) {
        await advance(10);
        await runDue();
      }

      expect((await phone(ASHA)).sightings).toHaveLength(1);
    });
  });
});
