import type { FastifyInstance, FastifyRequest } from 'fastify';
import { maskText, replaceNumbers } from '../../platform/logging/mask-text.js';
import { withAsciiDigits } from '../../telephony/digits.js';
import { REVEALING } from './roles.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by AdminGuard: whether numbers of parties are shown whole, and the members in which this route shows virtual numbers. */
    numbers?: { isWhole: boolean; virtual: readonly string[] };
  }
}

/** Opens a sound to whoever has it, without credentials and unnoticed by the audit. */
const LINK = 'recording_url';
/** Virtual numbers, places in lists and links that we sign: none is a party's. */
const KEPT = ['virtual_number', 'next_cursor', LINK];
/** What receivers answered: numbers in any spelling, and whatever else they may say. */
const FOREIGN_TEXT = 'response_body';
/** What people have written to each other, here and in callbacks: numbers in any spelling. */
const WORDS = new Set(['text', 'Text']);

/** With a plus, however written, from seven digits on; without one from eight, where they are no part of an id, an amount or an instant. */
const NUMBER = /(?:\+|%2B)\d{7,15}(?!\d)|(?<![\w+-]|\d\.)\d{8,15}(?![\w-]|\.\d)/gi;
/** Customers' URLs carry numbers however their programs write them; scheme and host are nobody's. */
const URL = /^(https?:\/\/[^/?#]*)(.+)$/isu;
/** URLs that we make, with ids in them. */
const OWN_URL = /(?:^signed|resource)_url$/;

/**
 * Masks the numbers of parties in every answer of /admin, in one place and by what they look like: so a new route, or a number inside a URL or a
 * sentence, needs no thought of its own. Streams pass as they are: what makes one masks its rows by `maskedAnswer` (csv.ts).
 */
export function maskAdminAnswers(instance: FastifyInstance): void {
  instance.addHook('preSerialization', (request, _reply, payload, done) => {
    if (request.operator === undefined) done(null, payload);
    else done(null, maskedAnswer(payload, request));
  });
}

/** What an operator is answered, as this operator may see it. */
export function maskedAnswer(answer: unknown, asked: Pick<FastifyRequest, 'numbers' | 'operator'>): unknown {
  const { numbers, operator } = asked;
  if (numbers?.isWhole === true) return answer;
  const mayListen = operator !== undefined && REVEALING.includes(operator.role);
  return masked(answer, '', {
    kept: new Set([...KEPT, ...(numbers?.virtual ?? [])]),
    left: mayListen ? null : LINK,
    show: maskNumber,
  });
}

/** The same for what is sent as a stream, save that numbers which are somebody's own are shown whole. `virtual`: as `ShowsVirtualNumbers`. */
export function maskOthers(value: unknown, isOwn: (number: string) => boolean, virtual: readonly string[]): unknown {
  const show = (number: string): string => (isOwn(number) ? number : maskNumber(number));
  return masked(value, '', { kept: new Set([...KEPT, ...virtual]), left: null, show });
}

interface Mask {
  /** Names of members that stay as they are. */
  kept: ReadonlySet<string>;
  /** Name of the member that is null instead of its text. */
  left: string | null;
  show: (number: string) => string;
}

function masked(value: unknown, name: string, mask: Mask): unknown {
  if (typeof value === 'string') return maskedText(value, name, mask);
  if (Array.isArray(value)) return value.map((each) => masked(each, name, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, masked(member, key, mask)]));
}

function maskedText(text: string, name: string, mask: Mask): string | null {
  if (name === mask.left) return null;
  if (mask.kept.has(name)) return text;
  if (name === FOREIGN_TEXT) return maskText(text);
  if (WORDS.has(name)) return inAnySpelling(text, mask);
  const [, origin, rest] = OWN_URL.test(name) ? [] : (URL.exec(text) ?? []);
  if (origin === undefined || rest === undefined) return text.replace(NUMBER, mask.show);
  return origin.replace(NUMBER, mask.show) + inAnySpelling(rest, mask);
}

function inAnySpelling(text: string, { show }: Mask): string {
  return replaceNumbers(text, (written) => shownAs(written, show));
}

/** What is shown whole stays as it is written. */
function shownAs(written: string, show: (number: string) => string): string {
  const [, plus, rest = ''] = /^(\+|%2B)?(.*)$/isu.exec(written) ?? [];
  const digits = withAsciiDigits(rest.replaceAll(/%2[0-9a-f]|%3(?=[0-9])/gi, '').replaceAll(/\P{Nd}+/gu, ''));
  const number = `${plus === undefined ? '' : '+'}${digits}`;
  const shown = show(number);
  return shown === number ? written : shown;
}

/** `+14155550123` as `+1415•••0123`: at most the first and last four digits, at least three hidden, and not how many. */
export function maskNumber(number: string): string {
  const digits = number.replace(/^(?:\+|%2B)/i, '');
  const plus = digits === number ? '' : '+';
  return `${plus}${digits.slice(0, Math.min(4, digits.length - 7))}•••${digits.slice(-4)}`;
}
