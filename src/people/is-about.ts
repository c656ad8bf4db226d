import { personOf } from '../telephony/identity.js';
import type { E164 } from '../telephony/phone.js';

/** Digits as numbers are written in answers and URLs: with or without a plus, which a URL may encode, and no part of an id. */
const NUMBER = /(?<![\w-])(?:%2B)?(\d{7,15})(?![\w-])|%2B(\d{7,15})/gi;

/** Stands where a number stood. */
const ERASED = 'erased';

/** Whether a text has a number of this person in it, in any of its spellings. */
export function isAbout(person: E164, text: string): boolean {
  const wanted = personOf(person);
  for (const [, plain, encoded] of text.matchAll(NUMBER)) {
    if (personOf((plain ?? encoded ?? '') as E164) === wanted) return true;
  }
  return false;
}

/** The text with a word in the place of each number of this person. */
export function withoutPerson(person: E164, text: string): string {
  const wanted = personOf(person);
  const number = new RegExp(`\\+?(?:${NUMBER.source})`, NUMBER.flags);
  return text.replace(number, (whole: string, plain?: string, encoded?: string) =>
    personOf((plain ?? encoded ?? '') as E164) === wanted ? ERASED : whole,
  );
}
