import { describe, expect, it } from '@jest/globals';
import { PNG } from 'pngjs';
import { pictureOf } from '../simulator/texts/pictures.js';
import { cleanMedia } from './clean-media.js';

/** Whose phone made it. */
const MAKER = '14155551001';
const made = (kind: Parameters<typeof pictureOf>[0]) => pictureOf(kind, MAKER).bytes;

describe('what comes with a text', () => {
  it.each(['jpg', 'png', 'gif', 'mp4'] as const)('is passed on without a word of its maker (%s)', (kind) => {
    const before = made(kind);
    expect(before.includes(MAKER)).toBe(true);
    const cleaned = cleanMedia(before);
    expect(cleaned?.format).toBe(kind);
    expect(cleaned?.bytes.includes(MAKER)).toBe(false);
    // Nothing is left to take out.
    expect(cleanMedia(cleaned?.bytes ?? Buffer.alloc(0))?.bytes).toEqual(cleaned?.bytes);
  });

  it('is told by what it is, and not passed on where that is no picture and no film', () => {
    expect(cleanMedia(made('vcf'))).toBeNull();
    for (const text of ['%PDF-1.7', '<html></html>', 'BEGIN:VCALENDAR', '', 'GIF89a', '\xff\xd8\xff'])
      expect(cleanMedia(Buffer.from(text, 'latin1'))).toBeNull();
    // A picture in the boxes of a film keeps what it is made of where films are told about.
    expect(cleanMedia(Buffer.from('\0\0\0\x10ftypheic\0\0\0\0', 'latin1'))).toBeNull();
  });

  it.each(['jpg', 'png', 'gif', 'mp4'] as const)('is never half of it, wherever it breaks off (%s)', (kind) => {
    const whole = cleanMedia(made(kind))?.bytes ?? Buffer.alloc(0);
    for (let length = 0; length < whole.length; length += 1)
      expect({ length, cleaned: cleanMedia(whole.subarray(0, length)) }).toEqual({ length, cleaned: null });
  });

  it('keeps which side of a picture is up, in one entry of its own', () => {
    const { bytes } = cleanMedia(made('jpg')) ?? { bytes: Buffer.alloc(0) };
    const exif = bytes.indexOf('Exif\0\0');
    expect(bytes.readUInt16BE(exif - 2)).toBe(34);
    expect(bytes.subarray(exif + 6).readUInt16BE(8)).toBe(1);
    expect(bytes.subarray(exif + 6).readUInt16BE(18)).toBe(6);
  });

  it('keeps the picture itself', () => {
    const [before, after] = [made('png'), cleanMedia(made('png'))?.bytes ?? Buffer.alloc(0)].map((bytes) =>
      PNG.sync.read(bytes.subarray(0, bytes.indexOf('IEND') + 8)),
    );
    expect(after?.data).toEqual(before?.data);
    const scan = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf(Buffer.from([0xff, 0xda])));
    const dot = made('jpg');
    const shown = cleanMedia(dot)?.bytes ?? Buffer.alloc(0);
    expect(scan(dot).subarray(0, scan(shown).length)).toEqual(scan(shown));
  });

  it('keeps the places of a film where they were, and neither date nor place in it', () => {
    const film = made('mp4');
    const after = cleanMedia(film)?.bytes ?? Buffer.alloc(0);
    expect(after).toHaveLength(film.length);
    expect(after.indexOf('mdat')).toBe(film.indexOf('mdat'));
    expect(after.readUInt32BE(after.indexOf('mvhd') + 8)).toBe(0);
    expect(after.includes('udta')).toBe(false);
  });

  it('is read to an end whatever stands in it', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      for (const kind of ['jpg', 'png', 'gif', 'mp4'] as const) {
        const bytes = Buffer.from(made(kind));
        for (let hit = 0; hit < 4; hit += 1)
          bytes[(seed * 7919 + hit * 104_729) % bytes.length] = (seed * 31 + hit) % 256;
        const cleaned = cleanMedia(bytes);
        if (cleaned) expect(cleaned.bytes.length).toBeLessThanOrEqual(bytes.length + 40);
      }
    }
    const nested = Buffer.concat(
      Array.from({ length: 200_000 }, (_, place) => {
        const head = Buffer.alloc(8);
        head.writeUInt32BE((200_000 - place) * 8, 0);
        head.write('moov', 4, 'latin1');
        return head;
      }),
    );
    const start = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0', 'latin1');
    expect(cleanMedia(Buffer.concat([start, nested]))).toBeNull();
  });
});
