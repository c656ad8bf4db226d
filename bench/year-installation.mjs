// An installation as an operator has it for `bench/year.mjs`: a folder, settings, the command line, and one address before whichever processes serve.
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startService } from './servers.mjs';

const CLI = fileURLToPath(new URL('../dist/bin/cli.cjs', import.meta.url));

/** `masking ARGUMENTS`; throws with what it wrote where it ends with another code. */
export function masking(args, settings, expected = 0) {
  const child = spawn(process.execPath, [CLI, ...args], { env: { PATH: process.env.PATH, ...settings } });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', (piece) => (written[name] += piece));
  child.stdin.end();
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      code === expected
        ? resolve(written.stdout)
        : reject(new Error(`masking ${args.join(' ')} ended with ${code}: ${written.stdout}${written.stderr}`)),
    ),
  );
}

export async function startReady({ databaseUrl, dataFolder, settings }) {
  const server = await startService({ databaseUrl, dataFolder, settings });
  const isReady = () =>
    fetch(`${server.origin}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await isReady())) await delay(50);
  return server;
}

/** What PUBLIC_URL names: passes bytes on to the processes in turns, and refuses where there are none. */
export async function openAddress(port) {
  let behind = [];
  let turn = 0;
  const listener = createServer((socket) => {
    const next = behind[turn++ % behind.length];
    if (next === undefined) return void socket.destroy();
    const onwards = connect(next, '127.0.0.1');
    const end = () => [socket, onwards].forEach((each) => each.destroy());
    for (const each of [socket, onwards]) each.on('error', end).on('close', end);
    socket.pipe(onwards).pipe(socket);
  });
  await new Promise((resolve) => listener.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    leadTo: (...servers) => (behind = servers.map(({ origin }) => Number(new URL(origin).port))),
    close: () => listener.close(),
  };
}
