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
  'text-media',
  'texts',
  'billing-stats',
  'callbacks',
  'alerts',
  'retention',
  'people',
  'scheduler',
  'plivo-setup',
  'doctor',
  'backup',
  'move',
  'admin',
  'health',
  'pages',
  'simulator',
  'cli',
];
/** What runs in browsers: each may use those above it, file by file, and nothing of the service, which sees nothing of theirs either. */
const IN_BROWSERS = ['design', 'phones', 'console'];
/** Used file by file: they have no face. */
const OPEN = new Set(['platform', 'telephony']);
/** Files that see every module. */
const ROOTS = new Set([
  'main.ts',
  'start.ts',
  'load-service.ts',
  'service.ts',
  'serve.ts',
  'at-database.ts',
  'backups.ts',
  'app.ts',
  'app.module.ts',
  'data-source.ts',
  'open-installation.ts',
  'examine-installation.ts',
  'move-database.ts',
  'set-up-plivo.ts',
  'banner.ts',
  'cli/main.ts',
]);
/** What Node is started with: they read the environment, and nothing sees them. */
const ENTRIES = ['cli/main.ts', 'main.ts', 'simulator/main.ts', 'start.ts'];

const SOURCE = new URL('../src', import.meta.url).pathname;

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourceFiles(join(folder, entry.name))
      : /\.tsx?$/.test(entry.name)
        ? [join(folder, entry.name)]
        : [],
  );
}

const sources = sourceFiles(SOURCE)
  .map((file) => relative(SOURCE, file))
  .filter((file) => !file.endsWith('.spec.ts'));
const isForBrowsers = (file: string): boolean => IN_BROWSERS.includes(file.split('/')[0] ?? '');
const files = sources.filter((file) => !isForBrowsers(file));
const browserFiles = sources.filter(isForBrowsers);

function imports(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((path) => normalize(join(dirname(file), path)).replace(/\.js$/, '.ts'));
}

function complaint(file: string, imported: string): string | null {
  const from = file.split('/')[0] ?? '';
  const to = imported.split('/')[0] ?? '';
  if (IN_BROWSERS.includes(from) || IN_BROWSERS.includes(to)) return complaintOfBrowsers(file, imported);
  if (ROOTS.has(file) || imported.startsWith('../')) return null;
  if (ROOTS.has(imported) || ENTRIES.includes(imported)) return `${file}: nothing may see ${imported}`;
  if (from === to)
    return imported === `${from}/index.ts` ? `${file}: import the file, not the module's own face` : null;
  if (MODULES.indexOf(to) > MODULES.indexOf(from))
    return `${file}: ${from} stands above ${to}; announce it with an event`;
  if (from === 'simulator' && !OPEN.has(to)) return `${file}: the simulator reaches the rest over HTTP only`;
  if (to === 'simulator') return `${file}: nothing imports the simulator`;
  if (!OPEN.has(to) && imported !== `${to}/index.ts`) return `${file}: use ${to}/index.js instead of ${imported}`;
  return null;
}

function complaintOfBrowsers(file: string, imported: string): string | null {
  const [from, to] = [file, imported].map((each) => IN_BROWSERS.indexOf(each.split('/')[0] ?? ''));
  if (from === -1) return `${file}: what runs in browsers is no part of the service`;
  if (to === -1) return `${file}: what runs in browsers reaches the service over HTTP only`;
  return (to ?? 0) > (from ?? 0) ? `${file}: ${imported} stands below it` : null;
}

/** Which files each file imports, types included. */
type Graph = ReadonlyMap<string, readonly string[]>;

const importGraph: Graph = new Map(sources.map((file) => [file, imports(file)]));

/** The shortest way back to each place that has one, as `a.ts -> b.ts -> a.ts`; places of a circle already told are not told again. */
function circles(graph: Graph): string[] {
  const told = new Set<string>();
  return [...graph.keys()].sort().flatMap((start) => {
    const circle = told.has(start) ? null : wayBack(graph, start);
    for (const place of circle ?? []) told.add(place);
    return circle === null ? [] : [circle.join(' -> ')];
  });
}

