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
import type { EncryptionKey } from '../settings/encryption-keys.js';
import type { SealedColumn } from './sealed-columns.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const INDEX_BYTES = 16;

/** Where a sealed value stands. It is authenticated with the value, so a ciphertext moved to another row or column does not open. */
export interface SealedPlace {
  column: SealedColumn;
  /** Primary key of the row. */
  row: string;
  /** Account that owns the row. */
  account: string;
}

/**
 * Encryption at rest and keyed look-up indexes. Of the encryption keys the first seals and all open; what seals derives from them by HKDF-SHA-256.
 * Sealed form: the key's id, a dot, and base64url of nonce, ciphertext and tag, AES-256-GCM with a fresh 96-bit nonce. Before there were several keys
 * the id was always 1.
 *
 * Indexes and fingerprints derive from the search key, which outlives all of them (docs/decisions/0033). Until the database has told it
 * (`enterKeys`), it is what a new database will get: what key 1 derives, or the first where there is no key 1.
 */
@Injectable()
export class Crypto {
  readonly sealingKeyId: number;
  private readonly sealKey: KeyObject;
  private readonly sealKeys = new Map<string, KeyObject>();
  private readonly keys: ReadonlyMap<number, Buffer>;
  private readonly prefix: string;
  private searchKey: Buffer;
  private fingerprintKey: KeyObject;
  private readonly indexKeys = new Map<string, KeyObject>();

  /** A key alone is key 1. */
  constructor(keys: Buffer | readonly EncryptionKey[]) {
    const all = Buffer.isBuffer(keys) ? [{ id: 1, key: keys }] : keys;
    const [first] = all;
    if (!first) throw new Error('expected an encryption key, got none');
    this.keys = new Map(all.map(({ id, key }) => [id, key]));
    for (const { id, key } of all) this.sealKeys.set(String(id), derived(key, 'seal'));
    this.sealingKeyId = first.id;
    this.prefix = `${first.id}.`;
    this.sealKey = derived(first.key, 'seal');
    this.searchKey = searchKeyOf(this.keys.get(1) ?? first.key);
    this.fingerprintKey = this.searched('fingerprint');
  }

  /** The first seals. */
  get keyIds(): number[] {
    return [...this.keys.keys()];
  }

  seal(place: SealedPlace, text: string): string {
    const nonce = pooledRandom(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.sealKey, nonce);
    cipher.setAAD(placeBytes(place));
    const body = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return this.prefix + body.toString('base64url');
  }

  /** Throws when the value was changed, moved, or sealed with a key that is not among ours. */
  open(place: SealedPlace, sealed: string): string {
    const dot = sealed.indexOf('.');
    const sealKey = this.sealKeys.get(sealed.slice(0, dot));
    if (!sealKey) throw new Error(`${place.column}: sealed with a key that ENCRYPTION_KEYS does not have`);
    const body = Buffer.from(sealed.slice(dot + 1), 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', sealKey, body.subarray(0, NONCE_BYTES));
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
      key = this.searched(`index:${account}`);
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

  /** Tells a key from another one of the same id without revealing it; kept in the database. Null where we have none of this id. */
  checkValue(id = this.sealingKeyId): string | null {
    const key = this.keys.get(id);
    return key ? createHmac('sha256', derived(key, 'check')).update('masking').digest('base64url') : null;
  }

  /** For its keeper alone. */
  exportSearchKey(): string {
    return this.searchKey.toString('base64url');
  }

  /** From here on indexes are those of the rows that are stored. */
  useSearchKey(text: string): void {
    this.searchKey = Buffer.from(text, 'base64url');
    this.fingerprintKey = this.searched('fingerprint');
    this.indexKeys.clear();
  }

  /** The second half of HKDF, one block of it. */
  private searched(purpose: string): KeyObject {
    const block = createHmac('sha256', this.searchKey).update(`masking:${purpose}`).update(Buffer.of(1)).digest();
    return createSecretKey(block);
  }
}

function derived(key: Buffer, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `masking:${purpose}`, 32)));
}

/**
 * The first half of HKDF (RFC 5869, 2.2, without salt): so that indexes are those which earlier versions derived from the key itself, by both
 * halves, and the key cannot be had from what is kept.
 */
function searchKeyOf(key: Buffer): Buffer {
  return createHmac('sha256', Buffer.alloc(32)).update(key).digest();
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
