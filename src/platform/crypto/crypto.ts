import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { pooledRandom } from '../ids.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INDEX_BYTES = 16;

/** Where a sealed value stands. It is authenticated with the value, so a ciphertext moved to another row or column does not open. */
export interface SealedPlace {
  /** `table.column` */
  column: string;
  /** Primary key of the row. */
  row: string;
  /** Account that owns the row. */
  account: string;
}

/**
 * Encryption at rest and keyed look-up indexes. Everything derives from the 32 bytes of ENCRYPTION_KEY by HKDF-SHA-256.
 * Sealed form: `1.` + base64url(nonce, ciphertext, tag), AES-256-GCM with a fresh 96-bit nonce; the digit names the key generation.
 */
@Injectable()
export class Crypto {
  private readonly sealKey: KeyObject;
  private readonly fingerprintKey: KeyObject;
  private readonly indexKeys = new Map<string, KeyObject>();

  constructor(private readonly masterKey: Buffer) {
    this.sealKey = this.derive('seal');
    this.fingerprintKey = this.derive('fingerprint');
  }

  seal(place: SealedPlace, text: string): string {
    const nonce = pooledRandom(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.sealKey, nonce);
    cipher.setAAD(placeBytes(place));
    const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `1.${body.toString('base64url')}`;
  }

  /** Throws when the value was changed, moved, or sealed with another key. */
  open(place: SealedPlace, sealed: string): string {
    if (!sealed.startsWith('1.')) throw new Error(`${place.column}: unknown key generation`);
    const body = Buffer.from(sealed.slice(2), 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.sealKey, body.subarray(0, NONCE_BYTES));
    decipher.setAAD(placeBytes(place));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }

  /**
   * Index of a phone number or PIN: 128 bits of HMAC-SHA-256 under a key of the account, so that equal numbers of two accounts cannot be
   * linked and a copy of the database cannot be searched without the key.
   */
  index(account: string, domain: 'party' | 'pin' | 'pair', value: string): string {
    let key = this.indexKeys.get(account);
    if (!key) {
      key = this.derive(`index:${account}`);
      this.indexKeys.set(account, key);
    }
    return createHmac('sha256', key)
      .update(`${domain}:${value}`)
      .digest()
      .subarray(0, INDEX_BYTES)
      .toString('base64url');
  }

  /** A keyed digest, 43 characters: equal texts are known again, and a copy of the database cannot be searched for a guessed one. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.fingerprintKey).update(text).digest('base64url');
  }

  /** Tells this key from another without revealing it; kept in the database so that a wrong key stops the start. */
  checkValue(): string {
    return createHmac('sha256', this.derive('check')).update('masking').digest('base64url');
  }

  private derive(purpose: string): KeyObject {
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.masterKey, Buffer.alloc(0), `masking:${purpose}`, 32)));
  }
}

function placeBytes(place: SealedPlace): Buffer {
  return Buffer.from(`${place.column}|${place.row}|${place.account}`);
}

/** Compares two secrets in time that tells nothing but their lengths, which for tokens are no secret. */
export function isEqualSecret(given: string, expected: string): boolean {
  const left = Buffer.from(given);
  const right = Buffer.from(expected);
  return left.length === right.length && timingSafeEqual(left, right);
}
