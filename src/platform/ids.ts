import { randomBytes, randomFillSync, randomInt, randomUUID } from 'node:crypto';
import { v7 } from 'uuid';

const POOL_BYTES = 8192;
const pool = Buffer.alloc(POOL_BYTES);
let used = POOL_BYTES;

/** Random bytes from a cryptographic source, never handed out twice. Asked for in bulk: a call for 12 bytes costs 20 us, a copy of them none. */
export function pooledRandom(length: number): Buffer {
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  // What was given away is forgotten here.
  pool.fill(0, used, used + length);
  used += length;
  return bytes;
}

let lastMs = 0;
let sequence = 0;

/**
 * A UUID v7 (36 lower-case characters), growing within this process. Time-ordered for the sake of the index; never a capability (the address of a
 * callee's file is as much as one may open).
 */
export function newId(): string {
  const now = Date.now();
  const random = pooledRandom(16);
  if (now > lastMs) {
    lastMs = now;
    // Half the range, so that there is room to count up within a millisecond.
    sequence = random.readUInt32BE(0) >>> 1;
  } else sequence += 1;
  return v7({ random, msecs: lastMs, seq: sequence });
}

/** A UUID v4: nobody can guess one. */
export function newRandomId(): string {
  return randomUUID();
}

/** A secret of 40 characters from the URL-safe alphabet: 240 bits. */
export function newSecret(): string {
  return randomBytes(30).toString('base64url');
}

const AUTH_ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** A Plivo-shaped Auth ID: 20 characters, `MA` for an account, `SA` for a subaccount; three official SDKs check this shape. */
export function newAuthId(prefix: 'MA' | 'SA'): string {
  let id = prefix as string;
  while (id.length < 20) id += AUTH_ID_ALPHABET[randomInt(AUTH_ID_ALPHABET.length)];
  return id;
}

/** `length` decimal digits from a cryptographic source; leading zeros are as likely as any digit. */
export function newPin(length: number): string {
  let pin = '';
  while (pin.length < length) pin += String(randomInt(10));
  return pin;
}

/** 20 decimal digits, as Plivo's nonces. */
export function newNonce(): string {
  return newPin(20);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
