import { describe, expect, it } from '@jest/globals';
import { array, assert, constantFrom, integer, property } from 'fast-check';
import { createLogger, type Fields, type Log } from './logger.js';
import { NestLog } from './nest-log.js';

const CANARY = '14155550101';

interface Written {
  log: Log;
  lines: string[];
}

function recording(level: 'trace' | 'info' = 'info', format: 'json' | 'pretty' = 'json'): Written {
  const lines: string[] = [];
  const log = createLogger({ level, format }, { write: (line) => void lines.push(line) });
  return { log, lines };
}

function written(fields: Fields, event = 'call.started'): Record<string, unknown> {
  const { log, lines } = recording();
  log.info(event, fields);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!) as Record<string, unknown>;
}

/** Every run of digits of what was written, whatever stood between them, beside the line's own time. */
function digitsOf(line: Record<string, unknown>): string {
  return JSON.stringify({ ...line, time: '' }).replace(/[^0-9]/g, '');
}

function withCause(): Error {
  return new Error('no route', { cause: new TypeError(`bad caller +${CANARY}`) });
}

function withStack(): Error {
  const error = new Error('no route');
  error.stack = `Error: caller (415) 555-0101\n    at dial (/app/${CANARY}.js:1:1)`;
  return error;
}

describe('a phone number', () => {
  const spellings: [string, unknown][] = [
    ['E.164', `+${CANARY}`],
    ['no plus', CANARY],
    ['spaces', 'from +1 415 555 0101 to us'],
    ['no-break spaces', '+1\u00a0415\u202f555\u00a00101'],
    ['dashes', '1-415-555-0101'],
    ['what is not seen', '\u202a+1\u200b415\u200d555\u20600101\u202c'],
    ['typographic dashes', '1\u2011415\u2013555\u20110101'],
    ['dots', '+1.415.555.0101'],
    ['parentheses', '+1 (415) 555-0101'],
    ['slash', '415/555/0101'],
    ['URL-encoded', '/answer?From=%2B14155550101&To=%2B1%20415%20555%200101'],
    ['URL-encoded digits', '%2B%31%34%31%35%35%35%35%30%31%30%31'],
    ['JSON in a string', JSON.stringify({ to: `+${CANARY}`, nested: JSON.stringify({ from: Number(CANARY) }) })],
    ['tel:', `tel:+${CANARY}`],
    ['sip:', `sip:+${CANARY}@plivo.example.com;user=phone`],
    ['other digits', '１４１５５５５０１０１'],
    ['glued to words', `caller${CANARY}hungup`],
    ['after a date', `2026-11-22 ${CANARY}`],
    ['before a date', `${CANARY} 2026-11-22`],
    ['an error', new Error(`cannot dial +${CANARY}`)],
    ["an error's cause", withCause()],
    ["an error's stack", withStack()],
    ['an aggregate of errors', new AggregateError([new Error(CANARY)], 'all failed')],
    ['number', Number(CANARY)],
    ['bigint', BigInt(CANARY)],
    ['key', { [CANARY]: true }],
    ['list', [[CANARY], Number(CANARY)]],
    ['map', new Map([[CANARY, CANARY]])],
    ['set', new Set([CANARY])],
    ['URL', new URL(`https://customer.example.com/?to=${CANARY}`)],
  ];

  it.each(spellings)('is masked: %s', (_, value) => {
    const line = written({ value, deep: { er: [{ value }] } });
    expect(digitsOf(line)).not.toMatch(/4155550|5550101/);
    expect(JSON.stringify(line).normalize('NFKC')).not.toMatch(/5550101|555.0101/);
  });

  it('is masked in the event name', () => {
    expect(written({}, `call to +${CANARY}`)['msg']).toBe('call to +14•••••01');
  });

  it('keeps two digits at each end', () => {
    expect(written({ a: `+${CANARY}`, b: '%2B44 20 7946 0123', c: Number(CANARY) })).toMatchObject({
      a: '+14•••••01',
      b: '+44•••••23',
      c: '14•••••01',
    });
  });

  it('is masked however its digits are spaced', () => {
    const gap = constantFrom('', '', ' ', '-', '.', ') ', ' (', '%20', ' - ', '\t', '/');
    const digit = integer({ min: 0, max: 9 });
    const number = array(digit, { minLength: 7, maxLength: 15 });
    assert(
      property(number, array(gap, { minLength: 15, maxLength: 15 }), (digits, gaps) => {
        const spelt = digits.map((each, index) => `${index === 0 ? '' : gaps[index]}${each}`).join('');
        const shown = String(written({ value: `to ${spelt}, please` })['value']).replace(/[^0-9]/g, '');
        expect(shown.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('is masked where a long text is cut', () => {
    const text = `${'x'.repeat(8186)}+${CANARY}`;
    expect(digitsOf(written({ text }))).toBe('');
  });
});

describe('what is no phone number', () => {
  it.each([
    '0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
    '12345678-1234-1234-1234-123456789012',
    'session 12345678-1234-1234-1234-123456789012 ended',
    '2026-11-22T10:15:00Z',
    '2026-11-22T10:15:00.123Z',
    '2026-11-22 10:15:00+01:00 was late',
    '2026-11-22',
    'Sun, 22 Nov 2026 17:13:53 GMT',
    'connect ECONNREFUSED 172.18.100.2:3306',
    'attempt 3 of 10, 4096 bytes, status 503',
    '123456',
  ])('stays: %s', (text) => {
    expect(written({ text })['text']).toBe(text);
  });

  it('stays as a number when its field is a measure', () => {
    const fields = { pid: 4_194_304, run_at: 1_763_800_000_000, startedAt: 1_763_800_000_000, bytes: 10_485_760 };
    expect(written(fields)).toMatchObject(fields);
    expect(written({ port: 65_535, ms: 12.345678, status: 200, small: 999_999 })).toMatchObject({ ms: 12.345678 });
  });

  it('is a Date', () => {
    expect(written({ expires: new Date(Date.UTC(2026, 10, 22)) })['expires']).toBe('2026-11-22T00:00:00.000Z');
  });
});

describe('a secret', () => {
  const SENTINEL = 'Zx9-sentinel';

  it.each([
    'token',
    'auth_token',
    'authToken',
    'clientSecret',
    'pin',
    'first_party_pin',
    'PASSWORD',
    'authorization',
    'recording_url',
    'recordingUrl',
    'api_key',
    'ENCRYPTION_KEY',
  ])('is hidden by its field name: %s', (name) => {
    expect(written({ request: [{ [name]: SENTINEL }] })['request']).toEqual([{ [name]: '[hidden]' }]);
    expect(written({ [name]: { deep: [SENTINEL, 4711] } })[name]).toBe('[hidden]');
  });

  it.each([
    `Authorization: Basic ${SENTINEL}==`,
    `sent Bearer ${SENTINEL} twice`,
    `mysql://root:${SENTINEL}@db:3306/masking`,
    `https://u:p@${SENTINEL}@host/`,
    `GET /x?auth_token=${SENTINEL}&page=2`,
    `pin=${SENTINEL}&retry=1`,
    `{"pin":"${SENTINEL}, with more ${SENTINEL}"}`,
    JSON.stringify(JSON.stringify({ recording_url: `https://media.example.com/${SENTINEL}.mp3` })),
    `recordingUrl: https://media.example.com/${SENTINEL}`,
  ])('is hidden inside text: %s', (text) => {
    const line = JSON.stringify(written({ text, error: new Error(text) }));
    expect(line).toContain('[hidden]');
    expect(line).not.toContain(SENTINEL);
  });

  it('does not hide that there is none', () => {
    expect(written({ pin: null, has_token: false })).toMatchObject({ pin: null, has_token: false });
  });

  it('does not travel with a database error', () => {
    const error = Object.assign(new Error('duplicate'), { code: 'ER_DUP', parameters: [SENTINEL], query: SENTINEL });
    const line = written({ error });
    expect(line['error']).toMatchObject({ type: 'Error', message: 'duplicate', code: 'ER_DUP' });
    expect(JSON.stringify(line)).not.toContain(SENTINEL);
  });
});

describe('a line', () => {
  it('has time, level, event and fields, and nothing of the machine', () => {
    const { time, ...rest } = written({ session_uuid: 'a', status: 200, absent: undefined });
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(rest).toEqual({ level: 'info', msg: 'call.started', session_uuid: 'a', status: 200 });
  });

  it('stays small for endless, deep and wide values', () => {
    const endless: Record<string, unknown> = { bytes: Buffer.alloc(9), work: () => 1 };
    endless['self'] = endless;
    endless['copies'] = Array.from({ length: 1000 }, () => endless);
    endless['text'] = 'y'.repeat(100_000);
    const { log, lines } = recording();
    log.info('odd.thing', endless);
    expect(lines[0]!.length).toBeLessThan(250_000);
    expect(JSON.parse(lines[0]!)).toMatchObject({ self: { self: { bytes: '[9 bytes]' } } });
  });

  it('is written only from the chosen level on', () => {
    const { log, lines } = recording('info');
    log.debug('quiet.thing');
    log.warn('loud.thing');
    log.fatal('last.thing');
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'fatal']);
  });

  it('for people has the stack below', () => {
    const { log, lines } = recording('info', 'pretty');
    log.error('job.failed', { attempt: 2, error: new Error(`no answer from +${CANARY}`), tags: ['a'] });
    expect(lines[0]).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} ERROR job\.failed {2}attempt=2 {2}error=no answer from \+14•••••01 {2}tags=\["a"\]\n {4}Error: no answer/,
    );
    expect(lines[0]).not.toContain(CANARY);
  });
});

describe("the framework's own lines", () => {
  it('carry where they come from', () => {
    const { log, lines } = recording();
    new NestLog(log).warn(`late answer to +${CANARY}`, 'Scheduler');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      level: 'warn',
      msg: 'late answer to +14•••••01',
      context: 'Scheduler',
    });
  });

  it('tell the start only when asked for', () => {
    const { log, lines } = recording();
    new NestLog(log).log('Mapped {/v1, GET} route', 'RouterExplorer');
    expect(lines).toEqual([]);
    new NestLog(log).log('Ready', 'Main');
    expect(lines).toHaveLength(1);
  });

  it('keep errors whole, and masked', () => {
    const { log, lines } = recording();
    new NestLog(log).error(new Error(`lost ${CANARY}`), 'ExceptionsHandler');
    new NestLog(log).error('lost', `Error: ${CANARY}\n    at x`, 'ExceptionsHandler');
    expect(JSON.parse(lines[0]!)).toMatchObject({ msg: 'lost 14•••••01', error: { message: 'lost 14•••••01' } });
    expect(JSON.parse(lines[1]!)).toMatchObject({ msg: 'lost', details: 'Error: 14•••••01\n    at x' });
  });
});
