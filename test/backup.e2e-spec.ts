import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { holdSqlite } from '../src/platform/database/own-sqlite.js';
import { storedSize } from '../src/recording/sealed-file.js';
import { masking, type Ended } from './support/command-line.js';
import { createDatabase, databaseKinds } from './support/database.js';
import { spawnProgram, temporaryFolder } from './support/process.js';
import type { Service } from './support/service.js';
import { lend, liveShortDay, MEI, RAVI, seenBy, settingsAt, startAt, type Lent } from './support/short-day.js';

interface Sheet {
  dump_command: string | null;
  load_command: string | null;
  key: string;
  database: { rows: Record<string, number> };
  recordings: Record<string, number>;
}

describe.each(databaseKinds)('a backup (%s)', (kind) => {
  let root: string;
  let remove: () => Promise<void>;
  let settings: Record<string, string>;
  let service: Service;
  let live: Lent;
  let backup: string;
  let made: Ended;
  const drops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    ({ path: root, remove } = await temporaryFolder());
    mkdirSync(join(root, 'data'));
    const { url, drop } = await createDatabase(kind, join(root, 'data/masking.db'));
    drops.push(drop);
    settings = settingsAt(join(root, 'data'), url);
    service = await startAt(settings);
    live = await liveShortDay(service);
    backup = join(root, 'backup');
    // Somebody writes all the while.
    const writing = lend(service, '14155550140', '14155550141');
    made = await run('backup', '--recordings', backup);
    await writing;
  });
  afterAll(async () => {
    await service.close();
    for (const drop of drops) await drop();
    await remove();
  });

  const run = (...args: string[]): Promise<Ended> => masking([...args, '--json'], { env: settings });
  const to = (place: string): Record<string, string> => {
    const data = join(root, place);
    return { ...settings, DATA_DIR: data, ...(kind === 'sqlite' && { DATABASE_URL: `sqlite:${data}/masking.db` }) };
  };
  const restore = (place: string, from = backup): Promise<Ended> =>
    masking(['restore', from, '--json'], { env: to(place) });
  const sheetOf = ({ stdout }: Ended): Sheet => JSON.parse(stdout) as Sheet;
  const filesIn = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .sort();
  const recordingsAt = (data: string): Map<string, string> =>
    new Map(
      readdirSync(join(data, 'recordings'))
        .filter((name) => name !== 'parts')
        .map((name) => [name, readFileSync(join(data, 'recordings', name), 'base64')]),
    );

  it('is made while the service runs, and verified by others', () => {
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('ENCRYPTION_KEY')]);
    const names = kind === 'sqlite' ? ['masking.db'] : [];
    const [recording = ''] = readdirSync(join(backup, 'recordings'));
    expect(filesIn(backup)).toEqual(
      ['SHA256SUMS', 'manifest.json', ...names, 'recordings.jsonl', `recordings/${recording}`].sort(),
    );
    expect(sheetOf(made).recordings).toMatchObject({ listed: 1, copied: 1, missing: 0 });
    expect(sheetOf(made).database.rows['masking_session']).toBeGreaterThanOrEqual(3);
    execFileSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: backup, stdio: 'ignore' });
    for (const name of filesIn(backup)) expect(statSync(join(backup, name)).mode & 0o77).toBe(0);
    expect(existsSync(`${backup}.part`)).toBe(false);
  });

  it('has no key, token or password in it', () => {
    const secrets = ['ENCRYPTION_KEY', 'ADMIN_TOKEN', 'PLIVO_AUTH_TOKEN'].map((name) =>
      Buffer.from(settings[name] ?? ''),
    );
    const canaries = [...secrets, Buffer.from(settings['ENCRYPTION_KEY'] ?? '', 'base64')];
    for (const name of filesIn(backup))
      for (const canary of canaries)
        expect([name, readFileSync(join(backup, name)).includes(canary)]).toEqual([name, false]);
    for (const canary of secrets) expect(made.stdout + made.stderr).not.toContain(canary.toString());
  });

  it('is not written over, nor is anything but an empty place restored to', async () => {
    expect(await run('backup', backup)).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
    expect(await restore('data')).toMatchObject({ code: 1, stdout: '' });
  });

  it('lists recordings that are not copied', async () => {
    const ended = await run('backup', join(root, 'list'));
    expect(sheetOf(ended).recordings).toMatchObject({ listed: 1, copied: 0, missing: 0 });
    const [line] = readFileSync(join(root, 'list/recordings.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ is_present: true, media_sha256: expect.any(String) });
  });

  it('is restored elsewhere: sessions, calls and recordings are those of before, and numbers are lent on', async () => {
    const place = to('elsewhere');
    if (kind === 'mysql') {
      const { url, drop } = await createDatabase('mysql');
      drops.push(drop);
      place['DATABASE_URL'] = url;
      const { dump_command: dump } = sheetOf(made);
      expect(dump).toContain('--single-transaction');
      execFileSync('sh', ['-c', String(dump).replace(' --password', '')]);
    }
    const restored = await masking(['restore', backup, '--json'], { env: place });
    expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('key')]);
    expect(sheetOf(restored)).toMatchObject({
      key: kind === 'sqlite' ? 'right' : 'unknown',
      recordings: { restored: 1, missing: 0 },
    });
    if (kind === 'mysql') execFileSync('sh', ['-c', String(sheetOf(restored).load_command).replace(' --password', '')]);
    expect(recordingsAt(join(root, 'elsewhere'))).toEqual(recordingsAt(join(root, 'data')));

    const second = await startAt(place);
    try {
      expect(await seenBy(second, live)).toEqual(await seenBy(service, live));
      expect((await lend(second, MEI, RAVI)).virtual_number).toBeDefined();
    } finally {
      await second.close();
    }
  });

  if (kind === 'mysql') {
    it('tells commands that have no password in them', async () => {
      const url = new URL(settings['DATABASE_URL'] ?? '');
      expect(sheetOf(made).dump_command).toContain(`--user=${url.username} --password `);
      expect(await restore('other-kind')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has tables already'),
      });
    });
    return;
  }

  describe('is refused', () => {
    const nothingAt = (place: string): void => {
      for (const name of ['masking.db', 'masking.db.restoring'])
        expect(existsSync(join(root, place, name))).toBe(false);
    };

    it('where any byte of it is changed, or its end or a file is missing', async () => {
      for (const name of filesIn(backup)) {
        const { size } = statSync(join(backup, name));
        for (const [what, spoil] of [
          ['flipped', (path: string) => flip(path, Math.floor(Math.random() * size))],
          ['cut', (path: string) => truncateSync(path, size - 1)],
          ['missing', (path: string) => rmSync(path)],
        ] as const) {
          const spoilt = join(root, 'spoilt');
          rmSync(spoilt, { recursive: true, force: true });
          cpSync(backup, spoilt, { recursive: true });
          spoil(join(spoilt, name));
          const ended = await restore('from-spoilt', spoilt);
          expect([name, what, ended.code, ended.stdout]).toEqual([name, what, 1, '']);
          nothingAt('from-spoilt');
        }
      }
    });

    it('where it was made by a later version, or is of a server', async () => {
      for (const [change, words] of [
        [(text: string) => text.replace('"migrations": [', '"migrations": ["AddLater1999000000001",'), 'later'],
        [(text: string) => text.replace('"kind": "sqlite"', '"kind": "mysql"'), 'of a server'],
        [(text: string) => text.replace('"format_version": 1', '"format_version": 2'), 'form'],
      ] as const) {
        const other = join(root, 'other');
        rmSync(other, { recursive: true, force: true });
        cpSync(backup, other, { recursive: true });
        rewrite(other, change);
        const ended = await restore('from-other', other);
        expect([ended.code === 0, ended.stderr]).toEqual([false, expect.stringContaining(words)]);
        nothingAt('from-other');
      }
    });

    it('while a service has the place, and beside what another database has left', async () => {
      mkdirSync(join(root, 'owned'));
      const letGo = holdSqlite(join(root, 'owned/masking.db'));
      expect(await restore('owned')).toMatchObject({ code: 1, stderr: expect.stringContaining('stop the service') });
      letGo?.();
      writeFileSync(join(root, 'owned/masking.db-wal'), 'of another');
      expect((await restore('owned')).code).toBe(1);
      nothingAt('owned');
      rmSync(join(root, 'owned/masking.db-wal'));
      expect((await restore('owned')).code).toBe(0);
    });
  });

  it('tells that the key is missing, or another', async () => {
    const { ENCRYPTION_KEY: _, ...without } = to('keyless');
    const ended = await masking(['restore', backup, '--json'], { env: without });
    expect([sheetOf(ended).key, ended.stderr]).toEqual(['missing', expect.stringContaining('keyless/encryption-key')]);
    const other = { ...to('other-key'), ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
    expect(sheetOf(await masking(['restore', backup, '--json'], { env: other })).key).toBe('other');
  });

  it('leaves no database where there is no room, and goes on when there is', async () => {
    const disk = join(root, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk]).status !== 0) return;
    try {
      const full = await run('backup', join(disk, 'backup'));
      expect([full.code, full.stderr]).toEqual([5, expect.stringContaining('no room')]);
      expect(filesIn(disk)).toEqual([]);
      const ended = await restore('disk');
      expect([ended.code, ended.stderr]).toEqual([5, expect.stringContaining('no room')]);
      expect(filesIn(disk).filter((name) => !name.endsWith('-owner'))).toEqual([]);
      expect(spawnSync('mount', ['-o', 'remount,size=20m', disk]).status).toBe(0);
      expect((await restore('disk')).code).toBe(0);
    } finally {
      spawnSync('umount', ['-l', disk]);
    }
  });

  it('is finished by a second run where the first was killed, and so is its restoring', async () => {
    const size = 60_000_000;
    const large = join(root, 'data/recordings/00000000-0000-0000-0000-000000000000.000000000000');
    writeFileSync(large, '');
    truncateSync(large, storedSize(size));
    await service.dataSource.query(
      `INSERT INTO recording (id, account_id, session_id, call_id, format, status, created_at, attempts, file, size, checksum)
       VALUES ('large', 'MA', 's', 'c', 'mp3', 'ready', 0, 1, '00000000-0000-0000-0000-000000000000.000000000000', ${size}, '')`,
    );
    const second = join(root, 'second');
    await killWhen(['backup', '--recordings', second], settings, () => hasPart(join(`${second}.part`, 'recordings')));
    expect([existsSync(second), (await restore('early', `${second}.part`)).code]).toEqual([false, 1]);
    expect((await run('backup', '--recordings', second)).code).toBe(0);

    const target = to('killed');
    await killWhen(['restore', second], target, () => hasPart(join(root, 'killed/recordings/parts')));
    expect(existsSync(join(root, 'killed/masking.db'))).toBe(false);
    const ended = await restore('killed', second);
    expect(sheetOf(ended).recordings).toMatchObject({ missing: 0 });
    expect(filesIn(join(root, 'killed')).filter((name) => name.startsWith('masking.db'))).toEqual([
      'masking.db',
      'masking.db-owner',
    ]);
    // As the service has it: bytes 18 and 19 say that there is a log.
    expect([...readFileSync(join(root, 'killed/masking.db')).subarray(18, 20)]).toEqual([2, 2]);
    expect(statSync(join(root, 'killed/recordings/00000000-0000-0000-0000-000000000000.000000000000')).size).toBe(
      storedSize(size),
    );
  }, 60_000);
});

function hasPart(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.part'));
}

async function killWhen(args: string[], env: Record<string, string>, isTime: () => boolean): Promise<void> {
  const running = spawnProgram('bin/cli.cjs', env, { args });
  while (!isTime()) {
    if (running.child.exitCode !== null) throw new Error(`it ended too early:\n${running.output()}`);
    await new Promise(setImmediate);
  }
  await running.kill();
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

/** Changes the manifest, and its checksum as who means to. */
function rewrite(folder: string, change: (text: string) => string): void {
  const path = join(folder, 'manifest.json');
  const text = change(readFileSync(path, 'utf8'));
  writeFileSync(path, text);
  const hash = createHash('sha256').update(text).digest('hex');
  const sums = join(folder, 'SHA256SUMS');
  writeFileSync(sums, readFileSync(sums, 'utf8').replace(/^.{64}(?= {2}manifest.json$)/m, hash));
}
