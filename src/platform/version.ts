import { existsSync, readFileSync } from 'node:fs';

/** From the nearest package.json above: sources and compiled files stand at different depths below it. */
export function packageVersion(): string {
  let file = new URL('./package.json', import.meta.url);
  while (!existsSync(file)) {
    const above = new URL('../package.json', file);
    if (above.href === file.href) return 'unknown';
    file = above;
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
