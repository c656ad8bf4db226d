import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCsv, UnreadableCsv } from './read-csv.js';

async function read(text: string, size = 7): Promise<string[][]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  const rows: string[][] = [];
  for await (const some of readCsv(chunks())) rows.push(...some.map(({ cells }) => cells));
  return rows;
}

it.each([
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['\uFEFFa,b\n', [['a', 'b']]],
  ['"a ""quoted"" one","b\r\nc",\r\n', [['a "quoted" one', 'b\r\nc', '']]],
  ['a\n\n\r\nb\n', [['a'], ['b']]],
  [',\n', [['', '']]],
  ['it"s,5" wide\n', [['it"s', '5" wide']]],
  ['""\r\n"",""', [['', '']]],
])('reads %j', async (text, rows) => {
  for (const size of [1, 2, 3, 7, 100]) expect(await read(text, size)).toEqual(rows);
});

it('reads whatever was written, however it is cut', async () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, size) => {
        const text = rows.map((cells) => cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(await read(text, size)).toEqual(rows);
      },
    ),
  );
});

it.each([
  ['a\n"b', 'row 2: expected a closing quote'],
  ['a\n"b"c', 'row 2: expected a comma'],
  [`a\n${'x'.repeat(5000)}`, 'row 2: expected cells of at most'],
  [`a\n"${'\n'.repeat(5000)}`, 'row 2: expected cells of at most'],
  [`a\n${','.repeat(300)}`, 'row 2: expected at most 200 columns'],
])('refuses %j', async (text, words) => {
  const reading = read(text, 999);
  await expect(reading).rejects.toThrow(UnreadableCsv);
  await expect(reading).rejects.toThrow(words);
});
