import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Accounts, AccountSettings, Spend, type PlivoAccess } from '../../src/accounts/index.js';
import {
  MediaUnavailable,
  type MessageRecord,
  type MessageWebhook,
  type PlivoClient,
  type SendMessage,
  type VerifiedWebhook,
} from '../../src/plivo/index.js';
import type { Clock } from '../../src/platform/clock.js';
import type { Database } from '../../src/platform/database/database.js';
import { newId, newNonce, newRandomId } from '../../src/platform/ids.js';
import { Jobs } from '../../src/platform/jobs/jobs.js';
import { createLogger } from '../../src/platform/logging/logger.js';
import { Metrics } from '../../src/platform/metrics.js';
import { FolderStore } from '../../src/recording/folder-store.js';
import { DeleteMedia } from '../../src/text-media/delete-media.js';
import { FetchMedia } from '../../src/text-media/fetch-media.js';
import { OpenPicture } from '../../src/text-media/open-picture.js';
import { PictureLinks } from '../../src/text-media/picture-links.js';
import { SendWithMedia } from '../../src/text-media/send-with-media.js';
import { TakeMedia } from '../../src/text-media/take-media.js';
import { AddNotice } from '../../src/texts/add-notice.js';
import { SendNotices } from '../../src/texts/send-notices.js';
import { TellForward } from '../../src/texts/tell-forward.js';
import { CountTexts } from '../../src/texts/count-texts.js';
import { ForwardTexts } from '../../src/texts/forward-texts.js';
import { NoteOptOuts } from '../../src/texts/note-opt-outs.js';
import { ReadRecord } from '../../src/texts/read-record.js';
import { KeepText } from '../../src/texts/keep-text.js';
import { NoteReport } from '../../src/texts/note-report.js';
import { PriceTexts } from '../../src/texts/price-texts.js';
import { ReadTexter } from '../../src/texts/read-texter.js';
import { ReceiveText } from '../../src/texts/receive-text.js';
import { SweepTexts } from '../../src/texts/sweep-texts.js';
import { ListedMessage } from '../../src/texts/listed-message.js';
import { SettleNotices } from '../../src/texts/settle-notices.js';
import { SettleForwards } from '../../src/texts/settle-forwards.js';
import { PurgeTexts } from '../../src/texts/purge-texts.js';
import { VerifyText } from '../../src/texts/verify-text.js';
import { WakeAfterMedia } from '../../src/texts/wake-after-media.js';
import { ACCOUNT, addNumbers, clearSessions, digest, FakeClock, sessionsOn } from './ground.js';
import { turnTextsOn } from './texts.js';

const KEY = Buffer.alloc(32, 5);

/** As much of Plivo as takes messages, and remembers each. `mishap` breaks a request off before it is read, `afterwards` its answer. */
export class MessagePlivo {
  readonly sent: (SendMessage & { messageUuid: string; at: number })[] = [];
  readonly records = new Map<string, MessageRecord>();
  looks: number[] = [];
  mishap: () => Error | null = () => null;
  afterwards: () => Error | null = () => null;
  /** How long a message is not in the list. */
  listDelayMs = 0;
  /** What is there to be fetched, by its address. */
  readonly media = new Map<string, Buffer | Error>();
  readonly asked: string[] = [];
  readonly deleted: string[] = [];
  /** Plivo's answer to a delete. */
  refusal: () => Error | null = () => null;
  /** Of each message, in micro-units. */
  carrierFee: number | null = null;

  constructor(readonly clock: Clock) {}

  sendMessage = async (_: unknown, order: SendMessage): Promise<{ messageUuid: string }> => {
    const early = this.mishap();
    if (early) throw early;
    const messageUuid = newRandomId();
    const { from, to } = order;
    const at = this.clock.now();
    this.sent.push({ ...order, messageUuid, at });
    const known = { messageUuid, direction: 'outbound' as const, from, to, state: 'sent' as const, at };
    const priced = { units: 1, amountMicros: 7000, carrierFeeMicros: this.carrierFee, errorCode: null };
    this.records.set(messageUuid, { ...known, ...priced });
    const late = this.afterwards();
    if (late) throw late;
    return { messageUuid };
  };

  findMessages = async (_: unknown, { from, to, sentFrom, sentUntil }: Record<string, unknown>) => {
    this.looks.push(this.clock.now());
    const listed = [...this.records.values()].filter(({ at }) => (at ?? 0) <= this.clock.now() - this.listDelayMs);
    return listed.filter(
      (one) =>
        one.from === from && one.to === to && (one.at ?? 0) >= Number(sentFrom) && (one.at ?? 0) <= Number(sentUntil),
    );
  };

  /** What came in and could not be told. */
  untold: MessageRecord[] = [];
  findUntoldMessages = async (_: unknown, { offset }: { offset: number }) => this.untold.slice(offset, offset + 20);

  openMedia = async (_: unknown, url: string) => {
    this.asked.push(url);
    const found = this.media.get(url) ?? new MediaUnavailable(404, 'none there');
    if (found instanceof Error) throw found;
    return { body: Readable.from([found]), length: found.length };
  };

  deleteMessageMedia = async (_: unknown, { mediaId }: { mediaId: string }): Promise<boolean> => {
    const refusal = this.refusal();
    if (refusal) throw refusal;
    this.deleted.push(mediaId);
    return true;
  };

  getMessage = async (_: unknown, messageUuid: string): Promise<MessageRecord | null> =>
    this.records.get(messageUuid) ?? null;
}

