import { describe, expect, it } from '@jest/globals';
import { isAmbiguous, optWordOf } from './opt-words.js';

describe('a word that is said to us', () => {
  it.each([
    ['as a Japanese keyboard types it', 'ＳＴＯＰ', [], 'stop'],
    ['in half-width kana', 'ﾍﾙﾌﾟ', ['ja'], 'help'],
    ['with a character that nobody sees behind it', 'STOP\u200B', [], 'stop'],
    ['with one in it', 'sto\u00ADp', [], 'stop'],
    ['between marks of direction', '\u202BSTOP\u202C', ['ar'], 'stop'],
    ['in presentation forms', 'ﺗﻮﻗﻒ', ['ar'], 'stop'],
    ['with an accent of its own', 'arre\u0302t', ['fr'], 'stop'],
    ['without the hamza that it has', 'ايقاف', ['ar'], 'stop'],
    ['with the hamza that is mostly left out', 'إلغاء', ['ar'], 'stop'],
    ['with its vowels, and stretched', 'تَوَقَّـــف', ['ar'], 'stop'],
    ['with another end of its last letter', 'ابدا', ['ar'], 'start'],
    ['without its accent', 'reabonner', ['fr'], 'start'],
    ['without its cedilla', 'Comecar', ['pt'], 'start'],
    ['with an accent in another language', 'arrêt', [], 'stop'],
    ['with an emoji keyboard’s selector behind it', 'STOP\uFE0F', [], 'stop'],
    ['with a filler of Korean keyboards behind it', 'STOP\u3164', [], 'stop'],
    ['with the signs of its vowels', 'रोकें', ['hi'], 'stop'],
    ['over two blanks and a line', ' Stop \n all ', [], 'stop'],
  ] as const)('is heard %s', (_, text, languages, word) => {
    expect(optWordOf(text, languages)).toBe(word);
  });

  it.each(['रक', 'ヘルフ', 'STOP!', 'Stop.', 'STOP it', 'no stop', '\u200B', '', 'ＳＴＯＰ？'])(
    'is none in: %j',
    (text) => {
      expect(optWordOf(text, ['ja', 'ar', 'fr', 'hi'])).toBeNull();
    },
  );

  it('is for the other person too, however it is typed, where people say it to each other', () => {
    expect([isAmbiguous('ＣＡＮＣＥＬ'), isAmbiguous('\u200Byes')]).toEqual([true, true]);
  });
});
