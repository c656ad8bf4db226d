import { describe, expect, it } from '@jest/globals';
import { hangupCauseInWords, hangupCauseName, isOfSetUp, legStatus, type LegStatus } from './hangup-causes.js';

const unanswered = { wasAnswered: false, hangupCauseCode: null, hangupCause: null, callStatus: null };

describe('how a leg ended', () => {
  it.each<[number, LegStatus]>([
    [1000, 'cancel'],
    [2000, 'failed'],
    [3000, 'no-answer'],
    [3010, 'busy'],
    [3020, 'busy'],
    [3030, 'failed'],
    [4000, 'cancel'],
    [5000, 'failed'],
    [6010, 'timeout'],
    [8011, 'failed'],
    [9000, 'cancel'],
  ])('with code %d and no answer is %s', (hangupCauseCode, status) => {
    expect(legStatus({ ...unanswered, hangupCauseCode, callStatus: 'completed' })).toBe(status);
  });

  it.each([4000, 6000, 6020, 5000, null])('with code %p after an answer is completed', (hangupCauseCode) => {
    expect(legStatus({ ...unanswered, wasAnswered: true, hangupCauseCode })).toBe('completed');
  });

  it('is read from the textual cause, then from the call status, when the code says nothing', () => {
    expect(legStatus({ ...unanswered, hangupCauseCode: 0, hangupCause: 'USER_BUSY', callStatus: 'failed' })).toBe(
      'busy',
    );
    expect(legStatus({ ...unanswered, hangupCauseCode: 4711, callStatus: 'no-answer' })).toBe('no-answer');
    expect(legStatus({ ...unanswered, callStatus: 'completed' })).toBe('failed');
    expect(legStatus(unanswered)).toBe('failed');
  });
});

describe('a hang-up cause', () => {
  it.each([1010, 2050, 2070, 3030, 5030, 7011, 7022, 8014, 9110])('%d tells of the set-up', (code) => {
    expect(isOfSetUp(code)).toBe(true);
  });

  it.each([0, 1000, 3010, 3020, 4000, 5000, 6010, 7999, 8000, 9000, 9100])('%d does not', (code) => {
    expect(isOfSetUp(code)).toBe(false);
  });

  it('has Plivo’s name and plain words', () => {
    expect(hangupCauseName(6010)).toBe('Ring Timeout Reached');
    expect(hangupCauseInWords(6010)).toBe('it rang until the ring time was over');
  });

  it.each([0, 1, 4711, null])('is unknown for %p', (code) => {
    expect(hangupCauseName(code)).toBe('Unknown');
    expect(hangupCauseInWords(code)).toBe('Plivo did not say why');
  });
});
