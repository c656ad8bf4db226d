/**
 * The pages for the browser, `src/phones`, `src/console` and `src/design`, made by Vite into `dist/web`: html, and files named after what is in them, each also
 * compressed, so that nothing is compressed while somebody waits. Nothing is done while their text is the same. Types are not looked at (`npm run types`).
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** What runs in a browser and is compiled for it alone. */
export const PAGES = ['src/design', 'src/phones', 'src/console'];
export const WEB = 'dist/web';
/** All html lies here: what Vite makes is named by where it lay below its root. */
const PLACE = 'src/design/html';
const ENTRIES = ['index', 'phones', 'console'];
const NOTE = `${WEB}/.built`;
/** Smaller ones fit into one packet as they are. */
const COMPRESSED_FROM_BYTES = 1000;

/** Tells whether it had to make them. */
export async function buildPages(root, { say = () => {} } = {}) {
  const made = fingerprint(root);
  if (noted(root) === made) return false;
  const begun = performance.now();
  say('Building the pages...');
  const draft = join(root, `${WEB}.${process.pid}.draft`);
  try {
    await inProduction(() => bundle(root, draft));
    compress(join(draft, 'assets'));
    writeFileSync(join(draft, '.built'), made);
    rmSync(join(root, WEB), { recursive: true, force: true });
    renameSync(draft, join(root, WEB));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  say(`Built the pages in ${((performance.now() - begun) / 1000).toFixed(1)} s.`);
  return true;
}

/** Of React there is one for production and one, half as large again and slower, for everything else, as the environment says. */
async function inProduction(work) {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

async function bundle(root, outDir) {
  // Loading it costs more than everything that is done when nothing has changed.
  const { build } = await import('vite');
  await build({
    root: join(root, PLACE),
    configFile: false,
    envDir: false,
    publicDir: false,
    // Relative: a proxy may have taken a prefix off the path.
    base: './',
    logLevel: 'warn',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      // Nothing inline: the pages forbid it.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      rollupOptions: {
        input: Object.fromEntries(ENTRIES.map((name) => [name, join(root, PLACE, `${name}.html`)])),
        // "use client" is for servers that make pages of React.
        onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
      },
    },
  });
}

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const text = readFileSync(join(folder, name));
    if (text.length < COMPRESSED_FROM_BYTES) continue;
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(text, { level: 9 }));
  }
}

function fingerprint(root) {
  const hash = createHash('sha1');
  for (const file of ['package-lock.json', 'tools/pages.mjs', ...PAGES.flatMap((folder) => filesBelow(root, folder))])
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesBelow(root, folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function noted(root) {
  try {
    return readFileSync(join(root, NOTE), 'utf8');
  } catch {
    return null;
  }
}
