import { Column, Entity, PrimaryColumn } from 'typeorm';
import { word } from '../database/columns.js';
import { tableOf } from '../database/rows.js';

/**
 * A row for each key that stored values may need: a value derived from it, so that starting without it, or with another one of its id, fails at once instead of at
 * the first read. Empty once nothing needs it.
 */
@Entity('key_check')
export class KeyCheck {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ ...word(43), name: 'check_value' }) checkValue!: string;
}

export const KEY_CHECKS = tableOf(KeyCheck);
