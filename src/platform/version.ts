import { existsSync, readFileSync } from 'node:fs';

let found: string | null = null;

export function packageVersion(): string {
  found ??= readVersion();
  return found;
}

/** From the nearest package.json above: sources and compiled files stand at different depths below it. */
function readVersion(): string {
  let file = new URL('./package.json', import.meta.url);
  while (!existsSync(file)) {
    const above = new URL('../package.json', file);
    if (above.href === file.href) return 'unknown';
    file = above;
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Put in by the bundler. */
declare const BUILD_COMMIT: string | null;

/** The commit that was checked out at the build; null where there was none, or where the sources run unbundled. */
export function buildCommit(): string | null {
  return typeof BUILD_COMMIT === 'undefined' ? null : BUILD_COMMIT;
}
