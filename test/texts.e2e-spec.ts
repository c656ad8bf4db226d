import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { newNonce } from '../src/platform/ids.js';
import { Database } from '../src/platform/database/database.js';
import { signV2 } from '../src/plivo/index.js';
import { describeOnEachService, type Service } from './support/service.js';
import { openWithTexts, texters, turnTextsOn } from './support/texts.js';

const ANA = '+14155551001';
const RAVI = '+14155551002';
const ZOE = '+14155551003';

describeOnEachService('texts over a virtual number', (start) => {
  let service: Service;
  let database: Database;
  const phones = texters(() => service);

  beforeAll(async () => {
    service = await start({ settings: { PROVIDER: 'simulator' } });
    database = service.app.get(Database);
    await turnTextsOn(database, service.authId);
    service.clock.advance(6000);
    expect((await service.admin('POST', `/numbers/sync?account=${service.authId}`)).status).toBe(200);
  });
  beforeEach(async () => {
    await phones.control('POST', '/reset');
    await phones.control('DELETE', '/faults');
  });

  const open = (more: object = {}) => openWithTexts(service, { first_party: ANA, second_party: RAVI }, more);
  const rows = (sql: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> =>
    database.read((manager) => manager.query(sql, parameters));
  const forwards = (sessionId: string) =>
    rows(
      'SELECT state, reason, units, amount, body, error_code FROM text_forward WHERE session_id = ? ORDER BY position',
      [sessionId],
    );
  const refusals = (uuid: string) =>
    rows('SELECT decision, reason, body FROM text_message WHERE message_uuid = ?', [uuid]);
  const until = async <T>(look: () => Promise<T>, isRight: (found: T) => boolean): Promise<T> => {
    const endsAt = performance.now() + 10_000;
    for (;;) {
      const found = await look();
      if (isRight(found)) return found;
      if (performance.now() > endsAt) throw new Error(`not so within 10 s: ${JSON.stringify(found)}`);
      await new Promise((resume) => setTimeout(resume, 20));
    }
  };
  const refused = async (uuid: string): Promise<unknown> =>
    (
      await until(
        () => refusals(uuid),
        ([row]) => row !== undefined && row['decision'] !== 'wait',
      )
    )[0];

  it('go both ways, from the virtual number, as they were written', async () => {
    const { uuid, number } = await open();
    await phones.write(ANA, number, 'Ich bin da 👋\nTor 3 + Klingel & <50%>');
    await phones.write(RAVI, number, 'ok€');

    const [atRavi] = await phones.arrived(RAVI, 1);
    expect(atRavi).toMatchObject({ from: number, text: 'Ich bin da 👋\nTor 3 + Klingel & <50%>' });
    expect(await phones.arrived(ANA, 1)).toMatchObject([{ from: number, text: 'ok€' }]);
    const done = await until(
      () => forwards(uuid),
      (all) => all.every(({ state }) => state === 'delivered'),
    );
    expect(done.map(({ state, body, amount }) => ({ state, body, amount: Number(amount) }))).toEqual([
      { state: 'delivered', body: null, amount: 7000 },
      { state: 'delivered', body: null, amount: 7000 },
    ]);
    expect(service.logs()).not.toContain('Klingel');
  });

  it('are told to who listens to callbacks with the numbers in them masked, in any spelling', async () => {
    await turnTextsOn(database, service.authId, { text_in_callbacks: true });
    service.clock.advance(6000);
    const people = { first_party: '+14155551021', second_party: '+14155551022' };
    const { number } = await openWithTexts(service, people);
    const ended = new AbortController();
    const { body } = await fetch(`${service.baseUrl}/admin/callbacks/listen?account=${service.authId}`, {
      headers: { authorization: `Bearer ${service.adminToken}` },
      signal: ended.signal,
    });
    let heard = '';
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
      if (heard === '') await phones.write(people.first_party, number, 'ring me: (415) 555-0177');
      heard += Buffer.from(piece).toString();
      if (heard.includes('ring me')) break;
    }
    ended.abort();
    await turnTextsOn(database, service.authId);
    service.clock.advance(6000);
    expect(heard).toContain('"Text":"ring me: 415•••0177"');
  });

  it('keep their order, and their words when Plivo takes them in pieces', async () => {
    const { number } = await open();
    const words = Array.from({ length: 12 }, (_, place) => `text ${place + 1}`);
    for (const word of words) await phones.write(ANA, number, word);
    const long = 'wörter und Zeilen\n'.repeat(200);
    await phones.write(ANA, number, long);
    const arrived = (await phones.arrived(RAVI, 15)).map(({ text }) => text);
    expect(arrived.slice(0, 12)).toEqual(words);
    expect(arrived.slice(12).join('')).toBe(long);
  });

  it('are told of in any order, twice or not at all, and come to the same', async () => {
    const worlds = [
      { text_reports: 'reversed' },
      { text_reports: 'reversed', text_report_sequence: false },
      { text_reports: 'all' },
      { text_reports: 'no-queued' },
    ];
    for (const [place, settings] of worlds.entries()) {
      await phones.control('PUT', '/settings', settings);
      await phones.control('POST', '/faults', { duplicate: ['message', 'message-status'] });
      const { uuid, number } = await open({ first_party: ZOE });
      await phones.write(ZOE, number, 'once');
      const all = await until(
        () => forwards(uuid),
        (found) => found.length === place + 1 && found.at(-1)?.['state'] === 'delivered',
      );
      expect(all.map(({ units, amount }) => [units, Number(amount)])).toEqual(all.map(() => [1, 7000]));
      await phones.control('POST', '/reset');
    }
  });

  it('reach nobody where the sender is a stranger, a name, or one of our own numbers', async () => {
    const { number } = await open();
    const stranger = await phones.write('+14155559999', number, 'who are you');
    const name = await phones.write('AMAZON', number, 'your parcel');
    const own = await phones.write('14155550101', number, 'echo');
    expect(await refused(stranger)).toMatchObject({ decision: 'refuse', reason: 'stranger', body: null });
    expect(await refused(name)).toMatchObject({ decision: 'refuse', reason: 'no-number', body: null });
    expect(await refused(own)).toMatchObject({ decision: 'refuse', reason: 'loop', body: null });
    for (const phone of [ANA, RAVI, '+14155559999']) expect(await phones.arrived(phone)).toEqual([]);
  });

  it('end with their session, and are none in a session without them', async () => {
    const { uuid, number } = await open({ first_party: '+14155551010', second_party: '+14155551011' });
    await service.sessions('DELETE', `/${uuid}`);
    const late = await phones.write('+14155551010', number, 'still there?');
    expect(await refused(late)).toMatchObject({ reason: 'expired', body: null });

    const calls = await open({ first_party: '+14155551012', second_party: '+14155551013', messaging: false });
    const text = await phones.write('+14155551012', calls.number, 'hello?');
    expect(await refused(text)).toMatchObject({ reason: 'not-enabled', body: null });
    expect(await phones.arrived('+14155551013')).toEqual([]);
  });

  it('are sent once where Plivo took them and did not say so', async () => {
    const faults = [
      { status: 500, after_effect: true, only: ['POST Message'], times: 1 },
      { reset: true, after_effect: true, only: ['POST Message'], times: 1 },
    ];
    for (const [place, api] of faults.entries()) {
      const [from, to] = [`+1415555102${place}`, `+1415555103${place}`];
      await phones.control('POST', '/faults', { api });
      const { uuid, number } = await open({ first_party: from, second_party: to });
      await phones.write(from, number, 'once and no more');
      await until(
        () => forwards(uuid),
        (all) => all.at(-1)?.['state'] === 'delivered',
      );
      await phones.advance(900);
      expect(await phones.arrived(to)).toHaveLength(1);
      await phones.control('POST', '/reset');
    }
  });

  it('are found in the list where no report comes, and sent once', async () => {
    await phones.control('PUT', '/settings', { text_reports: 'none' });
    const api = { status: 502, after_effect: true, only: ['POST Message'], times: 1 };
    await phones.control('POST', '/faults', { api });
    const { uuid, number } = await open({ first_party: '+14155551034', second_party: '+14155551035' });
    await phones.write('+14155551034', number, 'unheard of');
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'unknown',
    );
    for (const seconds of [21, 40, 60]) {
      await phones.advance(seconds);
      service.clock.advance(0);
    }
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'delivered',
    );
    expect(await phones.arrived('+14155551035')).toHaveLength(1);
  });

  it('are unconfirmed where nobody can know, never sent again, and told when Plivo speaks after all', async () => {
    await phones.control('PUT', '/settings', { text_reports: 'none', text_list_delay_seconds: 86_000 });
    const api = { status: 500, after_effect: true, only: ['POST Message'], times: 1 };
    await phones.control('POST', '/faults', { api });
    const { uuid, number } = await open({ first_party: '+14155551040', second_party: '+14155551041' });
    await phones.write('+14155551040', number, 'gone?');
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'unknown',
    );
    for (const lookUps of [1, 2, 3, 4]) {
      await phones.advance(600);
      await until(
        () => rows('SELECT look_ups FROM text_forward WHERE session_id = ?', [uuid]),
        ([one]) => Number(one?.['look_ups']) >= lookUps,
      );
    }
    const [forward] = await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'unconfirmed',
    );
    expect(forward?.['body']).toBeNull();
    await phones.advance(3600);
    expect(await phones.arrived('+14155551041')).toHaveLength(1);

    const [row] = await rows('SELECT id FROM text_forward WHERE session_id = ?', [uuid]);
    const [sent] = await phones.messages();
    const told = { MessageUUID: String(sent?.['message_uuid']), Status: 'delivered', Units: '1', TotalAmount: '0.007' };
    const { status } = await service.webhook(`/message-status/${String(row?.['id'])}`, told);
    expect(status).toBe(200);
    expect(await forwards(uuid)).toMatchObject([{ state: 'delivered' }]);
  });

  it('are tried again where certainly nothing of them has reached Plivo', async () => {
    await phones.control('POST', '/faults', { api: { status: 429, only: ['POST Message'], times: 2 } });
    const { uuid, number } = await open({ first_party: '+14155551050', second_party: '+14155551051' });
    await phones.write('+14155551050', number, 'at last');
    for (const attempt of [1, 2]) {
      await until(
        () => rows('SELECT state, attempt FROM text_forward WHERE session_id = ?', [uuid]),
        ([one]) => one?.['state'] === 'pending' && Number(one['attempt']) === attempt,
      );
      await phones.advance(6);
    }
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'delivered',
    );
    expect(await phones.arrived('+14155551051')).toHaveLength(1);
  });

  it('are signed as Plivo may sign them; what V2 alone signs waits for its record', async () => {
    for (const [place, habit] of ['main', 'double', 'v2'].entries()) {
      await phones.control('PUT', '/settings', { text_signature: habit });
      const [from, to] = [`+1415555106${place}`, `+1415555107${place}`];
      const { number } = await open({ first_party: from, second_party: to });
      await phones.write(from, number, `Größe 👋 ${habit}`);
      expect((await phones.arrived(to, 1)).map(({ text }) => text)).toEqual([`Größe 👋 ${habit}`]);
    }
    await phones.control('PUT', '/settings', { text_signature: 'wrong-v3' });
    const { number } = await open({ first_party: '+14155551080', second_party: '+14155551081' });
    const uuid = await phones.write('+14155551080', number, 'forged');
    await until(
      async () => (await phones.messages()).find((one) => one['message_uuid'] === uuid)?.['webhooks'] as unknown[],
      (webhooks) => (webhooks[0] as { outcome: string }).outcome !== 'pending',
    );
    expect(await refusals(uuid)).toEqual([]);
  });

  it('are taken once, told fifty times at once', async () => {
    const { uuid, number } = await open({ first_party: '+14155551090', second_party: '+14155551091' });
    const params = {
      MessageUUID: '5b40a428-bfc7-4daf-9d06-726c558bf3b8',
      From: '14155551090',
      To: number,
      Text: 'again and again',
      Type: 'sms',
      Units: '1',
      TotalAmount: '0',
    };
    const told = await Promise.all(Array.from({ length: 50 }, () => service.webhook('/message', params)));
    // A database that is too slow for all of them at once takes some of them later.
    for (const { status } of told) expect([200, 503]).toContain(status);
    expect((await service.webhook('/message', params)).status).toBe(200);
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'delivered',
    );
    expect(await phones.arrived('+14155551091')).toHaveLength(1);
    expect(await forwards(uuid)).toHaveLength(1);
  });

  it('are not believed on V2 alone where the record of Plivo says otherwise or is not there', async () => {
    const { uuid, number } = await open({ first_party: '+14155551092', second_party: '+14155551093' });
    const theirs = await phones.write('+14155551094', number, 'mine');
    await refused(theirs);
    const url = `${service.baseUrl}/plivo/${service.authId}/message`;
    const hint = (MessageUUID: string) => {
      const nonce = newNonce();
      return service.request(`/plivo/${service.authId}/message`, {
        method: 'POST',
        as: null,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-plivo-signature-v2': signV2({ url, nonce, token: service.authToken }),
          'x-plivo-signature-v2-nonce': nonce,
        },
        body: new URLSearchParams({ MessageUUID, From: '14155551092', To: number, Text: 'forged' }).toString(),
      });
    };
    const unknown = '5b40a428-bfc7-4daf-9d06-726c558bf3b9';
    expect((await hint(unknown)).status).toBe(200);
    // One that somebody else has written is known already, and what was decided stays.
    expect((await hint(theirs)).status).toBe(200);
    expect(await refusals(unknown)).toMatchObject([{ decision: 'wait' }]);
    for (let second = 0; second <= 65; second += 13) await phones.advance(13);
    expect(await refused(unknown)).toMatchObject({ decision: 'refuse', reason: 'unverified', body: null });
    expect(await forwards(uuid)).toEqual([]);
    expect(await phones.arrived('+14155551093')).toEqual([]);
  });

  it("that were written before these two had the number are nobody's", async () => {
    const [from, before, now] = ['+14155551095', '+14155551096', '+14155551097'];
    const [number, ...others] = ['14155550100', '14155550101', '14155550102'];
    const lend = async (status: string): Promise<void> => {
      for (const other of others) await service.admin('PATCH', `/numbers/${other}`, { status });
    };
    await lend('draining');
    const first = await open({ first_party: from, second_party: before, session_expiry: 60 });
    expect(first.number).toBe(number);
    // Plivo cannot bring it while it is young.
    await phones.control('POST', '/faults', { lose: ['message'] });
    const uuid = await phones.write(from, first.number, 'for the former one');
    await phones.control('DELETE', '/faults');
    await phones.advance(60 + 890);
    await expect(open({ first_party: from, second_party: now })).rejects.toThrow('number_pool_exhausted');
    await phones.advance(11);

    const again = await open({ first_party: from, second_party: now });
    expect(again.number).toBe(number);
    const late = { MessageUUID: uuid, From: from.slice(1), To: again.number, Text: 'for the former one', Type: 'sms' };
    expect((await service.webhook('/message', late)).status).toBe(200);
    expect(await refused(uuid)).toMatchObject({ decision: 'refuse', reason: 'late', body: null });
    await phones.write(from, again.number, 'for the present one');
    expect((await phones.arrived(now, 1)).map(({ text }) => text)).toEqual(['for the present one']);
    expect(await phones.arrived(before)).toEqual([]);
    await lend('active');
  });

  it('wait for the other party of an open session, and never reach one that came later', async () => {
    const from = '+14155551098';
    const single = { second_party: undefined, create_session_with_single_party: true };
    const { uuid, number } = await open({ first_party: from, ...single });
    const alone = await phones.write(from, number, 'anybody?');
    expect(await refused(alone)).toMatchObject({ reason: 'no-other-party' });
    const stranger = await phones.write('+14155551099', number, 'me!');
    expect(await refused(stranger)).toMatchObject({ reason: 'stranger' });

    // Plivo is down: the text stays behind, and its reader leaves.
    expect((await service.sessions('POST', `/${uuid}`, { second_party: '+14155551100' })).status).toBe(200);
    await phones.control('POST', '/faults', { api: { status: 429, only: ['POST Message'] } });
    await phones.advance(1);
    await phones.write(from, number, 'for the first reader');
    await until(
      () => rows('SELECT state, attempt FROM text_forward WHERE session_id = ?', [uuid]),
      ([one]) => one?.['state'] === 'pending' && Number(one['attempt']) > 0,
    );
    await phones.control('DELETE', '/faults');
    expect((await service.sessions('POST', `/${uuid}`, { second_party: '+14155551101' })).status).toBe(200);
    await phones.advance(30);
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'rejected',
    );
    expect(await forwards(uuid)).toMatchObject([{ reason: 'party-changed', body: null }]);
    await phones.write(from, number, 'for the second reader');
    expect((await phones.arrived('+14155551101', 1)).map(({ text }) => text)).toEqual(['for the second reader']);
    expect(await phones.arrived('+14155551100')).toEqual([]);
  });

  it('have one message each: a report of another one changes nothing', async () => {
    const { uuid, number } = await open({ first_party: '+14155551102', second_party: '+14155551103' });
    await phones.write('+14155551102', number, 'hello');
    await until(
      () => forwards(uuid),
      ([one]) => one?.['state'] === 'delivered',
    );
    const [row] = await rows('SELECT id FROM text_forward WHERE session_id = ?', [uuid]);
    const other = { MessageUUID: '5b40a428-bfc7-4daf-9d06-000000000000', Status: 'failed', Sequence: '9' };
    expect((await service.webhook(`/message-status/${String(row?.['id'])}`, other)).status).toBe(200);
    expect(await forwards(uuid)).toMatchObject([{ state: 'delivered' }]);
    expect(service.logs()).toContain('text.foreign_report');
  });

  it('are turned on and off by the settings, for clients that cannot ask for them too', async () => {
    const set = async (change: object): Promise<void> => {
      const { status, body } = await service.admin('PATCH', `/accounts/${service.authId}/settings`, change);
      expect({ status, body }).toMatchObject({ status: 200, body: change });
    };
    const created = async (second: number, more: object = {}) => {
      const parties = { first_party: `+1415555112${second}`, second_party: `+1415555${1200 + second}` };
      return (await service.sessions<{ session: object }>('POST', '', { ...parties, ...more })).body;
    };
    await set({ texts: 'off', messaging_default: true });
    expect(await created(1, { messaging: true })).toMatchObject({ error_code: 'texts_off' });
    expect((await created(1)).session).not.toHaveProperty('messaging');
    await set({ texts: 'on' });
    const { session } = await created(2);
    expect(session).toMatchObject({ messaging: true, total_message_count: 0, total_message_amount: 0 });
    expect((await created(3, { messaging: false })).session).not.toHaveProperty('messaging', true);
    const played = {
      pin_prompt_play: 'https://shop.example/pin.mp3',
      incorrect_pin_play: 'https://shop.example/no.mp3',
    };
    const pins = {
      force_pin_authentication: true,
      is_pin_authentication_required: true,
      generate_pin: true,
      ...played,
    };
    const forced = await created(4, pins);
    expect(forced).toMatchObject({ session: { status: 'active' } });
    expect(forced.session).not.toHaveProperty('messaging');
    await phones.write('+14155551122', (session as { virtual_number: string }).virtual_number, 'without a parameter');
    expect((await phones.arrived('+14155551202', 1)).map(({ text }) => text)).toEqual(['without a parameter']);
    // Nobody has asked for texts, so a pool that has none is no reason to refuse the calls.
    await rows("UPDATE virtual_number SET texts = 'no'");
    const withoutNumber = (await created(5)).session;
    expect(withoutNumber).toMatchObject({ status: 'active' });
    expect(withoutNumber).not.toHaveProperty('messaging');
    expect(await created(6, { messaging: true })).toMatchObject({ error_code: 'messaging_route' });
    await set({ messaging_default: false });
  });
});
