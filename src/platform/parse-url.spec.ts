import { describe, expect, it } from '@jest/globals';
import { parseUrl } from './parse-url.js';

describe('a URL', () => {
  it('is the same the ten thousandth time, also with letters beyond ASCII', () => {
    const hosts = new Set(Array.from({ length: 20_000 }, () => parseUrl('https://bücher.example/')?.hostname));
    expect([...hosts]).toEqual(['xn--bcher-kva.example']);
  });

  it('may stand relative to another', () => {
    expect(parseUrl('/b?c', 'https://example.com/a')?.href).toBe('https://example.com/b?c');
  });

  it.each(['', 'example.com', 'https://', '//example.com', 'https://[::g]/'])('%j is none', (text) => {
    expect(parseUrl(text)).toBeNull();
  });
});
