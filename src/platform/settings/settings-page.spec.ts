import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settingsTable } from './config.js';
import type { Setting } from './setting.js';

const PAGE = new URL('../../../docs/settings.md', import.meta.url);
const HEAD = `# Settings

Environment variables, read once at the start. Written from the code: \`UPDATE_PAGES=1 npm run test:one -- settings-page\`. [\`.env.example\`](../.env.example) has the same to copy from.

A wrong, missing or misspelt one stops the start: all problems in one message, exit code 3. An empty one counts as absent. A secret may come from a file instead, whose path is in \`NAME_FILE\`; both are refused.

| Setting | Takes | Default | |
| --- | --- | --- | --- |
`;

/** Of kinds whose word alone does not say it; what may be written more exactly stands in the setting's sentence. */
const TAKES: Partial<Record<Setting['kind'], string>> = {
  boolean: '`true`, `false`',
  host: 'address or name',
  url: 'http or https URL',
  database: 'URL',
  key: '32 bytes in base64',
  keys: 'ids and keys',
  'auth-id': 'Auth ID',
  cap: 'whole number, 0: none',
  rate: 'requests/seconds, `off`',
};

function takes(setting: Setting): string {
  if (setting.kind === 'integer') return `${setting.min} to ${setting.max}`;
  if (setting.kind === 'choice') return setting.choices.map((choice) => `\`${choice}\``).join(', ');
  return TAKES[setting.kind] ?? setting.kind;
}

function rowOf(setting: Setting & { name: string }): string {
  const absent = setting.defaultInWords ?? (setting.default === '' ? '' : `\`${setting.default}\``);
  const cells = [`\`${setting.name}\`${setting.secret ? ' (secret)' : ''}`, takes(setting), absent, setting.sentence];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |`;
}

describe('docs/settings.md', () => {
  it('has every setting with what it takes, its default and its sentence, as UPDATE_PAGES=1 writes it', () => {
    const page = `${HEAD}${settingsTable.map(rowOf).join('\n')}\n`;
    if (process.env.UPDATE_PAGES === '1') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });
});
