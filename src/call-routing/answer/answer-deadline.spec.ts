import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AccountSettings, CallSettings } from '../../accounts/index.js';
import { FakeClock } from '../../../test/support/ground.js';
import { NotBegun, type Database } from '../../platform/database/database.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import type { LoopLag } from '../../platform/loop-lag.js';
import { createLogger } from '../../platform/logging/logger.js';
import { Metrics } from '../../platform/metrics.js';
import { NonceReused } from '../call-routing.errors.js';
import { AnswerDeadline, type IsAwaited } from './answer-deadline.js';
import { spokenRefusal } from './refusal-speech.js';
import { Rush } from './rush.js';

const CALL = 'aaaaaaaa-0000-4000-8000-000000000001';
const XML = '<Response/>';
const SETTINGS = { language: 'de-DE', refusals: { trouble: 'Gleich wieder.' }, daily_spend_cap: null };
const IN_OWN_WORDS = '<Response><Speak language="de-DE">Gleich wieder.</Speak><Hangup/></Response>';
const SILENCE = '<Response><Hangup reason="rejected"/></Response>';

describe('an answer that somebody waits for', () => {
  let settings: Promise<CallSettings>;
  let deadline: AnswerDeadline;
  let lag: { ms: number };
  let rush: Rush;
  let metrics: Metrics;
  let lines: { msg?: string; level?: unknown }[];

  beforeEach(() => {
    jest.useFakeTimers();
    settings = Promise.resolve(SETTINGS as unknown as CallSettings);
    metrics = new Metrics();
    lines = [];
    const log = createLogger(
      { level: 'trace', format: 'json' },
      { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) },
    );
    const accountSettings = { of: () => settings } as unknown as AccountSettings;
    lag = { ms: 0 };
    rush = new Rush({ waitMs: 0 } as Database, lag as LoopLag);
    const database = undefined as unknown as Database;
    deadline = new AnswerDeadline(database, new FakeClock(), log, accountSettings, lag as LoopLag, rush, metrics);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const missed = async (): Promise<Record<string, number>> => {
    const metric = await metrics.registry.getSingleMetric('masking_answers_missed_total')!.get();
    const counted = metric.values.filter(({ value }) => value > 0);
    return Object.fromEntries(counted.map(({ labels, value }) => [String(labels['why']), value]));
  };
  const logged = (): string => JSON.stringify(lines);
  const never = (): Promise<string> => new Promise(() => undefined);

  it('is what was found out', async () => {
    expect(await deadline.run('MA', CALL, async () => XML)).toBe(XML);
    expect([await missed(), lines]).toEqual([{}, []]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is a sentence after 0.9 s, and not before, in the words of the account', async () => {
    const told: string[] = [];
    void deadline.run('MA', CALL, never).then((xml) => told.push(xml));
    await jest.advanceTimersByTimeAsync(899);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toEqual([IN_OWN_WORDS]);
    expect(await missed()).toEqual({ late: 1 });
    expect(logged()).toContain('call.answer_late');
  });

  it('is a sentence sooner by as much as its request may have waited to be read', async () => {
    const told: string[] = [];
    lag.ms = 300;
    let isAwaited: IsAwaited = () => false;
    void deadline
      .run('MA', CALL, (asked) => {
        isAwaited = asked;
        return never();
      })
      .then((xml) => told.push(xml));
    expect([isAwaited(600), isAwaited(601)]).toEqual([true, false]);
    await jest.advanceTimersByTimeAsync(599);
    expect(told).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(told).toEqual([IN_OWN_WORDS]);
  });

  it('is the same sentence, and the same silence, where it is refused unread', async () => {
    expect(await deadline.shed('MA')).toBe(IN_OWN_WORDS);
    settings = Promise.resolve({ ...SETTINGS, daily_spend_cap: '1' } as unknown as CallSettings);
    expect(await deadline.shed('MA')).toBe(SILENCE);
    settings = Promise.reject(new Error('no database'));
    expect(await deadline.shed('MA')).toBe(spokenRefusal('trouble'));
    settings = new Promise(() => undefined);
    const unknown = deadline.shed('MA');
    await jest.advanceTimersByTimeAsync(400);
    expect(await unknown).toBe(spokenRefusal('trouble'));
    expect([await missed(), lines, jest.getTimerCount()]).toEqual([{ shed: 4 }, [], 0]);
  });

  it('is awaited as long as it may come in time', async () => {
    let isAwaited: IsAwaited = () => false;
    void deadline.run('MA', CALL, (asked) => {
      isAwaited = asked;
      return never();
    });
    expect([isAwaited(0), isAwaited(900), isAwaited(901)]).toEqual([true, true, false]);
    await jest.advanceTimersByTimeAsync(450);
    expect([isAwaited(450), isAwaited(451)]).toEqual([true, false]);
    await jest.advanceTimersByTimeAsync(450);
    expect([isAwaited(0), isAwaited(-1000)]).toEqual([false, false]);
  });

  it('is a sentence at once where it fails, which the operator is told', async () => {
    const failed = deadline.run('MA', CALL, async () => {
      throw new Error('no database');
    });
    expect(await failed).toBe(IN_OWN_WORDS);
    expect(await missed()).toEqual({ failed: 1 });
    expect(logged()).toContain('call.answer_failed');
  });

  it('is a sentence where its turn did not come, without a line for each in a rush', async () => {
    const shed = deadline.run('MA', CALL, async () => {
      throw new NotBegun();
    });
    expect(await shed).toBe(IN_OWN_WORDS);
    expect([await missed(), lines]).toEqual([{ shed: 1 }, []]);
  });

  it('that fails after the sentence was heard is late, and nothing else', async () => {
    let fail: (error: Error) => void = () => undefined;
    const answered = deadline.run('MA', CALL, () => new Promise((_, reject) => (fail = reject)));
    await jest.advanceTimersByTimeAsync(900);
    fail(new Error('too late'));
    expect(await answered).toBe(IN_OWN_WORDS);
    await jest.advanceTimersByTimeAsync(0);
    expect(await missed()).toEqual({ late: 1 });
    expect(logged()).not.toContain('call.answer_failed');
  });

  it.each([
    ['a forgery', new NonceReused(), true],
    ['a call that we never ordered', new NotFound(), true],
    ['a mistake of ours', new InvalidRequest('x', {}), false],
  ])('is refused outright to %s', async (_, thrown, isRefused) => {
    const answered = deadline.run('MA', CALL, async () => {
      throw thrown;
    });
    if (isRefused) await expect(answered).rejects.toBe(thrown);
    else expect(await answered).toBe(IN_OWN_WORDS);
  });

  it('is silence where a spend cap holds, because a sentence is a billed minute', async () => {
    settings = Promise.resolve({ ...SETTINGS, daily_spend_cap: '1' } as unknown as CallSettings);
    const answered = deadline.run('MA', CALL, never);
    await jest.advanceTimersByTimeAsync(900);
    expect(await answered).toBe(SILENCE);
  });

  it('is our own sentence where the settings of the account cannot be read either', async () => {
    settings = Promise.reject(new Error('no database'));
    const answered = deadline.run('MA', CALL, never);
    await jest.advanceTimersByTimeAsync(900);
    expect(await answered).toBe(spokenRefusal('trouble'));
    expect(await answered).toContain('cannot be connected at the moment');
  });
});
