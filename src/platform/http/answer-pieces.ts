/** What MySQL's TEXT holds once sealed. */
export const LONGEST_PIECE = 48_000;
/** How the first of several pieces begins: so many follow. No JSON does. */
const MORE = /^\+(\d+)\n/;
const LONGEST_BEGINNING = 16;
const NOT_ASCII = /[\u0080-\uFFFF]/g;

/** JSON in pieces that a column holds each; nearly every one is a single piece, as it is. */
export function inPieces(json: string): [first: string, ...others: string[]] {
  if (Buffer.byteLength(json) <= LONGEST_PIECE) return [json];
  // The same JSON, of which each character is a byte.
  const ascii = json.replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const length = LONGEST_PIECE - LONGEST_BEGINNING;
  const others: string[] = [];
  for (let start = length; start < ascii.length; start += length) others.push(ascii.slice(start, start + length));
  return [`+${others.length}\n${ascii.slice(0, length)}`, ...others];
}

/** How many pieces follow a first one, and the JSON that it has of its own. */
export function firstPiece(text: string): { others: number; json: string } {
  const [beginning = '', others = '0'] = MORE.exec(text) ?? [];
  return { others: Number(others), json: text.slice(beginning.length) };
}
