import { createHash } from 'node:crypto';

/** Words of 32 bits that a uuid has. */
const WORDS = 4;
const FIRST_SIZE = 1 << 12;
/** Beyond it, looking up takes long. */
const FULLEST = 0.6;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Which legs a file has named, in 16 bytes each, 27 to 54 with the room that is kept free: a Set of their texts takes some 100. */
export class SeenLegs {
  private words = new Uint32Array(FIRST_SIZE * WORDS);
  private count = 0;

  get size(): number {
    return this.count;
  }

  has(uuid: string): boolean {
    return !this.isFree(this.placeOf(keyOf(uuid)));
  }

  /** Whether it was not there before. */
  add(uuid: string): boolean {
    if (this.count >= (this.words.length / WORDS) * FULLEST) this.grow();
    const key = keyOf(uuid);
    const place = this.placeOf(key);
    if (!this.isFree(place)) return false;
    this.words.set(key, place);
    this.count += 1;
    return true;
  }

  private grow(): void {
    const before = this.words;
    this.words = new Uint32Array(before.length * 2);
    for (let place = 0; place < before.length; place += WORDS) {
      const key = before.subarray(place, place + WORDS);
      if (key.some((word) => word !== 0)) this.words.set(key, this.placeOf(key));
    }
  }

  /** Where it stands, or the free place in which it would. */
  private placeOf(key: Uint32Array): number {
    const { words } = this;
    // The words of version 4 and 7 that are random throughout.
    let place = ((((key[3] ?? 0) ^ (key[0] ?? 0)) >>> 0) % (words.length / WORDS)) * WORDS;
    while (!this.isFree(place) && !isAt(words, place, key)) place = (place + WORDS) % words.length;
    return place;
  }

  private isFree(place: number): boolean {
    const { words } = this;
    return words[place] === 0 && words[place + 1] === 0 && words[place + 2] === 0 && words[place + 3] === 0;
  }
}

function isAt(words: Uint32Array, place: number, key: Uint32Array): boolean {
  for (let word = 0; word < WORDS; word++) if (words[place + word] !== key[word]) return false;
  return true;
}

/** Never all 0, which is a free place. */
function keyOf(uuid: string): Uint32Array {
  const hex = UUID.test(uuid) ? uuid.replaceAll('-', '') : createHash('sha256').update(uuid).digest('hex');
  const key = new Uint32Array(WORDS);
  for (let word = 0; word < WORDS; word++) key[word] = Number.parseInt(hex.slice(word * 8, word * 8 + 8), 16);
  if (key.every((word) => word === 0)) key[0] = 1;
  return key;
}
