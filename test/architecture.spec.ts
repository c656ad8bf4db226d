import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** Each module may call the faces of those above it. Changing this list is an architecture decision: write one. */
const MODULES = [
  'platform',
  'telephony',
  'accounts',
  'plivo',
  'number-pool',
  'sessions',
  'call-routing',
  'recording',
  'billing-stats',
  'callbacks',
  'scheduler',
  'admin',
  'health',
  'simulator',
];
/** Used file by file: they have no face. */
const OPEN = new Set(['platform', 'telephony']);
/** Files that see every module. */
const ROOTS = new Set(['main.ts', 'app.ts', 'app.module.ts', 'data-source.ts', 'banner.ts']);

const SOURCE = new URL('../src', import.meta.url).pathname;

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourceFiles(join(folder, entry.name))
      : entry.name.endsWith('.ts')
        ? [join(folder, entry.name)]
        : [],
  );
}

const files = sourceFiles(SOURCE)
  .map((file) => relative(SOURCE, file))
  .filter((file) => !file.endsWith('.spec.ts'));

function imports(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((path) => normalize(join(dirname(file), path)).replace(/\.js$/, '.ts'));
}

function complaint(file: string, imported: string): string | null {
  const from = file.split('/')[0] ?? '';
  const to = imported.split('/')[0] ?? '';
  if (ROOTS.has(file) || imported.startsWith('../')) return null;
  if (ROOTS.has(imported)) return `${file}: nothing may see ${imported}`;
  if (from === to)
    return imported === `${from}/index.ts` ? `${file}: import the file, not the module's own face` : null;
  if (MODULES.indexOf(to) > MODULES.indexOf(from))
    return `${file}: ${from} stands above ${to}; announce it with an event`;
  if (from === 'simulator' && !OPEN.has(to)) return `${file}: the simulator reaches the rest over HTTP only`;
  if (to === 'simulator') return `${file}: nothing imports the simulator`;
  if (!OPEN.has(to) && imported !== `${to}/index.ts`) return `${file}: use ${to}/index.js instead of ${imported}`;
  return null;
}

describe('the module map', () => {
  it('names every folder of src', () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((folder) => folder.name).sort()).toEqual([...MODULES].sort());
  });

  it('is kept by every import', () => {
    const complaints = files.flatMap((file) => imports(file).map((imported) => complaint(file, imported)));
    expect(complaints.filter((text) => text !== null)).toEqual([]);
  });

  it.each([
    ['sessions/x.ts', 'call-routing/index.ts', 'announce it with an event'],
    ['admin/x.ts', 'sessions/open-session.ts', 'use sessions/index.js'],
    ['simulator/x.ts', 'accounts/index.ts', 'over HTTP only'],
    ['sessions/x.ts', 'sessions/index.ts', "not the module's own face"],
    ['sessions/x.ts', 'data-source.ts', 'nothing may see'],
  ])('would refuse %s importing %s', (file, imported, words) => {
    expect(complaint(file, imported)).toContain(words);
  });

  it('reads the environment in one place', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(SOURCE, file), 'utf8')));
    expect(readers).toEqual(['main.ts']);
  });

  it('parses URLs in one place: canParse of Node 20 goes wrong when it is hot', () => {
    const offenders = files.filter((file) => /URL\.canParse\(/.test(readFileSync(join(SOURCE, file), 'utf8')));
    expect(offenders).toEqual([]);
  });

  it('asks the clock for the time; ids take the wall clock, and the simulator times its network waits', () => {
    const offenders = files.filter((file) =>
      /Date\.now\(\)|new Date\(\)/.test(readFileSync(join(SOURCE, file), 'utf8')),
    );
    expect(offenders.filter((file) => !file.startsWith('simulator/'))).toEqual([
      'platform/clock.ts',
      'platform/ids.ts',
    ]);
  });
});