function wayBack(graph: Graph, start: string): string[] | null {
  const seen = new Set<string>();
  const ways = [[start]];
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    for (const next of graph.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return [...way, next];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return null;
}

/** A room is a folder of a module. What lies in the module's own folder, its face and its wiring, is in none. */
function roomOf(file: string): string | null {
  const [module, room, ...rest] = file.split('/');
  return rest.length > 0 ? `${module}/${room}` : null;
}

/** Which rooms of its module each room imports, straight or through the module's own folder. */
function rooms(graph: Graph): Graph {
  const found = new Map<string, Set<string>>();
  for (const file of graph.keys()) {
    const room = roomOf(file);
    if (room === null) continue;
    const others = found.get(room) ?? new Set();
    found.set(room, others);
    for (const other of roomsBehind(graph, file)) if (other !== room) others.add(other);
  }
  return new Map([...found].map(([room, others]) => [room, [...others]]));
}

function roomsBehind(graph: Graph, file: string, seen = new Set<string>()): string[] {
  const module = file.split('/')[0];
  return (graph.get(file) ?? []).flatMap((next) => {
    if (next.split('/')[0] !== module || seen.has(next)) return [];
    seen.add(next);
    const room = roomOf(next);
    return room === null ? roomsBehind(graph, next, seen) : [room];
  });
}

describe('the module map', () => {
  it('names every folder of src', () => {
    const folders = readdirSync(SOURCE, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map((folder) => folder.name).sort()).toEqual([...MODULES, ...IN_BROWSERS].sort());
  });

  it('is kept by every import', () => {
    const complaints = files.flatMap((file) => imports(file).map((imported) => complaint(file, imported)));
    expect(complaints.filter((text) => text !== null)).toEqual([]);
  });

  it('is kept by what runs in browsers', () => {
    const complaints = browserFiles.flatMap((file) => imports(file).map((imported) => complaint(file, imported)));
    expect(complaints.filter((text) => text !== null)).toEqual([]);
  });

  it.each([
    ['sessions/x.ts', 'call-routing/index.ts', 'announce it with an event'],
    ['admin/x.ts', 'sessions/open-session.ts', 'use sessions/index.js'],
    ['simulator/x.ts', 'accounts/index.ts', 'over HTTP only'],
    ['sessions/x.ts', 'sessions/index.ts', "not the module's own face"],
    ['sessions/x.ts', 'data-source.ts', 'nothing may see'],
    ['simulator/x.ts', 'simulator/main.ts', 'nothing may see'],
    ['pages/x.ts', 'phones/curl.ts', 'no part of the service'],
    ['phones/x.tsx', 'simulator/index.ts', 'over HTTP only'],
    ['design/x.tsx', 'phones/curl.ts', 'stands below it'],
  ])('would refuse %s importing %s', (file, imported, words) => {
    expect(complaint(file, imported)).toContain(words);
  });

  it('has no circle of files', () => {
    expect(circles(importGraph)).toEqual([]);
  });

  it('has no circle between the rooms of a module', () => {
    expect(circles(rooms(importGraph))).toEqual([]);
  });

  it('would refuse a circle of files, and tell the shortest way around it', () => {
    const graph = new Map([
      ['sessions/a.ts', ['sessions/b.ts', 'platform/clock.ts']],
      ['sessions/b.ts', ['sessions/c.ts', 'sessions/d.ts']],
      ['sessions/c.ts', ['sessions/d.ts']],
      ['sessions/d.ts', ['sessions/a.ts']],
      ['sessions/e.ts', ['sessions/a.ts']],
      ['platform/clock.ts', []],
      ['recording/self.ts', ['recording/self.ts']],
    ]);
    expect(circles(graph)).toEqual([
      'recording/self.ts -> recording/self.ts',
      'sessions/a.ts -> sessions/b.ts -> sessions/d.ts -> sessions/a.ts',
      'sessions/c.ts -> sessions/d.ts -> sessions/a.ts -> sessions/b.ts -> sessions/c.ts',
    ]);
  });

  it('would refuse a circle between rooms, though none of their files is in one', () => {
    const graph = new Map([
      ['simulator/calls/call.ts', ['simulator/xml/reader.ts']],
      ['simulator/calls/leg.ts', []],
      ['simulator/xml/reader.ts', []],
      ['simulator/xml/dial.ts', ['simulator/calls/leg.ts']],
    ]);
    expect(circles(graph)).toEqual([]);
    expect(circles(rooms(graph))).toEqual(['simulator/calls -> simulator/xml -> simulator/calls']);
  });

  it('would refuse one that goes through a file of no room', () => {
    const graph = new Map([
      ['simulator/rest/calls.ts', ['simulator/simulator.ts']],
      ['simulator/simulator.ts', ['simulator/inbox/inbox.ts']],
      ['simulator/inbox/inbox.ts', []],
      ['simulator/inbox/routes.ts', ['simulator/rest/auth.ts']],
      ['simulator/rest/auth.ts', []],
    ]);
    expect(circles(rooms(graph))).toEqual(['simulator/inbox -> simulator/rest -> simulator/inbox']);
  });

  it('lets a room be built upon by the module around it and by other rooms', () => {
    const graph = new Map([
      ['simulator/index.ts', ['simulator/rest/calls.ts', 'simulator/calls/call.ts']],
      ['simulator/rest/calls.ts', ['simulator/calls/call.ts', 'platform/http/parse-url.ts']],
      ['simulator/calls/call.ts', ['platform/clock.ts']],
      ['platform/http/parse-url.ts', ['platform/clock.ts']],
      ['platform/clock.ts', []],
    ]);
    expect(circles(graph)).toEqual([]);
    expect(circles(rooms(graph))).toEqual([]);
  });

  it('reads the environment where Node starts, and nowhere else', () => {
    const readers = files.filter((file) => /process\.env/.test(readFileSync(join(SOURCE, file), 'utf8')));
    expect(readers).toEqual(ENTRIES);
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
