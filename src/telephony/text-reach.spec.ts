import { describe, expect, it } from '@jest/globals';
import { describeNumber, type E164 } from './phone.js';
import { isTextSender, textSendersTo } from './text-reach.js';

const US = '14155550123';
const CANADA = '16135550123';
const UK = '447400123456';
const GERMANY = '4915112345678';
const INDIA = '919876543210';

describe('from which numbers a text reaches somebody', () => {
  it.each<[number: string, type: string | null, party: string, isReached: boolean]>([
    [US, 'local', US, true],
    [US, null, US, true],
    [CANADA, 'local', US, false],
    [CANADA, 'tollfree', US, true],
    [US, 'local', CANADA, true],
    [CANADA, 'local', CANADA, true],
    [UK, 'mobile', US, false],
    [UK, 'mobile', UK, true],
    [US, 'local', UK, false],
    [US, 'local', GERMANY, true],
    [GERMANY, 'mobile', GERMANY, true],
    [INDIA, 'mobile', INDIA, false],
    [US, 'local', INDIA, false],
  ])('%s (%s) to %s: %s', (number, numberType, party, isReached) => {
    const sender = { ...describeNumber(number as E164), numberType };
    expect(isTextSender(sender, textSendersTo(party as E164))).toBe(isReached);
  });
});
