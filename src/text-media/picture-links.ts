import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { isUuid } from '../platform/ids.js';
import { isMediaFormat, type MediaFormat } from './clean-media.js';

export interface LinkedPicture {
  id: string;
  format: MediaFormat;
}

/** Addresses that open one picture, and nothing else, without credentials for as long as they say. They name neither an account nor a person. */
@Injectable()
export class PictureLinks {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
  ) {}

  /** `until`: milliseconds since 1970. */
  issue(picture: LinkedPicture, until: number): string {
    const expires = String(Math.floor(until / 1000));
    const { id, format } = picture;
    const query = `expires=${expires}&signature=${this.sign(picture, expires)}`;
    return `${this.config.http.publicUrl}/v1/Media/${id}.${format}?${query}`;
  }

  /** Null for what is not open: of a link that is over or not ours nothing is said. */
  opened(name: string, { expires, signature }: { expires: unknown; signature: unknown }): LinkedPicture | null {
    const [id = '', format = '', ...more] = name.split('.');
    if (!isUuid(id) || !isMediaFormat(format) || more.length > 0) return null;
    if (typeof expires !== 'string' || typeof signature !== 'string' || !/^\d{1,12}$/.test(expires)) return null;
    const isGenuine = isEqualSecret(signature, this.sign({ id, format }, expires));
    return isGenuine && Number(expires) * 1000 > this.clock.now() ? { id, format } : null;
  }

  /** Under a key of its own kind: nothing else that is fingerprinted begins with this word. */
  private sign({ id, format }: LinkedPicture, expires: string): string {
    return this.crypto.fingerprint(JSON.stringify(['text-media-link', id, format, expires]));
  }
}
