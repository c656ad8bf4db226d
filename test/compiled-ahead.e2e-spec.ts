import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build, sharedSettings, temporaryFolder } from './support/process.js';

const ROOT = new URL('..', import.meta.url).pathname;
const MARK_LENGTH = 40;
/** The text's mark, and the Node that compiled it. */
const END_LENGTH = MARK_LENGTH + 24;

/** Loaded in front of the service: tells whether V8 was given what was compiled ahead, and took it. */
const TELL = `import vm from 'node:vm'; import { syncBuiltinESMExports } from 'node:module';
const { Script } = vm;
vm.Script = class extends Script {
  constructor(text, options) {
    super(text, options);
    console.error('given', options.cachedData !== undefined, 'refused', this.cachedDataRejected);
  }
};
syncBuiltinESMExports();`;

describe('what is compiled at the build', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let file: string;
  let kept: Buffer;

  beforeAll(async () => {
    build();
    folder = await temporaryFolder();
    cpSync(join(ROOT, 'dist/bin'), join(folder.path, 'dist/bin'), { recursive: true });
    copyFileSync(join(ROOT, 'package.json'), join(folder.path, 'package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
    file = join(folder.path, 'dist/bin/service.cache');
    kept = readFileSync(file);
  }, 60_000);
  afterAll(() => folder.remove());

  /** Until the database is migrated. */
  function start(env: Record<string, string> = {}) {
    const preload = ['--import', `data:text/javascript,${encodeURIComponent(TELL)}`];
    const main = join(folder.path, 'dist/bin/main.js');
    const settings = { ...sharedSettings('sqlite::memory:', folder.path), PATH: process.env.PATH ?? '', ...env };
    const { status, stderr } = spawnSync(process.execPath, [...preload, main, 'migrate'], {
      env: settings,
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  it('is taken at a start', () => {
    expect(start()).toEqual({ status: 0, stderr: 'given true refused false\n' });
  });

  it('is not taken for another text of the same length', () => {
    const other = Buffer.from('f'.repeat(MARK_LENGTH), 'latin1');
    writeFileSync(file, Buffer.concat([kept.subarray(0, -END_LENGTH), other, kept.subarray(MARK_LENGTH - END_LENGTH)]));
    expect(start()).toEqual({ status: 0, stderr: 'given false refused undefined\n' });
  });

  it('is not taken where another Node has made it, though its V8 be of the same version', () => {
    expect(kept.toString('latin1', kept.length - END_LENGTH + MARK_LENGTH).trim()).toBe(
      `${process.version} ${process.arch}`,
    );
    const other = Buffer.from(`v20.0.1 ${process.arch}`.padEnd(END_LENGTH - MARK_LENGTH), 'latin1');
    writeFileSync(file, Buffer.concat([kept.subarray(0, MARK_LENGTH - END_LENGTH), other]));
    expect(start()).toEqual({ status: 0, stderr: 'given false refused undefined\n' });
  });

  it('is not missed where it was cut short, is of another V8, or is not there', () => {
    writeFileSync(file, Buffer.concat([kept.subarray(0, 100_000), kept.subarray(-END_LENGTH)]));
    expect(start()).toEqual({ status: 0, stderr: 'given true refused true\n' });
    writeFileSync(file, kept.subarray(0, 10));
    expect(start()).toEqual({ status: 0, stderr: 'given false refused undefined\n' });
    writeFileSync(file, kept);
    expect(start({ NODE_OPTIONS: '--stack-trace-limit=20' })).toEqual({
      status: 0,
      stderr: 'given true refused true\n',
    });
  });

  it('is left aside where traces are to name lines of the sources', () => {
    const wrong = start({ NODE_OPTIONS: '--enable-source-maps', PORT: 'eighty' });
    expect(wrong.status).toBe(3);
    expect(wrong.stderr).not.toContain('given');
  });
});
