import { Column, Entity, PrimaryColumn } from 'typeorm';
import { id, instant, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** The one row of a database that was moved to another, or comes from one. No other table of a moved database is changed by it. */
@Entity('database_move')
export class DatabaseMove {
  /** Always 1. */
  @PrimaryColumn({ type: 'int' }) id!: number;
  /** Of SQLite: `leaving`, not all of it is there yet; `left`. Of the server: `arriving`, `arrived`. A service starts on `arrived` alone. */
  @Column(word(8)) role!: 'leaving' | 'left' | 'arriving' | 'arrived';
  /** The same in both. */
  @Column({ ...id(), name: 'move_id' }) moveId!: string;
  /** Where the other one is, without user and password. */
  @Column(word(300)) place!: string;
  @Column({ ...instant(), name: 'begun_at' }) begunAt!: number;
  @Column({ ...instant(), ...nullable, name: 'ended_at' }) endedAt!: number | null;
  /** While rows arrive: of which table, the ones before it being there whole. */
  @Column({ ...word(64), ...nullable, name: 'table_name' }) tableName!: string | null;
  /** The key of the last row that is there, as JSON. Written in the transaction that brings the row. */
  @Column({ type: 'text', nullable: true, name: 'after_key' }) afterKey!: string | null;
}

export const DATABASE_MOVES = tableOf(DatabaseMove);
