import { describe, expect, it } from '@jest/globals';
import { AccountChange } from './accounts/accounts.dto.js';
import { WordsQuery } from './messages/messages.dto.js';
import { NewNumber } from './numbers/numbers.dto.js';
import { Rotation } from './operators/operators.dto.js';
import { NewSubscription } from './subscriptions/subscriptions.dto.js';
import { adminValidation } from './admin-validation.js';

async function refusalOf(body: object, metatype: new () => object = NewNumber): Promise<string> {
  try {
    await adminValidation.transform(body, { type: 'body', metatype });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a body of /admin', () => {
  it('is refused with what was expected, and said to lack what is not there', async () => {
    expect(await refusalOf({ number: '+14155550100' })).toBe(
      'account is missing: account must be the Auth ID of an account',
    );
    for (const account of ['', 'M'.repeat(21), 5, null])
      expect(await refusalOf({ account, number: '+14155550100' })).toBe('account must be the Auth ID of an account');
    expect(await refusalOf({ account: 'MA', number: '+14155550100' })).toBe('none');
  });

  it('is refused without a word of a field that somebody made up with digits in it', async () => {
    expect(await refusalOf({ account: 'MA', number: '+14155550100', colour: 1 })).toBe(
      'colour is no field of this request',
    );
    expect(await refusalOf({ account: 'MA', number: '+14155550100', '14155550123': 1 })).toBe('unknown field');
    expect(await refusalOf(JSON.parse('{"account":"MA","number":"+14155550100","constructor":1}') as object)).toBe(
      'unknown field',
    );
  });

  it.each(['30', '', true, [30], {}])('is told that %j is no whole number, not that it is too large', async (value) => {
    expect(await refusalOf({ retention_days: value }, AccountChange)).toBe('retention_days must be an integer number');
    expect(await refusalOf({ overlap_seconds: value }, Rotation)).toBe('overlap_seconds must be an integer number');
  });

  it.each([' ', '\u0000', 'a\nb', '\u200B'])('gives no purpose of reading a text by %j', async (purpose) => {
    expect(await refusalOf({ purpose }, WordsQuery)).toBe('purpose must be one line of text');
    expect(await refusalOf({ purpose: `dispute${purpose}4711`.replace(/[^ -~]/g, '') }, WordsQuery)).toBe('none');
  });

  it('is told that a text is no list', async () => {
    const url = 'https://ops.example.com/';
    expect(await refusalOf({ url, events: 'pool.low' }, NewSubscription)).toBe('events must be an array');
    expect(await refusalOf({ url, events: ['pool.low', 'pool.low'] }, NewSubscription)).toBe(
      'events must name each event once',
    );
  });
});
