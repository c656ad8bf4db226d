import { Injectable } from '@nestjs/common';
import { subaccountOfNumber } from '../number-pool/index.js';
import { mediaPlaceOf } from '../plivo/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Tx } from '../platform/database/database.js';
import { newRandomId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { E164 } from '../telephony/phone.js';
import { DELETE_MEDIA, deleteMediaKey, FETCH_MEDIA, fetchMediaKey } from './media-jobs.js';
import { sealedMediaPlace, TEXT_MEDIA } from './text-media.entity.js';

/** What came with a text that is passed on. */
export interface TakenMedia {
  accountId: string;
  /** Plivo's id of the text that came in. */
  messageUuid: string;
  virtualNumber: string;
  /** What it is to be sent on with. */
  forwardId: string;
  /** Plivo's addresses of it, in their order. */
  addresses: readonly string[];
}

/** What came with one that is not. */
export type RefusedMedia = Omit<TakenMedia, 'forwardId'>;

/** Writes down what is to be fetched, in the transaction that takes its text. Whose credentials open it at Plivo is whose number it was sent to. */
@Injectable()
export class TakeMedia {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
  ) {}

  async run(tx: Tx, { accountId, messageUuid, virtualNumber, forwardId, addresses }: TakenMedia): Promise<void> {
    if (addresses.length === 0) return;
    const subaccountId = await subaccountOfNumber(tx, accountId, virtualNumber as E164);
    const createdAt = this.clock.now();
    const rows = addresses.map((address, place) => {
      const id = newRandomId();
      const known = { id, accountId, subaccountId, forwardId, position: place + 1, attempts: 0, createdAt };
      // A message's own media are below it.
      const isForeign = (mediaPlaceOf(address)?.messageUuid ?? messageUuid) !== messageUuid;
      if (isForeign)
        return { ...known, status: 'dropped' as const, reason: 'address' as const, atPlivo: 'kept' as const };
      const mediaUrl = this.crypto.seal(sealedMediaPlace('media_url', known), address);
      return { ...known, status: 'fetching' as const, mediaUrl, atPlivo: 'there' as const };
    });
    for (const row of rows) await TEXT_MEDIA.insert(tx, row);
    for (const { id, status } of rows)
      if (status === 'fetching') await this.jobs.enqueue(tx, FETCH_MEDIA, { mediaId: id }, { key: fetchMediaKey(id) });
  }

  /** Of a text that goes no further: nobody looks at it, and Plivo's copy is deleted as those of texts that were passed on are. */
  async refused(tx: Tx, { accountId, messageUuid, virtualNumber, addresses }: RefusedMedia): Promise<void> {
    const own = addresses.filter((address) => mediaPlaceOf(address)?.messageUuid === messageUuid);
    if (own.length === 0) return;
    const subaccountId = await subaccountOfNumber(tx, accountId, virtualNumber as E164);
    const createdAt = this.clock.now();
    for (const [place, address] of own.entries()) {
      const id = newRandomId();
      await TEXT_MEDIA.insert(tx, {
        id,
        accountId,
        subaccountId,
        position: place + 1,
        status: 'deleting',
        mediaUrl: this.crypto.seal(sealedMediaPlace('media_url', { id, accountId }), address),
        atPlivo: 'there',
        attempts: 0,
        createdAt,
      });
      await this.jobs.enqueue(tx, DELETE_MEDIA, { mediaId: id }, { key: deleteMediaKey(id) });
    }
  }
}
