import { Column, Entity, PrimaryColumn } from 'typeorm';
import { word } from '../database/columns.js';
import { tableOf } from '../database/rows.js';

/** One row: a value derived from ENCRYPTION_KEY, so that starting with another key fails at once instead of at the first read. */
@Entity('key_check')
export class KeyCheck {
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ ...word(43), name: 'check_value' }) checkValue!: string;
}

export const KEY_CHECKS = tableOf(KeyCheck);
