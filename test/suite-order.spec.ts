import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LONG_FILES, sourcesOf } from './runner/sources.mjs';

const ROOT = new URL('..', import.meta.url).pathname;

describe('the order of spec files', () => {
  const files = {
    busy: { busy: 5, waits: 0 },
    busier: { busy: 7, waits: 6 },
    idle: { busy: 1, waits: 2 },
    idler: { busy: 1, waits: 9 },
  };
  const tests = ['short', 'idle', 'busy', 'idler', 'new', 'busier'].map((name) => ({ path: `/suite/${name}` }));
  const sources = (maxWorkers: number, given = tests) => {
    const all = sourcesOf(given, { maxWorkers, rootDir: '/suite' }, files);
    return all.map((next) => () => next()?.path.slice('/suite/'.length));
  };

  it('begins with the longest, and leaves those that mostly wait to one worker more', () => {
    const [one, other, beside, ...more] = sources(2);
    expect(more).toEqual([]);
    expect([one?.(), other?.(), beside?.(), one?.(), other?.()]).toEqual(['busier', 'busy', 'idler', 'short', 'new']);
  });

  it('lets the others help with those that wait once they have nothing else, and each file run once', () => {
    const [one, other, beside] = sources(2);
    for (let busy = 0; busy < 4; busy += 1) one?.();
    expect([other?.(), beside?.(), one?.(), other?.(), beside?.()]).toEqual([
      'idler',
      'idle',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has no worker more where there is one alone, or nothing that waits', () => {
    expect(sources(1)).toHaveLength(1);
    expect(
      sources(
        2,
        tests.filter(({ path }) => !path.includes('idle')),
      ),
    ).toHaveLength(2);
    expect(sources(2, tests.slice(0, 1))).toHaveLength(1);
  });

  it('is by times of files that exist', () => {
    expect(Object.keys(LONG_FILES).filter((path) => !existsSync(ROOT + path))).toEqual([]);
    expect(Object.keys(LONG_FILES).length).toBeGreaterThan(20);
  });
});
