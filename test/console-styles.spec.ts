import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const PAGES = new URL('../src/console/pages/', import.meta.url);

/** What a page has loaded stays: a class of its own that another page uses too would change that one, but only for who came by this one before. */
it('no two pages of the console have styles for a class of the same name', () => {
  const owners = new Map<string, Set<string>>();
  const files = readdirSync(PAGES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.css'));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const text = readFileSync(new URL(file, PAGES), 'utf8').replace(/\/\*[^]*?\*\//g, '');
    for (const [, name = ''] of text.matchAll(/^ *(?:\w+)?\.([\w-]+)/gm))
      owners.set(name, (owners.get(name) ?? new Set()).add(file.split('/', 1)[0] ?? ''));
  }
  const shared = [...owners].filter(([, pages]) => pages.size > 1).map(([name, pages]) => [name, [...pages]]);
  expect(shared).toEqual([]);
});
