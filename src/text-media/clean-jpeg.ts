const START = Buffer.from([0xff, 0xd8]);
const END = 0xd9;
const SCAN = 0xda;
const COMMENT = 0xfe;
const APP0 = 0xe0;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
/** Of the segments for applications these say how the picture is to be decoded: JFIF, a colour profile, Adobe's kind of colours. */
const DECODING: Readonly<Record<number, string>> = { [APP0]: 'JFIF\0', [APP2]: 'ICC_PROFILE\0', [APP14]: 'Adobe' };
const APP1 = 0xe1;
const EXIF = 'Exif\0\0';
const ORIENTATION = 0x0112;

/**
 * A JPEG without what it tells besides the picture: camera, place, time, captions, previews, and whatever stands behind its end, where phones put a film of the
 * same moment. Which side is up is kept, for without it pictures lie on their side. Null for what is no whole JPEG.
 */
export function cleanJpeg(bytes: Buffer): Buffer | null {
  if (!bytes.subarray(0, 2).equals(START)) return null;
  const kept: Buffer[] = [START];
  let orientation: number | null = null;
  for (let at = 2; ;) {
    const marker = markerAt(bytes, at);
    if (marker?.code === END) return finished(kept, orientation);
    const segment = marker && segmentAt(bytes, marker);
    if (!segment) return null;
    const { code, content, next } = segment;
    if (code === APP1) orientation ??= orientationIn(content);
    const end = code === SCAN ? endOfScan(bytes, next) : next;
    if (isKept(code, content)) kept.push(bytes.subarray(segment.from, end));
    at = end;
  }
}

interface Marker {
  code: number;
  /** Where it stands. */
  from: number;
}

/** Null where it does not fit in. */
function segmentAt(bytes: Buffer, { code, from }: Marker): (Marker & { content: Buffer; next: number }) | null {
  const length = from + 4 <= bytes.length ? bytes.readUInt16BE(from + 2) : 0;
  const next = from + 2 + length;
  if (length < 2 || next > bytes.length) return null;
  return { code, from, content: bytes.subarray(from + 4, next), next };
}

/** Fill bytes may stand before it. */
function markerAt(bytes: Buffer, at: number): Marker | null {
  if (bytes[at] !== 0xff) return null;
  let place = at;
  while (bytes[place] === 0xff) place += 1;
  const code = bytes[place];
  return code === undefined || code === 0 ? null : { code, from: place - 1 };
}

function isKept(code: number, content: Buffer): boolean {
  if (code === COMMENT) return false;
  if (code < APP0 || code > APP15) return true;
  const name = DECODING[code];
  return name !== undefined && content.subarray(0, name.length).toString('latin1') === name;
}

/** Where the next marker is that belongs to no scan. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = from; ; at += 2) {
    at = bytes.indexOf(0xff, at);
    if (at === -1) return bytes.length;
    const code = bytes[at + 1] ?? 0;
    const isOfScan = code === 0 || (code >= 0xd0 && code <= 0xd7);
    if (!isOfScan && code !== 0xff) return at;
    // The second of two may begin a marker.
    if (code === 0xff) at -= 1;
  }
}

function finished([start = Buffer.alloc(0), ...rest]: Buffer[], orientation: number | null): Buffer {
  const turned = orientation === null || orientation === 1 ? [] : [exifOf(orientation)];
  // JFIF, where there is one, has to come first.
  const first = rest[0]?.[1] === APP0 ? rest.slice(0, 1) : [];
  return Buffer.concat([start, ...first, ...turned, ...rest.slice(first.length), Buffer.from([0xff, END])]);
}

function orientationIn(content: Buffer): number | null {
  if (content.subarray(0, 6).toString('latin1') !== EXIF) return null;
  const tiff = content.subarray(6);
  const order = tiff.subarray(0, 2).toString('latin1');
  if (tiff.length < 8 || (order !== 'II' && order !== 'MM')) return null;
  const short = (at: number): number => {
    if (at + 2 > tiff.length) return 0;
    return order === 'II' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at);
  };
  const directory = order === 'II' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const entries = short(directory);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.length) return null;
    if (short(at) !== ORIENTATION) continue;
    const value = short(at + 8);
    return value >= 1 && value <= 8 ? value : null;
  }
  return null;
}

/** A directory of this one entry. */
function exifOf(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM', 0, 'latin1');
  tiff.writeUInt16BE(42, 2);
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(ORIENTATION, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  const head = Buffer.from([0xff, APP1, 0, 2 + EXIF.length + tiff.length]);
  return Buffer.concat([head, Buffer.from(EXIF, 'latin1'), tiff]);
}
