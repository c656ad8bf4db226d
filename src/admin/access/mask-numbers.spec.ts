import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { maskAdminAnswers, maskNumber } from './mask-numbers.js';
import { THE_ADMIN } from './known-operators.js';

it.each([
  ['+14155550123', '+1415•••0123'],
  ['+442079460123', '+4420•••0123'],
  ['+123456789012345', '+1234•••2345'],
  ['+2471234', '+•••1234'],
  ['+24712345', '+2•••2345'],
  ['14155550123', '1415•••0123'],
  ['%2B14155550123', '+1415•••0123'],
])('%s is shown as %s', (number, shown) => {
  expect(maskNumber(number)).toBe(shown);
});

async function answered(body: object, numbers?: { isWhole: boolean; virtual: string[] }): Promise<unknown> {
  const instance = fastify();
  instance.addHook('onRequest', (request, _reply, done) => {
    request.operator = THE_ADMIN;
    if (numbers) request.numbers = numbers;
    done();
  });
  maskAdminAnswers(instance);
  instance.get('/', () => body);
  const { body: text } = await instance.inject('/');
  await instance.close();
  return JSON.parse(text);
}

it('numbers are masked wherever they stand, in sentences and URLs too', async () => {
  const body = {
    first_party: '+14155550123',
    items: [{ any: ['14155550123'], url: 'https://a.example/?to=%2B14155550123&from=14155550124' }],
    why: 'dialled +14155550123.',
    response_body: 'sorry, (415) 555-0123 is unknown',
  };
  expect(await answered(body)).toEqual({
    first_party: '+1415•••0123',
    items: [{ any: ['1415•••0123'], url: 'https://a.example/?to=+1415•••0123&from=1415•••0124' }],
    why: 'dialled +1415•••0123.',
    response_body: expect.not.stringMatching(/555/),
  });
});

it('ids, instants, amounts, digits of other things and virtual numbers stay', async () => {
  const body = {
    virtual_number: '+14155550100',
    number: '+14155550101',
    id: '12345678-1234-4234-8234-123456789012',
    auth_id: 'MA123456789012345678',
    at: '2026-11-29T15:16:07.123Z',
    amount: '12345678.12345678',
    bytes: 123456789012,
    nothing: null,
    recording_url: 'https://a.example/r?until=1764429367',
  };
  expect(await answered(body, { isWhole: false, virtual: ['number'] })).toEqual(body);
  expect(await answered(body)).toEqual({ ...body, number: '+1415•••0101' });
});

it('whole numbers are shown to whom the guard says so', async () => {
  const body = { first_party: '+14155550123' };
  expect(await answered(body, { isWhole: true, virtual: [] })).toEqual(body);
});
