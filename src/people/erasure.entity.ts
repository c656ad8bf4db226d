import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, id, instant, nullable, word } from '../platform/database/columns.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import { tableOf } from '../platform/database/rows.js';

/** How much there is of a person, or was. */
export interface PersonCounts {
  sessions: number;
  calls: number;
  recordings: number;
  callbacks: number;
  texts: number;
}

export const NOTHING: PersonCounts = { sessions: 0, calls: 0, recordings: 0, callbacks: 0, texts: 0 };

/** What an erasure waits for: calls that are on, callbacks that may still be delivered, copies of recordings that are not deleted yet. */
export type ErasureWaits = Pick<PersonCounts, 'calls' | 'callbacks' | 'recordings'>;

/** A wish to erase a person, and what became of it. Kept for good: it says that there was one, and no longer of whom. */
@Entity('erasure')
export class Erasure {
  @PrimaryColumn(id()) id!: string;
  /** `failed`: given up after a week; whoever wants it asks again. */
  @Column(word(7)) status!: 'running' | 'done' | 'failed';
  /** Sealed number. Null from when no row is found by it any more. */
  @Column({ ...word(200), ...nullable }) person!: string | null;
  /** Of this account alone; null for all. */
  @Column({ ...authId(), ...nullable, name: 'account_id' }) accountId!: string | null;
  /** What began later stays. */
  @Column({ ...instant(), name: 'asked_at' }) askedAt!: number;
  @Column({ ...instant(), ...nullable, name: 'finished_at' }) finishedAt!: number | null;
  /** JSON of `PersonCounts`; null until it has been counted. */
  @Column({ type: 'text', ...nullable }) found!: string | null;
  /** JSON of `PersonCounts`. */
  @Column({ type: 'text' }) erased!: string;
  /** JSON of `ErasureWaits`, as of the last look; null for nothing. */
  @Column({ type: 'text', ...nullable }) waiting!: string | null;
}

/** A recording of which a copy is, or was, to be deleted here or at Plivo; its erasure is not done before. */
@Entity('erasure_recording', { withoutRowid: true })
export class ErasureRecording {
  @PrimaryColumn({ ...id(), name: 'erasure_id' }) erasureId!: string;
  @PrimaryColumn({ ...id(), name: 'recording_id' }) recordingId!: string;
}

export const ERASURES = tableOf(Erasure);
export const ERASURE_RECORDINGS = tableOf(ErasureRecording);

/** Where the number of who is to be erased stands, sealed. */
export const personPlace = (erasureId: string): SealedPlace => ({
  column: 'erasure.person',
  row: erasureId,
  account: '',
});
