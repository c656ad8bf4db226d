import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from './support/service.js';

const NUMBER = '12025550141';
const [RAVI, MEERA] = ['14155550124', '14155550125'];
/** As given to us, and as a network shows it. */
const PHONES = [
  ['5491166773399', '541166773399'],
  ['541166773399', '5491166773399'],
  ['5511969357255', '551169357255'],
  ['970599123456', '972599123456'],
  ['972599123456', '970599123456'],
  ['525541637145', '5215541637145'],
  ['5215541637145', '525541637145'],
  ['442079460001', '4402079460001'],
] as const;
const [GIVEN, SHOWN] = PHONES[0];
const PIN = {
  is_pin_authentication_required: true,
  first_party_pin: '1234',
  second_party_pin: '5678',
  pin_prompt_play: 'https://files.example/prompt.mp3',
};

describeOnEachService('one phone in several spellings', (start) => {
  let service: Service;
  let opened: string[] = [];

  beforeAll(async () => {
    service = await start();
    await service.addNumbers([NUMBER]);
  });

  beforeEach(async () => {
    for (const uuid of opened.splice(0)) await service.sessions('DELETE', `/${uuid}/`);
    // So that wrong PINs of the fact before are forgotten.
    service.clock.advance(3_600_001);
  });

  async function open(body: Record<string, unknown>): Promise<string> {
    const made = await service.sessions<{ session_uuid: string }>('POST', '/', { geomatch: false, ...body });
    if (made.status !== 201) throw new Error(made.text);
    opened.push(made.body.session_uuid);
    return made.body.session_uuid;
  }
  const pair = (first: string, second: string, more: Record<string, unknown> = {}) =>
    open({ first_party: first, second_party: second, ...more });
  const common = (from: string, uuid: string) => ({ CallUUID: uuid, From: from, To: NUMBER, Direction: 'inbound' });
  const call = async (from: string, uuid = randomUUID()) =>
    (await service.webhook('/answer', { ...common(from, uuid), Event: 'StartApp', CallStatus: 'ringing' })).text;
  const hangUp = (from: string, uuid: string) =>
    service.webhook('/hangup', {
      ...common(from, uuid),
      Event: 'Hangup',
      CallStatus: 'completed',
      HangupCauseCode: '4000',
    });
  const typed = async (xml: string, digits: string, from: string, uuid: string) => {
    const path = /\/calls\/[0-9a-f-]{36}\/pin\/\d/.exec(xml)?.[0] ?? '';
    return (await service.webhook(path, { ...common(from, uuid), Digits: digits })).text;
  };
  const dialled = (number: string) => expect.stringContaining(`>+${number}</Number>`);
  const found = async (path: string): Promise<string[]> =>
    (await service.admin<{ items: { session_uuid: string }[] }>('GET', path)).body.items.map((one) => one.session_uuid);

  it.each(PHONES)('%s calls as %s and reaches its other party; is dialled as it was given', async (given, shown) => {
    await pair(given, RAVI);

    expect(await call(shown)).toEqual(dialled(RAVI));
    await hangUp(shown, randomUUID());
    await service.sessions('DELETE', `/${opened.splice(0)[0]}/`);
    await pair(RAVI, given);
    expect(await call(RAVI)).toEqual(dialled(given));
  });

  it.each(PHONES)('%s and %s are not two parties', async (one, other) => {
    const refused = await service.sessions('POST', '/', { first_party: one, second_party: other, geomatch: false });

    expect(refused.status).toBe(400);
    if (other !== '4402079460001')
      expect(refused.body).toMatchObject({
        error: 'Invalid parameter. first_party and second_party must be different',
      });
  });

  it('is lent a number once, and so reaches the right person in both', async () => {
    await pair(GIVEN, RAVI);
    const second = await service.sessions('POST', '/', { first_party: SHOWN, second_party: MEERA, geomatch: false });

    expect(second.status).toBe(400);
    expect(second.body).toMatchObject({ error_code: 'number_pool_exhausted' });
    expect(await call(SHOWN)).toEqual(dialled(RAVI));
  });

  it('is asked for no PIN where it is registered', async () => {
    await pair(GIVEN, RAVI, PIN);

    expect(await call(SHOWN)).toEqual(dialled(RAVI));
  });

  it('has five wrong PINs an hour, not five a spelling', async () => {
    await pair(RAVI, MEERA, { ...PIN, pin_retry: 0 });
    for (const [index, spelling] of [GIVEN, SHOWN, GIVEN, SHOWN, GIVEN].entries()) {
      const uuid = randomUUID();
      expect(await typed(await call(spelling, uuid), `99${index}9`, spelling, uuid)).not.toContain('<Dial');
    }

    expect(await call(SHOWN)).not.toContain('<GetDigits');
    expect(await call('14155550199')).toContain('<GetDigits');
  });

  it('is never connected to itself by another spelling', async () => {
    const uuid = randomUUID();
    await open({ first_party: GIVEN, create_session_with_single_party: true });

    expect(await call('14155550177', uuid)).toEqual(dialled(GIVEN));
    await hangUp('14155550177', uuid);
    // Shown in another spelling it is no stranger who would be put through to GIVEN: it calls back who called last.
    expect(await call(SHOWN)).toEqual(dialled('14155550177'));
  });

  it('is not called back by itself', async () => {
    const session = await open({ first_party: RAVI, create_session_with_single_party: true });
    const uuid = randomUUID();
    expect(await call(SHOWN, uuid)).toEqual(dialled(RAVI));
    await hangUp(SHOWN, uuid);
    expect((await service.sessions('POST', `/${session}/`, { first_party: GIVEN })).status).toBe(200);

    expect(await call(GIVEN)).not.toContain('<Dial');
    expect(await call(SHOWN)).not.toContain('<Dial');
  });

  it('is shown and dialled as it was given last', async () => {
    const session = await pair(GIVEN, RAVI);
    expect(await pair(SHOWN, RAVI)).toBe(session);

    const { body } = await service.sessions<{ response: Record<string, unknown> }>('GET', `/${session}/`);
    expect(body.response).toMatchObject({ first_party: SHOWN });
    expect(await call(RAVI)).toEqual(dialled(SHOWN));
  });

  it.each([GIVEN, SHOWN])('is found as %s by customers and operators, and tried out', async (spelling) => {
    const session = await pair(GIVEN, RAVI);

    expect(await found(`/sessions?party=${spelling}&status=active`)).toEqual([session]);
    const list = await service.sessions<{ response: unknown[] }>('GET', `/?first_party=${spelling}&status=active`);
    expect(list.text).toContain(session);
    const other = await service.sessions('GET', `/?second_party=${spelling}&status=active`);
    expect(other.text).not.toContain(session);
    const tried = await service.admin('GET', `/route?virtual_number=${NUMBER}&caller=${spelling}&reveal=true`);
    expect(tried.body).toMatchObject({ decision: 'connect', session_uuid: session, dial: `+${RAVI}` });
  });

  it('logs none of them', () => {
    for (const [given, shown] of PHONES) {
      expect(service.logs()).not.toContain(given);
      expect(service.logs()).not.toContain(shown);
    }
  });
});
