import type { EntityManager } from 'typeorm';
import { marks, selection, type Selected } from '../platform/database/rows.js';
import { TEXT_MEDIA, type TextMedia } from './text-media.entity.js';

const KEPT = selection(
  TEXT_MEDIA.pick(['forwardId', 'position', 'status', 'reason', 'atPlivo', 'format', 'size', 'createdAt', 'deleteAt']),
);

/** What is known of a picture, without what opens it. */
export type KeptMedia = Selected<typeof KEPT>;

const WHOLE = selection(TEXT_MEDIA.fields());

/** One, by its id. `lock` holds the row until the transaction ends. */
export async function readMedia(manager: EntityManager, id: string, lock = ''): Promise<TextMedia | null> {
  const [found] = await WHOLE.read(manager, `FROM text_media WHERE id = ? ${lock}`, [id]);
  return found ?? null;
}

/** All that are sent on with one text, in their order. */
export function mediaOfForward(manager: EntityManager, forwardId: string, lock = ''): Promise<TextMedia[]> {
  return WHOLE.read(manager, `FROM text_media WHERE forward_id = ? ORDER BY position ${lock}`, [forwardId]);
}

/** The same of several texts, as it can be told: neither where Plivo has it nor where we do. */
export function mediaOfForwards(manager: EntityManager, forwardIds: readonly string[]): Promise<KeptMedia[]> {
  if (forwardIds.length === 0) return Promise.resolve([]);
  const rest = `FROM text_media WHERE forward_id IN (${marks(forwardIds)}) ORDER BY forward_id, position`;
  return KEPT.read(manager, rest, [...forwardIds]);
}
