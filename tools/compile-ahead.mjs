/**
 * Keeps what V8 compiles of the service while it starts and answers its first requests, in `dist/bin/service.cache` beside its text. A start that takes it
 * from there (`src/start.ts`) needs half the processor time. Bound to the version of Node that makes it: another one compiles as before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const COMPILED = 'dist/bin/service.cache';
const WITHIN_MS = 30_000;

/** Without it everything works, only slower: a failure is told and no more. */
export async function compileAhead(root) {
  const folder = mkdtempSync(join(tmpdir(), 'masking-build-'));
  try {
    const preload = new URL('keep-compiled.mjs', import.meta.url).href;
    const child = spawn(process.execPath, ['--import', preload, join(root, 'dist/bin/main.js')], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        // Windows has no temporary folder without it.
        ...(process.env.SystemRoot && { SystemRoot: process.env.SystemRoot }),
        KEPT_COMPILED: join(root, COMPILED),
        DATA_DIR: folder,
        DATABASE_URL: `sqlite:${join(folder, 'build.db')}`,
        HOST: '127.0.0.1',
        PORT: '0',
        PROVIDER: 'simulator',
        LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      timeout: WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let isReady = false;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
        if (isReady || !output.includes('ready in')) return;
        isReady = true;
        child.send('keep');
      });
    const [code] = await once(child, 'exit');
    if (code !== 0) process.stderr.write(`What the start needs could not be compiled ahead:\n${output}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
