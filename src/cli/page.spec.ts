import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS, GROUPS } from './commands.js';
import { manual } from './page.js';

describe('the manual of the command line', () => {
  it('is what the commands say: npm run docs:commands writes it', () => {
    const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
    expect(page).toBe(manual(COMMANDS));
  });

  it('has an example for each command, and the words of its group', () => {
    for (const { name, examples, about } of COMMANDS) {
      const [first = '', second] = name.split(' ');
      expect(examples.some((line) => line.includes(name))).toBe(true);
      expect(about).not.toMatch(/\.$/);
      if (second !== undefined) expect(GROUPS).toHaveProperty(first);
    }
  });

  it('names each command once', () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
