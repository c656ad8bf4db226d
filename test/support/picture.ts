import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const ROOT = new URL('../../', import.meta.url).pathname;
const SEEN = new URL('../../dist/pictures/', import.meta.url).pathname;
/** Of all pixels: fonts of other machines are drawn a little differently; what has moved, or is gone, is far more. */
const MAY_DIFFER = 0.02;

/** `docs/images` are those that the README and the documents show. */
export type PictureFolder = 'test/pictures' | 'docs/images';

/**
 * Null when the picture is as the one that is kept by this name; otherwise a sentence. What was seen, and where it differs, is then in `dist/pictures`.
 * `UPDATE_PICTURES=1` keeps what is seen: look at it before you commit it.
 */
export function difference(name: string, seen: Uint8Array, folder: PictureFolder = 'test/pictures'): string | null {
  const path = `${ROOT}${folder}/${name}.png`;
  if (process.env.UPDATE_PICTURES) {
    writeFileSync(path, seen);
    return null;
  }
  if (!existsSync(path)) return `${name}: no picture is kept; make it by UPDATE_PICTURES=1`;
  const [kept, now] = [readFileSync(path), seen].map((bytes) => PNG.sync.read(bytes));
  if (kept === undefined || now === undefined) return `${name}: cannot be read`;
  const { width, height } = kept;
  if (now.width !== width || now.height !== height)
    return `${name}: ${now.width} × ${now.height}, expected ${width} × ${height}`;
  const marked = new PNG({ width, height });
  const share = pixelmatch(kept.data, now.data, marked.data, width, height, { threshold: 0.15 }) / (width * height);
  if (share <= MAY_DIFFER) return null;
  mkdirSync(SEEN, { recursive: true });
  writeFileSync(`${SEEN}${name}.png`, seen);
  writeFileSync(`${SEEN}${name}.differs.png`, PNG.sync.write(marked));
  return `${name}: ${(share * 100).toFixed(1)} % of it differs; look at dist/pictures/${name}.differs.png`;
}
