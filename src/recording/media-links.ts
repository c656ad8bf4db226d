import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { isUuid } from '../platform/ids.js';

const LIFE_SECONDS = 300;
/** Stands for the expiry of a link that has none. */
const WHILE_KEPT = '';

/** Which media a link opens. `owner` is the Auth ID in its path: the account's, or the subaccount's. */
export interface LinkedMedia {
  owner: string;
  recordingId: string;
  format: string;
}

/**
 * Addresses of media. One that carries a `signature` opens that media, and nothing else, without credentials: with `expires` for five minutes, without as long
 * as it is kept.
 */
@Injectable()
export class MediaLinks {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
  ) {}

  /** What the account's credentials open. */
  address({ owner, recordingId, format }: LinkedMedia): string {
    return `${this.config.http.publicUrl}/v1/Account/${owner}/Recording/${recordingId}.${format}`;
  }

  issue(media: LinkedMedia): string {
    const expires = String(Math.floor(this.clock.now() / 1000) + LIFE_SECONDS);
    return `${this.address(media)}?expires=${expires}&signature=${this.sign(media, expires)}`;
  }

  /** For whoever is told of a recording once and comes for it later. */
  issueForGood(media: LinkedMedia): string {
    return `${this.address(media)}?signature=${this.sign(media, WHILE_KEPT)}`;
  }

  /** `expires`: undefined where the link names none. */
  opens(media: LinkedMedia, { expires, signature }: { expires: string | undefined; signature: string }): boolean {
    const isGenuine = isEqualSecret(signature, this.sign(media, expires ?? WHILE_KEPT));
    if (expires === undefined) return isGenuine;
    return isGenuine && /^\d{1,12}$/.test(expires) && Number(expires) * 1000 > this.clock.now();
  }

  /** Under a key of its own kind: nothing else that is fingerprinted begins with these words. */
  private sign({ owner, recordingId, format }: LinkedMedia, expires: string): string {
    return this.crypto.fingerprint(JSON.stringify(['recording-link', owner, recordingId, format, expires]));
  }
}

/** The last part of a recording's path: its id for what is known of it, id and format for its sound. Null for anything else. */
export function readName(name: string): { recordingId: string; format?: 'mp3' | 'wav' } | null {
  const [id = '', format, ...more] = name.split('.');
  const recordingId = id.toLowerCase();
  if (!isUuid(recordingId) || more.length > 0) return null;
  if (format === undefined) return { recordingId };
  return format === 'mp3' || format === 'wav' ? { recordingId, format } : null;
}
