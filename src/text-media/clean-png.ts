const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** What the picture is painted by, moving ones included. All else is told about it: texts, times, EXIF. */
const KEPT = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'sBIT',
  'bKGD',
  'pHYs',
  'acTL',
  'fcTL',
  'fdAT',
]);
const END = 'IEND';

/** A PNG without anything that is told about it, or stands behind its end. Null for what is no whole PNG. */
export function cleanPng(bytes: Buffer): Buffer | null {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return null;
  const kept: Buffer[] = [SIGNATURE];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const next = at + 12 + bytes.readUInt32BE(at);
    if (next > bytes.length) return null;
    const name = bytes.subarray(at + 4, at + 8).toString('latin1');
    if (kept.length === 1 && name !== 'IHDR') return null;
    if (KEPT.has(name) || name === END) kept.push(bytes.subarray(at, next));
    if (name === END) return Buffer.concat(kept);
    at = next;
  }
  return null;
}
