import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FolderStore } from './folder-store.js';

const HOURS_AGO = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);

describe('a folder of recordings', () => {
  let folder: string;
  let store: FolderStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'masking-recordings-'));
    store = new FolderStore(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const name = (): string => `${randomUUID()}.0123456789ab`;
  function leave(path: string, hoursAgo: number): string {
    mkdirSync(join(folder, 'parts'), { recursive: true });
    writeFileSync(join(folder, path), 'sealed');
    utimesSync(join(folder, path), HOURS_AGO(hoursAgo), HOURS_AGO(hoursAgo));
    return join(folder, path);
  }

  it('begins a file apart from the kept ones, and keeps it under its name', async () => {
    const one = name();
    const part = await store.begin(one);
    await part.handle.write('sealed');
    expect(readdirSync(folder)).toEqual(['parts']);

    await store.keep(one, part);

    expect(readdirSync(folder).sort()).toEqual([one, 'parts'].sort());
    expect(readdirSync(join(folder, 'parts'))).toEqual([]);
    expect(await store.size(one)).toBe(6);
  });

  it('removes what dead attempts began, once it is older than any attempt takes', async () => {
    const old = leave(`parts/${name()}.part`, 2);
    const young = leave(`parts/${name()}.part`, 0.5);

    await store.begin(name());

    expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
  });

  it('removes what earlier versions began among the kept files, and no kept file', async () => {
    const kept = leave(name(), 100);
    const old = leave(`${name()}.part`, 2);

    await store.begin(name());
    while (existsSync(old)) await new Promise((resolve) => setImmediate(resolve));

    expect(existsSync(kept)).toBe(true);
  });

  it('removes a recording together with what was begun of it', async () => {
    const one = name();
    await store.begin(one);

    await store.remove(one);

    expect(readdirSync(join(folder, 'parts'))).toEqual([]);
  });
});
