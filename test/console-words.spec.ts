import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const KIND = /[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*/g;

/** The table of docs/architecture.md is held to the code by a fact of its own. */
it('the console has words for every kind of job', () => {
  const jobs = read('docs/architecture.md').split('\n## Jobs\n')[1] ?? '';
  const rows = (jobs.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  const kinds = rows.flatMap((row) => (row.split('|')[1] ?? '').match(KIND) ?? []);
  expect(kinds.length).toBeGreaterThan(20);
  const words = new Set(
    [...read('src/design/texts/console/jobs.ts').matchAll(/^ {4}'([^']+)':/gm)].map(([, key]) => key),
  );
  expect(kinds.filter((kind) => !words.has(kind))).toEqual([]);
});
