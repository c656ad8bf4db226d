/**
 * Our compiled files and all packages that they use as one file, `dist/bin/service.cjs`, and what starts it, `dist/bin/main.js`. Node finds and reads
 * some 1,700 files otherwise. The thread that reads SQLite for those who look is a small file of its own beside it, and so is the command line, `cli.cjs`,
 * which loads the service's text where a command needs it. `dist/src` stays for what loads parts of it: benches, the simulator alone.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SERVICE = 'dist/bin/service.cjs';
/** In the order in which they are put in place: what starts the others comes last. */
export const BUNDLE = [
  'reading-thread.js.map',
  'reading-thread.js',
  'service.cjs.map',
  'service.cjs',
  'main.js.map',
  'main.js',
  'cli.cjs.map',
  'cli.cjs',
].map((file) => `dist/bin/${file}`);
/** Of this process alone: a second build may be at work. */
const DRAFT = `dist/bin/${process.pid}.draft`;

/** Loaded from `node_modules` as they are: compiled code, and pages that are served from the folder of their package. */
const LEFT_ALONE = ['better-sqlite3', 'libsql', 'swagger-ui-dist'];

/** Drivers and adapters that a package would use if they were installed. Loaded when asked for, and then missing as they would be without us. */
const leaveOutWhatIsNotInstalled = {
  name: 'leave out what is not installed',
  setup(build) {
    const isInstalled = new Map();
    build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, importer, kind, namespace, resolveDir }) => {
      if (pluginData === 'asked') return undefined;
      if (!isInstalled.has(path)) {
        const { errors } = await build.resolve(path, { importer, kind, namespace, resolveDir, pluginData: 'asked' });
        isInstalled.set(path, errors.length === 0);
      }
      return isInstalled.get(path) ? undefined : { path, external: true };
    });
  },
};

/**
 * What modules load by `createRequire` is put in as well: our own files and Nest's want a package's CommonJS form. Left out, TypeORM was there twice: once in
 * the bundle and once, 300 files of it, for `@nestjs/typeorm`.
 */
const takeAlongWhatIsRequired = {
  name: 'take along what is required',
  setup(build) {
    build.onLoad({ filter: /(?:dist\/src|node_modules\/@nestjs)\/.*\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes(REQUIRE)) return undefined;
      return {
        contents: text.replace(`const require = ${REQUIRE};`, '').replaceAll(`${REQUIRE}(`, 'require('),
        loader: 'js',
      };
    });
  },
};
const REQUIRE = 'createRequire(import.meta.url)';

/** Tables of packages: read as JSON they cost a tenth of what they cost as program text. */
const readTablesAsJson = {
  name: 'read tables as JSON',
  setup(build) {
    build.onLoad({ filter: /\.json$/ }, ({ path }) => ({
      contents: `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(path, 'utf8'))))})`,
      loader: 'js',
    }));
  },
};

