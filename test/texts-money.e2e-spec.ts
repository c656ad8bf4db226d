import { beforeAll, expect, it } from '@jest/globals';
import { Crypto } from '../src/platform/crypto/crypto.js';
import { Database } from '../src/platform/database/database.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { personOf } from '../src/telephony/identity.js';
import type { E164 } from '../src/telephony/phone.js';
import { PriceTexts, PurgeTexts } from '../src/texts/index.js';
import { describeOnEachService, type Service } from './support/service.js';
import { openWithTexts, texters, turnTextsOn } from './support/texts.js';
import { tracesInTables } from './support/traces.js';

const ANA = '+14155551001';
const RAVI = '+14155551002';
/** Whose phone is switched off. */
const OFF = '+14155551003';

interface Bill {
  messages: number;
  message_units: number;
  message_micros: number;
}
type Row = Record<string, string | number | null>;

const micros = (amount: unknown): number => Math.round(Number(amount) * 1_000_000);

describeOnEachService('what texts cost', (start) => {
  let service: Service;
  let database: Database;
  let session: { uuid: string; number: string };
  const phones = texters(() => service);

  const rows = (sql: string, parameters: unknown[] = []): Promise<Row[]> =>
    database.read((manager) => manager.query(sql, parameters));
  const until = async (sql: string, parameters: unknown[] = []): Promise<void> => {
    const endsAt = performance.now() + 15_000;
    while ((await rows(sql, parameters)).length === 0) {
      if (performance.now() > endsAt) throw new Error(`not so within 15 s: ${sql}`);
      await new Promise((resume) => setTimeout(resume, 20));
    }
  };
  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    database = service.app.get(Database);
    await turnTextsOn(database, service.authId, { message_fee: '0.001' });
    service.clock.advance(6000);
    expect((await service.admin('POST', `/numbers/sync?account=${service.authId}`)).status).toBe(200);
    await phones.control('PUT', '/settings', { text_carrier_rate: '0.003' });
    await phones.control('PUT', `/texts/${OFF.slice(1)}`, { state: 'failed' });

    session = await openWithTexts(service, { first_party: ANA, second_party: RAVI }, { session_expiry: 7200 });
    await phones.write(ANA, session.number, 'Ich bin da 👋');
    await phones.arrived(RAVI, 1);
    await phones.write(RAVI, session.number, 'a'.repeat(200));
    await phones.write('+14155559999', session.number, 'who are you');
    await phones.arrived(ANA, 1);
    const other = await openWithTexts(service, { first_party: ANA, second_party: OFF }, { session_expiry: 7200 });
    await phones.write(ANA, other.number, 'nobody there');
    await until("SELECT 1 FROM text_forward WHERE session_id = ? AND state = 'failed'", [other.uuid]);
    await until("SELECT COUNT(*) FROM text_forward WHERE state = 'delivered' HAVING COUNT(*) = 2");
    await phones.advance(660);
    await service.app.get(PriceTexts, { strict: false }).enqueue();
    await until('SELECT COUNT(*) FROM text_message WHERE carrier_fee IS NOT NULL HAVING COUNT(*) = 4');
    await until('SELECT COUNT(*) FROM text_forward WHERE carrier_fee IS NOT NULL HAVING COUNT(*) = 3');
  });

  it("is in statistics and recount what this Plivo's bill says, to the micro-unit", async () => {
    const bill = await phones.control<Bill>('GET', '/bill');
    const { body } = await service.admin<{ items: Row[] }>('GET', `/stats?group_by=account`);
    const [all] = body.items;
    expect(bill).toMatchObject({ messages: 7, message_units: 8 });
    expect(all).toMatchObject({ messages: 3, messages_delivered: 2, messages_failed: 1, message_units: 8 });
    expect(micros(all?.['message_amount']) - micros(all?.['message_fees'])).toBe(bill.message_micros);
    expect(all).toMatchObject({ amount: '0', message_fees: '0.003', total_amount: all?.['message_amount'] });

    // The one of every day has counted before all of this was known.
    await database.transaction((tx) => tx.query('DELETE FROM stat_recount'));
    await service.admin('POST', '/stats/recount');
    await until('SELECT 1 FROM stat_recount');
    const { body: recount } = await service.admin<{ last: Row }>('GET', '/stats/recount');
    expect(recount.last).toMatchObject({
      differences: 0,
      messages: 3,
      stats_messages: 3,
      message_amount: all?.['message_amount'],
      stats_message_amount: all?.['message_amount'],
    });
  });

  it('is shown by a session that has texts, and by no other', async () => {
    const { body } = await service.sessions<{ response: Row }>('GET', `/${session.uuid}`);
    expect(body.response).toMatchObject({
      messaging: true,
      total_message_count: 2,
      total_message_units: 6,
      total_message_amount: 0.0585,
      total_session_amount: 0.0585,
      total_call_amount: 0,
      interaction: null,
    });
    const admin = await service.admin<Row>('GET', `/sessions/${session.uuid}`);
    expect(admin.body).toMatchObject({ total_message_amount: '0.0585', total_session_amount: '0.0585' });
    const calls = await openWithTexts(service, { first_party: RAVI, second_party: OFF }, { messaging: false });
    const { text } = await service.sessions('GET', `/${calls.uuid}`);
    expect(text).not.toMatch(/messag(?!e":"Session)/);
  });

  const api = <Body>(path: string, as: 'account' | null = 'account') =>
    service.request<Body>(`/v1/Account/${service.authId}${path}`, as === null ? { as } : {});

  it("is shown of each text and of each of its legs, in Plivo's shape", async () => {
    const { body: list } = await service.sessions<{ meta: Row; objects: Row[] }>('GET', `/${session.uuid}/Message/`);
    expect(list.meta).toMatchObject({ total_count: 2, limit: 20, offset: 0 });
    const [second, first] = list.objects;
    expect(first).toMatchObject({
      direction: 'first_to_second',
      type: 'sms',
      units: 2,
      state: 'delivered',
      has_text: false,
    });
    expect(second).toMatchObject({ direction: 'second_to_first', units: 4, state: 'delivered', reason: null });
    const sum = list.objects.reduce((total, { amount }) => total + micros(amount), 0);
    expect(sum).toBe(58_500);

    const { body: inbound } = await api<Row>(`/Message/${first?.['message_uuid']}/`);
    expect(inbound).toMatchObject({
      message_direction: 'inbound',
      message_state: 'delivered',
      from_number: ANA.slice(1),
      to_number: session.number,
      total_amount: '0.00550',
      total_rate: '0.00550',
      carrier_fees: '0.00300',
      units: 1,
      error_code: null,
    });
    const [forwarded = ''] = (first?.['forward_message_uuids'] ?? []) as unknown as string[];
    const { body: outbound } = await api<Row>(`/Message/${forwarded}/`);
    expect(outbound).toMatchObject({
      message_uuid: forwarded,
      message_direction: 'outbound',
      from_number: session.number,
      to_number: RAVI.slice(1),
      total_amount: '0.00700',
      resource_uri: `/v1/Account/${service.authId}/Message/${forwarded}/`,
    });
    expect(outbound['message_time']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/);
    // As the record here, so the record there.
    const { body: theirs } = await service.request<Row>(
      `/simulator/v1/Account/${service.authId}/Message/${forwarded}/`,
    );
    for (const name of [
      'units',
      'total_amount',
      'carrier_fees',
      'from_number',
      'to_number',
      'message_state',
      'error_code',
    ])
      expect([name, outbound[name]]).toEqual([name, theirs[name]]);
  });

  it('is shown of no stranger, and to nobody else', async () => {
    const [stranger] = await rows("SELECT message_uuid FROM text_message WHERE reason = 'stranger'");
    const [own] = await rows("SELECT message_uuid FROM text_message WHERE decision = 'forward'");
    expect((await api(`/Message/${stranger?.['message_uuid']}/`)).status).toBe(404);
    expect((await api('/Message/5b40a428-bfc7-4daf-9d06-726c558bf3b8/')).status).toBe(404);
    expect((await api(`/Message/${own?.['message_uuid']}/`, null)).status).toBe(401);
    expect((await service.sessions('GET', '/0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f/Message/')).status).toBe(404);
    expect((await service.sessions('GET', `/${session.uuid}/Message/?limit=x`)).status).toBe(400);
  });

  it('is shown to operators by text, with numbers masked unless they say why', async () => {
    const { body, text } = await service.admin<{ items: Row[] }>('GET', `/messages?session=${session.uuid}`);
    expect(body.items).toHaveLength(2);
    expect(body.items[1]).toMatchObject({
      state: 'delivered',
      parts: 1,
      units: 2,
      provider_amount: '0.0185',
      fees: '0.001',
      amount: '0.0195',
      virtual_number: `+${session.number}`,
      sender: '+1415•••1001',
      recipient: '+1415•••1002',
    });
    expect(text).not.toContain('Ich bin da');
    const whole = await service.admin<{ items: Row[] }>(
      'GET',
      `/messages?session=${session.uuid}&reveal=true&reason=asked`,
    );
    expect(whole.body.items[1]).toMatchObject({ sender: ANA, recipient: RAVI });
    const { body: audit } = await service.admin<{ items: Row[] }>('GET', '/audit?limit=20');
    expect(JSON.stringify(audit.items)).toContain('numbers.revealed');
  });

  it('is found by person, number, account, session, state, direction and time', async () => {
    const found = async (query: Record<string, string>): Promise<unknown[]> => {
      const path = `/messages?${new URLSearchParams(query).toString()}`;
      const { status, text, body } = await service.admin<{ items: Row[] }>('GET', path);
      expect({ status, text }).toMatchObject({ status: 200 });
      // The last two came at once.
      return body.items.map((one) => `${one['sender_role'] ?? 'stranger'} ${one['state']}`).sort();
    };
    const all = ['first delivered', 'second delivered', 'stranger refused'];
    expect(await found({ account: service.authId, virtual_number: session.number })).toEqual(all);
    for (const party of [ANA, '+1 (415) 555-1001', '0014155551001', '+1.415.555.1001'])
      expect(await found({ party })).toEqual([all[0], 'first failed', all[1]]);
    expect(await found({ party: '+1 415 555 9999' })).toEqual(['stranger refused']);
    expect(await found({ session: session.uuid.toUpperCase(), direction: 'first_to_second' })).toEqual(all.slice(0, 1));
    expect(await found({ state: 'refused', virtual_number: session.number })).toEqual(all.slice(2));
    expect(await found({ state: 'delivered', party: RAVI })).toEqual(all.slice(0, 2));
    expect(await found({ party: ANA, to: '2000-01-01' })).toEqual([]);
    expect((await service.admin('GET', '/messages?account=MANOBODYNOBODYNOBODY')).status).toBe(404);
    for (const query of ['party=1', 'virtual_number=', 'state=lost', 'direction=inbound', 'from=yesterday', 'cursor=x'])
      expect((await service.admin('GET', `/messages?${query}`)).status).toBe(400);
  });

  it('leaves as CSV what the filters leave, without a number of a party, and that is audited', async () => {
    const { body: made } = await service.admin('POST', '/operators', { name: 'the books', role: 'finance' });
    const asked = await service.request(
      `/admin/messages?format=csv&virtual_number=${session.number}&party=${ANA.slice(1)}`,
      {
        as: null,
        headers: { authorization: `Bearer ${String(made['token'])}` },
      },
    );
    expect(asked).toMatchObject({ status: 200 });
    expect(asked.headers['x-total-count']).toBe('2');
    const [head = '', ...lines] = asked.text.trimEnd().split('\r\n');
    const names = head.split(',');
    const cells = lines.map((line) => Object.fromEntries(line.split(',').map((cell, place) => [names[place], cell])));
    expect(cells).toMatchObject([
      { direction: 'second_to_first', state: 'delivered', sender_country: 'US', recipient_country: 'US' },
      { direction: 'first_to_second', units: '2', amount: '0.0195', virtual_number: `'+${session.number}` },
    ]);
    for (const number of [ANA, RAVI]) expect(asked.text).not.toContain(number.slice(5));
    expect(asked.text).not.toContain('Ich bin da');
    const { body: audit } = await service.admin<{ items: Row[] }>('GET', '/audit?limit=1');
    expect(audit.items).toMatchObject([
      { action: 'messages.exported', details: { filters: 'party,virtual_number', session: null } },
    ]);
    expect(JSON.stringify(audit.items)).not.toContain(ANA.slice(1));
  });

  it("is compared with Plivo's message log, leg by leg", async () => {
    const path = `/simulator/v1/Account/${service.authId}/Message/?limit=20`;
    const { body } = await service.request<{ objects: Row[] }>(path);
    const header = 'Message UUID,From Number,Message Time,Units,Total Amount,Carrier Fees';
    const lines = body.objects.map((one) =>
      ['message_uuid', 'from_number', 'message_time', 'units', 'total_amount', 'carrier_fees']
        .map((name) => one[name])
        .join(','),
    );
    const compare = async (log: string[], columns = header) => {
      const month = new Date(service.clock.now()).toISOString().slice(0, 7);
      const query = `account=${service.authId}&month=${month}`;
      const answer = await service.request(`/admin/invoices/compare?${query}`, {
        method: 'POST',
        as: null,
        headers: { authorization: `Bearer ${service.adminToken}`, 'content-type': 'text/csv' },
        body: `${columns}\n${log.join('\n')}\n`,
      });
      expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
      return answer.body;
    };
    const bill = await phones.control<Bill>('GET', '/bill');
    const whole = await compare(lines);
    expect(whole).toMatchObject({ kind: 'messages', equal: 7, difference: { legs: 0, units: 0, amount: '0' } });
    expect(micros((whole['here'] as Row)['amount'])).toBe(bill.message_micros);

    const [first = '', second = '', ...rest] = lines;
    const [uuid = ''] = first.split(',');
    const raised = `${first.split(',').slice(0, 4).join(',')},1.00000,0.00000`;
    const found = await compare([raised, ...rest, rest[0] ?? '']);
    expect(found).toMatchObject({
      equal: 5,
      missing_there: { legs: 1, items: [{ message_uuid: second.split(',')[0] }] },
      different: { legs: 1, items: [{ message_uuid: uuid, there: { amount: '1' } }] },
      duplicates: { legs: 1 },
    });
    // Without carriers' column, their part is no difference.
    const bare = lines.map((line) => line.split(',').slice(0, 5).join(','));
    expect(await compare(bare, header.replace(',Carrier Fees', ''))).toMatchObject({ equal: 7 });
  });

  it('comes with the words only where the account keeps them, sealed, until its days are over', async () => {
    const words = 'Schlüssel unter dem Stein';
    await turnTextsOn(database, service.authId, { text_retention_days: 2 });
    service.clock.advance(6000);
    await phones.write(ANA, session.number, words);
    await until("SELECT 1 FROM text_forward WHERE is_body_kept = 1 AND state = 'delivered'");
    const { body: list } = await service.sessions<{ objects: Row[] }>('GET', `/${session.uuid}/Message/?limit=1`);
    const [text] = list.objects;
    expect(text).toMatchObject({ has_text: true });
    const path = `/${session.uuid}/Message/${text?.['message_uuid']}/Text/`;
    expect((await service.sessions<Row>('GET', path)).body).toMatchObject({ text: words });
    expect(JSON.stringify(await rows('SELECT body FROM text_forward'))).not.toContain('Stein');

    const purge = service.app.get(PurgeTexts, { strict: false });
    service.clock.advance(2 * 86_400_000 - 60_000);
    await purge.run();
    expect((await service.sessions('GET', path)).status).toBe(200);
    service.clock.advance(120_000);
    await purge.run();
    expect((await service.sessions('GET', path)).status).toBe(404);
    expect(await rows('SELECT id FROM text_forward WHERE body IS NOT NULL')).toEqual([]);
    expect(service.logs()).not.toContain('Stein');
  });

  it('is found and exported with its person, and stays in every sum when the person is erased', async () => {
    const people = <Body>(what: string) => service.admin<Body>('POST', `/people/${what}`, { number: RAVI });
    const { body: found } = await people<{ found: Row }>('find');
    expect(found.found).toMatchObject({ texts: 3 });
    const { body: exported } = await people<{ texts: Row[] }>('export');
    const shown = exported.texts.map(({ person, state, sender, text }) => ({ person, state, sender, text }));
    expect(shown).toEqual([
      { person: 'wrote', state: 'delivered', sender: RAVI, text: null },
      { person: 'was sent', state: 'delivered', sender: '+1415•••1001', text: null },
      { person: 'was sent', state: 'delivered', sender: '+1415•••1001', text: null },
    ]);

    const sums = async () =>
      (await service.admin<{ items: Row[] }>('GET', '/stats?group_by=number,direction')).body.items;
    await service.app.get(PriceTexts, { strict: false }).enqueue();
    await until('SELECT COUNT(*) FROM text_message WHERE price_at IS NOT NULL HAVING COUNT(*) = 0');
    await until('SELECT COUNT(*) FROM text_forward WHERE price_at IS NOT NULL HAVING COUNT(*) = 0');
    const before = await sums();
    const index = service.app.get(Crypto).index(service.authId, 'party', personOf(RAVI.slice(1) as E164));
    expect(await tracesInTables(service.dataSource, [index])).not.toEqual({});
    // What people wrote stands nowhere as they wrote it, jobs and audit included.
    expect(await tracesInTables(service.dataSource, ['Ich bin da', 'Stein', 'who are you'])).toEqual({});
    const { body: ordered } = await people<{ erasure_id: string }>('erase');
    for (let second = 0; second < 60; second += 5) {
      await service.app.get(Jobs).runDue();
      await phones.advance(5);
      const { body } = await service.admin<Row>('GET', `/people/erasures/${ordered.erasure_id}`);
      if (body['status'] === 'done') break;
    }
    const { body: erasure } = await service.admin<Row>('GET', `/people/erasures/${ordered.erasure_id}`);
    expect(erasure).toMatchObject({ status: 'done', found: { texts: 3 }, erased: { texts: 3, sessions: 2 } });
    expect(await tracesInTables(service.dataSource, [index, session.uuid])).toEqual({});
    expect(await sums()).toEqual(before);
  });

  it('is in the export of whom it did not reach, and who said STOP is told that this is kept, and since when', async () => {
    const [eve, finn] = ['+14155551005', '+14155551006'];
    const { number } = await openWithTexts(service, { first_party: eve, second_party: finn });
    await phones.write(finn, number, 'STOP');
    await until("SELECT 1 FROM text_opt_out WHERE kind = 'out'");
    await phones.write(eve, number, 'are you there?');
    await until("SELECT 1 FROM text_message WHERE reason = 'recipient-opted-out'");
    const { body } = await service.admin<Record<'texts' | 'other_traces' | 'categories', Row[]>>(
      'POST',
      '/people/export',
      { number: finn },
    );
    expect(body.texts).toMatchObject([
      { person: 'wrote', reason: 'stop' },
      { person: 'was not sent', reason: 'recipient-opted-out', recipient: null },
    ]);
    expect(body.other_traces).toMatchObject([
      { text_words: [{ virtual_number: `+${number}`, said: 'stop', source: 'plivo' }] },
    ]);
    expect(body.categories).toContainEqual(expect.objectContaining({ category: 'who wants no texts' }));
    const { body: writer } = await service.admin<{ texts: Row[] }>('POST', '/people/export', { number: eve });
    expect(writer.texts).toMatchObject([{ person: 'wrote', reason: 'recipient-opted-out' }]);
  });
});
