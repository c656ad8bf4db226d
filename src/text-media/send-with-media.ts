import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { FETCHED_WITHIN_MS } from './fetch-media.js';
import { mediaOfForward } from './media-rows.js';
import { isReady } from './open-picture.js';
import { PictureLinks, type LinkedPicture } from './picture-links.js';
import { TEXT_MEDIA } from './text-media.entity.js';

/** Beyond the last attempt to fetch: whoever fetched may be gone. */
const GIVEN_UP_MS = FETCHED_WITHIN_MS + 60_000;
/** Nobody says when Plivo fetches what it is given: at the latest when it takes the message out of its queue. */
const BEYOND_QUEUE_MS = 300_000;

/** What a text is sent on with. `coming`: some of it is not here yet. */
export type Sendable = { kind: 'coming'; until: number } | { kind: 'here'; pictures: LinkedPicture[]; dropped: number };

/** Says what a text is sent on with, and where Plivo fetches it. */
@Injectable()
export class SendWithMedia {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly links: PictureLinks,
  ) {}

  /** In the transaction that is about to send. What has not come by its time is given up. */
  async run(tx: Tx, forwardId: string): Promise<Sendable> {
    const all = await mediaOfForward(tx, forwardId, this.database.forUpdate);
    const until = Math.max(0, ...all.map(({ createdAt }) => createdAt)) + GIVEN_UP_MS;
    if (all.some(({ status }) => status === 'fetching')) {
      if (this.clock.now() < until) return { kind: 'coming', until };
      const lost = { status: 'dropped' as const, reason: 'missing' as const, fileKey: null };
      await TEXT_MEDIA.update(tx, lost, "WHERE forward_id = ? AND status = 'fetching'", [forwardId]);
    }
    const pictures = all.filter(isReady).map(({ id, format }) => ({ id, format }));
    return { kind: 'here', pictures, dropped: all.length - pictures.length };
  }

  /** Links that hold as long as Plivo may keep the message waiting; when they are over, what they opened goes, unless it is kept for its customer. */
  async linked(
    tx: Tx,
    forwardId: string,
    { pictures, expirySeconds, isKept }: { pictures: readonly LinkedPicture[]; expirySeconds: number; isKept: boolean },
  ): Promise<string[]> {
    const until = this.clock.now() + expirySeconds * 1000 + BEYOND_QUEUE_MS;
    if (!isKept) await TEXT_MEDIA.update(tx, { deleteAt: until }, 'WHERE forward_id = ?', [forwardId]);
    return pictures.map((picture) => this.links.issue(picture, until));
  }
}
