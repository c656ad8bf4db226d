/**
 * The service, started again whenever a source file is saved: compiles the changed files, stops the old process as a deployment would
 * (SIGTERM) and starts the new one. What does not compile leaves the old one running. Types are not looked at: `npm run types -- --watch`.
 */
import { spawn } from 'node:child_process';
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import './end-with-parent.mjs';
import { build, BuildFailure, ROOT, SOURCES } from './build.mjs';
import { bundler } from './bundle.mjs';

/** Editors write a file in several steps. */
const SETTLED_AFTER_MS = 30;
/** A request that takes longer at the stop is cut: whoever saves a file wants the new one. */
const STOPPED_WITHIN_MS = 1500;

const watched = new Map();
let service = null;
let isStopping = false;
let wakeUp = () => {};
let hasChanged = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void stop().then(() => process.exit(0));
  });
}

const bundle = await bundler(ROOT);
watchFolders();
await rebuild({ isFirst: true });
for (;;) {
  await change();
  await rebuild({ isFirst: false });
}

async function rebuild({ isFirst }) {
  const begun = performance.now();
  watchFolders();
  try {
    const { compiled, removed } = await build({ say: isFirst ? say : () => {}, bundle, isAhead: false });
    if (isStopping) return;
    const isSame = compiled.length === 0 && removed.length === 0;
    if (isSame && service !== null) return;
    if (!isFirst && !isSame)
      say(`${named(compiled, removed)}: compiled in ${(performance.now() - begun).toFixed(0)} ms, starting again...`);
    await stop();
    if (!isStopping) start();
  } catch (error) {
    if (!(error instanceof BuildFailure)) throw error;
    say(
      `${error.message}\n${service === null ? 'Nothing runs' : 'The service runs on as it was'}; waiting for a change.`,
    );
  }
}

function start() {
  // A group of its own: Ctrl-C reaches this process alone, which then stops the service once and not twice.
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', '--import', join(ROOT, 'tools/end-with-parent.mjs'), join(ROOT, 'dist/bin/main.js')],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  service = { child, ended };
  child.once('exit', (code, signal) => {
    if (service?.child !== child) return;
    service = null;
    say(`The service ended with ${signal ?? code}; waiting for a change.`);
  });
}

async function stop() {
  if (service === null) return;
  const { child, ended } = service;
  service = null;
  child.kill('SIGTERM');
  const isGone = await Promise.race([ended.then(() => true), sleep(STOPPED_WITHIN_MS, false)]);
  if (isGone) return;
  child.kill('SIGKILL');
  await ended;
}

async function change() {
  if (!hasChanged) await new Promise((resolve) => (wakeUp = resolve));
  await sleep(SETTLED_AFTER_MS);
  hasChanged = false;
}

/** Folder by folder: Node 20's recursive watching loses files of new folders on Linux. */
function watchFolders() {
  const present = new Set(SOURCES.flatMap((folder) => foldersBelow(join(ROOT, folder))));
  for (const folder of watched.keys()) if (!present.has(folder)) forget(folder);
  for (const folder of present) {
    if (watched.has(folder)) continue;
    const watcher = watch(folder, () => {
      hasChanged = true;
      wakeUp();
    });
    watcher.on('error', () => forget(folder));
    watched.set(folder, watcher);
  }
}

function forget(folder) {
  watched.get(folder)?.close();
  watched.delete(folder);
}

function foldersBelow(folder) {
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inside.flatMap((entry) => foldersBelow(join(folder, entry.name)))];
}

function named(compiled, removed) {
  const all = [...compiled, ...removed];
  return all.length <= 3 ? all.join(', ') : `${all.length} files`;
}

function say(text) {
  process.stderr.write(`[dev] ${text}\n`);
}
