/** Builds what has changed, says so, and becomes the service: one process, so that a signal to it reaches the service. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// In a process of its own, whose end gives the compiler's memory back.
const building = spawnSync(process.execPath, [fileURLToPath(new URL('build.mjs', import.meta.url))], {
  stdio: 'inherit',
});
if (building.status !== 0) process.exit(building.status ?? 1);
await import('../dist/src/main.js');
