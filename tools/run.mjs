/**
 * `node tools/run.mjs bin/main ARGUMENTS`: builds what has changed, says so, and becomes that program, in one process, so that a
 * signal to it is one to the service.
 */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import './end-with-parent.mjs';

const [, , program, ...rest] = process.argv;
const path = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));

/** The first requests come soon after a start, and the rest of the build takes a core for some seconds. */
const REST_AFTER_MS = 10_000;

const build = fileURLToPath(new URL('build.mjs', import.meta.url));
// In a process of its own, whose end gives the compiler's memory back.
const building = spawnSync(process.execPath, [build, '--start-first'], { stdio: 'inherit' });
if (building.status !== 0) process.exit(building.status ?? 1);

process.argv = [process.argv[0], path, ...rest];
await import(path);

// What makes the next start quick. Without it everything works: nothing is said of it, and nobody waits for it.
setTimeout(() => spawn(process.execPath, [build], { stdio: 'ignore' }).unref(), REST_AFTER_MS).unref();
