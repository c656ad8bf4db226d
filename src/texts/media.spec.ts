import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, usNumbers } from '../../test/support/ground.js';
import { clearTexts, MessagePlivo, textsOn, textTold, verifiedText } from '../../test/support/text-world.js';
import { turnTextsOn } from '../../test/support/texts.js';
import {
  MediaRefused,
  MediaUnavailable,
  ProviderOutcomeUnknown,
  ProviderRefused,
  type MessageState,
  type MessageWebhook,
} from '../plivo/index.js';
import { newId } from '../platform/ids.js';
import type { Database } from '../platform/database/database.js';
import { pictureOf } from '../simulator/texts/pictures.js';
import { ForgetTexts } from './forget-texts.js';

const [NUMBER = ''] = usNumbers(1);
const [ANA, RAVI] = ['+14155551001', '+14155551002'];
const DROPPED = 'Pictures cannot be passed on.';

describeOnEachDatabase('a picture', (open) => {
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
    const account =
      'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, 0)';
    await database.transaction((tx) => tx.query(account, [ACCOUNT, 'Some', 'x', 'sealed']));
    await addNumbers(database, [NUMBER]);
    await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes', has_mms = 1"));
    await turnTextsOn(database, ACCOUNT, settings);
    clock = new FakeClock();
    plivo = new MessagePlivo(clock);
    world = textsOn(database, clock, plivo);
  };
  beforeEach(() => begin({ messaging_media: true }));

  const lent = (more: object = {}) =>
    world.sessions.open({ first_party: ANA, second_party: RAVI, messaging: true, session_expiry: 3600, ...more });
  const addressOf = (messageUuid: string, account = 'MA'): string =>
    `https://media.plivo.com/Account/${account}/Message/${messageUuid}/Media/${newId()}`;
  /** With pictures that Plivo has, by their kinds or what it does instead; as they were told. */
  const write = async (
    text: string,
    pictures: (Parameters<typeof pictureOf>[0] | Error)[],
    more: Partial<MessageWebhook> = {},
    isHint = false,
  ): Promise<MessageWebhook> => {
    const messageUuid = newId();
    const media = pictures.map((one) => {
      const address = addressOf(messageUuid);
      plivo.media.set(address, one instanceof Error ? one : pictureOf(one, ANA.slice(1)).bytes);
      return address;
    });
    const told = textTold(ANA, NUMBER, text, { messageUuid, kind: 'mms', mediaCount: media.length, media, ...more });
    await world.receiveText.run(verifiedText(told, isHint), told);
    return told;
  };
  const rows = (sql: string): Promise<Record<string, unknown>[]> => database.read((manager) => manager.query(sql));
  const media = () =>
    rows('SELECT status, reason, format, at_plivo, media_url, file_key FROM text_media ORDER BY position');
  const forwards = () => rows('SELECT state, reason, media_count, units FROM text_forward ORDER BY position');
  const sentTo = (to: string) => plivo.sent.filter((one) => one.to === to.slice(1));
  const opened = (url: string | undefined) => {
    const { pathname, searchParams } = new URL(url ?? '');
    const query = { expires: searchParams.get('expires'), signature: searchParams.get('signature') };
    return world.media.links.opened(pathname.split('/').at(-1) ?? '', query);
  };
  const seen = async (url: string | undefined): Promise<Buffer | null> => {
    const linked = opened(url);
    const ready = linked && (await world.media.openPicture.ready(linked));
    if (!ready) return null;
    const pieces: Buffer[] = [];
    for await (const piece of await world.media.openPicture.run(ready)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  };
  const report = async (state: MessageState): Promise<void> => {
    const [row] = await database.read<{ id: string; message_uuid: string }[]>((manager) =>
      manager.query('SELECT id, message_uuid FROM text_forward ORDER BY created_at DESC, position DESC'),
    );
    const told = { messageUuid: row?.message_uuid ?? '', state, sequence: 3, units: 1, amountMicros: 16_000 };
    await world.noteReport.run(verifiedText({}), row?.id ?? '', { ...told, errorCode: null });
    await world.jobs.runDue();
  };

  it('reaches the other party once, clean, by links of ours that name nobody', async () => {
    await lent();
    const told = await write('look', ['jpg', 'png']);
    for (let time = 0; time < 3; time += 1) await world.receiveText.run(verifiedText(told), told);
    await world.jobs.runDue();
    await world.receiveText.run(verifiedText(told), told);
    await world.jobs.runDue();

    expect(plivo.sent).toHaveLength(1);
    const [sent] = plivo.sent;
    expect(sent).toMatchObject({ from: NUMBER, to: RAVI.slice(1), text: 'look' });
    expect(sent?.mediaUrls).toHaveLength(2);
    for (const url of sent?.mediaUrls ?? []) {
      expect(url).toMatch(/\/v1\/Media\/[0-9a-f-]{36}\.(?:jpg|png)\?expires=\d+&signature=[\w-]+$/);
      expect(url).not.toContain(ACCOUNT);
      expect(url).not.toContain(told.messageUuid);
      const bytes = await seen(url);
      expect(bytes?.length).toBeGreaterThan(50);
      expect(bytes?.includes(ANA.slice(1))).toBe(false);
    }
    expect(await forwards()).toMatchObject([{ state: 'accepted', media_count: 2, units: 1 }]);
    expect(plivo.asked).toHaveLength(2);
    expect(sentTo(ANA)).toEqual([]);
  });

  it('that still comes when its text is refused is neither kept nor left at Plivo, though its account keeps what is sent', async () => {
    await begin({ messaging_media: true, text_retention_days: 7 });
    await lent();
    const [address = ''] = (await write('look', [new MediaUnavailable(503, 'busy')])).media;
    await world.jobs.runDue();
    await write('and', []);
    const stop = textTold(RAVI, NUMBER, 'stop');
    await world.receiveText.run(verifiedText(stop), stop);
    await world.jobs.runDue();
    expect((await forwards())[0]).toMatchObject({ state: 'rejected', reason: 'recipient-opted-out' });
    plivo.media.set(address, pictureOf('jpg', ANA.slice(1)).bytes);
    for (let minute = 0; minute < 5; minute += 1) {
      clock.advance(60_000);
      await world.jobs.runDue();
    }
    expect(await media()).toMatchObject([{ status: 'deleted', at_plivo: 'gone', file_key: null }]);
    expect(plivo.deleted).toHaveLength(1);
  });

  it('is gone when it was delivered, here and at Plivo, and when nobody says so, with its link', async () => {
    await lent();
    await write('', ['jpg']);
    await world.jobs.runDue();
    const [url] = plivo.sent[0]?.mediaUrls ?? [];
    expect(plivo.sent[0]?.text).toBe('');
    expect(await seen(url)).not.toBeNull();
    await report('sent');
    expect(await seen(url)).not.toBeNull();
    await report('delivered');
    expect(await seen(url)).toBeNull();
    expect(await media()).toMatchObject([{ status: 'deleted', at_plivo: 'gone', media_url: null, file_key: null }]);
    expect(plivo.deleted).toHaveLength(1);

    await write('', ['gif']);
    await world.jobs.runDue();
    const [unsaid] = plivo.sent[1]?.mediaUrls ?? [];
    clock.advance(19 * 60_000);
    await world.purgeTexts.run();
    expect(await seen(unsaid)).not.toBeNull();
    clock.advance(2 * 60_000);
    expect(opened(unsaid)).toBeNull();
    await world.purgeTexts.run();
    await world.jobs.runDue();
    expect((await media()).map(({ status }) => status)).toEqual(['deleted', 'deleted']);
    expect(plivo.deleted).toHaveLength(2);
  });

  it('is opened by no other link than its own', async () => {
    await lent();
    await write('', ['jpg', 'png']);
    await world.jobs.runDue();
    const [url = '', other = ''] = plivo.sent[0]?.mediaUrls ?? [];
    expect(opened(url)).not.toBeNull();
    expect(opened(url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).toBeNull();
    expect(opened(url.replace(/expires=\d+/, 'expires=9999999999'))).toBeNull();
    expect(opened(url.replace('.jpg', '.png'))).toBeNull();
    const idOf = (link: string): string => /Media\/([0-9a-f-]+)/.exec(link)?.[1] ?? '';
    expect(opened(other.replace(idOf(other), idOf(url)))).toBeNull();
    for (const query of ['', '?expires=9999999999', '?expires=9999999999&signature=', '?signature=x'])
      expect(opened(url.replace(/\?.*/, query))).toBeNull();
  });

  it('stays behind audibly where it cannot be passed on, and what else there is goes on', async () => {
    await lent({ session_expiry: 86_400 });
    await write('my card', ['vcf', 'jpg', 'big', 'broken']);
    await world.jobs.runDue();
    expect(sentTo(RAVI)).toMatchObject([{ text: 'my card', mediaUrls: [expect.stringContaining('.jpg')] }]);
    expect(sentTo(ANA).map(({ text }) => text)).toEqual([DROPPED]);
    expect((await media()).map(({ status, reason }) => reason ?? status)).toEqual(['type', 'ready', 'too-big', 'type']);
    await report('delivered');
    // Contact cards do not stay at Plivo either.
    expect(plivo.deleted).toHaveLength(4);

    clock.advance(1000);
    await write('words stay words', ['vcf']);
    await world.jobs.runDue();
    expect(sentTo(RAVI).at(-1)).toMatchObject({ text: 'words stay words', mediaUrls: [] });
    expect(plivo.deleted).toHaveLength(5);
    clock.advance(86_400_000 - 3_600_000);
    await write('', ['vcf']);
    await world.jobs.runDue();
    expect(sentTo(RAVI)).toHaveLength(2);
    expect((await forwards()).at(-1)).toMatchObject({ state: 'rejected', reason: 'media-lost' });
  });

  it('is waited for, with what was written behind it, and given up when it does not come', async () => {
    await lent();
    const late = await write('first', [new MediaUnavailable(404, 'not yet')]);
    const next = textTold(ANA, NUMBER, 'second');
    await world.receiveText.run(verifiedText(next), next);
    await world.jobs.runDue();
    expect(plivo.sent).toEqual([]);
    plivo.media.set(late.media[0] ?? '', pictureOf('png', '1').bytes);
    clock.advance(30_000);
    await world.jobs.runDue();
    expect(sentTo(RAVI).map(({ text, mediaUrls }) => [text, mediaUrls?.length])).toEqual([
      ['first', 1],
      ['second', 0],
    ]);

    await write('', [new MediaUnavailable(404, 'never')]);
    for (let second = 0; second < 200; second += 5) {
      clock.advance(5000);
      await world.jobs.runDue();
    }
    expect((await forwards()).at(-1)).toMatchObject({ state: 'rejected', reason: 'media-lost' });
    expect(sentTo(ANA).map(({ text }) => text)).toEqual([DROPPED]);
    expect(plivo.asked.length).toBeLessThan(20);
  });

  it('is fetched from where this message has its own alone', async () => {
    await lent();
    const uuid = newId();
    const foreign = [addressOf(newId()), addressOf(uuid, 'MAOTHER')];
    for (const address of foreign) plivo.media.set(address, pictureOf('jpg', '1').bytes);
    const inside = 'https://10.0.0.1/picture.jpg';
    plivo.media.set(inside, new MediaRefused('the media address is not public'));
    await write('hello', [], { messageUuid: uuid, mediaCount: 3, media: [...foreign, inside] });
    await world.jobs.runDue();
    expect(plivo.asked).toEqual([inside]);
    expect((await media()).map(({ reason }) => reason)).toEqual(['address', 'address', 'address']);
    expect(sentTo(RAVI)).toMatchObject([{ text: 'hello', mediaUrls: [] }]);
  });

  it('of which V2 alone has told is fetched from below its message, and from nowhere else', async () => {
    await lent();
    const record = { direction: 'inbound' as const, from: ANA.slice(1), to: NUMBER, state: null, at: clock.now() };
    const bill = { units: 1, amountMicros: 0, carrierFeeMicros: null, errorCode: null };
    const messageUuid = newId();
    plivo.records.set(messageUuid, { messageUuid, ...record, ...bill });
    const [own, elsewhere] = [addressOf(messageUuid), 'https://pictures.example/1.jpg'];
    for (const address of [own, elsewhere]) plivo.media.set(address, pictureOf('jpg', '1').bytes);
    await write('hint', [], { messageUuid, mediaCount: 2, media: [elsewhere, own] }, true);
    await world.jobs.runDue();
    expect(plivo.asked).toEqual([own]);
    expect(sentTo(RAVI)).toMatchObject([{ mediaUrls: [expect.stringContaining('.jpg')] }]);
    expect(sentTo(ANA).map(({ text }) => text)).toEqual([DROPPED]);
  });

  it.each<[why: string, settings: object, more: object, mms: number]>([
    ['of the account', {}, {}, 1],
    ['of the number', { messaging_media: true }, {}, 0],
    ['of the country', { messaging_media: true }, { second_party: '+4915112345678', geomatch: false }, 1],
  ])('is not looked at where the switch or the reach %s is against it', async (_, settings, more, mms) => {
    await begin(settings);
    await database.transaction((tx) => tx.query('UPDATE virtual_number SET has_mms = ?', [mms]));
    await lent(more);
    await write('words', ['jpg']);
    await write('', ['jpg']);
    await world.jobs.runDue();
    expect(plivo.asked).toEqual([]);
    expect(await media()).toEqual([]);
    expect(plivo.sent.filter(({ to }) => to !== ANA.slice(1))).toMatchObject([{ text: 'words', mediaUrls: [] }]);
    expect(sentTo(ANA).map(({ text }) => text)).toEqual([DROPPED]);
  });

  it('is not sent again where nobody knows whether it was', async () => {
    await lent();
    plivo.afterwards = () => new ProviderOutcomeUnknown('no answer');
    await write('once', ['jpg']);
    await world.jobs.runDue();
    for (let step = 0; step < 20; step += 1) {
      clock.advance(60_000);
      await world.jobs.runDue();
    }
    expect(plivo.sent).toHaveLength(1);
    expect(await forwards()).toMatchObject([{ state: 'sent', media_count: 1 }]);
  });

  it('stays at Plivo where Plivo does not delete it, and the row says so', async () => {
    await lent();
    plivo.refusal = () => new ProviderRefused(405, 'method not allowed');
    await write('', ['jpg']);
    await world.jobs.runDue();
    await report('delivered');
    expect(await media()).toMatchObject([{ status: 'deleted', at_plivo: 'kept', media_url: null }]);
    expect(await rows("SELECT id FROM job WHERE kind = 'text-media.delete'")).toEqual([]);
  });

  it('is kept as long as words are, and not at Plivo', async () => {
    await begin({ messaging_media: true, text_retention_days: 2 });
    await lent();
    await write('keep', ['jpg']);
    await world.jobs.runDue();
    await report('delivered');
    expect(await media()).toMatchObject([{ status: 'ready', at_plivo: 'gone', media_url: null }]);
    clock.advance(47 * 3_600_000);
    await world.purgeTexts.run();
    expect(await media()).toMatchObject([{ status: 'ready' }]);
    clock.advance(2 * 3_600_000);
    await world.purgeTexts.run();
    await world.jobs.runDue();
    expect(await media()).toMatchObject([{ status: 'deleted', file_key: null }]);
  });

  it('goes with its text and its person at once, whatever is still to be done', async () => {
    const forget = new ForgetTexts(database, clock, world.spend, world.sessions.events, world.media.deleteMedia);
    const { id } = await lent();
    await write('', ['jpg']);
    await world.jobs.runDue();
    const [url] = plivo.sent[0]?.mediaUrls ?? [];
    const ids = (await rows('SELECT id FROM text_message')).map((row) => String(row['id']));
    await database.transaction((tx) => forget.blank(tx, ids));
    expect(await seen(url)).toBeNull();
    expect(await media()).toMatchObject([{ status: 'deleting', file_key: null }]);
    await write('', [new MediaUnavailable(404, 'not yet')]);
    await database.transaction((tx) => forget.ofSessions(tx, [id]));
    await world.jobs.runDue();
    expect(await media()).toEqual([]);
    expect(plivo.deleted).toHaveLength(2);
  });

  it('is one unit, and reserves what its words would cost alone', async () => {
    const cap = { daily_spend_cap: '1', max_rate_per_minute: '0.01', max_rate_per_message: '0.02' };
    await begin({ messaging_media: true, ...cap });
    await lent();
    await write('x'.repeat(400), ['jpg']);
    expect(await world.spend.today(ACCOUNT)).toMatchObject({ reserved: 60_000 });
    await world.jobs.runDue();
    expect(await forwards()).toMatchObject([{ units: 1 }]);
    await report('delivered');
    expect(await world.spend.today(ACCOUNT)).toMatchObject({ reserved: 0 });
  });
});
