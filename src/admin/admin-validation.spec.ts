import { describe, expect, it } from '@jest/globals';
import { NewNumber } from './numbers/numbers.dto.js';
import { adminValidation } from './admin-validation.js';

async function refusalOf(body: object): Promise<string> {
  try {
    await adminValidation.transform(body, { type: 'body', metatype: NewNumber });
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a body of /admin', () => {
  it('is refused with what was expected, and said to lack what is not there', async () => {
    expect(await refusalOf({ number: '+14155550100' })).toBe(
      'account is missing: account must be a text of 1 to 20 characters',
    );
    for (const account of ['', 'M'.repeat(21), 5, null])
      expect(await refusalOf({ account, number: '+14155550100' })).toBe('account must be a text of 1 to 20 characters');
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
});
