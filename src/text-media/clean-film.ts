/** Boxes that hold boxes, on the way to what is told about a film and its tracks. */
const OUTER = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
/** What cameras tell of place, time and themselves. */
const TOLD = new Set(['udta', 'meta', 'uuid', 'free', 'skip', 'wide', 'ilst', 'xml ']);
/** When a film or a track was made, of either width. */
const DATED = new Set(['mvhd', 'tkhd', 'mdhd']);

/** Films alone: pictures come in the same boxes, and keep what they are made of in `meta`. */
const BRANDS = /^(?:isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|3g[2p].)$/;
/** How it is played, and what is to be played. */
const NEEDED = ['moov', 'mdat'];
/** Nobody nests deeper; who does wants us to fall over. */
const DEEPEST = 8;

/**
 * A film of a phone (MP4, 3GP) in which what is told about it is blank: places within it are kept by their distance from the beginning, so nothing may move.
 * Null for what is none.
 */
export function cleanFilm(bytes: Buffer): Buffer | null {
  if (nameAt(bytes, 0) !== 'ftyp' || !BRANDS.test(nameAt(bytes, 4))) return null;
  const film = Buffer.from(bytes);
  const isWhole = blank(film, { from: 0, to: film.length, depth: 0 });
  return isWhole && NEEDED.every((name) => outermost(film).has(name)) ? film : null;
}

/** Names of the boxes that are in no other. */
function outermost(film: Buffer): Set<string> {
  const names = new Set<string>();
  for (let at = 0; at < film.length; at += sizeAt(film, at, film.length) ?? film.length) names.add(nameAt(film, at));
  return names;
}

/** Whether the boxes fill their place to the last byte. */
function blank(film: Buffer, { from, to, depth }: { from: number; to: number; depth: number }): boolean {
  if (depth > DEEPEST) return false;
  let at = from;
  while (at < to) {
    const size = sizeAt(film, at, to);
    if (size === null) return false;
    const name = nameAt(film, at);
    const [inner, next] = [at + 8, at + size];
    if (TOLD.has(name)) {
      film.write('free', at + 4, 'latin1');
      film.fill(0, inner, next);
    } else if (OUTER.has(name)) {
      if (!blank(film, { from: inner, to: next, depth: depth + 1 })) return false;
    } else if (DATED.has(name)) {
      const width = film[inner] === 1 ? 16 : 8;
      if (inner + 4 + width > next) return false;
      film.fill(0, inner + 4, inner + 4 + width);
    }
    at = next;
  }
  return at === to;
}

/** Null for a box that leaves its place. Widths of 64 bits are for films that nobody sends by MMS. */
function sizeAt(film: Buffer, at: number, to: number): number | null {
  if (at + 8 > to) return null;
  const told = film.readUInt32BE(at);
  const size = told === 0 ? to - at : told;
  return size < 8 || at + size > to ? null : size;
}

function nameAt(film: Buffer, at: number): string {
  return film.subarray(at + 4, at + 8).toString('latin1');
}
