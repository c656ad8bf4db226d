/**
 * Our compiled files and all packages that they use as one file, `dist/bin/main.js`. Node finds and reads some 1,700 files otherwise: a start
 * takes 1.1 s of processor time so and took 2.2 s. The thread that reads SQLite for those who look is a small file of its own beside it. `dist/src`
 * stays for what loads parts of it: benches, the simulator alone.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const BUNDLE = 'dist/bin/main.js';
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

/** CommonJS packages inside a bundle of modules call these. */
const COMMON_JS = `import { createRequire as createRequireOfBundle } from 'node:module';
import { fileURLToPath as pathOfBundle } from 'node:url';
const require = createRequireOfBundle(import.meta.url);
const __filename = pathOfBundle(import.meta.url);
const __dirname = pathOfBundle(new URL('.', import.meta.url));`;

/** Null where it is not a checkout of git, as in an image's build. */
function commitOf(root) {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

const settings = (root) => ({
  absWorkingDir: root,
  entryPoints: { main: 'dist/src/main.js', 'reading-thread': 'dist/src/platform/database/reading-thread.js' },
  outdir: DRAFT,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: LEFT_ALONE,
  plugins: [leaveOutWhatIsNotInstalled],
  define: { BUILD_COMMIT: JSON.stringify(commitOf(root)) },
  banner: { js: COMMON_JS },
  // Names of classes stand in the API's description and in log lines; see `nameClassesAlone`.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'silent',
});

/** Bundles again and again what has changed in between: from the second time on packages are not read anew. */
export async function bundler(root) {
  // Loading it costs more than what most builds have to do.
  const { context } = await import('esbuild');
  const bundle = await context(settings(root));
  return async () => {
    await bundle.rebuild();
    putInPlace(root);
  };
}

export async function bundleOnce(root) {
  const { build } = await import('esbuild');
  await build(settings(root));
  putInPlace(root);
}

/**
 * What esbuild calls on every class and function to give it back the name that it has in its own file. On a class that is once in a start; on a
 * function inside another it is once in a call, and costs a request 20 % of its processor time.
 */
const NAMES_EVERYTHING = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
const NAMES_CLASSES = `${NAMES_EVERYTHING.replace('__name', '__nameOfClass')} var __name = (target) => target;`;

function nameClassesAlone(file) {
  const text = readFileSync(file, 'utf8');
  if (!text.includes(NAMES_EVERYTHING)) throw new Error(`expected of the bundler: ${NAMES_EVERYTHING}`);
  writeFileSync(
    file,
    text.replace(NAMES_EVERYTHING, NAMES_CLASSES).replaceAll(' __name(this, ', ' __nameOfClass(this, '),
  );
}

/** Whole or not at all: a service may be starting from it. */
function putInPlace(root) {
  nameClassesAlone(join(root, `${DRAFT}/main.js`));
  // The service last: it starts the thread from the file beside it.
  for (const file of ['reading-thread.js.map', 'reading-thread.js', 'main.js.map', 'main.js'])
    renameSync(join(root, DRAFT, file), join(root, 'dist/bin', file));
  rmSync(join(root, DRAFT), { recursive: true });
}
