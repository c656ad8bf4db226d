#!/usr/bin/env node
/**
 * `npm exec masking -- COMMAND` in a checkout: builds first where nothing is built, or where sources have changed since, and becomes the command line.
 * What only tells about itself waits for no look at the sources.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../dist/bin/cli.cjs', import.meta.url));
const build = fileURLToPath(new URL('build.mjs', import.meta.url));
const isTelling = process.argv.length < 3 || process.argv.some((word) => word === '--help' || word === '--version');

if (!existsSync(path) || !isTelling) {
  // In a process of its own, whose end gives the compiler's memory back. What it says is chatter: standard output is for results.
  const { status } = spawnSync(process.execPath, [build, '--start-first'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(1);
}
createRequire(import.meta.url)(path);
