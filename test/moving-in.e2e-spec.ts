import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { masking, type Ended } from './support/command-line.js';
import { describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

interface Result {
  dry_run: boolean;
  imported: number;
  unchanged: number;
  skipped: number;
  warnings: string[];
  refused: { source: string; code: string; detail: string }[];
  sessions: { source_id: string; session_uuid: string; unique_name: string | null }[];
}

let phones = 4155570000;
const phone = (): string => `+1${(phones += 1)}`;
let sids = 0;
const sid = (kind: string): string => kind + String((sids += 1)).padStart(32, 'a');

describeOnEachService('moving in', (start) => {
  let service: Service;
  let folder: string;
  let numbers: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'masking-moving-'));
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000', LOG_LEVEL: 'silent' } });
    const pool = await service.admin<{ items: { number: string }[] }>('GET', '/numbers?country=US');
    numbers = pool.body.items.map(({ number }) => number);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (kind: string, content: string | Buffer, ...more: string[]): Promise<Ended> => {
    const file = join(folder, 'sessions.json');
    writeFileSync(file, content);
    const env = { MASKING_URL: service.baseUrl, MASKING_TOKEN: service.adminToken };
    return masking(['import', kind, file, '--account', service.authId, ...more], { env });
  };
  const json = async (kind: string, content: string | Buffer, ...more: string[]): Promise<[number | null, Result]> => {
    const { code, stdout } = await run(kind, content, ...more, '--json');
    return [code, JSON.parse(stdout) as Result];
  };
  const read = async (uuid = '') =>
    (await service.sessions<{ response: Record<string, unknown> }>('GET', `/${uuid}/`)).body.response;
  const at = (ms: number): string => new Date(service.clock.now() + ms).toISOString();

  describe('from Plivo', () => {
    const session = (more: Record<string, unknown> = {}) => ({
      session_uuid: randomUUID(),
      first_party: phone().slice(1),
      second_party: phone().slice(1),
      virtual_number: numbers[0]?.slice(1),
      status: 'active',
      expiry_time: at(3_600_000)
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' +0000 UTC'),
      interaction: [{ start_time: 'x"]}' }],
      ...more,
    });
    const page = (...objects: object[]) => ({ api_id: 'x', response: { meta: { limit: 20 }, objects } });

    it('takes pages one behind the other, lists, lines and single answers', async () => {
      const [one, two, three, four, five] = Array.from({ length: 5 }, () => session());
      const text = [
        page(one as object, session({ status: 'expired' })),
        [page(two as object)],
        [three],
        four,
        { response: five },
      ]
        .map((value, place) => JSON.stringify(value, null, place % 2))
        .join('\n');
      expect(await json('plivo', text)).toEqual([0, expect.objectContaining({ imported: 5, skipped: 1, refused: [] })]);
      for (const { session_uuid: uuid } of [one, two, three, four, five] as { session_uuid: string }[])
        expect(await read(uuid)).toMatchObject({ session_uuid: uuid, status: 'active' });
      const again = await run('plivo', text);
      expect(again).toMatchObject({ code: 0, stdout: '0 imported, 5 were there, 1 over already.\n' });
    });

    it('lists all that is in the way, and imports nothing of the file', async () => {
      const good = session();
      const bad = session({ virtual_number: '12025559999', first_party: good.second_party });
      const ended = await run('plivo', JSON.stringify([good, bad, { colour: 1 }]));
      expect(ended.code).toBe(1);
      expect(ended.stdout).toMatch(
        new RegExp(`session 3 +invalid_parameter .*\n${bad.session_uuid} +number_not_found`),
      );
      expect(ended.stderr).toContain('nothing was imported: 2 sessions are refused');
      for (const secret of ['2025559999', good.first_party, good.second_party])
        expect(ended.stdout + ended.stderr).not.toContain(secret);
      expect(await read(good.session_uuid)).toBeUndefined();
      expect(await json('plivo', JSON.stringify(good), '--dry-run')).toEqual([
        0,
        expect.objectContaining({ dry_run: true, imported: 1 }),
      ]);
      expect(await read(good.session_uuid)).toBeUndefined();
    });

    it.each([
      ['nothing', '', 0],
      ['no JSON', 'session_uuid,first_party', 1],
      ['half a page', '{"response":{"objects":[{"session_uuid":', 1],
      ['depth', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 1],
      ['a text', '"x"', 1],
      ['bytes that are no text', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 1],
    ])('%s ends with a sentence', async (_, content, code) => {
      const ended = await run('plivo', content);
      expect(ended.code).toBe(code);
      expect(ended.stderr).not.toMatch(/ at |Error:/);
    });
  });

  describe("from Twilio's Proxy", () => {
    const made = (more: Record<string, unknown> = {}, proxies = [numbers[0], numbers[0]]) => {
      const session = {
        sid: sid('KC'),
        unique_name: `job ${sids}`,
        status: 'open',
        mode: 'voice-only',
        ttl: 0,
        date_expiry: at(3_600_000),
        date_created: at(-60_000),
        ...more,
      };
      const participants = proxies.map((proxy, place) => ({
        sid: sid('KP'),
        session_sid: session.sid,
        identifier: phone(),
        proxy_identifier: proxy,
        date_created: at(place * 1000 - 60_000),
        date_deleted: null,
      }));
      return { session, participants };
    };
    const text = (...all: ReturnType<typeof made>[]): string =>
      [
        { meta: { key: 'sessions' }, sessions: all.map(({ session }) => session) },
        ...all.map(({ participants }) => ({ participants: participants.toReversed() })),
        { interactions: [{ sid: sid('KI') }] },
      ]
        .map((page) => JSON.stringify(page))
        .join('\n');

    it('keeps number and end under a uuid that follows from the SID, and says which', async () => {
      const one = made();
      const endless = made({ date_expiry: null });
      const [code, told] = await json('twilio-proxy', text(one, endless, made({ status: 'closed' })));
      expect([code, told]).toEqual([0, expect.objectContaining({ imported: 2, skipped: 1 })]);
      const [mapped] = told.sessions;
      expect(mapped).toMatchObject({ source_id: one.session.sid, unique_name: one.session.unique_name });
      const [first, second] = one.participants.map(({ identifier }) => identifier);
      expect(await read(mapped?.session_uuid)).toMatchObject({
        first_party: first?.slice(1),
        second_party: second?.slice(1),
      });
      expect(await read(told.sessions[1]?.session_uuid)).toMatchObject({ expiry_time: '', session_expiry: 0 });
      expect((await json('twilio-proxy', text(one, endless)))[1]).toMatchObject({
        imported: 0,
        unchanged: 2,
        sessions: told.sessions,
      });
    });

    it('counts a ttl from the last interaction', async () => {
      const one = made({ date_expiry: null, ttl: 7200, date_last_interaction: '2100-01-01T00:00:00Z' });
      const over = made({ date_expiry: null, ttl: 60, date_created: '2020-01-01T00:00:00Z' });
      const [, told] = await json('twilio-proxy', text(one, over));
      expect(told).toMatchObject({ imported: 1, skipped: 1, warnings: [expect.stringContaining('ttl')] });
      expect(await read(told.sessions[0]?.session_uuid)).toMatchObject({
        expiry_time: '2100-01-01 02:00:00 +0000 UTC',
        session_expiry: 7200,
      });
    });

    it('refuses what has no likeness here, by SID', async () => {
      const two = made({}, [numbers[0], numbers[1]]);
      const alone = made({}, [numbers[0]]);
      const texts = made({ mode: 'message-only' });
      const fine = made();
      const [code, told] = await json('twilio-proxy', text(two, alone, texts, fine));
      expect(code).toBe(1);
      expect(told.refused.map(({ source, code: why }) => [source, why])).toEqual([
        [two.session.sid, 'two_numbers'],
        [alone.session.sid, 'invalid_parameter'],
        [texts.session.sid, 'invalid_parameter'],
      ]);
      expect(await read(told.sessions[0]?.session_uuid)).toBeUndefined();
      expect((await json('twilio-proxy', text(two, fine), '--two-numbers', 'leave-out'))[1]).toMatchObject({
        imported: 1,
        skipped: 1,
      });
    });

    it('with a session on each of two numbers both reach the other phone, from either side', async () => {
      const two = made({}, [numbers[0], numbers[1]]);
      const [, told] = await json('twilio-proxy', text(two), '--two-numbers', 'two-sessions');
      expect(told).toMatchObject({
        imported: 2,
        sessions: [{ source_id: two.session.sid }, { source_id: two.session.sid }],
      });
      const [first = '', second = ''] = two.participants.map(({ identifier }) => identifier);
      const plivo = simulatedPlivo(() => service);
      for (const number of numbers.slice(0, 2)) {
        await plivo.talk(first, number, second, 1);
        await plivo.talk(second, number, first, 1);
      }
    });
  });
});
