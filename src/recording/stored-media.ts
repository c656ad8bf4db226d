import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteRange } from './byte-range.js';
import { abandonPart, type RecordingStore } from './recording-store.js';
import {
  KEY_BYTES,
  openSealed,
  storedRange,
  storedSize,
  writeSealed,
  type FileKey,
  type WrittenFile,
} from './sealed-file.js';

/** A name in the store and a key, for one attempt to put something there. */
export function newFile(id: string): FileKey {
  return { name: `${id}.${randomBytes(6).toString('hex')}`, key: randomBytes(KEY_BYTES) };
}

/** Puts media into the store, sealed on its way: all of it, and what `check` does not throw at, or nothing. */
export async function putSealed(
  store: RecordingStore,
  fileKey: FileKey,
  media: AsyncIterable<Buffer>,
  check: (written: WrittenFile) => void,
): Promise<WrittenFile> {
  const part = await store.begin(fileKey.name);
  try {
    const written = await writeSealed(part.handle, media, fileKey);
    check(written);
    const { storedHash } = written;
    await store.keep(fileKey.name, part, { storedBytes: storedSize(written.size), storedHash });
    return written;
  } catch (error) {
    // At once: a full disk is not kept full.
    await abandonPart(part);
    throw error;
  }
}

/** Reads a range of media of `size` bytes out of the store. A file that is missing, cut or changed throws before the first byte. */
export async function openStored(
  store: RecordingStore,
  fileKey: FileKey,
  { size, ...range }: ByteRange & { size: number },
): Promise<Readable> {
  const stored = await store.size(fileKey.name);
  if (stored !== storedSize(size)) throw new Error(`expected ${storedSize(size)} stored bytes, found ${stored}`);
  const bytes = await store.read(fileKey.name, storedRange(range, size));
  return begun(openSealed(bytes, fileKey, { ...range, size }), bytes);
}

/** Opens the first chunk before the answer begins, so that a spoilt file is an error and not an empty success. */
async function begun(media: AsyncGenerator<Buffer>, stored: Readable): Promise<Readable> {
  const first = await media.next();
  async function* all(): AsyncGenerator<Buffer> {
    if (!first.done) yield first.value;
    yield* media;
  }
  const body = Readable.from(all(), { objectMode: false });
  body.once('close', () => stored.destroy());
  return body;
}
