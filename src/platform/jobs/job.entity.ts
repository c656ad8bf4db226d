import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, nullable, word } from '../database/columns.js';
import { tableOf } from '../database/rows.js';

/** Durable work. Done work is deleted; parked work stays 30 days to be looked at and retried. */
@Entity('job')
@Index('job_due', ['status', 'runAt', 'kind', 'lane'])
@Index('job_key', ['key'], { unique: true })
export class Job {
  @PrimaryColumn(id()) id!: string;
  @Column(word(40)) kind!: string;
  /** JSON; ids only, never personal data. */
  @Column({ type: 'text' }) payload!: string;
  /** Optional: at most one waiting or running job has a given key. Cleared when the job is parked. */
  @Column({ ...word(100), ...nullable, name: 'job_key' }) key!: string | null;
  /** Which receiver the job goes to, of kinds that have lanes: a keyed digest. */
  @Column({ ...word(43), ...nullable }) lane!: string | null;
  @Column(word(7)) status!: 'waiting' | 'parked';
  /** When to run next. While a worker has the job: when its lease ends. Once parked: when that was. */
  @Column({ ...instant(), name: 'run_at' }) runAt!: number;
  /** Names the present lease; a worker whose lease ran out finds another name here and writes nothing. */
  @Column({ ...id(), ...nullable }) lease!: string | null;
  /** Runs begun. Negative: while it ran, the same key was asked for again; it then starts afresh in place of ending. */
  @Column({ type: 'int' }) attempts!: number;
  @Column({ ...word(500), ...nullable, name: 'last_error' }) lastError!: string | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** Counted up on a cluster by who holds the row and does not change it; nobody reads it (platform/database/held-rows.ts). */
  @Column({ type: 'int', default: 0, select: false }) holds?: number;
}

export const JOBS = tableOf(Job);
