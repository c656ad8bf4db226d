import { describe, expect, it } from '@jest/globals';
import { retryAfterSeconds } from './retry-after.js';

const NOW = Date.parse('2026-03-01T12:00:00.400Z');

describe('what a Retry-After header asks for', () => {
  it.each([
    ['0', 0],
    ['120', 120],
    [' 7 ', 7],
    ['999999999999', 31_536_000],
    [['30', '60'], 30],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 31_536_000],
    [undefined, null],
    ['', null],
    ['-1', null],
    ['1.5', null],
    ['1e3', null],
    ['soon', null],
    ['2026-03-01T12:00:30Z', null],
    ['Sun, 41 Mar 2026 12:00:30 GMT', null],
    ['9'.repeat(400), null],
  ])('%j: %s', (header, seconds) => {
    expect(retryAfterSeconds(header, NOW)).toBe(seconds);
  });
});
