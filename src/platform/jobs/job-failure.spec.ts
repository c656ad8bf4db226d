import { describe, expect, it } from '@jest/globals';
import { defaultRetryDelaySeconds, describeFailure } from './job-failure.js';

describe('the delay after a failed attempt', () => {
  it.each([
    [1, 5],
    [2, 20],
    [3, 80],
    [6, 5120],
    [7, 20480],
    [8, 21600],
    [50, 21600],
  ])('of number %i is %i s, at most a fifth more or less', (attempt, seconds) => {
    const delays = Array.from({ length: 500 }, () => defaultRetryDelaySeconds(attempt));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(seconds * 0.8);
    expect(Math.max(...delays)).toBeLessThanOrEqual(seconds * 1.2);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(seconds * 0.3);
  });
});

describe('the description of a failure', () => {
  it.each([
    ['+14155550123', 'Error: +###########'],
    ['call (415) 555-0123', 'Error: call (###) ###-####'],
    ['٤١٥ in other digits', 'Error: ### in other digits'],
    ['GET https://media.example/v1/rec.mp3?x=secret failed', 'Error: GET <url> failed'],
    ["Duplicate entry '4155550123-77' for key 'job_key'", "Error: Duplicate entry '##########-##' for key 'job_key'"],
    ['wrong PIN 4711', 'Error: wrong PIN ####'],
    ['token Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4', 'Error: token <opaque>'],
  ])('of "%s" tells no number, address or secret', (message, expected) => {
    expect(describeFailure(new Error(message))).toBe(expected);
  });

  it.each([
    ['status 403', 'Error: status 403'],
    ['Plivo refused to list the numbers (status 401)', 'Error: Plivo refused to list the numbers (status 401)'],
    ['connect ECONNREFUSED 10.0.0.7:3306', 'Error: connect ECONNREFUSED 10.0.0.7:3306'],
    ['ER_OPTION_PREVENTS_STATEMENT', 'Error: ER_OPTION_PREVENTS_STATEMENT'],
  ])('of "%s" keeps the digits of the cause', (message, expected) => {
    expect(describeFailure(new Error(message))).toBe(expected);
  });

  it("names a database's error by its code and number, which its message does not say", () => {
    const error = Object.assign(new Error('Lock wait timeout exceeded'), { code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 });
    expect(describeFailure(error)).toBe('Error (ER_LOCK_WAIT_TIMEOUT, 1205): Lock wait timeout exceeded');
  });

  it('fits its column', () => {
    expect(describeFailure(new Error('a '.repeat(5000)))).toHaveLength(500);
  });

  it('tells nothing of what was thrown without being an error', () => {
    expect(describeFailure('+14155550123')).toBe('thrown: string');
  });
});
