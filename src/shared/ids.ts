import { randomBytes, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** A UUID v7 (36 lower-case characters). Time-ordered for the sake of the index; never a capability. */
export function newId(): string {
  return v7();
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

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}
