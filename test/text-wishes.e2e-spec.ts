import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { describeOnEachService, type Service } from './support/service.js';
import { openWithTexts, texters, turnTextsOn } from './support/texts.js';

describeOnEachService('who wants no texts', (start) => {
  let service: Service;
  let database: Database;
  let people = 0;
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

  /** Two people who have never written to anybody. */
  const pair = async () => {
    const [ana, ravi] = [`+1415555${3000 + people}`, `+1415555${3001 + people}`];
    people += 2;
    return { ana, ravi, ...(await openWithTexts(service, { first_party: ana, second_party: ravi })) };
  };
  const until = async <T>(look: () => Promise<T>, isRight: (found: T) => boolean): Promise<T> => {
    const endsAt = performance.now() + 10_000;
    for (;;) {
      const found = await look();
      if (isRight(found)) return found;
      if (performance.now() > endsAt) throw new Error(`not so within 10 s: ${JSON.stringify(found)}`);
      await new Promise((resume) => setTimeout(resume, 20));
    }
  };
  const became = async (uuid: string): Promise<string> => {
    const rows = await until(
      () =>
        database.read<{ decision: string; reason: string | null }[]>((manager) =>
          manager.query('SELECT decision, reason FROM text_message WHERE message_uuid = ?', [uuid]),
        ),
      ([row]) => row !== undefined && row.decision !== 'wait',
    );
    return rows[0]?.reason ?? rows[0]?.decision ?? '';
  };
  const blocked = async (uuid: string): Promise<unknown> => {
    const { body } = await service.sessions<{ response: Record<string, unknown> }>('GET', `/${uuid}`);
    return body.response['messaging_blocked'];
  };

  it('says so by STOP, is shown in the session, and is written to again after START', async () => {
    const { ana, ravi, uuid, number } = await pair();
    expect(await became(await phones.write(ravi, number, 'STOP'))).toBe('stop');
    expect(await became(await phones.write(ana, number, 'hello?'))).toBe('recipient-opted-out');
    expect(await blocked(uuid)).toEqual(['second_party']);
    await phones.write(ravi, number, 'START');
    await until(
      () => blocked(uuid),
      (found) => found === undefined,
    );
    await phones.write(ana, number, 'hello!');
    const arrived = await until(
      () => phones.arrived(ravi),
      (all) => all.some(({ text }) => text === 'hello!'),
    );
    expect(arrived.some(({ text }) => text === 'hello?')).toBe(false);
  });

  it('is told to the customer, beside what becomes of texts, in the order of the session', async () => {
    const { ana, ravi, uuid, number } = await pair();
    const { body } = await service.sessions<{ response: Record<string, unknown> }>('GET', `/${uuid}`);
    expect(body.response).toMatchObject({ messaging: true, message_callback_url: '', message_callback_method: 'POST' });
    await phones.write(ana, number, 'hello');
    const toldOf = (count: number) =>
      until(
        async () =>
          (await service.admin<{ items: Record<string, unknown>[] }>('GET', `/callbacks?session=${uuid}`)).body.items,
        (items) => items.length >= count && items.every(({ status }) => status === 'delivered'),
      );
    await toldOf(3);
    await became(await phones.write(ravi, number, 'STOP'));
    const told = await toldOf(4);
    expect(told.map(({ event }) => event).toReversed()).toEqual([
      'SessionMessageReceived',
      'SessionMessageForwarded',
      'SessionMessageDelivered',
      'SessionMessageOptedOut',
    ]);
    expect(new Set(told.map(({ stream }) => stream))).toEqual(new Set(['message']));
  });

  it('and what is asked of texts changes no answer of a session without them', async () => {
    const [first, second] = ['+14155553901', '+14155553902'];
    const body = { first_party: first, second_party: second, message_callback_url: 'https://shop.example/texts' };
    const answer = await service.sessions<{ session: Record<string, unknown> }>('POST', '', body);
    expect(answer.status).toBe(201);
    expect(Object.keys(answer.body.session).filter((name) => name.startsWith('messag'))).toEqual([]);
  });

  it('is found by operators, and written to again where one removes it, until Plivo refuses', async () => {
    const { ana, ravi, uuid, number } = await pair();
    await became(await phones.write(ravi, number, 'stop'));
    const path = `/opt-outs?account=${service.authId}&party=${encodeURIComponent(ravi)}`;
    const found = await service.admin<{ items: Record<string, unknown>[] }>('GET', path);
    expect(found.body.items).toMatchObject([
      { virtual_number: `+${number}`, source: 'plivo', account: service.authId },
    ]);
    expect(found.text).not.toContain(ravi.slice(1));
    expect(await service.admin('GET', `/opt-outs?party=${encodeURIComponent(ravi)}`)).toMatchObject({ status: 400 });

    const id = String(found.body.items[0]?.['id']);
    expect((await service.admin('DELETE', `/opt-outs/${id}`)).status).toBe(204);
    expect((await service.admin('DELETE', `/opt-outs/${id}`)).status).toBe(404);
    const { body } = await service.admin<{ items: unknown[] }>('GET', '/audit?limit=1');
    expect(body.items).toMatchObject([{ action: 'opt-out.removed', target: id }]);
    expect(await blocked(uuid)).toBeUndefined();
    // The service would, and Plivo does not.
    expect(await became(await phones.write(ana, number, 'and now?'))).toBe('forward');
    await until(
      () => blocked(uuid),
      (names) => names !== undefined,
    );
    const again = await service.admin<{ items: Record<string, unknown>[] }>('GET', path);
    expect(again.body.items).toMatchObject([{ source: 'refusal' }]);
  });
});