/** Cookies of clients, which nobody here keeps: they alone make Node load its own copy of undici, 20 ms and 2 MB. */
const leaveOutCookies = {
  name: 'leave out cookies',
  setup(build) {
    const file = /node_modules\/undici\/lib\/web\/cookies\/index\.js$/;
    build.onLoad({ filter: file }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
  },
};

/** Null where it is not a checkout of git, as in an image's build. */
function commitOf(root) {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

const common = (root) => ({
  absWorkingDir: root,
  outdir: DRAFT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: LEFT_ALONE,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'silent',
});

const small = (root) => ({
  ...common(root),
  entryPoints: { main: 'dist/src/start.js', 'reading-thread': 'dist/src/platform/database/reading-thread.js' },
  format: 'esm',
});

/** A script, because commander is one and asks for Node's own modules by `require`. */
const commandLine = (root) => ({
  ...common(root),
  entryPoints: { cli: 'dist/src/cli/main.js' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  define: { 'import.meta.url': 'urlOfBundle' },
  banner: { js: "#!/usr/bin/env node\nconst urlOfBundle = require('node:url').pathToFileURL(__filename).href;" },
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
});

/** In place of what the text is known by, until that is known. */
const NO_MARK = '0'.repeat(40);

const service = (root) => ({
  ...common(root),
  entryPoints: { service: 'dist/src/service.js' },
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  // What is imported when it is needed is in the bundle, or missing; a script has no way to import.
  supported: { 'dynamic-import': false },
  plugins: [leaveOutWhatIsNotInstalled, takeAlongWhatIsRequired, readTablesAsJson, leaveOutCookies],
  define: { BUILD_COMMIT: JSON.stringify(commitOf(root)), 'import.meta.url': 'urlOfBundle' },
  // The value of a script (start.ts) and the export of a module. Packages that are modules, and the bundle until it was made so, are strict.
  banner: {
    js: `//${NO_MARK}
(typeof module === 'object' ? module : {}).exports = (function (require, __filename, __dirname) { 'use strict';
const urlOfBundle = require('node:url').pathToFileURL(__filename).href; const module = { exports: {} }; const { exports } = module;`,
  },
  footer: { js: 'return module.exports})' },
  // Names of classes stand in the API's description and in log lines; see `nameClassesAlone`.
  keepNames: true,
  // Comments and indentation are half of the text, which stays in memory as long as the service runs. Names are left for stack traces, and so are lines:
  // Node prints the whole line of an error that nobody caught.
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
});

/** Bundles again and again what has changed in between: from the second time on packages are not read anew. */
export async function bundler(root) {
  // Loading it costs more than what most builds have to do.
  const { context } = await import('esbuild');
  const bundles = await Promise.all([small, commandLine, service].map((bundle) => context(bundle(root))));
  return async () => {
    await Promise.all(bundles.map((bundle) => bundle.rebuild()));
    putInPlace(root);
  };
}

export async function bundleOnce(root) {
  const { build } = await import('esbuild');
  await Promise.all([small, commandLine, service].map((bundle) => build(bundle(root))));
  putInPlace(root);
}

/**
 * What esbuild calls on every class and function to give it back the name that it has in its own file. On a class that is once in a start; on a
 * function inside another it is once in a call, and costs a request 20 % of its processor time. Texts of the same length, for the sake of the map.
 */
const NAMES_EVERYTHING = /__name=\(target,value\)=>(__defProp\(target,"name",\{value,configurable:true\}\))/;
const NAMES_CLASSES = '__Name=(target,value)=>$1;var __name=(target)=>target';

function nameClassesAlone(text) {
  return replaced(text, NAMES_EVERYTHING, NAMES_CLASSES).replaceAll('{__name(this,', '{__Name(this,');
}

/** A CommonJS package as a module sees it: an object with a getter for each export. esbuild makes one for every file that imports it; one does for all. */
const VIEWS_ANEW = '__toESM=(mod,isNodeMode,target)=>(';
const VIEWS_ONCE =
  '__views=[new Map,new Map],__toESM=(mod,isNodeMode,view=__views[isNodeMode?1:0].get(mod))=>(view||__views[isNodeMode?1:0].set(mod,view=__viewOf(mod,isNodeMode)),view);var __viewOf=(mod,isNodeMode,target)=>(';

function viewPackagesOnce(text) {
  return replaced(text, VIEWS_ANEW, VIEWS_ONCE);
}

function replaced(text, what, by) {
  const changed = text.replace(what, by);
  if (changed === text) throw new Error(`expected of the bundler: ${what}`);
  return changed;
}

/** The first line tells this text from every other: what was compiled ahead (`start.ts`) is of this one or is not used. */
function mark(text) {
  return text.replace(NO_MARK, createHash('sha1').update(text).digest('hex'));
}

/** Whole or not at all: a service may be starting from it. */
function putInPlace(root) {
  const file = join(root, DRAFT, 'service.cjs');
  writeFileSync(file, mark(viewPackagesOnce(nameClassesAlone(readFileSync(file, 'utf8')))));
  for (const path of BUNDLE) renameSync(join(root, path.replace('dist/bin', DRAFT)), join(root, path));
  rmSync(join(root, DRAFT), { recursive: true });
}
