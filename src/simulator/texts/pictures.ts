import { crc32, deflateSync } from 'node:zlib';

/** What people can send from the simulator's phones. `vcf`: a contact card; `big`: more than Plivo takes; `broken`: a picture that ends too early. */
export const PICTURE_KINDS = ['jpg', 'png', 'gif', 'mp4', 'vcf', 'big', 'broken'] as const;
export type PictureKind = (typeof PICTURE_KINDS)[number];

export interface Picture {
  type: string;
  bytes: Buffer;
}

/** 24 × 16, a yellow dot on blue. */
const DOT = Buffer.from(
  [
    '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/',
    '2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAQABgDASIAAhEBAxEB/8QA',
    'FgABAQEAAAAAAAAAAAAAAAAABgAE/8QAIBAAAQMEAgMAAAAAAAAAAAAAAgEEEQADEiETURVS0f/EABYBAQEBAAAAAAAAAAAAAAAAAAQDBf/EACERAAAEBQUA',
    'AAAAAAAAAAAAAAABERICAxMxYQQFFEFR/9oADAMBAAIRAxEAPwDO2sK5cBZFYUlieqQeEacWMHl75b+UfbXybOAvDtRWY7pB5tnx5Sc+uO/lI3HlPhoqmPRD',
    'S0UOpfIPubCtnB2SWVFYnuqpzfJy4O8WlJZjqqtSW5hOv2BxIppYf//Z',
  ].join(''),
  'base64',
);
const BIG_BYTES = 2_500_000;

/** A picture as phones make them: it tells of its maker, at every place where its kind has room for that. */
export function pictureOf(kind: PictureKind, told: string): Picture {
  switch (kind) {
    case 'jpg':
      return { type: 'image/jpeg', bytes: jpeg(told) };
    case 'png':
      return { type: 'image/png', bytes: png(told) };
    case 'gif':
      return { type: 'image/gif', bytes: gif(told) };
    case 'mp4':
      return { type: 'video/mp4', bytes: film(told) };
    case 'vcf':
      return { type: 'text/vcard', bytes: Buffer.from(`BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:+${told}\r\nEND:VCARD\r\n`) };
    case 'big':
      return { type: 'image/jpeg', bytes: Buffer.concat([jpeg(told), Buffer.alloc(BIG_BYTES)]) };
    case 'broken':
      return { type: 'image/jpeg', bytes: DOT.subarray(0, DOT.length - 20) };
  }
}

/** EXIF says which side is up (lying on its side) and who made it; a comment and what stands behind the end say it again. */
function jpeg(told: string): Buffer {
  const maker = Buffer.from(`${told}\0`, 'latin1');
  const tiff = Buffer.alloc(38);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(2, 8);
  entry(tiff, 10, { tag: 0x010f, type: 2, count: maker.length, value: tiff.length });
  entry(tiff, 22, { tag: 0x0112, type: 3, count: 1, value: 6 });
  const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff, maker]));
  const comment = segment(0xfe, Buffer.from(told, 'latin1'));
  const afterJfif = 2 + 2 + DOT.readUInt16BE(4);
  const parts = [DOT.subarray(0, afterJfif), exif, comment, DOT.subarray(afterJfif), Buffer.from(told, 'latin1')];
  return Buffer.concat(parts);
}

function entry(
  tiff: Buffer,
  at: number,
  { tag, type, count, value }: { tag: number; type: number; count: number; value: number },
): void {
  tiff.writeUInt16LE(tag, at);
  tiff.writeUInt16LE(type, at + 2);
  tiff.writeUInt32LE(count, at + 4);
  tiff.writeUInt32LE(value, at + 8);
}

function segment(code: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([head, content]);
}

function png(told: string): Buffer {
  const [width, height] = [24, 16];
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x6f)]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', size),
    chunk('tEXt', Buffer.from(`Author\0${told}`, 'latin1')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(told, 'latin1'),
  ]);
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), content]);
  const around = Buffer.alloc(8);
  around.writeUInt32BE(content.length, 0);
  around.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
}

function gif(told: string): Buffer {
  const screen = Buffer.from([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0x2a, 0x6f, 0xdb, 0, 0, 0]);
  const comment = Buffer.concat([
    Buffer.from([0x21, 0xfe, told.length]),
    Buffer.from(told, 'latin1'),
    Buffer.from([0]),
  ]);
  const dot = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([screen, comment, dot, Buffer.from([0x3b]), Buffer.from(told, 'latin1')]);
}

/** No film that runs: its boxes are there, and nothing is in them but its date and its maker. */
function film(told: string): Buffer {
  const dated = Buffer.alloc(100);
  dated.writeUInt32BE(3_900_000_000, 4);
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\x00\x00\x02\x00isommp42', 'latin1')),
    box('moov', Buffer.concat([box('mvhd', dated), box('udta', box('\u00a9xyz', Buffer.from(told, 'latin1')))])),
    box('mdat', Buffer.alloc(64, 7)),
  ]);
}

function box(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, content]);
}
