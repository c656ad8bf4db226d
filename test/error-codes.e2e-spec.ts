import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { STATUS_OF_KIND } from '../src/platform/http/error-answer.js';
import { URL_REFUSALS } from '../src/platform/outgoing/url-refusal.js';
import { describeOnEachService, type Service } from './support/service.js';

const SOURCE = new URL('../src', import.meta.url).pathname;
const LIST = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
/** Its codes are the simulator's own; these files hold codes of what is written in the document only. */
const ELSEWHERE = /^(?:simulator|platform\/openapi)\//;

interface Entry {
  code: string;
  status: string;
  cause: string;
  remedy: string;
}

const entries: Entry[] = LIST.split('\n').flatMap((line) => {
  const [, code, status = '', cause = '', remedy = ''] =
    /^\| `([a-z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/.exec(line) ?? [];
  return code === undefined ? [] : [{ code, status, cause, remedy }];
});

/** Codes as they are written, with the status of their kind where it stands beside them. */
function codesInSource(): Map<string, number[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !ELSEWHERE.test(file),
  );
  const found = new Map<string, number[]>();
  const add = (code: string, status?: number): void =>
    void found.set(code, [...(found.get(code) ?? []), ...(status === undefined ? [] : [status])]);
  for (const file of files) {
    const text = readFileSync(join(SOURCE, file), 'utf8');
    for (const [, code = '', kind = ''] of text.matchAll(/refusal\(\s*'([a-z_]+)',\s*'([a-z-]+)'/g))
      add(code, STATUS_OF_KIND[kind as keyof typeof STATUS_OF_KIND]);
    if (/(?:errors|platform\/http\/\S+|\.controller)\.ts$/.test(file))
      for (const [, code = ''] of text.matchAll(/\b(?:error_)?code(?: =|:(?: string =)?) '([a-z_]+)'/g)) add(code);
  }
  for (const rule of URL_REFUSALS) add(`url_${rule.replaceAll('-', '_')}`, 400);
  // The first refusal is told as an example in a comment.
  return found;
}

describe('docs/errors.md', () => {
  const codes = codesInSource();

  it('has an entry for every code of the source, and none without one', () => {
    expect(codes.size).toBeGreaterThan(50);
    expect(entries.map(({ code }) => code).sort()).toEqual([...codes.keys()].sort());
  });

  it('tells the status of each', () => {
    for (const { code, status } of entries)
      for (const own of codes.get(code) ?? []) expect(`${code} ${status}`).toContain(String(own));
  });

  it('tells cause and remedy of each in a sentence', () => {
    for (const { code, cause, remedy } of entries)
      expect({ code, cause, remedy }).toEqual({
        code,
        cause: expect.stringMatching(/^[\p{Lu}`/].*\.$/u),
        remedy: expect.stringMatching(/^[\p{Lu}`\d/].*\.$/u),
      });
  });
});

describeOnEachService('an error', (start) => {
  let service: Service;
  beforeAll(async () => {
    service = await start();
  });

  it('of the masking API leads to a page that explains its code', async () => {
    const { body } = await service.sessions('POST', '/', {});
    expect(body['doc_url']).toBe('/docs/errors#missing_parameter');
    const { text, headers } = await service.request('/docs/errors', { as: null });
    expect(headers['content-type']).toMatch(/^text\/html/);
    for (const { code } of entries) expect(text).toContain(`<tr id="${code}">`);
    expect(text).not.toMatch(/<script|<style| style=|\bon\w+=/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });
});
