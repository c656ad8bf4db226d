import type { Config } from '../platform/settings/config.js';

/** What a shell takes as it stands. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

interface Server {
  url: string;
  isMariadb: boolean;
}

/** What the server's own programs are called with; the password is asked for. */
function access({ url, isMariadb }: Server): string[] {
  const { hostname, port, username, searchParams } = new URL(url);
  const tls = ['ssl_ca', 'ssl_cert', 'ssl_key'].flatMap((name) => {
    const file = searchParams.get(name);
    return file === null ? [] : [`--${name.replace('_', '-')}=${file}`];
  });
  const isEncrypted = searchParams.has('ssl');
  const encryption = !isEncrypted ? [] : [isMariadb ? '--ssl' : '--ssl-mode=REQUIRED'];
  return [
    `--host=${hostname}`,
    `--port=${port === '' ? 3306 : port}`,
    `--user=${decodeURIComponent(username)}`,
    '--password',
    '--default-character-set=utf8mb4',
    ...encryption,
    ...tls,
  ];
}

/** All tables of one instant, while the service runs. */
export function dumpCommand(server: Server, to: string): string {
  const program = server.isMariadb ? 'mariadb-dump' : 'mysqldump';
  const how = ['--single-transaction', '--skip-lock-tables', '--quick', '--hex-blob', '--no-tablespaces'];
  // Else the dump cannot be loaded into a server that has transactions of its own.
  const ids = server.isMariadb ? [] : ['--set-gtid-purged=OFF'];
  return [program, ...access(server), ...how, ...ids, `--result-file=${to}`, nameOf(server)].map(quoted).join(' ');
}

export function loadCommand(server: Server, from: string): string {
  const program = server.isMariadb ? 'mariadb' : 'mysql';
  return `${[program, ...access(server), nameOf(server)].map(quoted).join(' ')} < ${quoted(from)}`;
}

function nameOf({ url }: Server): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** Of the settings' database, whose kind has been looked at. */
export function urlOf(database: Config['database']): string {
  if (database.kind === 'sqlite') throw new Error('expected a server, found a file');
  return database.url;
}
