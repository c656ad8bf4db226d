import { beforeAll, expect, it } from '@jest/globals';
import { FakeClock } from './support/ground.js';
import { describeOnEachService, type Service } from './support/service.js';

const CALLER = '14155550123';
const OTHER = '14155550124';
const CALLBACKS = 'https://shop.example/masking';

type Body = Record<string, unknown> & { session?: Record<string, unknown>; response?: Record<string, unknown> };

/** A client that was written from the sample of Plivo's introductory page, whose every value is a text. */
describeOnEachService('the masking API with FLAT_ANSWERS=seed', (start) => {
  let service: Service;
  let clock: FakeClock;
  let made: Body;

  beforeAll(async () => {
    clock = new FakeClock();
    service = await start({ clock, settings: { FLAT_ANSWERS: 'seed' } });
    await service.addNumbers(['14155550100']);
    ({ body: made } = await service.sessions<Body>('POST', '/', { first_party: CALLER, second_party: OTHER }));
  });

  const read = async (): Promise<Body> =>
    (await service.sessions<Body>('GET', `/${String(made['session_uuid'])}/`)).body;

  it('answers a create with the words of the sample beside the object', () => {
    const { session, api_id: _, ...flat } = made;
    expect(flat).toEqual({
      message: 'Session created',
      session_uuid: session?.['session_uuid'],
      virtual_number: '+14155550100',
      status: 'active',
      first_party: `+${CALLER}`,
      second_party: `+${OTHER}`,
      record: 'false',
      recording_callback_url: 'null',
      record_file_format: null,
      session_expiry: '3600',
      call_time_limit: '3600',
      initiate_call_to_first_party: 'false',
      callback_url: 'null',
      ring_timeout: '120',
      first_party_play_url: 'null',
      second_party_play_url: 'null',
      created_time: '2026-01-05 10:00:00',
      modified_time: 'null',
      expiry_time: '2026-01-05 11:00:00',
      last_interaction_time: 'null',
      total_call_count: '0',
      total_call_amount: '0',
      total_call_billed_duration: '0',
      interaction: '{}',
    });
  });

  it('leaves the object that SDKs read as it is', () => {
    expect(made.session).toMatchObject({
      record: false,
      session_expiry: 3600,
      callback_url: '',
      created_time: '2026-01-05 10:00:00 +0000 UTC',
      interaction: null,
      total_call_amount: 0,
    });
  });

  it('tells a change, and what is set, in the same words', async () => {
    clock.advance(60_000);
    const change = { record: true, callback_url: CALLBACKS };
    const { body } = await service.sessions<Body>('POST', `/${String(made['session_uuid'])}/`, change);
    const told = {
      record: 'true',
      record_file_format: 'mp3',
      callback_url: CALLBACKS,
      modified_time: '2026-01-05 10:01:00',
    };
    expect(body).toMatchObject({ message: 'Session updated', ...told });
    expect(await read()).toMatchObject({ message: 'Session details', ...told, response: { record: true } });
  });
});
