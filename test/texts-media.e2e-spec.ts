import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Config } from '../src/platform/settings/config.js';
import { Database } from '../src/platform/database/database.js';
import { describeOnEachService, type Service } from './support/service.js';
import { openWithTexts, texters, turnTextsOn, type ArrivedText } from './support/texts.js';

const [ANA, RAVI] = ['+14155551001', '+14155551002'];
type WithMedia = ArrivedText & { media?: { type: string; content: string }[] };

describeOnEachService('pictures over a virtual number', (start) => {
  let service: Service;
  let database: Database;
  const phones = texters(() => service);

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    database = service.app.get(Database);
    await turnTextsOn(database, service.authId, { messaging_media: true });
    service.clock.advance(6000);
    expect((await service.admin('POST', `/numbers/sync?account=${service.authId}`)).status).toBe(200);
  });
  beforeEach(async () => {
    await phones.control('POST', '/reset');
    await phones.control('DELETE', '/faults');
  });

  const open = () => openWithTexts(service, { first_party: ANA, second_party: RAVI });
  const rows = (sql: string): Promise<Record<string, unknown>[]> => database.read((manager) => manager.query(sql));
  const until = async <T>(look: () => Promise<T>, isRight: (found: T) => boolean): Promise<T> => {
    const endsAt = performance.now() + 15_000;
    for (;;) {
      const found = await look();
      if (isRight(found)) return found;
      if (performance.now() > endsAt) throw new Error(`not so within 15 s: ${JSON.stringify(found)}`);
      await new Promise((resume) => setTimeout(resume, 20));
    }
  };
  const media = () => rows('SELECT status, reason, at_plivo FROM text_media ORDER BY created_at, position');
  const settled = () =>
    until(
      media,
      (all) => all.length > 0 && all.every(({ status, at_plivo }) => status === 'deleted' && at_plivo !== 'there'),
    );
  const stored = (): string[] =>
    readdirSync(join(service.app.get(Config).dataDir, 'recordings'), { recursive: true, encoding: 'utf8' }).filter(
      (name) => name !== 'parts',
    );
  /** The links that Plivo was given. */
  const links = async (): Promise<string[]> => {
    const sent = (await phones.messages()).filter(({ direction }) => direction === 'outbound');
    return sent.flatMap((one) => (one['request'] as { media_urls?: string[] }).media_urls ?? []);
  };

  it('arrive both ways without a word of who made them, and are gone then, here and at Plivo', async () => {
    const { uuid, number } = await open();
    for (const [from, to] of [
      [ANA, RAVI],
      [RAVI, ANA],
    ] as const) {
      await phones.write(from, number, 'look', { media: ['jpg', 'png', 'gif', 'mp4'] });
      const [arrived] = (await phones.arrived(to, 1)) as WithMedia[];
      expect(arrived).toMatchObject({ from: number, text: 'look' });
      expect(arrived?.media?.map(({ type }) => type)).toEqual(['image/jpeg', 'image/png', 'image/gif', 'video/mp4']);
      for (const { content } of arrived?.media ?? [])
        expect(Buffer.from(content, 'base64').includes(from.slice(1))).toBe(false);
    }
    await settled();
    const { body: whole } = await service.admin<{ texts: { person: string; pictures: object[] }[] }>(
      'POST',
      '/people/export',
      { number: ANA },
    );
    expect(whole.texts.map(({ person, pictures }) => [person, pictures.length])).toEqual([
      ['wrote', 4],
      ['was sent', 4],
    ]);
    expect(whole.texts[0]?.pictures[0]).toEqual({
      status: 'deleted',
      reason: null,
      format: 'jpg',
      bytes: null,
      at_plivo: 'gone',
      came_at: expect.any(String),
      kept_until: null,
    });
    expect(stored()).toEqual([]);
    const requests = await phones.control<{ by_kind: Record<string, number> }>('GET', '/api-requests');
    expect(requests.by_kind).toMatchObject({ 'GET MessageMedia/:media': 8, 'DELETE Message/:uuid/Media/:media': 8 });

    const { body } = await service.request<{ objects: object[] }>(
      `/v1/Account/${service.authId}/Masking/Session/${uuid}/Message/`,
    );
    expect(body.objects).toMatchObject([
      { type: 'mms', media_count: 4, state: 'delivered', units: 2, amount: 0.024 },
      { type: 'mms', media_count: 4, state: 'delivered' },
    ]);
    const logs = service.logs();
    expect(logs).not.toMatch(/v1\/Media\/[0-9a-f]{8}/);
    for (const word of ['signature=', ANA.slice(1), RAVI.slice(1)]) expect(logs).not.toContain(word);
  });

  it('are handed out by their link alone, as what they are, and to nobody when it is over', async () => {
    const { number } = await open();
    await phones.control('PUT', '/settings', { text_reports: 'up-to-sent' });
    await phones.write(ANA, number, '', { media: ['jpg'] });
    await phones.arrived(RAVI, 1);
    const [link = ''] = await links();
    const { pathname, search } = new URL(link);
    const get = async (path: string, method = 'GET') => {
      const { status, headers, text } = await service.request(path, { method, as: null });
      return { status, headers, text };
    };
    const seen = await get(pathname + search);
    expect(seen.status).toBe(200);
    for (const { headers } of [seen, await get(pathname + search, 'HEAD')])
      expect(headers).toMatchObject({
        'content-type': 'image/jpeg',
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-store',
        'content-length': expect.stringMatching(/^\d{2,}$/),
      });
    for (const wrong of [
      pathname,
      pathname + search.replace(/signature=(.)/, (_, first) => `signature=${first === 'A' ? 'B' : 'A'}`),
      pathname + search.replace(/expires=\d+/, 'expires=9999999999'),
      pathname.replace('.jpg', '.png') + search,
      pathname.replace(/Media\/(.)/, (_, first) => `Media/${first === 'f' ? 'e' : 'f'}`) + search,
    ])
      expect(await get(wrong)).toMatchObject({ status: 404 });
    service.clock.advance(21 * 60_000);
    expect(await get(pathname + search)).toMatchObject({ status: 404 });
  });

  it('go over numbers that have them, and a session is lent another where there is none', async () => {
    const lent = async (pair: number): Promise<string> => {
      const body = { first_party: `+1415555400${pair}`, second_party: `+1415555410${pair}`, messaging: true };
      const { body: answer } = await service.sessions<{ session: Record<string, string> }>('POST', '', body);
      return answer.session['virtual_number'] ?? '';
    };
    const have = (sql: string) =>
      database.transaction((tx) => tx.query(`UPDATE virtual_number SET has_mms = CASE WHEN ${sql} THEN 1 ELSE 0 END`));
    await have("number = '14155550102'");
    expect(await lent(1)).toBe('14155550102');
    await have('1 = 0');
    expect(await lent(2)).toMatch(/^141555501/);
    await have("number LIKE '1%'");
  });

  it.each<[what: string, world: object, faults: object, media: string[]]>([
    ['late', {}, { status: 404, times: 2, only: ['GET MessageMedia/:media'] }, ['png']],
    ['broken off', {}, { truncate: true, times: 1, only: ['GET MessageMedia/:media'] }, ['png']],
    ['numbered from 1, and cannot be deleted', { media_numbering: 'from-1', media_delete: 'refused' }, {}, ['png']],
  ])('come where they are %s', async (_, world, api, kinds) => {
    const { number } = await open();
    await phones.control('PUT', '/settings', world);
    await phones.control('POST', '/faults', { api });
    await phones.write(ANA, number, 'in the end', { media: kinds });
    await until(
      () => rows("SELECT attempts FROM text_media WHERE status = 'fetching'"),
      () => true,
    );
    for (let second = 0; second < 40; second += 1) {
      service.clock.advance(1000);
      if (((await phones.arrived(RAVI)) as WithMedia[]).length > 0) break;
      await new Promise((resume) => setTimeout(resume, 50));
    }
    const [arrived] = (await phones.arrived(RAVI, 1)) as WithMedia[];
    expect(arrived?.media).toHaveLength(1);
  });

  it.each([
    ['vcf', '1'],
    ['big', '2'],
    ['broken', '3'],
  ])('stay behind where they cannot be cleaned or are too big, and the words go on (%s)', async (kind, pair) => {
    const [first, second] = [`+1415555300${pair}`, `+1415555310${pair}`];
    const body = { first_party: first, second_party: second, messaging: true, session_expiry: 3600 };
    const { body: answer } = await service.sessions<{ session: Record<string, string> }>('POST', '', body);
    const number = answer.session['virtual_number'] ?? '';
    await phones.write(first, number, 'words', { media: [kind] });
    expect(await phones.arrived(second, 1)).toMatchObject([{ text: 'words' }]);
    expect(((await phones.arrived(second)) as WithMedia[])[0]?.media).toBeUndefined();
    expect(await phones.arrived(first, 1)).toMatchObject([{ text: 'Pictures cannot be passed on.' }]);
  });

  it('of a text that goes no further are not looked at, and are gone at Plivo', async () => {
    const { number } = await open();
    const asked = async (kind: string): Promise<number> =>
      (await phones.control<{ by_kind: Record<string, number> }>('GET', '/api-requests')).by_kind[kind] ?? 0;
    const [DELETE, GET] = ['DELETE Message/:uuid/Media/:media', 'GET MessageMedia/:media'];
    const before = [await asked(DELETE), await asked(GET)];
    await phones.write('+14155559999', number, 'who are you', { media: ['jpg', 'png'] });
    await until(
      async () => (await asked(DELETE)) - (before[0] ?? 0),
      (deletes) => deletes === 2,
    );
    await until(
      () => rows("SELECT id FROM text_media WHERE at_plivo = 'there' OR status = 'deleting'"),
      (left) => left.length === 0,
    );
    expect(await asked(GET)).toBe(before[1]);
    expect(await phones.arrived(RAVI)).toEqual([]);
  });
});
