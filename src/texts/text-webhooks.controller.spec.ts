import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { UnreadableWebhook } from '../call-routing/index.js';
import { NotBegun } from '../platform/database/database.js';
import { Unavailable } from '../platform/errors.js';
import { newRandomId } from '../platform/ids.js';
import { createLogger } from '../platform/logging/logger.js';
import { emptyXml } from '../plivo/index.js';
import type { NoteReport } from './note-report.js';
import type { ReceiveText } from './receive-text.js';
import { TextWebhooksController } from './text-webhooks.controller.js';

const UUID = 'aaaaaaaa-0000-4000-8000-000000000001';
const TEXT = { MessageUUID: UUID, From: '14155550101', To: '12025550001', Text: 'hello' };
const REPORT = { MessageUUID: UUID, Status: 'delivered' };

describe('what Plivo tells of texts', () => {
  let receive: ReceiveText['run'];
  let noted: unknown[][];
  let lines: { msg?: string; account?: string }[];
  let controller: TextWebhooksController;

  beforeEach(() => {
    jest.useFakeTimers();
    receive = async () => undefined;
    noted = [];
    lines = [];
    const log = createLogger(
      { level: 'trace', format: 'json' },
      { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) },
    );
    const receiveText = { run: (...asked: Parameters<ReceiveText['run']>) => receive(...asked) } as ReceiveText;
    const noteReport = { run: async (...asked: unknown[]) => void noted.push(asked) } as unknown as NoteReport;
    controller = new TextWebhooksController(receiveText, noteReport, log);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A request that the guard has let in. */
  const told = (params: Record<string, string>): FastifyRequest =>
    ({ webhook: { accountId: 'MA', params: new Map(Object.entries(params)) } }) as unknown as FastifyRequest;

  it('is taken before it is answered, and nothing is sent by the answer', async () => {
    const taken: unknown[] = [];
    receive = async (webhook, { messageUuid, text }, isAwaited) => {
      await Promise.resolve();
      taken.push(webhook.accountId, messageUuid, text, isAwaited?.());
    };
    const waiting = jest.getTimerCount();
    expect(await controller.message(told(TEXT))).toBe(emptyXml());
    expect([taken, lines, jest.getTimerCount()]).toEqual([['MA', UUID, 'hello', true], [], waiting]);
  });

  it('is answered all the same where nobody can read it, which the operator is told: repeating would not mend it', async () => {
    receive = async () => {
      throw new Error('nothing is to be taken');
    };
    expect(await controller.message(told({ ...TEXT, MessageUUID: '' }))).toBe(emptyXml());
    expect(lines).toMatchObject([{ msg: 'text.unreadable', account: 'MA' }]);
  });

  it('is refused where it is not taken within 1.4 s, and whoever takes it then hears that nobody waits', async () => {
    let isAwaited: () => boolean = () => false;
    let fail: (error: Error) => void = () => undefined;
    receive = (_webhook, _told, asked) => {
      isAwaited = asked ?? isAwaited;
      return new Promise((_, reject) => (fail = reject));
    };
    const answers: unknown[] = [];
    void controller.message(told(TEXT)).catch((error: unknown) => answers.push(error));
    await jest.advanceTimersByTimeAsync(1399);
    expect([answers, isAwaited()]).toEqual([[], true]);
    await jest.advanceTimersByTimeAsync(1);
    expect([answers, isAwaited()]).toEqual([[expect.any(Unavailable)], false]);
    // An end that nobody hears of any more.
    fail(new Error('too late'));
    await jest.advanceTimersByTimeAsync(0);
    expect(answers).toHaveLength(1);
  });

  it('is refused at once where its turn does not come in time, and by what is wrong where something is', async () => {
    const wrong = new Error('no database');
    const waiting = jest.getTimerCount();
    for (const [thrown, answer] of [
      [new NotBegun(), expect.any(Unavailable)],
      [wrong, wrong],
    ] as const) {
      receive = async () => {
        throw thrown;
      };
      expect(await controller.message(told(TEXT)).catch((error: unknown) => error)).toEqual(answer);
      expect(jest.getTimerCount()).toBe(waiting);
    }
  });

  it('is noted of the text that was sent, by our id where the address has one, else by Plivo’s', async () => {
    const id = newRandomId();
    expect([await controller.status(told(REPORT)), await controller.statusOf(told(REPORT), id)]).toEqual(['', '']);
    const report = expect.objectContaining({ messageUuid: UUID, state: 'delivered' });
    expect(noted).toEqual([
      [expect.anything(), null, report],
      [expect.anything(), id, report],
    ]);
  });

  it('is noted nowhere where the address names none of our ids, or nobody can read it', async () => {
    const asked = [
      async () => controller.statusOf(told(REPORT), 'some'),
      async () => controller.statusOf(told({ ...REPORT, Status: 'unheard-of' }), newRandomId()),
      async () => controller.status(told({ Status: 'delivered' })),
    ];
    for (const one of asked) await expect(one()).rejects.toBeInstanceOf(UnreadableWebhook);
    expect(noted).toEqual([]);
  });
});