/** The use cases of texts on a real database, wired by hand. Several share a database as processes do. */
export function textsOn(database: Database, clock: Clock, plivo: unknown) {
  const sessions = sessionsOn(database, clock, KEY);
  const { config, crypto, records, findRoute, findSessionById, events } = sessions;
  const log = createLogger({ level: 'silent', format: 'json' });
  const client = plivo as PlivoClient;
  const access = { of: async () => ({ authId: 'MA', authToken: 'x' }) } as unknown as PlivoAccess;
  const jobs = new Jobs(database, clock, config, log);
  const settings = new AccountSettings(database, clock, config);
  const spend = new Spend(database, clock, jobs, events, log, new Metrics());
  const metrics = new Metrics();
  const counts = new CountTexts(metrics);
  const store = new FolderStore(join(tmpdir(), `masking-media-${newId()}`));
  const links = new PictureLinks(config, clock, crypto);
  const openPicture = new OpenPicture(database, crypto, log, store);
  const sendWithMedia = new SendWithMedia(database, clock, links);
  const fetchMedia = new FetchMedia(database, clock, crypto, events, jobs, log, client, access, store);
  const deleteMedia = new DeleteMedia(database, clock, crypto, jobs, log, client, access, store);
  const keepText = new KeepText(clock, crypto, jobs, spend, records, new TakeMedia(clock, crypto, jobs));
  const readTexter = new ReadTexter(clock, config, findRoute);
  const readRecord = new ReadRecord(database, client, access);
  const addNotice = new AddNotice(clock, crypto, jobs, records, settings, events);
  const tellForward = new TellForward(clock, crypto, events, addNotice, deleteMedia);
  const sendNotices = new SendNotices(
    database,
    clock,
    config,
    crypto,
    jobs,
    client,
    access,
    settings,
    spend,
    events,
    counts,
  );
  const noteOptOuts = new NoteOptOuts(database, clock, jobs, events, records, findRoute, readRecord, crypto, addNotice);
  const receiveText = new ReceiveText(
    database,
    clock,
    crypto,
    jobs,
    events,
    settings,
    records,
    readTexter,
    keepText,
    noteOptOuts,
    addNotice,
    counts,
  );
  const listedMessage = new ListedMessage(client, access);
  const settleNotices = new SettleNotices(database, clock, crypto, spend, listedMessage, sendNotices, counts);
  const settleForwards = new SettleForwards(
    database,
    clock,
    crypto,
    jobs,
    events,
    client,
    access,
    spend,
    findSessionById,
    noteOptOuts,
    tellForward,
    counts,
    listedMessage,
    settleNotices,
  );
  const forwardTexts = new ForwardTexts(
    database,
    clock,
    config,
    crypto,
    jobs,
    client,
    access,
    findSessionById,
    spend,
    settleForwards,
    tellForward,
    counts,
    sendWithMedia,
    settings,
  );
  const wakeAfterMedia = new WakeAfterMedia(events, jobs);
  const purgeTexts = new PurgeTexts(database, clock, new Accounts(), settings, deleteMedia);
  const verifyText = new VerifyText(database, clock, crypto, jobs, settings, readRecord, receiveText, counts);
  const noteReport = new NoteReport(database, clock, jobs, log, settleForwards, sendNotices);
  const priceTexts = new PriceTexts(
    database,
    clock,
    jobs,
    events,
    new Accounts(),
    client,
    access,
    settleForwards,
    sendNotices,
  );
  const sweepTexts = new SweepTexts(
    database,
    clock,
    jobs,
    new Accounts(),
    settings,
    client,
    access,
    receiveText,
    counts,
  );
  const listeners = [sweepTexts, settleForwards, forwardTexts, verifyText, noteOptOuts, sendNotices, priceTexts, spend];
  for (const one of [...listeners, fetchMedia, deleteMedia, wakeAfterMedia]) one.onModuleInit();
  return {
    sessions,
    jobs,
    settings,
    spend,
    log,
    metrics,
    priceTexts,
    sweepTexts,
    receiveText,
    forwardTexts,
    settleForwards,
    noteReport,
    noteOptOuts,
    sendNotices,
    media: { links, openPicture, deleteMedia, store },
    purgeTexts,
  };
}

/** Texts of one account over some numbers, of whom nobody has written yet. */
export async function beginTexts(database: Database, numbers: string[], settings: object = {}) {
  await clearSessions(database);
  await clearTexts(database);
  await database.transaction(async (tx) => {
    const account = 'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at)';
    await tx.query(`${account} VALUES (?, 'Some', 'x', 'sealed', 0)`, [ACCOUNT]);
  });
  await addNumbers(database, numbers);
  await database.transaction((tx) => tx.query("UPDATE virtual_number SET texts = 'yes'"));
  await turnTextsOn(database, ACCOUNT, settings);
  const clock = new FakeClock();
  const plivo = new MessagePlivo(clock);
  return { clock, plivo, world: textsOn(database, clock, plivo) };
}

export async function clearTexts(database: Database): Promise<void> {
  await database.transaction(async (tx) => {
    for (const table of ['text_message', 'text_forward', 'text_opt_out', 'text_notice', 'text_media'])
      await tx.query(`DELETE FROM ${table}`);
  });
}

/** A webhook that the guard has let in. */
export function verifiedText(params: object, isHint = false): VerifiedWebhook {
  const contentHash = digest(JSON.stringify(params));
  return { accountId: ACCOUNT, nonce: newNonce(), params: new Map(), contentHash, isHint };
}

export function textTold(from: string, to: string, text: string, more: Partial<MessageWebhook> = {}): MessageWebhook {
  return {
    messageUuid: newId(),
    from: from.replace('+', ''),
    to,
    text,
    kind: 'sms',
    units: 1,
    amountMicros: 0,
    intent: null,
    mediaCount: 0,
    media: [],
    ...more,
  };
}
