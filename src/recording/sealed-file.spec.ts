import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readRange, type ByteRange } from './byte-range.js';
import { digest } from '../../test/support/ground.js';
import { openSealed, storedRange, storedSize, writeSealed } from './sealed-file.js';

const CHUNK = 65_536;
const STORED_CHUNK = CHUNK + 16;

describe('a sealed file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sealed-file-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const fileKey = { name: 'f', key: randomBytes(32) };

  async function* inPieces(media: Buffer, length: number): AsyncGenerator<Buffer> {
    for (let at = 0; at < media.length; at += length) yield media.subarray(at, at + length);
  }
  async function written(media: Buffer, pieces = 10_007, by = fileKey) {
    const path = join(folder, 'file');
    const handle = await open(path, 'w');
    const facts = await writeSealed(handle, inPieces(media, pieces), by);
    await handle.close();
    return { facts, stored: readFileSync(path) };
  }
  async function opened(stored: Buffer, range: ByteRange, size: number, by = fileKey): Promise<Buffer> {
    const bytes = storedRange(range, size);
    const parts: Buffer[] = [];
    const pieces = inPieces(stored.subarray(bytes.from, bytes.to + 1), 33_333);
    for await (const part of openSealed(pieces, by, { ...range, size })) parts.push(part);
    return Buffer.concat(parts);
  }

  it.each([1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])(
    'gives back every range of %d bytes, and no byte of it in clear',
    async (size) => {
      const media = randomBytes(size);
      const { facts, stored } = await written(media);
      expect(facts).toMatchObject({ size, checksum: digest(media) });
      expect(stored).toHaveLength(storedSize(size));
      expect(stored.includes(media.subarray(0, 24))).toBe(size < 24 && stored.includes(media));
      const edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, size - 1].filter((at) => at >= 0 && at < size);
      for (const from of edges)
        for (const to of edges.filter((at) => at >= from))
          expect((await opened(stored, { from, to }, size)).equals(media.subarray(from, to + 1))).toBe(true);
    },
  );

  it('is the same however its media comes in pieces', async () => {
    const media = randomBytes(2 * CHUNK + 5);
    const [one, other] = [await written(media, 1000), await written(media, 1_000_000)];
    expect(one.stored.equals(other.stored)).toBe(true);
    expect(one.facts).toEqual(other.facts);
  });

  it('does not open when it was changed, cut, moved about, or is another file', async () => {
    const media = randomBytes(3 * CHUNK);
    const { stored } = await written(media);
    const all = { from: 0, to: media.length - 1 };
    const chunk = (index: number) => stored.subarray(index * STORED_CHUNK, (index + 1) * STORED_CHUNK);
    for (let bit = 0; bit < 400; bit += 1) {
      const changed = Buffer.from(stored);
      const at = Math.floor((bit * changed.length) / 400);
      changed[at] = (changed[at] ?? 0) ^ (1 << (bit % 8));
      await expect(opened(changed, all, media.length)).rejects.toThrow();
    }
    const moved = Buffer.concat([chunk(1), chunk(0), chunk(2)]);
    const repeated = Buffer.concat([chunk(0), chunk(0), chunk(2)]);
    for (const spoilt of [moved, repeated, stored.subarray(0, -1), stored.subarray(0, STORED_CHUNK)])
      await expect(opened(spoilt, all, media.length)).rejects.toThrow();
    // Whoever cuts it at a chunk's edge and says that it was that short.
    const short = { from: 0, to: 2 * CHUNK - 1 };
    await expect(opened(stored.subarray(0, 2 * STORED_CHUNK), short, 2 * CHUNK)).rejects.toThrow();
    await expect(opened(stored, all, media.length, { ...fileKey, name: 'g' })).rejects.toThrow();
    await expect(opened(stored, all, media.length, { ...fileKey, key: randomBytes(32) })).rejects.toThrow();
  });
});

describe('the range that is asked for', () => {
  it.each([
    [undefined, 'whole'],
    ['bytes=0-', { from: 0, to: 99 }],
    ['bytes=0-0', { from: 0, to: 0 }],
    ['bytes=10-19', { from: 10, to: 19 }],
    ['bytes=90-200', { from: 90, to: 99 }],
    ['bytes=-10', { from: 90, to: 99 }],
    ['bytes=-1000', { from: 0, to: 99 }],
    ['bytes=99-', { from: 99, to: 99 }],
    ['bytes=100-', 'outside'],
    ['bytes=100-200', 'outside'],
    ['bytes=-0', 'outside'],
    ['bytes=20-10', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=0x1-', 'whole'],
    ['items=0-1', 'whole'],
    [`bytes=${'9'.repeat(400)}-`, 'whole'],
  ])('%s of 100 bytes', (header, expected) => {
    expect(readRange(header, 100)).toEqual(expected);
  });
});
