import { describe, expect, it } from '@jest/globals';
import { readNumberRows } from './number-rows.js';

describe('reading the file of an import', () => {
  it('reads rows in their order, whatever the order of the columns', () => {
    const rows = readNumberRows(
      '\uFEFFalias,Number,subaccount\r\n"Desk, front",+1 415 555 0100,\r\n\r\n,442079460000,SA1\r\n',
    );

    expect(rows).toEqual([
      { row: 1, line: 2, number: '14155550100', subaccountId: null, alias: 'Desk, front' },
      { row: 2, line: 4, number: '442079460000', subaccountId: 'SA1', alias: '' },
    ]);
  });

  it('takes a file of numbers only', () => {
    expect(readNumberRows('number\n+14155550100')).toMatchObject([
      { number: '14155550100', subaccountId: null, alias: '' },
    ]);
  });

  it('names every wrong row and repeats nothing of it', () => {
    const csv = `number,alias\n+14155550100,\nsecret,\n14155550100,\n+14155550101,${'x'.repeat(101)}\n`;

    expect(() => readNumberRows(csv)).toThrow(
      'nothing imported; row 2 (line 3): expected a phone number with its country code; ' +
        'row 3 (line 4): same number as row 1; row 4 (line 5): expected an alias of one line and at most 100 characters',
    );
  });

  it('names twenty rows and counts the rest', () => {
    const csv = `number\n${'wrong\n'.repeat(23)}`;

    expect(() => readNumberRows(csv)).toThrow(/row 20 \(line 21\): [^;]+; 3 more$/);
  });

  it.each([
    ['an empty file', '', /expected the header number,subaccount,alias and at least one row/],
    ['a header alone', 'number,subaccount,alias\n', /at least one row/],
    ['a file without header', '+14155550100\n', /expected the header/],
    ['an unknown column', 'number,country\n+14155550100,US\n', /expected the header/],
    ['a column that stands twice', 'number,number\n1,2\n', /expected the header/],
    ['too few cells', 'number,alias\n+14155550100\n', /^line 2 cannot be read/],
    ['an open quote', 'number,alias\n+14155550100,"x\n', /^line \d+ cannot be read/],
    ['10,001 rows', `number\n${'+14155550100\n'.repeat(10_001)}`, /expected at most 10000 rows/],
  ])('refuses %s', (_, csv, message) => {
    expect(() => readNumberRows(csv)).toThrow(message);
  });
});
