import { Column, Entity, PrimaryColumn } from 'typeorm';
import { word } from '../database/columns.js';
import { tableOf } from '../database/rows.js';

/** One row: what indexes and fingerprints derive from, so that they stay what they are while the keys that seal come and go. */
@Entity('search_key')
export class SearchKey {
  @PrimaryColumn({ type: 'int' }) id!: number;
  /** 32 bytes in base64url, sealed. */
  @Column(word(200)) sealed!: string;
}

export const SEARCH_KEYS = tableOf(SearchKey);
