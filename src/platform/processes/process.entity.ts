import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant, large, nullable, word } from '../database/columns.js';
import { tableOf } from '../database/rows.js';

/** A process of this service that lives, or has died within the last seconds. */
@Entity('process')
export class ProcessRow {
  @PrimaryColumn(word(16)) id!: string;
  @Column(word(6)) role!: 'all' | 'api' | 'worker';
  /** Name of its machine or container. */
  @Column(word(100)) host!: string;
  @Column({ type: 'int' }) pid!: number;
  @Column(word(40)) version!: string;
  /** Version of Node, such as v24.11.0. */
  @Column(word(20)) node!: string;
  @Column({ ...instant(), name: 'started_at' }) startedAt!: number;
  /** By its own clock, for people: whether it lives is told by `beats`. */
  @Column({ ...instant(), name: 'seen_at' }) seenAt!: number;
  /** `id:mark` of each that it has, the sealing one first (`keyMarks`); null of versions that know key 1 alone. */
  @Column({ ...word(1000), ...nullable, name: 'encryption_keys' }) encryptionKeys!: string | null;
  /** Grows as long as it lives. */
  @Column(large()) beats!: number;
}

export const PROCESSES = tableOf(ProcessRow);
