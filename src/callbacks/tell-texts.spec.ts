import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import type { MessageState, MessageWebhook } from '../plivo/index.js';
import type { Database } from '../platform/database/database.js';
import { AddCallback } from './add-callback.js';
import { CallbackTarget } from './callback-target.js';
import { formDecoded } from './contract.js';
import { bodyPlace, urlPlace } from './deliver-callbacks.js';
import { TellTexts } from './tell-texts.js';

const [NUMBER = ''] = usNumbers(1);

describeOnEachDatabase('what customers are told of texts', (open) => {
  let database: Database;
  let clock: FakeClock;
  let plivo: MessagePlivo;
  let world: ReturnType<typeof textsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  const begin = async (settings: object): Promise<void> => {
    await clearSessions(database);
    await clearTexts(database);
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
    await turnTextsOn(database, ACCOUNT, settings);
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
    const { events, config, findSessionById, crypto } = world.sessions;
    const target = new CallbackTarget(config, findSessionById);
    const addCallback = new AddCallback(database, clock, crypto, world.jobs);
    new TellTexts(clock, events, target, addCallback, world.settings).onModuleInit();
    world.jobs.handle('callbacks.deliver', { leaseSeconds: 30 }, async () => undefined);
  };
  beforeEach(() => begin({}));

  const lent = (more: object = {}) =>
    world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      messaging: true,
      session_expiry: 3600,
      callback_url: 'https://shop.example/calls',
      message_callback_url: 'https://shop.example/texts',
      message_callback_method: 'GET',
      ...more,
    });
  const write = async (from: string, text: string, more: Partial<MessageWebhook> = {}) => {
    const message = textTold(from, NUMBER, text, more);
    for (const _ of [1, 2]) await world.receiveText.run(verifiedText(message), message);
    await world.jobs.runDue();
    clock.advance(1000);
    return message.messageUuid;
  };
  const report = async (state: MessageState, sequence: number, errorCode: number | null = null): Promise<void> => {
    const rows = await database.read<{ id: string; message_uuid: string }[]>((manager) =>
      manager.query('SELECT id, message_uuid FROM text_forward ORDER BY position DESC'),
    );
    const told = { messageUuid: rows[0]?.message_uuid ?? '', state, sequence, units: 1, amountMicros: 7000, errorCode };
    for (const _ of [1, 2]) await world.noteReport.run(verifiedText({}), rows[0]?.id ?? '', told);
    clock.advance(1000);
  };
  const told = async () => {
    const { crypto } = world.sessions;
    const rows = await database.read<Record<string, string>[]>((manager) =>
      manager.query('SELECT id, event, stream, sequence, method, url, body FROM callback ORDER BY stream, sequence'),
    );
    return rows.map(({ id = '', event, stream, sequence, method, url = '', body = '' }) => ({
      event,
      stream,
      sequence: Number(sequence),
      method,
      url: crypto.open(urlPlace(id, ACCOUNT), url),
      params: Object.fromEntries(formDecoded(crypto.open(bodyPlace(id, ACCOUNT), body))) as Record<string, string>,
    }));
  };
  const names = async () => (await told()).map(({ event, sequence }) => `${event}#${sequence}`);

  it('is each step once, in its order, on a stream of its own, without a word of it', async () => {
    const session = await lent();
    const uuid = await write(party(1), 'the secret word');
    await report('queued', 1);
    await report('sent', 2);
    await report('delivered', 3);
    await report('sent', 2);
    const all = await told();
    expect(all.map(({ event, sequence }) => `${event}#${sequence}`)).toEqual([
      'SessionMessageReceived#1',
      'SessionMessageForwarded#2',
      'SessionMessageDelivered#3',
    ]);
    for (const { stream, url, method } of all)
      expect({ stream, url, method }).toEqual({ stream: 'message', url: 'https://shop.example/texts', method: 'GET' });
    const [sent] = plivo.sent;
    expect(all[0]?.params).toEqual({
      EventName: 'SessionMessageReceived',
      EventTimestamp: '2026-01-05 10:00:00+00:00',
      SessionUUID: session.id,
      From: party(1).slice(1),
      To: party(2).slice(1),
      VirtualNumber: NUMBER,
      MessageUUID: uuid,
      MessageType: 'sms',
      MediaCount: '0',
      Units: '1',
      SequenceNumber: '1',
    });
    expect(all[2]?.params).toMatchObject({
      From: party(1).slice(1),
      To: party(2).slice(1),
      MessageUUID: uuid,
      ForwardMessageUUID: sent?.messageUuid,
      Units: '1',
      Amount: '0.007',
      ErrorCode: '',
      Reason: '',
    });
    expect(JSON.stringify(all)).not.toContain('secret');
  });

  it('has what was written where the account wants it', async () => {
    await begin({ text_in_callbacks: true });
    await lent();
    await write(party(1), 'Größe & 👋');
    expect((await told())[0]?.params['Text']).toBe('Größe & 👋');
  });

  it('is once that it has failed, whichever words Plivo has for it, and why', async () => {
    await lent();
    await write(party(1), 'hello');
    await report('failed', 2, 30);
    await report('undelivered', 3, 30);
    const all = await told();
    expect(await names()).toEqual(['SessionMessageReceived#1', 'SessionMessageFailed#2']);
    expect(all[1]?.params).toMatchObject({ ErrorCode: '30', Reason: 'failed', Amount: '0' });
  });

  it('is why a text was refused, and nothing of strangers', async () => {
    await lent();
    const uuid = await write(party(1), '', { mediaCount: 2 });
    await write(party(7), 'let me in');
    const [only, ...more] = await told();
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      event: 'SessionMessageRefused',
      params: { MessageUUID: uuid, MessageType: 'mms', MediaCount: '2', Reason: 'media-dropped' },
    });
  });

  it('is who wants no texts and who wants them again, once each, whether by word or by refusal', async () => {
    await lent();
    for (const word of ['STOP', 'stop']) await write(party(2), word);
    await write(party(1), 'hello?');
    clock.advance(60_000);
    await write(party(2), 'START');
    clock.advance(60_000);
    await world.jobs.runDue();
    await write(party(1), 'hello!');
    await report('failed', 2, 200);
    expect(await names()).toEqual([
      'SessionMessageOptedOut#1',
      'SessionMessageRefused#2',
      'SessionMessageOptedIn#3',
      'SessionMessageReceived#4',
      'SessionMessageOptedOut#5',
      'SessionMessageFailed#6',
    ]);
    const [out, refused] = await told();
    expect(out?.params).toMatchObject({ From: party(2).slice(1), To: '' });
    expect(refused?.params['Reason']).toBe('recipient-opted-out');
  });

  it('is that a text was never sent', async () => {
    await lent();
    const text = textTold(party(1), NUMBER, 'hello');
    await world.receiveText.run(verifiedText(text), text);
    clock.advance(3_600_000 + 900_000);
    await world.jobs.runDue();
    expect(await names()).toEqual(['SessionMessageReceived#1', 'SessionMessageFailed#2']);
    expect((await told())[1]?.params).toMatchObject({ ForwardMessageUUID: '', Amount: '0' });
  });

  it('goes to callback_url where there is no other, with a count of its own', async () => {
    await lent({ message_callback_url: undefined });
    await write(party(1), 'hello');
    expect(await told()).toMatchObject([{ url: 'https://shop.example/calls', method: 'POST', sequence: 1 }]);
  });
});
