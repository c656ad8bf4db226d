import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Crypto, type SealedPlace } from '../src/platform/crypto/crypto.js';
import { Database } from '../src/platform/database/database.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { personOf } from '../src/telephony/identity.js';
import type { E164 } from '../src/telephony/phone.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';
import { tracesInTables } from './support/traces.js';

/** One phone in two spellings; the second is how people at home write it. */
const [ANA, ANA_TOO] = ['+5491166771234', '+541166771234'];
const [RAVI, ASHA, ELSA] = ['+14155550124', '+14155550123', '+14155550125'];
/** What both spellings have in common. */
const LOCAL = '1166771234';
/** As people write it. */
const WRITTEN = '+54 (911) 6677-1234';

interface Counts {
  sessions: number;
  calls: number;
  recordings: number;
  callbacks: number;
  texts: number;
}
interface Erasure {
  status: string;
  found: Counts;
  erased: Counts;
  waiting: Record<string, number> | null;
}
const NOTHING: Counts = { sessions: 0, calls: 0, recordings: 0, callbacks: 0, texts: 0 };

describeOnEachService('a person', (start) => {
  let service: Service;
  let canaries: string[];

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator', WORKER_POLL_MS: '60000' } });
    const index = service.app.get(Crypto).index(AUTH_ID, 'party', personOf(ANA.slice(1) as E164));
    canaries = [LOCAL, index];
    // What is spent is told of today alone, and some facts take three quarters of an hour of the moved clock.
    if (new Date().getUTCHours() >= 22) await advance(3 * 3600);
    const settings = { minute_fee: '0.01', session_fee: '0.25', daily_destinations: 1000, max_rate_per_minute: '1' };
    expect(
      (await service.admin('PATCH', `/accounts/${AUTH_ID}/settings`, { ...settings, daily_spend_cap: '1000' })).status,
    ).toBe(200);
  });

  const { act, bridged, call, control, prepare, ringing, settled, talk, ...plivo } = simulatedPlivo(() => service);
  const runDue = () => service.app.get(Jobs).runDue();
  const advance = async (seconds: number) => {
    await plivo.advance(seconds);
    await runDue();
  };
  const traces = () => tracesInTables(service.dataSource, canaries);
  const people = <Body>(what: string, body: unknown) => service.admin<Body>('POST', `/people/${what}`, body);
  const found = async (number: string): Promise<Counts> =>
    (await people<{ found: Counts }>('find', { number })).body.found;
  const erasure = async (id: string) => (await service.admin<Erasure>('GET', `/people/erasures/${id}`)).body;

  async function open(body: Record<string, unknown>, headers: Record<string, string> = {}) {
    const made = await service.sessions<{ session_uuid: string; virtual_number: string }>(
      'POST',
      '/',
      { geomatch: false, ...body },
      {
        headers,
      },
    );
    if (made.status !== 201) throw new Error(made.text);
    return made.body;
  }

  async function ordered(number = WRITTEN): Promise<string> {
    const answer = await people<{ erasure_id: string }>('erase', { number });
    expect([answer.status, Object.keys(answer.body)]).toEqual([202, ['erasure_id']]);
    return answer.body.erasure_id;
  }

  /** Passes time until it is over. */
  async function over(id: string): Promise<Erasure> {
    for (let look = 0; ; look += 1) {
      await runDue();
      const now = await erasure(id);
      if (now.status !== 'running' || look === 40) return now;
      await advance(5);
    }
  }

  /** All sums that are kept, whoever asks for them. */
  async function sums(): Promise<string[]> {
    const texts: string[] = [];
    for (const group of ['day', 'hour', 'number', 'account', 'country'])
      for (const format of ['json', 'csv'])
        texts.push((await service.admin('GET', `/stats?group_by=${group}&format=${format}`)).text);
    texts.push((await service.admin('GET', `/accounts/${AUTH_ID}/spend`)).text);
    await service.admin('POST', '/stats/recount');
    await runDue();
    const { last } = (await service.admin<{ last: Record<string, unknown> }>('GET', '/stats/recount')).body;
    const { call_differences, session_differences, sum_differences } = last;
    return [...texts, JSON.stringify({ call_differences, session_differences, sum_differences })];
  }

  /** Leaves traces of Ana wherever the service keeps any. Returns what is asked about afterwards. */
  async function lived() {
    const key = randomUUID();
    const url = `https://customer.example.com/told?of=${ANA_TOO.slice(1)}`;
    const first = { first_party: ANA, second_party: RAVI, record: true, session_expiry: 86_400, callback_url: url };
    const recorded = await open(first, { 'idempotency-key': key });
    await talk(ANA_TOO, recorded.virtual_number, RAVI, 42);
    await advance(40);

    const spelt = await open({ first_party: ASHA, second_party: ANA_TOO, session_expiry: 60 });
    await talk(ASHA, spelt.virtual_number, ANA_TOO, 10);
    await service.sessions('DELETE', `/${spelt.session_uuid}/`);

    const pin = {
      is_pin_authentication_required: true,
      pin_prompt_play: 'https://files.example.com/prompt.mp3',
      pin_retry: 2,
      first_party_pin: '1234',
      second_party_pin: '5678',
    };
    // On numbers where Ana has no place: Ravi has one on the first.
    const guarded = await open({ first_party: RAVI, second_party: ELSA, session_expiry: 86_400, ...pin });
    await prepare(ANA, { types: ['9999#', '8888#'] });
    const guess = await call(ANA, guarded.virtual_number);
    for (let look = 0; look < 8; look += 1) await advance(10);
    await act(ANA, 'hangup').catch(() => undefined);
    await settled(guess);
    await prepare(ANA, { types: [] });

    const single = { create_session_with_single_party: true, second_party: '', session_expiry: 86_400 };
    const seat = await open({ first_party: RAVI, ...single });
    await talk(ANA, seat.virtual_number, RAVI, 5);
    const left = await open({ first_party: ANA, ...single });
    const changed = await service.sessions('POST', `/${left.session_uuid}/`, { first_party: ASHA });
    expect(changed.status).toBe(200);

    const common = { From: ANA_TOO, To: seat.virtual_number, Direction: 'inbound', CallStatus: 'ringing' };
    const refused = { ...common, CallUUID: randomUUID() };
    await service.webhook('/answer', refused, { nonce: 'answered-once' });
    const ended = {
      ...refused,
      Event: 'Hangup',
      CallStatus: 'completed',
      Duration: '0',
      HangupCauseName: `ask ${WRITTEN}`,
    };
    await service.webhook('/hangup', ended, { nonce: 'ended-once' });
    await service.webhook('/answer', { ...refused, CallUUID: randomUUID() }, { token: 'wrong' });

    const wished = await open({ first_party: ANA, second_party: ELSA, initiate_call_to_first_party: true });
    await runDue();
    await ringing(ANA);
    await act(ANA, 'decline');
    for (let look = 0; look < 5; look += 1) await advance(130);
    return { key, first, recorded, guarded, seat, refused, ended, wished };
  }

  it('that nobody knows is found nowhere, and erased at once', async () => {
    expect(await people('find', { number: '+4930901820' })).toMatchObject({
      status: 200,
      body: { found: NOTHING, sessions: [] },
    });
    const id = await ordered('+4930901820');
    expect(await over(id)).toMatchObject({ status: 'done', found: NOTHING, erased: NOTHING, waiting: null });
  });

  describe('with a life here', () => {
    let life: Awaited<ReturnType<typeof lived>>;
    let before: string[];
    let counts: Counts;

    beforeAll(async () => {
      life = await lived();
      before = await sums();
    });

    it('is found in every spelling, masked, and with what there is', async () => {
      const [one, other, written] = [
        await people<Record<string, unknown>>('find', { number: ANA }),
        await found(ANA_TOO),
        await found(WRITTEN),
      ];
      expect([other, written]).toEqual([one.body['found'], one.body['found']]);
      counts = other;
      expect(counts).toMatchObject({ sessions: 3, recordings: 1, texts: 0 });
      expect(counts.calls).toBeGreaterThanOrEqual(5);
      expect(counts.callbacks).toBeGreaterThan(5);
      expect(one.text).not.toContain(LOCAL);
      expect(one.body['sessions']).toHaveLength(3);
      expect((await people('find?reveal=true', { number: ANA })).text).toContain(ANA);
      expect(await people<{ found: Counts }>('find', { number: ANA, account: 'MANOBODYNOBODYNOBODY' })).toMatchObject({
        status: 404,
      });
    });

    it('has left traces all over, none of them in clear but in what its customer wrote', async () => {
      const all = await traces();
      expect(Object.keys(all).sort()).toEqual(
        expect.arrayContaining([
          'daily_destination.party_index',
          'masked_call.caller_index',
          'masked_call.dialled_index',
          'masking_session.first_index',
          'masking_session.second_index',
          'number_assignment.party_index',
          'pin_failure.caller_index',
        ]),
      );
    });

    it('is exported whole, with the numbers of others masked', async () => {
      const exported = await people<Record<string, unknown[]>>('export', { number: ANA_TOO });
      expect(exported.status).toBe(200);
      expect(exported.headers['content-disposition']).toContain('attachment');
      expect(exported.text).toContain(ANA);
      for (const other of [RAVI, ASHA, ELSA]) expect(exported.text).not.toContain(other.slice(1));
      const { sessions, other_calls: others, other_traces: rest, categories } = exported.body;
      expect([sessions?.length, rest?.length]).toEqual([counts.sessions, 1]);
      const calls = (sessions as { calls: unknown[]; recordings: unknown[]; callbacks: unknown[] }[]).flatMap(
        (one) => one.calls,
      );
      expect(calls.length + (others?.length ?? 0)).toBe(counts.calls);
      const recordings = (sessions as { recordings: { fetch: string }[] }[]).flatMap((one) => one.recordings);
      expect(recordings.map(({ fetch }) => fetch)).toEqual([
        expect.stringMatching(/^GET http.*\/Recording\/.*\.mp3 with/),
      ]);
      expect(rest).toMatchObject([
        { wrong_pins_counted: expect.any(Number), calls_being_placed: 0, virtual_numbers: expect.any(Array) },
      ]);
      expect(categories?.length).toBeGreaterThan(5);
    });

    it('is erased: no number, no index and no text is left in any table, and every sum is as before', async () => {
      await control('POST', '/faults', { api: { status: 500, only: ['DELETE Recording/:id'], times: 2 } });
      const id = await ordered();
      await runDue();
      await runDue();
      const early = await erasure(id);
      expect(early).toMatchObject({ status: 'running', found: counts });
      await advance(25);
      // Plivo has refused to delete the recording, and is asked again.
      expect(await erasure(id)).toMatchObject({ status: 'running', waiting: { recordings: expect.any(Number) } });
      const done = await over(id);
      expect(done).toMatchObject({ status: 'done', found: counts, erased: counts, waiting: null });
      expect(await traces()).toEqual({});
      expect(await found(ANA)).toEqual(NOTHING);
      expect(await sums()).toEqual(before);
    });

    it("is in no row that was sealed about it: sessions are gone, calls are nobody's", async () => {
      for (const { session_uuid: uuid } of [life.recorded, life.wished])
        expect((await service.sessions('GET', `/${uuid}/`)).status).toBe(404);
      const { crypto, rows } = {
        crypto: service.app.get(Crypto),
        rows: (sql: string) => service.dataSource.query<Record<string, string>[]>(sql),
      };
      for (const row of await rows('SELECT * FROM masked_call')) {
        const place = (column: 'caller' | 'dialled' | 'answer'): SealedPlace => ({
          column: `masked_call.${column}`,
          row: row['id']!,
          account: AUTH_ID,
        });
        for (const column of ['caller', 'dialled', 'answer'] as const)
          if (row[column]) expect(crypto.open(place(column), row[column]!)).not.toContain(LOCAL);
      }
      for (const row of await rows('SELECT * FROM callback')) {
        for (const column of ['url', 'body'] as const) {
          const place: SealedPlace = { column: `callback.${column}`, row: row['id']!, account: AUTH_ID };
          expect(crypto.open(place, row[column]!)).not.toContain(LOCAL);
        }
      }
      for (const row of await rows('SELECT * FROM idempotency_key WHERE answer_body IS NOT NULL')) {
        const place: SealedPlace = {
          column: 'idempotency_key.answer_body',
          row: row['key_hash']!,
          account: row['owner']!,
        };
        expect(crypto.open(place, row['answer_body']!)).not.toContain(LOCAL);
      }
      expect(await rows('SELECT person FROM erasure WHERE person IS NOT NULL')).toEqual([]);
    });

    it('leaves the sessions of others as they were', async () => {
      for (const { session_uuid: uuid } of [life.guarded, life.seat]) {
        const read = await service.sessions('GET', `/${uuid}/`);
        expect([read.status, JSON.stringify(read.body)]).toEqual([200, expect.stringContaining('active')]);
      }
    });

    it('is not brought back by what comes late: webhooks, records, a create that is repeated', async () => {
      expect((await service.webhook('/answer', life.refused, { nonce: 'answered-once' })).text).not.toContain('Dial');
      await service.webhook('/hangup', { ...life.refused, Event: 'Hangup', HangupCauseName: `ask ${WRITTEN}` });
      for (let look = 0; look < 4; look += 1) await advance(400);
      const again = await service.sessions(
        'POST',
        '/',
        { geomatch: false, ...life.first },
        { headers: { 'idempotency-key': life.key } },
      );
      expect([again.status, again.body['session_uuid']]).toEqual([404, undefined]);
      expect(await traces()).toEqual({});
      expect(await found(ANA)).toEqual(NOTHING);
    });

    it('is not brought back, nor counted again, by a webhook that is repeated when all of its call is gone', async () => {
      const sumsBefore = await sums();
      for (const [table, column] of [
        ['masked_call', 'a_leg_uuid'],
        ['call_leg', 'leg_uuid'],
      ])
        await service.dataSource.query(`DELETE FROM ${table} WHERE ${column} = ?`, [life.refused.CallUUID]);
      expect((await service.webhook('/answer', life.refused, { nonce: 'answered-once' })).status).toBe(404);
      expect((await service.webhook('/hangup', life.ended, { nonce: 'ended-once' })).status).toBe(404);
      const legs = await service.dataSource.query('SELECT 1 FROM call_leg WHERE leg_uuid = ?', [life.refused.CallUUID]);
      expect([legs, await traces(), (await sums()).slice(0, -1)]).toEqual([[], {}, sumsBefore.slice(0, -1)]);
    });

    it('is erased a second time without anything being found', async () => {
      const answer = await service.admin<{ erasure_id: string }>('DELETE', `/people/${encodeURIComponent(ANA)}`);
      expect(answer.status).toBe(202);
      expect(await over(answer.body.erasure_id)).toMatchObject({ status: 'done', found: NOTHING, erased: NOTHING });
    });

    it('is named neither in the audit nor in the log', async () => {
      const audit = await service.admin('GET', '/audit?limit=200');
      expect(audit.text).toContain('people.exported');
      expect(audit.text).toContain('people.erased');
      for (const canary of canaries) {
        expect(audit.text).not.toContain(canary);
        expect(service.logs()).not.toContain(canary);
      }
    });
  });

  it('whose call is on is erased when it ends; what was found then goes with it', async () => {
    const session = await open({ first_party: ANA, second_party: RAVI, session_expiry: 86_400 });
    const uuid = await call(ANA, session.virtual_number);
    await ringing(RAVI);
    await act(RAVI, 'answer');
    await bridged(uuid);
    const id = await ordered();
    await runDue();
    await advance(60);
    expect(await erasure(id)).toMatchObject({ status: 'running', waiting: { calls: 1 } });
    // It has ended for everybody who calls anew.
    expect((await service.sessions('GET', `/${session.session_uuid}/`)).body).toMatchObject({
      response: { status: 'expired' },
    });
    await act(RAVI, 'hangup');
    await settled(uuid);
    expect(await over(id)).toMatchObject({ status: 'done', erased: { sessions: 1, calls: 1 } });
    for (let look = 0; look < 3; look += 1) await advance(130);
    expect(await traces()).toEqual({});
  });

  it('is told of by SessionTimeout when it ends early, and that keeps no number either', async () => {
    const session = await open({ first_party: ANA, second_party: RAVI, session_expiry: 86_400 });
    const done = await over(await ordered());
    expect(done).toMatchObject({ status: 'done', erased: { sessions: 1 } });
    const inbox = JSON.stringify(await control('GET', '/inbox'));
    expect(inbox).toContain('SessionTimeout');
    expect(inbox).toContain(session.session_uuid);
    expect(await traces()).toEqual({});
  });

  it('may be asked about by whom it concerns alone', async () => {
    const roles = {
      viewer: [403, 403, 403],
      finance: [403, 403, 403],
      support: [200, 403, 403],
      admin: [200, 200, 202],
    };
    for (const [role, statuses] of Object.entries(roles)) {
      const made = await service.admin<{ token: string }>('POST', '/operators', { name: `a ${role}`, role });
      const asked: number[] = [];
      for (const what of ['find', 'export', 'erase']) {
        const headers = { authorization: `Bearer ${made.body.token}` };
        const body = { number: '+4930901820' };
        asked.push(
          (await service.request(`/admin/people/${what}`, { method: 'POST', as: null, headers, body })).status,
        );
      }
      expect([role, asked]).toEqual([role, statuses]);
    }
  });

  it.each([
    ['no number', {}],
    ['a word', { number: 'Ana' }],
    ['no text', { number: 14_155_550_123 }],
    ['a field too many', { number: ANA, all: true }],
  ])('is not guessed from %s', async (_, body) => {
    for (const what of ['find', 'export', 'erase']) {
      const answer = await people(what, body);
      expect([answer.status, answer.text.includes(LOCAL)]).toEqual([400, false]);
    }
  });

  it('is nobody else: what has no country code is read in the country of the account, or refused', async () => {
    // Without the brackets a number of Switzerland begins so.
    const national = '(415) 555-0124';
    for (const what of ['find', 'export', 'erase']) {
      const answer = await people(what, { number: national });
      expect([what, answer]).toMatchObject([what, { status: 400, body: { code: 'invalid_request', param: 'number' } }]);
      expect(answer.text).toContain('expected +, country code and number');
    }
    const path = `/people/${encodeURIComponent(national)}`;
    expect(await service.admin('DELETE', path)).toMatchObject({ status: 400, body: { param: 'number' } });

    await open({ first_party: RAVI, second_party: ELSA });
    const settings = `/accounts/${AUTH_ID}/settings`;
    expect((await service.admin('PATCH', settings, { default_country: 'US' })).status).toBe(200);
    const asked = await people<{ found: Counts }>('find', { number: national, account: AUTH_ID });
    expect(asked.body.found).toEqual(await found(RAVI));
    expect(asked.body.found.sessions).toBeGreaterThan(0);
    await service.admin('PATCH', settings, { default_country: null });
  });

  it('is looked for where the number is of no country, as a caller may show one', async () => {
    expect((await people('find', { number: '+999 123 456 78' })).status).toBe(200);
  });

  it('is erased in the account that is named alone, and once for one key', async () => {
    const body = { number: ANA, account: AUTH_ID };
    const headers = { authorization: `Bearer ${service.adminToken}`, 'idempotency-key': randomUUID() };
    const ask = () =>
      service.request<{ erasure_id: string }>('/admin/people/erase', { method: 'POST', as: null, headers, body });
    const { body: first } = await ask();
    await over(first.erasure_id);
    expect((await ask()).body).toEqual(first);
    const [row] = await service.app
      .get(Database)
      .read((manager) =>
        manager.query<{ request_hash: string }[]>('SELECT request_hash FROM idempotency_key WHERE about = ?', [
          first.erasure_id,
        ]),
      );
    expect(row?.request_hash).toBe('');
    expect((await service.admin('GET', '/people/erasures/nobody')).status).toBe(404);
  });
});
