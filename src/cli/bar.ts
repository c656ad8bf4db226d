import type { Output } from './output.js';

const SHOWN_EVERY_MS = 100;
const WIDTH = 20;

/** Shows how far something is that says so itself, in bytes or rows; a new thing at once, the same not too often. */
export function barOf(out: Output): (what: string, done: number, total: number) => void {
  let shown = { what: '', at: 0 };
  return (what, done, total) => {
    const now = performance.now();
    if (what === shown.what && done < total && now - shown.at < SHOWN_EVERY_MS) return;
    shown = { what, at: now };
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const filled = Math.round(WIDTH * share);
    out.progress(`[${'#'.repeat(filled)}${'.'.repeat(WIDTH - filled)}] ${Math.floor(share * 100)} %: ${what}`);
  };
}
