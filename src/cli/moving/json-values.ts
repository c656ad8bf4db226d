import { Failure } from '../failure.js';

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** All JSON values of a file: one, one a line, or pages put one behind the other. What cannot be read is told by its line; what stands there is not repeated. */
export function jsonValues(text: string): unknown[] {
  const values: unknown[] = [];
  for (let from = nextValue(text, 0); from < text.length;) {
    const to = OPENING.has(text.charCodeAt(from)) ? endOfValue(text, from) : from;
    try {
      values.push(JSON.parse(text.slice(from, to)));
    } catch {
      throw new Failure(`line ${lineOf(text, from)}: expected JSON, an object or a list`);
    }
    from = nextValue(text, to);
  }
  return values;
}

function nextValue(text: string, from: number): number {
  let at = from;
  while (BLANK.has(text.charCodeAt(at))) at += 1;
  return at;
}

function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from, isInText = false; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code) && (depth -= 1) === 0) return at + 1;
  }
  return text.length;
}

function lineOf(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

export type Members = Readonly<Record<string, unknown>>;

export function membersOf(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null;
}

/** What lists hold, and pages of lists: their members of these names. Anything else is handed out as it is. */
export function itemsOf(value: unknown, lists: readonly string[], levels = 3): unknown[] {
  if (levels === 0) return [value];
  if (Array.isArray(value)) return value.flatMap((one) => itemsOf(one, lists, levels - 1));
  const members = membersOf(value);
  // What has an id of its own is no page, whatever stands inside.
  if (members?.['sid'] !== undefined) return [value];
  const page = lists.find((name) => Array.isArray(members?.[name]));
  return page === undefined ? [value] : itemsOf(members?.[page], lists, levels - 1);
}
