import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange } from './byte-range.js';
import { StoreFailed } from './recording-store.js';

/** Of the media. A range of a file is served by opening only the chunks it touches. */
const CHUNK = 65_536;
const TAG = 16;
export const KEY_BYTES = 32;

/** Which file a chunk belongs to, and the key that only this file has. */
export interface FileKey {
  name: string;
  key: Buffer;
}

export interface WrittenFile {
  /** Bytes of the media. */
  size: number;
  /** SHA-256 of the media, base64url. */
  checksum: string;
  /** SHA-256 of the file as stored, hex: what an S3 upload signs. */
  storedHash: string;
}

/** Bytes that a media of `size` takes when sealed. */
export function storedSize(size: number): number {
  return size + Math.ceil(size / CHUNK) * TAG;
}

/**
 * Writes the media sealed: chunks of 64 KiB, each AES-256-GCM under the file's own key with its number as nonce, and with the file's name,
 * its number and whether it is the last authenticated. So a chunk that was changed, moved, repeated or taken from another file does not open,
 * and neither does the end of a file that was cut. The key is used for one writing of one file, so no nonce comes twice.
 */
export async function writeSealed(
  file: FileHandle,
  media: AsyncIterable<Buffer>,
  fileKey: FileKey,
): Promise<WrittenFile> {
  const plainHash = createHash('sha256');
  const storedHash = createHash('sha256');
  let index = 0;
  const write = async (chunk: Buffer, isLast: boolean): Promise<void> => {
    const sealed = sealChunk(chunk, fileKey, { index, isLast });
    storedHash.update(sealed);
    await writeAll(file, sealed);
    index += 1;
  };

  let size = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of media) {
    plainHash.update(piece);
    size += piece.length;
    held.push(piece);
    heldBytes += piece.length;
    // Strictly more: what fills a chunk exactly may be the last one.
    if (heldBytes <= CHUNK) continue;
    let joined = Buffer.concat(held, heldBytes);
    for (; joined.length > CHUNK; joined = joined.subarray(CHUNK)) await write(joined.subarray(0, CHUNK), false);
    held = [joined];
    heldBytes = joined.length;
  }
  if (size > 0) await write(Buffer.concat(held, heldBytes), true);
  return { size, checksum: plainHash.digest('base64url'), storedHash: storedHash.digest('hex') };
}

/** Which bytes of the stored file hold a range of the media. */
export function storedRange({ from, to }: ByteRange, size: number): ByteRange {
  const first = Math.floor(from / CHUNK);
  const last = Math.floor(to / CHUNK);
  return { from: first * (CHUNK + TAG), to: Math.min((last + 1) * (CHUNK + TAG), storedSize(size)) - 1 };
}

/** Opens a range of the media out of the stored bytes of `storedRange`. Throws, before it gives a byte of it, at a chunk that is not what was written. */
export async function* openSealed(
  stored: AsyncIterable<Buffer>,
  fileKey: FileKey,
  { from, to, size }: ByteRange & { size: number },
): AsyncGenerator<Buffer> {
  const lastIndex = Math.ceil(size / CHUNK) - 1;
  let index = Math.floor(from / CHUNK);
  const end = Math.floor(to / CHUNK);
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of stored) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    while (index <= end) {
      const isLast = index === lastIndex;
      const length = (isLast ? size - index * CHUNK : CHUNK) + TAG;
      if (held.length < length) break;
      const chunk = openChunk(held.subarray(0, length), fileKey, { index, isLast });
      held = held.subarray(length);
      const start = index * CHUNK;
      index += 1;
      yield chunk.subarray(Math.max(0, from - start), Math.min(chunk.length, to - start + 1));
    }
  }
  if (index <= end) throw new Error('the stored file ends too early');
}

interface ChunkPlace {
  index: number;
  isLast: boolean;
}

function sealChunk(chunk: Buffer, { name, key }: FileKey, place: ChunkPlace): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(place));
  cipher.setAAD(placeBytes(name, place));
  return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(sealed: Buffer, { name, key }: FileKey, place: ChunkPlace): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(place));
  decipher.setAAD(placeBytes(name, place));
  decipher.setAuthTag(sealed.subarray(-TAG));
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
}

function nonceOf({ index }: ChunkPlace): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(index), 4);
  return nonce;
}

function placeBytes(name: string, { index, isLast }: ChunkPlace): Buffer {
  return Buffer.from(`recording|${name}|${index}|${isLast ? 'last' : 'more'}`);
}

/** A short write is no error to the system: the next one tells why, such as that the disk is full. */
async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, at).catch((error: NodeJS.ErrnoException) => {
      throw new StoreFailed(error.code ?? 'unknown');
    });
    at += bytesWritten;
  }
}
