import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger, type Log } from './logger.js';

const AWAY = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:3306'), { code: 'ECONNREFUSED' });

describe('an outage that many meet', () => {
  let lines: Record<string, unknown>[];
  let log: Log;

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    log = createLogger(
      { level: 'info', format: 'json' },
      { write: (line: string) => void lines.push(JSON.parse(line)) },
    );
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is one line at once, and one a minute with how often', () => {
    for (let each = 0; each < 130; each++) log.error('jobs.claim-failed', { error: AWAY });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ msg: 'jobs.claim-failed', error: { code: 'ECONNREFUSED' } });

    jest.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ level: 'error', msg: 'jobs.claim-failed', repeated: 129 });

    log.error('jobs.claim-failed', { error: AWAY });
    jest.advanceTimersByTime(60_000);
    expect(lines.map(({ repeated }) => repeated)).toEqual([undefined, 129, 1]);

    jest.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(3);
    log.error('jobs.claim-failed', { error: AWAY });
    expect(lines).toHaveLength(4);
    expect(lines[3]).not.toHaveProperty('repeated');
  });

  it('is told apart by event and by code', () => {
    log.error('jobs.claim-failed', { error: AWAY });
    log.error('task.failed', { error: AWAY });
    log.error('task.failed', { error: Object.assign(new Error('full'), { code: 'SQLITE_FULL' }) });
    log.error('task.failed', { error: Object.assign(new Error('wrapped'), { driverError: AWAY }) });
    expect(lines.map(({ msg }) => msg)).toEqual(['jobs.claim-failed', 'task.failed', 'task.failed']);
  });

  it('holds back no other error, however often it comes', () => {
    for (let each = 0; each < 3; each++) log.error('job.parked', { error: new Error('a mistake of ours') });
    for (let each = 0; each < 3; each++) log.warn('job.failed', { error: 'Error: status 403' });
    expect(lines).toHaveLength(6);
  });
});
