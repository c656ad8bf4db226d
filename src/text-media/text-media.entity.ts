import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import { authId, id, instant, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';
import type { MediaFormat } from './clean-media.js';

/**
 * `fetching`: Plivo has it, we do not. `ready`: it is here, clean. `dropped`: it is not passed on; `reason` says why. `deleting`: gone for everybody, its copies
 * not yet. `deleted`: gone.
 */
export type MediaStatus = 'fetching' | 'ready' | 'dropped' | 'deleting' | 'deleted';

/**
 * `address`: it is where none of this message's can be. `missing`: Plivo did not hand it out. `too-big`: Plivo would not take it. `type`: neither a picture nor a
 * film, or a broken one. `store`: it could not be kept.
 */
export type MediaReason = 'address' | 'missing' | 'too-big' | 'type' | 'store';

/** A picture or film that came with a text and is to be passed on with it. */
@Entity('text_media')
@Index('text_media_forward', ['forwardId', 'position'])
@Index('text_media_due', ['status', 'deleteAt'])
export class TextMedia {
  /** Random: its address has it. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Whose credentials open it at Plivo; null: the account's. */
  @Column({ ...authId(), ...nullable, name: 'subaccount_id' }) subaccountId!: string | null;
  /** What it is sent on with; null once that is forgotten. */
  @Column({ ...id(), ...nullable, name: 'forward_id' }) forwardId!: string | null;
  /** From 1. */
  @Column({ type: 'int' }) position!: number;
  @Column(word(8)) status!: MediaStatus;
  @Column({ ...word(8), ...nullable }) reason!: MediaReason | null;
  /** Plivo's address of it, sealed; null once Plivo's copy is gone, or will not go. */
  @Column({ type: 'text', nullable: true, name: 'media_url' }) mediaUrl!: string | null;
  /** What has become of Plivo's copy. `kept`: Plivo refuses to delete it. */
  @Column({ ...word(5), name: 'at_plivo' }) atPlivo!: 'there' | 'gone' | 'kept';
  @Column({ ...word(3), ...nullable }) format!: MediaFormat | null;
  /** Name in the store, a new one for every attempt. */
  @Column({ ...word(60), ...nullable }) file!: string | null;
  /** Sealed. Without it the file is noise. */
  @Column({ ...word(200), ...nullable, name: 'file_key' }) fileKey!: string | null;
  /** Bytes of what is passed on. */
  @Column({ type: 'int', ...nullable }) size!: number | null;
  /** SHA-256 of what is passed on, base64url. */
  @Column({ ...word(43), ...nullable }) checksum!: string | null;
  /** Fetches that failed. */
  @Column({ type: 'int' }) attempts!: number;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** When it goes even if nothing more is heard of the message; null while it is to be sent, or kept for its customer. */
  @Column({ ...instant(), ...nullable, name: 'delete_at' }) deleteAt!: number | null;
}

export const TEXT_MEDIA = tableOf(TextMedia);

/** Where a sealed column of it stands. */
export function sealedMediaPlace(
  column: 'media_url' | 'file_key',
  { id: row, accountId: account }: Pick<TextMedia, 'id' | 'accountId'>,
): SealedPlace {
  return { column: `text_media.${column}`, row, account };
}
