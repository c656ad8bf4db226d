import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigProblems, readConfig } from './config.js';
import { openDataFolder } from './data-folder.js';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'data-folder-spec-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function config(env: NodeJS.ProcessEnv = {}) {
  return readConfig({ DATA_DIR: join(home, 'data'), ...env });
}

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems.map(({ name, text }) => `${name} ${text}`).join('\n');
    throw error;
  }
  return '';
}

/** Runs `work` as a user without rights, where the suite itself runs as root. */
function asNobody<Result>(work: () => Result): Result {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('the first start', () => {
  it('creates the folder and its secrets for this user only', () => {
    const secrets = openDataFolder(config());

    const files = ['admin-token', 'demo-auth-token', 'encryption-key'];
    expect(secrets.generated.sort()).toEqual(files);
    expect(secrets.encryptionKeys).toEqual([{ id: 1, key: expect.objectContaining({ length: 32 }) }]);
    expect(secrets.adminToken).toHaveLength(40);
    expect(mode(join(home, 'data'))).toBe(0o700);
    expect(readdirSync(join(home, 'data')).sort()).toEqual(files);
    expect(files.map((name) => mode(join(home, 'data', name)))).toEqual([0o600, 0o600, 0o600]);
  });

  it('creates no demo token where there are credentials', () => {
    const env = { PLIVO_AUTH_ID: 'MAXXXXXXXXXXXXXXXX01', PLIVO_AUTH_TOKEN: 'abc', PROVIDER: 'simulator' };
    expect(openDataFolder(config(env))).toMatchObject({
      demoAuthToken: null,
      generated: ['encryption-key', 'admin-token'],
    });
  });

  it('writes nothing that a setting gives', () => {
    const env = { ENCRYPTION_KEY: KEY.toString('base64'), ADMIN_TOKEN: 'q8Zr-4vTn_Lx0pWd2sKf' };
    expect(openDataFolder(config(env))).toMatchObject({
      encryptionKeys: [{ id: 1, key: KEY }],
      adminToken: env.ADMIN_TOKEN,
    });
    expect(readdirSync(join(home, 'data'))).toEqual(['demo-auth-token']);
  });
});

describe('later starts', () => {
  it('read what the first one created', () => {
    const first = openDataFolder(config());
    expect(openDataFolder(config())).toEqual({ ...first, generated: [] });
  });

  it('let a setting win over the file and keep the file', () => {
    const { adminToken } = openDataFolder(config());
    expect(openDataFolder(config({ ADMIN_TOKEN: 'q8Zr-4vTn_Lx0pWd2sKf' })).adminToken).toBe('q8Zr-4vTn_Lx0pWd2sKf');
    expect(openDataFolder(config()).adminToken).toBe(adminToken);
  });

  it('refuse an encryption key of another length and leave it as it is', () => {
    openDataFolder(config());
    const path = join(home, 'data', 'encryption-key');
    writeFileSync(path, 'c2hvcnQ=\n');
    expect(problemOf(() => openDataFolder(config()))).toMatch(
      /^DATA_DIR .*encryption-key is spoilt: expected 32 bytes/,
    );
    expect(readFileSync(path, 'utf8')).toBe('c2hvcnQ=\n');
  });

  it('refuse an empty admin token', () => {
    mkdirSync(join(home, 'data'));
    writeFileSync(join(home, 'data', 'admin-token'), '');
    expect(problemOf(() => openDataFolder(config()))).toContain('delete it and a new one is generated');
  });
});

describe('processes that start together', () => {
  it('agree on the secrets, and one of them created each', async () => {
    const program = compiledRacer();
    const racers = Array.from({ length: 4 }, () => fork(program, { cwd: home, execArgv: [] }));
    await Promise.all(racers.map((racer) => once(racer, 'message')));
    const answers = racers.map((racer) => once(racer, 'message'));
    for (const racer of racers) racer.send('go');
    const seen = (await Promise.all(answers)).map(([rounds]) => rounds as { key: string; generated: string[] }[]);

    for (const round of seen[0]!.keys()) {
      const views = seen.map((rounds) => rounds[round]!);
      expect(new Set(views.map(({ key }) => key)).size).toBe(1);
      expect(views.flatMap(({ generated }) => generated)).toEqual(['encryption-key']);
    }
    expect(readdirSync(join(home, 'race-0'))).toEqual(['encryption-key']);
  });
});

/** A program that waits for the word and then opens one folder after the other, always the same ones. Children cannot run TypeScript. */
function compiledRacer(): string {
  mkdirSync(join(home, 'settings'));
  for (const name of [
    'settings/data-folder',
    'settings/config-formats',
    'settings/config-problems',
    'settings/database-tls',
    'ids',
    'parse-url',
  ]) {
    const source = new URL(`../${name}.ts`, import.meta.url).pathname;
    writeFileSync(join(home, `${name}.js`), transformFileSync(source, { swcrc: true }).code);
  }
  symlinkSync(new URL('../../../node_modules', import.meta.url).pathname, join(home, 'node_modules'));
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
  const program = join(home, 'racer.js');
  writeFileSync(
    program,
    `import { openDataFolder } from './settings/data-folder.js';
    process.once('message', () => {
      const rounds = Array.from({ length: 50 }, (_, round) => {
        const provider = { kind: 'plivo', firstAccount: null };
        const { encryptionKeys, generated } = openDataFolder({ dataDir: 'race-' + round, provider, adminToken: 'given', encryptionKeys: null });
        return { key: encryptionKeys[0].key.toString('hex'), generated };
      });
      process.send(rounds, () => process.disconnect());
    });
    process.send('ready');`,
  );
  return program;
}

describe('a folder that cannot be used', () => {
  it('is named together with the commands that repair it', () => {
    chmodSync(home, 0o755);
    const folder = join(home, "it's");
    mkdirSync(folder, { mode: 0o555 });
    const problem = asNobody(() => problemOf(() => openDataFolder(config({ DATA_DIR: folder }))));
    const user = process.geteuid?.() === 0 ? 65534 : process.geteuid?.();
    const quoted = `'${home}/it'\\''s'`;
    expect(problem).toBe(
      `DATA_DIR cannot write to ${folder} (EACCES); as root, run: ` +
        `mkdir -p ${quoted} && chown -R ${user}:${process.getegid?.()} ${quoted} && chmod 700 ${quoted}`,
    );
  });

  it('may be a file', () => {
    writeFileSync(join(home, 'data'), '');
    expect(problemOf(() => openDataFolder(config()))).toBe(
      `DATA_DIR ${join(home, 'data')} is not a folder and cannot become one; name another`,
    );
    expect(problemOf(() => openDataFolder(config({ DATA_DIR: join(home, 'data', 'deeper') })))).toContain(
      'is not a folder',
    );
  });

  it('may hold a secret that this user must not read', () => {
    openDataFolder(config());
    chmodSync(home, 0o755);
    chmodSync(join(home, 'data'), 0o777);
    chmodSync(join(home, 'data', 'encryption-key'), 0o000);
    const problem = asNobody(() => problemOf(() => openDataFolder(config())));
    expect(problem).toContain(`cannot read or create ${join(home, 'data', 'encryption-key')} (EACCES)`);
  });
});
