import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachService, type Service } from '../../../test/support/service.js';

const ASHA = '14155550101';
const RAVI = '14155550102';
const NUMBER = '12025550001';
const maskedOf = (digits: string): string => `+${digits.slice(0, 4)}•••${digits.slice(-4)}`;

describeOnEachService('the dry run in the admin API', (start) => {
  let service: Service;
  let session: string;

  beforeAll(async () => {
    service = await start();
    await service.addNumbers([NUMBER]);
    const made = await service.sessions<{ session_uuid: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
    });
    session = made.body.session_uuid;
  });

  const explain = (query: Record<string, string>) =>
    service.admin('GET', `/route?${new URLSearchParams(query).toString()}`);

  it('tells whom a party would reach', async () => {
    const { status, body } = await explain({ virtual_number: `+${NUMBER}`, caller: `+${RAVI}`, reveal: 'true' });
    expect(status).toBe(200);
    expect(body).toEqual({
      decision: 'connect',
      session_uuid: session,
      dial: `+${ASHA}`,
      reason: 'The caller is a party of a live session on this number.',
      read: { virtual_number: `+${NUMBER}`, caller: `+${RAVI}` },
    });
    const masked = await explain({ virtual_number: `+${NUMBER}`, caller: `+${RAVI}` });
    expect(masked.body).toEqual({
      ...body,
      dial: maskedOf(ASHA),
      read: { virtual_number: `+${NUMBER}`, caller: maskedOf(RAVI) },
    });
  });

  it('shows the number of a person, pasted in the place of the number that is called, to nobody who may not see it', async () => {
    const shown = async (more: Record<string, string>) =>
      (await explain({ virtual_number: `+${RAVI}`, caller: `+${ASHA}`, ...more })).body;
    expect(await shown({})).toMatchObject({ read: { virtual_number: maskedOf(RAVI) } });
    expect(await shown({ reveal: 'true' })).toMatchObject({ read: { virtual_number: `+${RAVI}` } });
  });

  it.each([
    [NUMBER, '14155550103', 'The caller is not registered for this number.'],
    [NUMBER, 'anonymous', 'The caller shows no telephone number, so it cannot be registered for this one.'],
    [NUMBER, '', 'The caller shows no telephone number, so it cannot be registered for this one.'],
    ['12025550009', ASHA, 'This number is in no pool.'],
  ])('refuses a call to %s from %j, dialling nobody', async (virtual_number, caller, reason) => {
    const { status, body } = await explain({ virtual_number, caller });
    expect(status).toBe(200);
    expect(body).toMatchObject({ decision: 'refuse', session_uuid: null, dial: null, reason });
  });

  it.each([
    `+1 (415) 555-0101`,
    '(415) 555-0101',
    '001 415.555.0101',
    'tel:+1-415-555-0101',
    '+１４１５５５５０１０１',
  ])('reads the caller %j as anybody would, and says so', async (caller) => {
    const { body } = await explain({ virtual_number: '(202) 555-0001', caller });
    expect(body).toMatchObject({
      decision: 'connect',
      read: { virtual_number: `+${NUMBER}`, caller: maskedOf(ASHA) },
    });
  });

  it.each([
    ['anonymous', /^no number: a caller who shows none$/, /shows no telephone number/],
    ['', /^no number/, /shows no telephone number/],
    [
      'sip:asha@example.com',
      /^taken as what the phone shows, because it is no number, for letters/,
      /something that is no international/,
    ],
    [
      '020 7946 0018',
      /^taken as what the phone shows, because it is no number .*none of US/,
      /something that is no internat/,
    ],
  ])('says in words that it read no number in %j', async (caller, read, reason) => {
    const { body } = await explain({ virtual_number: NUMBER, caller });
    expect(body).toMatchObject({
      decision: 'refuse',
      reason: expect.stringMatching(reason),
      read: { virtual_number: `+${NUMBER}`, caller: expect.stringMatching(read) },
    });
  });

  it('guesses at nobody: what may be two people is refused, and says which countries', async () => {
    const { status, body } = await explain({ virtual_number: NUMBER, caller: '3615550123' });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      detail: 'caller: may be a number of HU or a national number of US: expected + and the country code in front',
    });
  });

  it('lets an unescaped plus pass for what was meant', async () => {
    const { body } = await service.admin('GET', `/route?virtual_number=+${NUMBER}&caller=+${ASHA}`);
    expect(body).toMatchObject({ decision: 'connect' });
  });

  it.each([
    ['', 'virtual_number'],
    [`virtual_number=${NUMBER}`, 'caller'],
    [`caller=${ASHA}`, 'virtual_number'],
    [`virtual_number=desk&caller=${ASHA}`, 'virtual_number'],
    [`virtual_number=${NUMBER}&virtual_number=${NUMBER}&caller=1`, 'virtual_number'],
    [`virtual_number=${NUMBER}&caller=${'1'.repeat(201)}`, 'caller'],
    [`virtual_number=${NUMBER}&caller=1&account=MANOBODYNOBODYNOBODY`, 'account'],
  ])('refuses ?%s with 400, naming the parameter', async (query, param) => {
    const { status, body } = await service.admin('GET', `/route?${query}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ detail: expect.stringContaining(param) });
  });

  it('keeps it to the admin', async () => {
    expect((await service.request(`/admin/route?virtual_number=${NUMBER}&caller=1`)).status).toBe(401);
  });

  it('logs no number', () => {
    for (const number of [ASHA, RAVI, NUMBER]) expect(service.logs()).not.toContain(number);
  });
});
