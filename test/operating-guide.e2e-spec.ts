import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ADMIN_TOKEN,
  AUTH_ID,
  AUTH_TOKEN,
  startProcess,
  startSimulator,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';

interface Block {
  title: string;
  name: string;
  command: string;
  isRun: boolean;
  expected: string[];
}

const PAGE = readFileSync(new URL('../docs/operating.md', import.meta.url), 'utf8');
const CLI = new URL('../dist/bin/cli.cjs', import.meta.url).pathname;
const BLOCKS = blocksOf(PAGE);
/** What needs a machine of its own: counted, so that a mark is no way to leave a broken block. */
const NOT_RUN = 4;

/** Each shell block with the lines of the text behind it, which have to stand in what it prints. */
function blocksOf(page: string): Block[] {
  const found: Block[] = [];
  let title = '';
  for (const [, heading, fence, body = ''] of page.matchAll(/^## ([^\n]+)$|^```(\w+(?: [\w-]+)?)\n(.*?)^```$/gms)) {
    if (heading !== undefined) title = heading;
    else if (fence === 'text') found.at(-1)?.expected.push(...body.trimEnd().split('\n'));
    else found.push({ title, name: body.split('\n', 1)[0] ?? '', command: body, isRun: fence === 'sh', expected: [] });
  }
  return found;
}

describe('the operating guide', () => {
  const cleanUp: (() => unknown)[] = [];
  let root: string;
  let env: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    cleanUp.push(folder.remove);
    root = folder.path;
    mkdirSync(join(root, 'data'));
    mkdirSync(join(root, 'bin'));
    writeFileSync(join(root, 'bin/masking'), `#!/bin/sh\nexec "${process.execPath}" "${CLI}" "$@"\n`);
    chmodSync(join(root, 'bin/masking'), 0o755);
    const account = { PLIVO_AUTH_ID: AUTH_ID, PLIVO_AUTH_TOKEN: AUTH_TOKEN };
    const plivo = await startSimulator({ ...account, NUMBERS: '14155550100,14155550101' });
    cleanUp.push(() => plivo.kill());
    const settings = {
      ...account,
      DATA_DIR: join(root, 'data'),
      PROVIDER: 'plivo',
      PLIVO_API_URL: `${plivo.baseUrl}/simulator`,
      ADMIN_TOKEN,
      LOG_LEVEL: 'warn',
    };
    service = await startProcess(settings);
    cleanUp.push(() => service.kill());
    env = {
      ...settings,
      PATH: `${join(root, 'bin')}:${process.env.PATH ?? ''}`,
      HOME: root,
      DATA_DIR: 'data',
      SERVICE: service.baseUrl,
      PUBLIC_URL: service.baseUrl,
      MASKING_URL: service.baseUrl,
    };
  }, 60_000);
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  it('has a command in every block that can be run here, and says which cannot', () => {
    const fences = [...PAGE.matchAll(/^```(.+)$/gm)].map(([, fence]) => fence);
    expect(fences.filter((fence) => fence !== 'sh' && fence !== 'text' && fence !== 'sh no-run')).toEqual([]);
    expect(BLOCKS.filter(({ isRun }) => !isRun)).toHaveLength(NOT_RUN);
    expect(BLOCKS.filter(({ isRun, expected }) => !isRun && expected.length > 0)).toEqual([]);
    expect(fences.filter((fence) => fence === 'sh')).toHaveLength(BLOCKS.filter(({ isRun }) => isRun).length);
  });

  it.each(BLOCKS.filter(({ isRun }) => isRun))('under “$title” is true: $name', async ({ command, expected }) => {
    const ended = await shell(command);
    expect(ended).toMatchObject({ code: 0 });
    for (const line of expected) expect(ended.output).toContain(line);
  });

  function shell(command: string): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      const child = execFile('sh', ['-eu', '-c', command], { cwd: root, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      });
      child.stdin?.end();
    });
  }
});
