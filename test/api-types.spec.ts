import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, it } from '@jest/globals';
import { startService } from './support/service.js';

const FILE = new URL('../src/console/api-types.ts', import.meta.url);
const WORDS = new Set(['description', 'summary', 'title', 'default']);
const HEAD = `// Made from the OpenAPI document: "npm run api-types". A spec fails where it is of another time.\n`;

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, object> }>>;
  components: { schemas: object; parameters: object };
}

/** What is granted by the admin API, without the words: those stand in the document. */
function forConsole({ paths, components: { schemas, parameters } }: Document): object {
  const ours = Object.entries(paths).filter(([path]) => path.startsWith('/admin/'));
  const granted = ours.map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, { responses, ...operation }]) => {
      const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
      return [method, { ...operation, responses: Object.fromEntries(good) }];
    });
    return [path, Object.fromEntries(operations) as object];
  });
  return wordless({
    openapi: '3.1.0',
    info: { title: '', version: '' },
    paths: Object.fromEntries(granted),
    components: { schemas, parameters },
  });
}

function wordless<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(wordless) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).flatMap(([name, member]) => {
    if (name === 'headers' || (WORDS.has(name) && typeof member !== 'object')) return [];
    if (name === 'example') return [];
    return [[name, wordless(member as unknown)] as const];
  });
  return Object.fromEntries(members) as Value;
}

/** The pages of the console are compiled against it, without a service that runs. */
it('the types of the admin API that the console is written against are those of this version', async () => {
  const service = await startService({ url: 'sqlite::memory:', settings: { ROLE: 'api' } });
  try {
    const { body } = await service.request<Document>('/openapi.json');
    const types = await openapiTS(forConsole(body) as never, { alphabetize: true });
    const made = HEAD + astToString(types);
    if (process.env.UPDATE_API_TYPES) writeFileSync(FILE, made);
    // Not the texts themselves, which are long: only whether.
    const isCurrent = readFileSync(FILE, 'utf8') === made;
    expect(isCurrent ? 'current' : 'of another time: run "npm run api-types"').toBe('current');
  } finally {
    await service.close();
  }
}, 30_000);
