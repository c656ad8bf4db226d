import { beforeEach, expect, it } from '@jest/globals';
import { FakeClock } from './support/ground.js';
import { describeOnEachService, type Service } from './support/service.js';

const AMY = '14155550123';
const BEN = '14155550102';
const DAY_MS = 86_400_000;

// A viewer sees +1415•••0123, and may look a number up that a customer has told. Three digits are soon tried out.
describeOnEachService('a number that an operator may not see whole', (start) => {
  let service: Service;
  let clock: FakeClock;
  let names = 0;

  beforeEach(async () => {
    clock ??= new FakeClock();
    if (!service) {
      service = await start({ clock });
      await service.addNumbers(['12025550177']);
      await service.sessions('POST', '/', { first_party: AMY, second_party: BEN });
    }
  });

  const operator = async (role: string): Promise<string> => {
    const made = await service.admin<{ token: string }>('POST', '/operators', { name: `op${(names += 1)}`, role });
    return made.body.token;
  };
  const ask = (token: string, path: string, query: Record<string, string>) =>
    service.request<Record<string, never> & { items?: unknown[]; people?: unknown[]; detail?: string }>(
      `/admin${path}?${new URLSearchParams(query).toString()}`,
      { headers: { authorization: `Bearer ${token}` }, as: null },
    );
  const guess = (digit: number): string => `+1415${200 + digit}0123`;

  it('is found by who has been told it, in whatever spelling', async () => {
    const token = await operator('viewer');
    for (const q of [AMY, '+1 (415) 555-0123', '001 415 555 0123', '0123', BEN])
      expect((await ask(token, '/search', { q })).body).toMatchObject({ people: [expect.anything()] });
  });

  it.each([
    ['viewer', '/search', 'q'],
    ['viewer', '/sessions', 'party'],
    ['viewer', '/sessions/count', 'party'],
    ['viewer', '/messages', 'party'],
    ['viewer', '/calls', 'dialled'],
    ['finance', '/calls', 'party'],
  ])(
    'is not tried out by %s at %s?%s: ten that end alike a day, and the audit tells of the attempt once',
    async (role, path, name) => {
      const token = await operator(role);
      const tried = async (digit: number) => (await ask(token, path, { [name]: guess(digit) })).status;
      for (let digit = 0; digit < 10; digit += 1) expect(await tried(digit)).toBe(200);
      for (const digit of [10, 555]) expect(await tried(digit)).toBe(403);
      // The same again is no news, and another ending another number.
      expect(await tried(3)).toBe(200);
      expect((await ask(token, path, { [name]: BEN })).status).toBe(200);

      const audit = await service.admin<{ items: { actor: string }[] }>('GET', `/audit?actor=op${names}`);
      expect(audit.body.items).toMatchObject([{ action: 'numbers.guessed', target: `GET /admin${path}` }]);
      expect(audit.text).not.toContain('0123');
      clock.advance(DAY_MS);
      expect(await tried(555)).toBe(200);
    },
  );

  it.each(['50123', '550123', '5-0123', '９0123'])(
    'is not told digit by digit: %s is read as its last four',
    async (q) => {
      const found = await ask(await operator('viewer'), '/search', { q });
      expect(found.body['read_as']).toContain('the last 4 digits');
      const wrong = await ask(await operator('viewer'), '/sessions', { party: `9${q}`.slice(-5) });
      expect(wrong.body.items).toHaveLength(1);
    },
  );

  it('is looked up as often as they like by those who may see it whole', async () => {
    const token = await operator('support');
    for (let digit = 0; digit < 12; digit += 1)
      expect((await ask(token, '/search', { q: guess(digit) })).status).toBe(200);
    expect((await ask(token, '/search', { q: '60123' })).body).toMatchObject({ people: [] });
  });
});
