import { describe, expect, it } from '@jest/globals';
import { understoodText } from './understand-text.js';

describe('what a text says to us', () => {
  it.each([
    ['stop', 'stop', false],
    ['START', 'start', false],
    // A cry for help must not be swallowed.
    ['Help', 'help', true],
  ])('by a word that is all of it: %s', (text, word, isForOther) => {
    expect(understoodText(text, null, [])).toEqual({ word, source: 'word', isForOther });
  });

  it.each([
    ['please', 'optout', 'stop', false],
    ['please', 'optin', 'start', false],
    ['please', 'help', 'help', true],
    // People also mean what they write.
    ['cancel', 'optout', 'stop', true],
    ['YES', 'optin', 'start', true],
    // A campaign may have words of its own.
    ['STOP', 'optin', 'start', false],
    ['STOP', 'help', 'help', true],
  ] as const)('by what Plivo has understood: %s, %s', (text, intent, word, isForOther) => {
    expect(understoodText(text, intent, [])).toEqual({ word, source: 'plivo', isForOther });
  });

  it.each([
    ['hello', []],
    ['cancel', []],
    ['STOP!', []],
    ['Baja', ['de']],
    // Longer than any phone sends.
    [null, []],
  ])('is nothing otherwise: %s', (text, languages) => {
    expect(understoodText(text, null, languages)).toBeNull();
  });

  it('is nothing where it is longer than any phone sends, whatever Plivo has understood', () => {
    expect(understoodText(null, 'optout', [])).toBeNull();
  });

  it('is said in English, and in the languages that are asked for', () => {
    expect(understoodText('Baja', null, ['de', 'es'])).toMatchObject({ word: 'stop' });
    expect(understoodText('stop', null, ['es'])).toMatchObject({ word: 'stop' });
  });
});
