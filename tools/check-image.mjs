// The image without Docker: the steps of docker/Dockerfile in folders of this machine, then the service in what came of them, as the image's user on a root that
// cannot be written, and a masked call. `node tools/check-image.mjs [port]`, as root on Debian 12 with overlayfs, unshare and setpriv; some minutes, most of them `npm ci`.
// In place of the base image stand this machine's /usr, below everything that the steps write, and the Node that the base names, from npm's package of it. What
// apt-get would install is taken from there too. Nothing shows how Docker itself reads the file.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeCall } from './check-image-call.mjs';
import { readDockerfile } from './read-dockerfile.mjs';

const top = fileURLToPath(new URL('..', import.meta.url));
const port = process.argv[2] ?? '8420';
const READY_WITHIN_MS = 60_000;
const FORBIDDEN = [
  'typescript',
  'jest',
  '@swc/core',
  'esbuild',
  'vite',
  'oxlint',
  'playwright-core',
  'react',
  'prettier',
];
const work = mkdtempSync(join(tmpdir(), 'masking-image-'));
const say = (text) => process.stdout.write(`${text}\n`);

try {
  const stages = readDockerfile(readFileSync(join(top, 'docker/Dockerfile'), 'utf8'));
  const roots = new Map();
  for (const stage of stages) roots.set(stage.name, build(stage, roots));
  const last = stages.at(-1);
  look(last, roots.get(last.name));
  await run(last, roots.get(last.name));
  say('the image does what it is for');
} finally {
  rmSync(work, { recursive: true, force: true });
}

function build(stage, roots) {
  say(`stage ${stage.name}, from ${stage.from}`);
  const root = newRoot(stage);
  let folder = '/';
  for (const { name, rest } of stage.steps) {
    if (name === 'WORKDIR') folder = rest;
    if (name === 'WORKDIR') mkdirSync(join(root.upper, rest), { recursive: true });
    if (name === 'COPY') copy(rest, root, folder, roots);
    if (name !== 'RUN') continue;
    if (rest.startsWith('apt-get')) say(`  left out: ${rest}`);
    else {
      say(`  ${rest}`);
      const command = inside(root, { command: ['sh', '-c', rest], folder, env: environmentOfBuild() });
      execute(mounted(root, false, command));
    }
  }
  return { ...root, folder };
}

/** Empty but for what Debian has outside /usr; what is written goes to `upper`. */
function newRoot({ name, from }) {
  const root = join(work, name);
  const [upper, usr, scratch, node] = ['files', 'usr', 'usr-work', 'node'].map((part) => join(root, part));
  for (const folder of [upper, usr, scratch, node]) mkdirSync(folder, { recursive: true });
  for (const folder of ['usr', 'proc', 'dev', 'tmp', 'root', 'run', 'var/tmp', 'opt'])
    mkdirSync(join(upper, folder), { recursive: true });
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${folder}`, join(upper, folder));
  mkdirSync(join(upper, 'etc'));
  for (const file of [
    'passwd',
    'group',
    'shadow',
    'gshadow',
    'resolv.conf',
    'hosts',
    'nsswitch.conf',
    'ssl',
    'alternatives',
    'login.defs',
    'pam.d',
    'security',
    'default',
  ])
    cpSync(join('/etc', file), join(upper, 'etc', file), { recursive: true, dereference: false });
  const version = /^node:(\d+)-/.exec(from)?.[1];
  const wanted = `node-linux-${process.arch}@${version}`;
  execFileSync('npm', [
    'install',
    '--prefix',
    node,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    wanted,
  ]);
  mkdirSync(join(usr, 'local/bin'), { recursive: true });
  cpSync(join(node, 'node_modules', `node-linux-${process.arch}`, 'bin/node'), join(usr, 'local/bin/node'));
  return { upper, usr, scratch };
}

function copy(rest, root, folder, roots) {
  const words = rest.split(' ').filter((word) => !word.startsWith('--chown'));
  const stage = /^--from=(\S+)$/.exec(words[0])?.[1];
  const paths = stage === undefined ? words : words.slice(1);
  const source = stage === undefined ? top : roots.get(stage).upper;
  const target = resolve(folder, paths.at(-1));
  for (const path of paths.slice(0, -1)) {
    // As Docker does: a folder's content comes into the target, a file into a target that ends with a slash.
    const isInto = paths.at(-1).endsWith('/') && !statSync(join(source, path)).isDirectory();
    const place = join(root.upper, isInto ? join(target, path.split('/').at(-1)) : target);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(source, path), place, { recursive: true, verbatimSymlinks: true });
  }
}

/** A shell's words: the root with its mounts, which live as long as the command. */
function mounted({ upper, usr, scratch }, isReadOnly, command) {
  const mounts = [
    `mount --bind ${upper} ${upper}`,
    `mount -t overlay overlay -o lowerdir=/usr,upperdir=${usr},workdir=${scratch} ${upper}/usr`,
    `mount -t proc proc ${upper}/proc`,
    `mount --rbind /dev ${upper}/dev`,
    `mount -t tmpfs tmpfs ${upper}/tmp`,
  ];
  const locked = [
    `mount --bind ${upper}/data ${upper}/data`,
    `mount -o remount,ro,bind ${upper}`,
    `mount -o remount,ro ${upper}/usr`,
  ];
  const text = [...mounts, ...(isReadOnly ? locked : []), `exec ${command}`].join('\n');
  return ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', 'sh', '-ec', text];
}

/** Nothing of this machine's environment is in it but `env`. */
function inside({ upper }, { command, folder = '/', user, env = {} }) {
  const asUser = [
    'setpriv',
    `--reuid=${user}`,
    `--regid=${user}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
  ];
  const variables = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', ...env };
  const words = [
    'chroot',
    upper,
    'env',
    '-i',
    ...Object.entries(variables).map((pair) => pair.join('=')),
    ...(user === undefined ? [] : asUser),
    'sh',
    '-c',
    'cd "$0" && exec "$@"',
    folder,
    ...command,
  ];
  return words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
}

