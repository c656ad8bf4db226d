/**
 * `node tools/run.mjs bin/main ARGUMENTS`: builds what has changed, says so, and becomes that program, in one process, so that a
 * signal to it is one to the service.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import './end-with-parent.mjs';

const [, , program, ...rest] = process.argv;
const path = fileURLToPath(new URL(`../dist/${program}.js`, import.meta.url));

// In a process of its own, whose end gives the compiler's memory back.
const building = spawnSync(process.execPath, [fileURLToPath(new URL('build.mjs', import.meta.url))], {
  stdio: 'inherit',
});
if (building.status !== 0) process.exit(building.status ?? 1);

process.argv = [process.argv[0], path, ...rest];
await import(path);
