/**
 * TypeScript to JavaScript with swc, file by file and without looking at types (`npm run types` does): the compiler's settings are those of
 * the tests, `.swcrc`, so that what the tests saw is what runs. A file whose text has not changed is left as it is: all of it takes 1.0 s
 * where tsc took 9 s, nothing to do 0.1 s. What was compiled is then bundled for a quick start (`bundle.mjs`). What runs in browsers is made by
 * `pages.mjs`.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleOnce, BUNDLE, SERVICE } from './bundle.mjs';
import { compileAhead, COMPILED } from './compile-ahead.mjs';
import { buildPages, PAGES, WEB } from './pages.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
export const SOURCES = ['src', 'migrations'];
const TOOLS = ['build', 'bundle', 'compile-ahead', 'keep-compiled'].map((tool) => `tools/${tool}.mjs`);
const OUTPUT = join(ROOT, 'dist');
const NOTES = join(OUTPUT, '.built.json');

/** Answers with the files that it compiled and those that it removed; throws when one does not compile, the others being written. */
export async function build({ say = () => {}, bundle = bundleOnce, isAhead = true } = {}) {
  const service = await buildService({ say, bundle, isAhead });
  try {
    const areNew = await buildPages(ROOT, { say });
    return areNew ? { ...service, compiled: [...service.compiled, 'the pages'] } : service;
  } catch (error) {
    throw new BuildFailure([{ file: PAGES.join(' or '), error }]);
  }
}

async function buildService({ say, bundle, isAhead }) {
  const begun = performance.now();
  // What is compiled ahead is of one version of Node.
  const settings = `${fingerprint('.swcrc', 'package-lock.json', ...TOOLS)} ${process.version} ${process.arch}`;
  const found = SOURCES.flatMap(sourcesBelow);
  const present = new Set(filesBelow(OUTPUT));
  const notes = readNotes();
  const { files, stale } = sorted(found, present, notes.settings === settings ? notes.files : {});
  const removed = removeOthers(present, new Set([...found.flatMap(outputsOf), NOTES]));
  const result = { compiled: stale.map(({ file }) => file), removed };
  const isNew = stale.length + removed.length > 0 || !isBundled(notes, present);
  if (!isNew && (!isAhead || isCompiledAhead())) return result;

  say(`Building: ${stale.length} of ${found.length} files...`);
  if (isNew) await make({ stale, files, settings, bundle });
  if (isAhead) await compileAhead(ROOT);
  say(`Built in ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
  return result;
}

async function make({ stale, files, settings, bundle }) {
  const failures = await compile(stale, files);
  const note = (isWhole) => writeWhole(NOTES, JSON.stringify({ settings, files, isBundled: isWhole }));
  note(false);
  if (failures.length > 0) throw new BuildFailure(failures);
  // Noted only once the bundle stands: one that was cut short is made anew.
  await bundle(ROOT);
  note(true);
}

function isBundled(notes, present) {
  return notes.isBundled && BUNDLE.every((path) => present.has(join(ROOT, path)));
}

/** Both files name the text of the service, and the second the Node that made it (`src/start.ts`). */
function isCompiledAhead() {
  try {
    const [service, compiled] = [SERVICE, COMPILED].map((path) => readFileSync(join(ROOT, path)));
    const end = `${service.toString('latin1', 2, 42)}${`${process.version} ${process.arch}`.padEnd(24)}`;
    return compiled.toString('latin1', compiled.length - end.length) === end;
  } catch {
    return false;
  }
}

function sorted(found, present, known) {
  const files = {};
  const stale = [];
  for (const file of found) {
    const hash = fingerprint(file);
    if (known[file] === hash && outputsOf(file).every((path) => present.has(path))) files[file] = hash;
    else stale.push({ file, hash });
  }
  return { files, stale };
}

export class BuildFailure extends Error {
  constructor(failures) {
    super(failures.map(({ file, error }) => `${file} does not compile:\n${error.message}`).join('\n'));
  }
}

async function compile(stale, files) {
  if (stale.length === 0) return [];
  // Loading the compiler costs more than compiling a handful of files.
  const { transform } = await import('@swc/core');
  const failures = [];
  const one = async ({ file, hash }) => {
    const [script, map] = outputsOf(file);
    try {
      const { code, map: mapText } = await transform(readFileSync(join(ROOT, file), 'utf8'), {
        filename: join(ROOT, file),
        configFile: join(ROOT, '.swcrc'),
        swcrc: false,
        sourceMaps: true,
        sourceFileName: relative(dirname(script), join(ROOT, file)),
        inlineSourcesContent: false,
      });
      mkdirSync(dirname(script), { recursive: true });
      writeWhole(map, mapText);
      writeWhole(script, `${code}//# sourceMappingURL=${relative(dirname(map), map)}\n`);
      files[file] = hash;
    } catch (error) {
      failures.push({ file, error });
    }
  };
  await Promise.all(stale.map(one));
  return failures;
}

function sourcesBelow(folder) {
  return filesBelow(join(ROOT, folder))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !path.endsWith('.spec.ts'))
    .map((path) => relative(ROOT, path))
    .filter((path) => !PAGES.some((pages) => path.startsWith(`${pages}/`)));
}

function outputsOf(file) {
  const script = join(OUTPUT, file.replace(/\.ts$/, '.js'));
  return [script, `${script}.map`];
}

/** What no source stands behind: a moved file's old place, another compiler's notes. */
function removeOthers(present, expected) {
  const removed = [...present].filter(
    (path) => !expected.has(path) && !isDraft(path) && !isBundle(path) && !isWeb(path),
  );
  for (const path of removed) {
    rmSync(path, { force: true });
    for (let folder = dirname(path); folder !== OUTPUT && isEmpty(folder); folder = dirname(folder)) rmdirSync(folder);
  }
  return removed.map((path) => relative(ROOT, path));
}

/** Perhaps of a build that is at work now. */
function isDraft(path) {
  return path.endsWith('.draft');
}

function isBundle(path) {
  return path.startsWith(join(OUTPUT, 'bin/'));
}

/** Pages, and such as are being built now. */
function isWeb(path) {
  return path.startsWith(join(ROOT, WEB));
}

function isEmpty(folder) {
  return readdirSync(folder).length === 0;
}

function filesBelow(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function fingerprint(...files) {
  const hash = createHash('sha1');
  for (const file of files) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest('base64');
}

function readNotes() {
  try {
    return JSON.parse(readFileSync(NOTES, 'utf8'));
  } catch {
    return {};
  }
}

/** Whole or not at all: a service may be starting from this folder, or a second build be at work. */
function writeWhole(path, text) {
  const draft = `${path}.${process.pid}.draft`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(draft, text);
  renameSync(draft, path);
}

// `--start-first`: who waits for a start waits for no more than it cannot do without.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isAhead = !process.argv.includes('--start-first');
  await build({ say: (text) => process.stderr.write(`${text}\n`), isAhead }).catch((error) => {
    process.stderr.write(`${error instanceof BuildFailure ? error.message : error.stack}\n`);
    process.exit(1);
  });
}
