import { describe, expect, it } from '@jest/globals';
import { barredCodes, mayConnect } from './country-rules.js';

const [MEERA, DEV, ASHA, RAVI] = ['919876543210', '919876543211', '14155550123', '14155550124'];
const [DELHI, LONDON] = ['911140000001', '442079460001'];

describe('countries that keep calls inside', () => {
  it.each<[string, (string | null)[], string[]]>([
    ['two Indians', [MEERA, DEV], []],
    ['an Indian and somebody abroad', [MEERA, RAVI], ['91']],
    ['two people abroad', [ASHA, RAVI], ['91']],
    ['an Indian and somebody not known yet', [MEERA, null], []],
    ['somebody abroad and somebody not known yet', [null, RAVI], ['91']],
  ])('bar from %s: %j', (_, people, codes) => {
    expect(barredCodes(people)).toEqual(codes);
    expect(mayConnect(DELHI, people)).toBe(codes.length === 0);
    expect(mayConnect(LONDON, people)).toBe(true);
  });
});
