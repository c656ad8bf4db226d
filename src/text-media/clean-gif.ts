const EXTENSION = 0x21;
const PICTURE = 0x2c;
const END = 0x3b;
const CONTROL = 0xf9;
const OF_APPLICATION = 0xff;
/** How often a moving picture is shown; what other applications add is about it. */
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);

/** A GIF without comments, without what applications have added, and without what stands behind its end. Null for what is no whole GIF. */
export function cleanGif(bytes: Buffer): Buffer | null {
  if (bytes.length < 13 || !/^GIF8[79]a$/.test(bytes.subarray(0, 6).toString('latin1'))) return null;
  const start = 13 + sizeOfColours(bytes[10] ?? 0);
  const kept: Buffer[] = [bytes.subarray(0, start)];
  for (let at = start; at < bytes.length;) {
    const kind = bytes[at];
    if (kind === END) return Buffer.concat([...kept, Buffer.from([END])]);
    const next = kind === PICTURE ? endOfPicture(bytes, at) : kind === EXTENSION ? endOfBlocks(bytes, at + 2) : null;
    if (next === null) return null;
    if (kind === PICTURE || isKept(bytes.subarray(at, next))) kept.push(bytes.subarray(at, next));
    at = next;
  }
  return null;
}

function isKept(extension: Buffer): boolean {
  const label = extension[1];
  if (label === OF_APPLICATION) return LOOPS.has(extension.subarray(3, 14).toString('latin1'));
  return label === CONTROL;
}

function endOfPicture(bytes: Buffer, at: number): number | null {
  return endOfBlocks(bytes, at + 11 + sizeOfColours(bytes[at + 9] ?? 0));
}

/** Behind the empty block that ends a row of them. */
function endOfBlocks(bytes: Buffer, from: number): number | null {
  for (let at = from; at < bytes.length;) {
    const length = bytes[at] ?? 0;
    at += 1 + length;
    if (length === 0) return at;
  }
  return null;
}

function sizeOfColours(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}
