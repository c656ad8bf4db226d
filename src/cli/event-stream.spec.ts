import { describe, expect, it } from '@jest/globals';
import { streamEvents } from './event-stream.js';

async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(text: string, size: number) {
  const found = [];
  for await (const event of streamEvents(cut(text, size))) found.push(event);
  return found;
}

describe('a stream of events', () => {
  const text =
    ': listening\n\nid: 1.a\nevent: callback\ndata: {"name":"•é"}\n\n: still here\n\ndata: plain\n\ndata: unfinished';

  it.each([1, 2, 7, 1000])('is the same however it is cut, here into pieces of %i bytes', async (size) => {
    expect(await read(text, size)).toEqual([
      { id: '1.a', event: 'callback', data: '{"name":"•é"}' },
      { id: '', event: 'message', data: 'plain' },
    ]);
  });

  it('is refused where an event does not end', async () => {
    await expect(read(`data: ${'x'.repeat(1_100_000)}`, 65_536)).rejects.toThrow('expected an event');
  });
});
