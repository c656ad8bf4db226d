import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const running = new Set();
const START_LIMIT_MS = 10_000;
const shipped = (path) => readFileSync(fileURLToPath(new URL(`../deploy/${path}`, import.meta.url)), 'utf8');

/**
 * The files of `deploy/` as they are, with the addresses, ports and certificate of this machine in place of the examples. A name in them that is not
 * found any more ends the run: what is measured is what is shipped.
 */
export const proxies = {
  nginx: {
    version: () => execFileSync('nginx', ['-v'], { stdio: 'pipe', encoding: 'utf8' }) || 'nginx',
    start: async (place) => {
      const site = replaced(shipped('nginx/masking.conf'), [
        ['10.0.0.11:8420', place.upstreams[0]],
        ['10.0.0.12:8420', place.upstreams[1]],
        ['listen 80;', `listen 127.0.0.1:${place.plainPort};`],
        ['listen 443 ssl http2;', `listen 127.0.0.1:${place.port} ssl http2;`],
        ['/etc/ssl/masking/fullchain.pem', place.certificate],
        ['/etc/ssl/masking/privkey.pem', place.key],
        ['/var/log/nginx/masking.log', join(place.folder, 'access.log')],
        ['/var/log/nginx/masking-error.log', join(place.folder, 'error.log')],
      ]);
      const file = join(place.folder, 'nginx.conf');
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      const around = [
        `daemon off; pid ${place.folder}/nginx.pid; error_log ${place.folder}/start.log; worker_processes 2;`,
        // The temporary files of a proxy that root starts belong to this user.
        process.getuid?.() === 0 ? 'user root;' : '',
        'events { worker_connections 4096; }',
        `http { ${paths.map((name) => `${name}_temp_path ${place.folder}/${name};`).join(' ')}\n${site}}\n`,
      ];
      writeFileSync(file, around.join('\n'));
      execFileSync('nginx', ['-t', '-q', '-c', file], { stdio: ['ignore', 'inherit', 'inherit'] });
      return run('nginx', ['-c', file], place, 'SIGQUIT');
    },
  },
  caddy: {
    version: () => `Caddy ${execFileSync('caddy', ['version'], { encoding: 'utf8' }).trim()}`,
    start: async (place) => {
      const text = replaced(shipped('caddy/Caddyfile'), [
        ['{$MASKING_UPSTREAMS:10.0.0.11:8420 10.0.0.12:8420}', place.upstreams.join(' ')],
        ['admin localhost:2019', 'admin off\n\tauto_https off'],
        [
          '{$MASKING_HOST:masking.example.com} {',
          `https://127.0.0.1:${place.port} {\n\tbind 127.0.0.1\n\ttls ${place.certificate} ${place.key}`,
        ],
      ]);
      const file = join(place.folder, 'Caddyfile');
      writeFileSync(file, text);
      const config = ['--config', file, '--adapter', 'caddyfile'];
      execFileSync('caddy', ['validate', ...config], { stdio: 'pipe', env: environment(place) });
      return run('caddy', ['run', ...config], place, 'SIGTERM');
    },
  },
};

export function killProxies() {
  for (const child of running) child.kill('SIGTERM');
}

export function isInstalled(name) {
  try {
    execFileSync(name, [name === 'nginx' ? '-v' : 'version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** A certificate for 127.0.0.1, its own authority. */
export function makeCertificate(folder) {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', certificate, ...subject], {
    stdio: 'pipe',
  });
  return { certificate, key };
}

function replaced(text, pairs) {
  return pairs.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the shipped file has no ${from}`);
    return result.replaceAll(from, to);
  }, text);
}

/** Nothing of ours: a proxy that finds HTTP_PROXY asks that one for the service. */
function environment({ folder }) {
  return { PATH: process.env.PATH, HOME: folder };
}

async function run(program, args, place, goodbye) {
  const child = spawn(program, args, { env: environment(place), stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  running.add(child);
  const exited = once(child, 'exit').then(() => running.delete(child));
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await accepts(place.port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${program} does not listen: ${printed.slice(-2000)}`);
    await delay(20);
  }
  return {
    async stop() {
      child.kill(goodbye);
      const isGone = await Promise.race([exited, delay(5_000, null, { ref: false })]);
      if (isGone === null) child.kill('SIGKILL');
      await exited;
      return printed;
    },
  };
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
