import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { mediaPlaceOf, PlivoClient, ProviderRefused } from '../plivo/index.js';
import { RecordingStore } from '../recording/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { DELETE_MEDIA, deleteMediaKey } from './media-jobs.js';
import { readMedia } from './media-rows.js';
import { sealedMediaPlace, TEXT_MEDIA, type TextMedia } from './text-media.entity.js';

const FIRST_PAUSE_SECONDS = 30;
const LONGEST_PAUSE_SECONDS = 6 * 3600;
const IDS = selection(TEXT_MEDIA.pick(['id']));
const PRESENT = "status IN ('fetching', 'ready', 'dropped')";

/**
 * Deletes what came with texts. From the commit on nobody can see it, as the file's key goes with it; then a job removes the file, and Plivo's copy. Where Plivo
 * refuses that, which nothing documents, its copy stays as long as Plivo keeps such, and the row says so.
 */
@Injectable()
export class DeleteMedia implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly store: RecordingStore,
  ) {}

  onModuleInit(): void {
    const retryDelaySeconds = (attempt: number): number =>
      Math.min(FIRST_PAUSE_SECONDS * 4 ** (attempt - 1), LONGEST_PAUSE_SECONDS) * (0.8 + 0.4 * Math.random());
    const options = { leaseSeconds: 120, maxAttempts: 1000, retryDelaySeconds };
    this.jobs.handle<{ mediaId: string }>(DELETE_MEDIA, options, ({ mediaId }) => this.run(mediaId));
  }

  /** What was to be sent has come to its end: Plivo's copies go, and ours unless its account keeps them. */
  async over(tx: Tx, forwardId: string, { isKept }: { isKept: boolean }): Promise<void> {
    if (!isKept) return this.ofForwards(tx, [forwardId]);
    // What has not come by then is sent with nothing, and kept for nobody.
    await this.order(
      tx,
      await IDS.read(tx, "FROM text_media WHERE forward_id = ? AND status = 'fetching'", [forwardId]),
    );
    await TEXT_MEDIA.update(tx, { deleteAt: null }, 'WHERE forward_id = ?', [forwardId]);
    for (const { id } of await IDS.read(tx, "FROM text_media WHERE forward_id = ? AND at_plivo = 'there'", [forwardId]))
      await this.enqueue(tx, id);
  }

  /** All that came with these, whatever state it is in. */
  async ofForwards(tx: Tx, forwardIds: readonly string[]): Promise<void> {
    if (forwardIds.length === 0) return;
    const those = `forward_id IN (${marks(forwardIds)})`;
    await this.order(tx, await IDS.read(tx, `FROM text_media WHERE ${those} AND ${PRESENT}`, [...forwardIds]));
  }

  /** The same, and no row of it stays when it is gone. */
  async forget(tx: Tx, forwardIds: readonly string[]): Promise<void> {
    if (forwardIds.length === 0) return;
    await this.ofForwards(tx, forwardIds);
    const those = `WHERE forward_id IN (${marks(forwardIds)})`;
    await change(tx, `${this.database.deleteFrom('text_media')} ${those} AND status = 'deleted'`, [...forwardIds]);
    await TEXT_MEDIA.update(tx, { forwardId: null }, those, [...forwardIds]);
  }

  /** Those whose time is over; returns how many. */
  async due(limit = 500): Promise<number> {
    return this.database.transaction(async (tx) => {
      const old = `FROM text_media WHERE ${PRESENT} AND delete_at <= ?`;
      const rows = await IDS.read(tx, `${old} LIMIT ${limit} ${this.database.forUpdateSkipLocked}`, [this.clock.now()]);
      await this.order(tx, rows);
      return rows.length;
    });
  }

  private async order(tx: Tx, rows: readonly { id: string }[]): Promise<void> {
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return;
    const deleting = { status: 'deleting' as const, fileKey: null, deleteAt: null };
    await TEXT_MEDIA.update(tx, deleting, `WHERE id IN (${marks(ids)})`, ids);
    for (const id of ids) await this.enqueue(tx, id);
  }

  private async enqueue(tx: Tx, id: string): Promise<void> {
    await this.jobs.enqueue(tx, DELETE_MEDIA, { mediaId: id }, { key: deleteMediaKey(id) });
  }

  private async run(mediaId: string): Promise<void> {
    const media = await this.database.read((manager) => readMedia(manager, mediaId));
    if (!media || media.status === 'deleted' || media.status === 'fetching') return;
    const isGoing = media.status === 'deleting';
    if (isGoing && media.file !== null) await this.store.remove(media.file);
    const atPlivo = media.atPlivo === 'there' ? await this.deleteAtPlivo(media) : media.atPlivo;

    await this.database.transaction(async (tx) => {
      const now = await readMedia(tx, mediaId, this.database.forUpdate);
      if (!now) return;
      await TEXT_MEDIA.update(tx, { atPlivo, mediaUrl: null }, 'WHERE id = ?', [mediaId]);
      if (!isGoing) return;
      if (now.forwardId === null) return void (await change(tx, 'DELETE FROM text_media WHERE id = ?', [mediaId]));
      const gone = { status: 'deleted' as const, file: null, size: null, checksum: null };
      await TEXT_MEDIA.update(tx, gone, 'WHERE id = ?', [mediaId]);
    });
  }

  private async deleteAtPlivo(media: TextMedia): Promise<TextMedia['atPlivo']> {
    const { id, accountId, subaccountId, mediaUrl } = media;
    const place = mediaUrl && mediaPlaceOf(this.crypto.open(sealedMediaPlace('media_url', media), mediaUrl));
    if (!place) return 'kept';
    try {
      // 204 and 404 both mean that Plivo has it no more.
      await this.plivo.deleteMessageMedia(await this.plivoAccess.of(accountId, subaccountId), place);
      return 'gone';
    } catch (error) {
      if (!(error instanceof ProviderRefused)) throw error;
      this.log.warn('text-media.kept-at-plivo', { id, status: error.status });
      return 'kept';
    }
  }
}
