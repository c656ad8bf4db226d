import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from './support/service.js';

const [ASHA, RAVI, ABROAD] = ['+14155550123', '+14155550124', '+252615123456'];
const SETTINGS = '/accounts/MASERVICETESTTEST000/settings';

// What a thief of an account's token can make it dial.
describeOnEachService('an account that nobody has set anything for, with Plivo', (start) => {
  let service: Service;

  beforeAll(async () => {
    // The default, which other suites have opened.
    service = await start({ settings: { DEFAULT_ALLOWED_COUNTRIES: '' } });
  });

  const open = (body: Record<string, unknown>) =>
    service.sessions<{ error?: string; error_code?: string; session_uuid?: string }>('POST', '/', body);
  const abroad = { first_party: ABROAD, second_party: RAVI, initiate_call_to_first_party: true };
  const remedy = expect.stringMatching(/^Invalid parameter\. first_party is not .*allowed_countries.*\/settings$/);

  /** Past the time in which settings that were just changed are read anew each time. */
  const settle = () => service.clock.advance(6_000);

  it('reaches nobody before it has numbers, and is told that it has none', async () => {
    settle();
    const pair = { first_party: ASHA, second_party: RAVI };
    for (const wanted of [pair, abroad])
      expect(await open(wanted)).toMatchObject({
        status: 400,
        body: { error: 'Number pool exhausted or not available' },
      });
    const premium = await open({ ...pair, second_party: '+19005550123' });
    expect(premium.body).toMatchObject({ error_code: 'destination_not_allowed' });
  });

  it('reaches the countries of its numbers, from the first one on', async () => {
    await service.addNumbers(['12025550100', '12025550101']);
    expect((await service.admin('GET', SETTINGS)).body).toMatchObject({ allowed_countries: 'own' });
    expect((await open({ first_party: ASHA, second_party: RAVI })).status).toBe(201);
    const british = { first_party: '+442079460123', second_party: RAVI };
    settle();
    expect((await open(british)).body).toMatchObject({ error: remedy });
    await service.addNumbers(['442079460000']);
    expect((await open(british)).status).toBe(201);
  });

  it('requests no call to another one, however often', async () => {
    const tried = await Promise.all(Array.from({ length: 50 }, () => open(abroad)));
    expect(new Set(tried.map(({ status }) => status))).toEqual(new Set([400]));
    expect(await service.dataSource.query('SELECT id FROM call_request')).toEqual([]);
    expect(await service.dataSource.query("SELECT id FROM job WHERE kind = 'calls.place'")).toEqual([]);
    expect(tried[0]?.text).not.toContain(ABROAD.slice(1));
  });

  it('reaches what an operator allows instead', async () => {
    const patched = await service.admin('PATCH', SETTINGS, { allowed_countries: ['US', 'SO'] });
    expect(patched).toMatchObject({ status: 200, body: { allowed_countries: ['SO', 'US'] } });
    expect(await open({ first_party: ABROAD, second_party: RAVI, geomatch: false })).toMatchObject({ status: 201 });
    const back = await service.admin('PATCH', SETTINGS, { allowed_countries: 'own' });
    expect(back.body).toMatchObject({ allowed_countries: 'own' });
    expect((await open(abroad)).status).toBe(400);
  });

  it('has generous caps of a day, which an operator sees and changes', async () => {
    const defaults = { daily_requested_calls: 10_000, daily_destinations: 5_000 };
    expect((await service.admin('GET', SETTINGS)).body).toMatchObject(defaults);
    const view = async () => (await service.admin('GET', '/accounts/MASERVICETESTTEST000/spend')).body;
    expect(await view()).toMatchObject({ ...defaults, requested_calls: 0, destinations: 0 });
    expect((await service.admin('PATCH', SETTINGS, { daily_destinations: 1 })).body).toMatchObject({
      daily_destinations: 1,
    });
    const call = (from: string) => {
      const uuid = randomUUID();
      const params = { CallUUID: uuid, From: from, To: '12025550100', Direction: 'inbound', CallStatus: 'ringing' };
      return service.webhook('/answer', params);
    };
    await open({ first_party: '+14155550301', second_party: '+14155550302' });
    await open({ first_party: '+14155550303', second_party: '+14155550304' });
    expect((await call('14155550301')).text).toContain('<Number>+14155550302</Number>');
    expect((await call('14155550303')).text).toBe('<Response><Hangup reason="rejected"/></Response>');
    expect(await view()).toMatchObject({ daily_destinations: 1, destinations: 1 });
    await service.admin('PATCH', SETTINGS, { daily_destinations: null });
    expect((await call('14155550303')).text).toContain('<Number>+14155550304</Number>');
  });

  it('is joined by accounts made later, whose numbers are their own', async () => {
    const made = await service.admin<{ auth_id: string; auth_token: string }>('POST', '/accounts', {
      name: 'Second',
      plivo_auth_id: 'MASECONDSECONDSECOND',
      plivo_auth_token: 'token-of-the-second',
    });
    const { auth_id: authId, auth_token: authToken } = made.body;
    const number = { account: authId, number: '+33123456789' };
    expect((await service.admin('POST', '/numbers', number)).status).toBe(201);
    const create = (first: string, second: string) =>
      service.request(`/v1/Account/${authId}/Masking/Session/`, {
        method: 'POST',
        body: { first_party: first, second_party: second },
        as: { authId, authToken },
      });
    expect((await create(ASHA, RAVI)).status).toBe(400);
    expect((await create('+33187654321', '+33187654322')).status).toBe(201);
  });
});
