import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, micros, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** A conversation as the API tells it: call-routing writes it from the facts of both legs, sessions only show it. */
@Entity('interaction')
@Index('interaction_session', ['sessionId', 'startedAt'])
export class Interaction {
  /** Id of the call. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  @Column({ ...instant(), name: 'started_at' }) startedAt!: number;
  @Column({ ...instant(), ...nullable, name: 'ended_at' }) endedAt!: number | null;
  /** Until when an interaction without an end holds its session in progress, although its hang-up may be lost. */
  @Column({ ...instant(), name: 'busy_until' }) busyUntil!: number;
  /** Plivo CallUUIDs, by the party's role whoever called. */
  @Column({ ...word(64), ...nullable, name: 'first_leg_uuid' }) firstLegUuid!: string | null;
  @Column({ ...word(64), ...nullable, name: 'second_leg_uuid' }) secondLegUuid!: string | null;
  @Column({ ...word(16), ...nullable, name: 'first_status' }) firstStatus!: string | null;
  @Column({ ...word(16), ...nullable, name: 'second_status' }) secondStatus!: string | null;
  /** 1 or 2. */
  @Column({ type: 'int', name: 'leg_count' }) legCount!: number;
  /** Seconds, both legs added. */
  @Column({ type: 'int' }) duration!: number;
  /** Seconds as billed, both legs added. */
  @Column({ type: 'int', name: 'billed_duration' }) billedDuration!: number;
  /** What Plivo charged. */
  @Column(micros()) amount!: number;
  /** What the account is charged on top of it; null is nothing. */
  @Column({ ...micros(), ...nullable, name: 'own_amount' }) ownAmount!: number | null;
  /** Our id of its recording, once one has begun. */
  @Column({ ...id(), ...nullable, name: 'recording_id' }) recordingId!: string | null;
}

export const INTERACTIONS = tableOf(Interaction);