function execute([program, ...args]) {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What npm needs to reach its registry from here. */
function environmentOfBuild() {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS)$/i.test(name),
  );
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return { HOME: '/root', npm_config_registry: registry, ...Object.fromEntries(kept) };
}

/** What must not be in it, and how large it is. */
function look(stage, root) {
  const files = execFileSync('find', [join(root.upper, 'app'), '-type', 'f'], {
    encoding: 'utf8',
    maxBuffer: 1e9,
  }).split('\n');
  const shown = files.map((file) => file.slice(root.upper.length));
  const found = FORBIDDEN.filter((name) => shown.some((file) => file.startsWith(`/app/node_modules/${name}/`)));
  const sources = shown.filter((file) => file.startsWith('/app/dist/') && /(?<!\.d)\.ts$/.test(file));
  if (found.length > 0 || sources.length > 0)
    throw new Error(`not for an image: ${[...found, ...sources.slice(0, 5)].join(', ')}`);
  if (!/^[1-9]/.test(stage.user)) throw new Error(`runs as ${stage.user}`);
  const kilobytes = execFileSync('du', ['-sk', join(root.upper, 'app')], { encoding: 'utf8' }).split('\t')[0];
  say(
    `  ${shown.length} files, ${(Number(kilobytes) / 1024).toFixed(0)} MB in /app, no compiler's package, no TypeScript`,
  );
}

async function run(stage, root) {
  const user = stage.user.split(':')[0];
  const env = { ...stage.env, NODE_ENV: 'development', PROVIDER: 'simulator', LOG_FORMAT: 'pretty', PORT: port };
  const [program, ...args] = mounted(
    root,
    true,
    inside(root, { command: stage.command, folder: root.folder, user, env }),
  );
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const ended = once(child, 'exit');
  // unshare's child, the first process of its own world: with it all others end.
  const inner = () => execute(['ps', '-o', 'pid=', '--ppid', String(child.pid)]).trim();
  // In the mounts of the service, which are one's own.
  const beside = (command) =>
    execute(['nsenter', `--mount=/proc/${inner()}/ns/mnt`, 'sh', '-c', inside(root, { command, user, env })]);
  try {
    await healthy(() => beside(stage.health), child);
    // The tokens are told when all is done that a start does.
    while (!printed.includes('Try it:') && child.exitCode === null) await delay(100);
    say(`  HEALTHCHECK says 0; as user ${user}, on a root that cannot be written`);
    const tried = ['/app/x', '/etc/x', '/usr/local/bin/x', '/x', '/data/x'];
    const written = beside([
      'sh',
      '-c',
      `for file in ${tried.join(' ')}; do touch $file 2>/dev/null && echo $file; done; rm -f /data/x`,
    ]);
    if (written.trim() !== '/data/x') throw new Error(`can be written: ${written}`);
    say(`  masking --version: ${beside(['masking', '--version']).trim()}`);
    const token = /Auth Token\s+(\S+)/.exec(printed)?.[1];
    say(`  ${await makeCall(`http://127.0.0.1:${port}`, token)}`);
    process.kill(Number(inner()), 'SIGTERM');
    const [code] = await ended;
    say(`  SIGTERM: ended with ${code}`);
    if (code !== 0) throw new Error('it should have ended with 0');
  } catch (error) {
    process.stderr.write(printed.slice(-3000));
    throw error;
  } finally {
    if (child.exitCode === null) process.kill(Number(inner()), 'SIGKILL');
  }
}

async function healthy(isHealthy, child) {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      isHealthy();
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) throw error;
    }
    await delay(500);
  }
}
