/** How a text travels: in the alphabet of GSM 03.38, or in UTF-16 code units as soon as one character is outside of it. */
export type TextEncoding = 'gsm' | 'ucs2';

export interface TextSize {
  encoding: TextEncoding;
  /** Septets or UTF-16 code units. */
  length: number;
  /** Parts in which it travels, each of which is billed; 0 for an empty text. */
  units: number;
}

/** The default alphabet of GSM 03.38, one septet each; without the escape, which is no character. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Those that take an escape besides. */
const EXTENSION = new Set('\f^{}\\[~]|€');

/** What fits into a text of one part, and into each of several: a header says which part of what it is. */
const ROOM = { gsm: { alone: 160, each: 153 }, ucs2: { alone: 70, each: 67 } } as const;
/** The longest that Plivo takes: characters by its page, counted here as they travel, which is never more. */
const LONGEST = { gsm: 1600, ucs2: 737 } as const;
/** More than so many pieces would arrive as a story of its own. */
const MOST_PIECES = 3;

export function textSize(text: string): TextSize {
  const encoding = encodingOf(text);
  const widths = widthsOf(text, encoding);
  const length = widths.reduce((sum, width) => sum + width, 0);
  const { alone, each } = ROOM[encoding];
  if (length <= alone) return { encoding, length, units: length === 0 ? 0 : 1 };
  let [units, room] = [1, each as number];
  for (const width of widths) {
    // An escape and what it escapes, or the halves of a surrogate pair, are never divided.
    if (width > room) [units, room] = [units + 1, each];
    room -= width;
  }
  return { encoding, length, units };
}

/**
 * The text in as many messages as Plivo's longest asks for, each of which Plivo takes whole; together they are the text to the last character. Divided behind
 * a blank or the end of a line, as far back as half of a message, else where it is full. Null where it would be more than three.
 */
export function piecesOf(text: string): string[] | null {
  const pieces: string[] = [];
  for (let rest = text; rest !== '';) {
    if (pieces.length === MOST_PIECES) return null;
    const piece = firstPiece(rest);
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return pieces;
}

function firstPiece(text: string): string {
  const encoding = encodingOf(text);
  if (textSize(text).length <= LONGEST[encoding]) return text;
  // What is outside of GSM's alphabet may stand behind the cut: the piece is as long as its own alphabet allows.
  const full = cut(text, 'gsm');
  const whole = encodingOf(full) === 'gsm' ? full : cut(text, 'ucs2');
  const blank = Math.max(whole.lastIndexOf(' '), whole.lastIndexOf('\n')) + 1;
  return blank > whole.length / 2 ? whole.slice(0, blank) : whole;
}

function cut(text: string, encoding: TextEncoding): string {
  let [room, end]: [number, number] = [LONGEST[encoding], 0];
  for (const character of text) {
    room -= widthOf(character, encoding);
    if (room < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function encodingOf(text: string): TextEncoding {
  for (const character of text) if (!BASIC.has(character) && !EXTENSION.has(character)) return 'ucs2';
  return 'gsm';
}

function widthsOf(text: string, encoding: TextEncoding): number[] {
  return Array.from(text, (character) => widthOf(character, encoding));
}

function widthOf(character: string, encoding: TextEncoding): number {
  if (encoding === 'ucs2') return character.length;
  return EXTENSION.has(character) ? 2 : 1;
}
