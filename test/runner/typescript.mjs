import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync, version } from '@swc/core';

/** Module hooks of Node: TypeScript by swc as .swcrc says, remembered on disk by content, and `@jest/globals` from the runner. */
const ROOT = new URL('../../', import.meta.url);
const GLOBALS = new URL('./globals.mjs', import.meta.url).href;
const SWCRC = readFileSync(new URL('.swcrc', ROOT), 'utf8');
const CACHE = fileURLToPath(new URL('node_modules/.cache/test-runner/', ROOT));
mkdirSync(CACHE, { recursive: true });

export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, format: 'module', shortCircuit: true };
  // A thread is started by the address of its file.
  if (/^(\.|file:)/.test(specifier) && specifier.endsWith('.js')) {
    const url = new URL(`${specifier.slice(0, -3)}.ts`, context.parentURL);
    if (url.pathname.includes('/node_modules/') || !existsSync(url)) return next(specifier, context);
    return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!/\.ts(\?|$)/.test(url)) return next(url, context);
  return {
    format: 'module',
    source: compiled(fileURLToPath(url), readFileSync(new URL(url), 'utf8')),
    shortCircuit: true,
  };
}

export function compiled(filename, text) {
  const kept = CACHE + createHash('sha1').update(`${version}\0${SWCRC}\0${filename}\0${text}`).digest('hex');
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { code } = transformSync(text, { ...JSON.parse(SWCRC), filename, swcrc: false });
  // Renamed into place, because several workers may be at the same file.
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return code;
}
