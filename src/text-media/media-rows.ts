import type { EntityManager } from 'typeorm';
import { selection } from '../platform/database/rows.js';
import { TEXT_MEDIA, type TextMedia } from './text-media.entity.js';

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
