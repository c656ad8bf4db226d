import { expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { maskAdminAnswers, maskNumber, maskOthers } from './mask-numbers.js';
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

it.each([
  ['/hook/14155550123_x', '/hook/1415•••0123_x'],
  ['/p14155550123', '/p1415•••0123'],
  ['/?of=%2B1-415-555-0123', '/?of=+1415•••0123'],
  ['/?of=(415)%20555-0123&n=1', '/?of=415•••0123&n=1'],
  ['/?of=1.415.555.0123', '/?of=1415•••0123'],
  ['/?of=%31%34%31%35%35%35%35%30%31%32%33', '/?of=1415•••0123'],
  ['/?of=٤١٥٥٥٥٠١٢٣', '/?of=415•••0123'],
  ['/?of=%2B14155550123#rc=3', '/?of=+1415•••0123#rc=3'],
  ['/12345678-1234-4234-8234-123456789012?at=2026-11-29', '/12345678-1234-4234-8234-123456789012?at=2026-11-29'],
])('in a URL that a customer wrote, %s is %s', async (path, shown) => {
  const body = (rest: string) => ({
    callback_url: `https://10.120.130.14${rest}`,
    play: `http://a.example:8420${rest}`,
  });
  expect(await answered(body(path))).toEqual(body(shown));
  expect(await answered(body(path), { isWhole: true, virtual: [] })).toEqual(body(path));
});

it('numbers in what people have written to each other are masked in any spelling', async () => {
  const words = 'ring (415) 555-0123, +1 415 555 0124 or ٤١٥٥٥٥٠١٢٣ at 5:30';
  const body = { text: words, parameters: { EventName: 'SessionMessageReceived', Text: words } };
  const shown = 'ring 415•••0123, +1415•••0124 or 415•••0123 at 5:30';
  expect(await answered(body)).toEqual({ text: shown, parameters: { ...body.parameters, Text: shown } });
  expect(await answered(body, { isWhole: true, virtual: [] })).toEqual(body);
  const isOwn = (number: string) => number.endsWith('4155550123');
  expect(maskOthers({ text: '(415) 555-0123, 415 555 0124' }, isOwn, [])).toEqual({
    text: '(415) 555-0123, 415•••0124',
  });
});

it('URLs that we make stay as they lead', async () => {
  const at = 'https://a.example/v1/Account/MA123456789012345678';
  const body = {
    first_party_resource_url: `${at}/Call/12345678-1234-4234-8234-123456789012`,
    signed_url: `${at}/answer`,
  };
  expect(await answered(body)).toEqual(body);
});

it("a person's own number is whole in them, in whatever spelling, and nobody else's", () => {
  const isOwn = (number: string) => number.endsWith('4155550123');
  const url = 'https://a.example/?to=%2B1-415-555-0124&from=1.415.555.0123';
  expect(maskOthers({ url }, isOwn, [])).toEqual({ url: 'https://a.example/?to=+1415•••0124&from=1.415.555.0123' });
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
