import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { otherCallsOf } from '../call-routing/index.js';
import { sessionsOfParty, type PartyUntil } from '../sessions/index.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { DeleteRecording } from './delete-recording.js';
import { RECORDINGS, type Recording } from './recording.entity.js';

const OF = selection(RECORDINGS.pick(['id', 'callId', 'sessionId', 'status', 'file', 'plivoId', 'createdAt']));

/** Deletes the recordings of sessions that are forgotten. */
@Injectable()
export class ForgetRecordings {
  constructor(
    private readonly database: Database,
    private readonly deleteRecording: DeleteRecording,
  ) {}

  /** Those of these sessions of which a recording is still to come: each comes, or is given up, within days of its call. */
  async owing(tx: Tx, sessionIds: string[]): Promise<string[]> {
    const rest = `FROM recording ${this.database.byIndex('recording_session')} WHERE session_id IN (${marks(sessionIds)})`;
    const found = await OF.read(tx, `${rest} AND status IN ('ordered', 'recording', 'fetching')`, sessionIds);
    return found.map(({ sessionId }) => sessionId);
  }

  /**
   * From the commit on nobody hears them. A row of which there is a copy, here or at Plivo, goes when that has gone, by the job that deletes
   * recordings; the others go now. Held rows: the job either has ended before, or finds its session gone.
   */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<void> {
    const rest = `FROM recording ${this.database.byIndex('recording_session')} WHERE session_id IN (${marks(sessionIds)})`;
    const found = await OF.read(tx, `${rest} ${this.database.forUpdate}`, sessionIds);
    const gone = found.filter(
      ({ status, file, plivoId }) => status !== 'deleting' && file === null && plivoId === null,
    );
    for (const recording of found) if (!gone.includes(recording)) await this.deleteRecording.request(tx, recording.id);
    if (gone.length === 0) return;
    const ids = gone.map(({ id }) => id);
    await change(tx, `${this.database.deleteFrom('recording')} WHERE id IN (${marks(ids)})`, ids);
  }

  /**
   * Of a person's sessions or other calls, at once and whatever is still to come: from the commit on nobody hears them. `going` are those of which a copy may be
   * here or at Plivo; they are gone when their row says `deleted` or is gone. Of a young call the row stays for a day, so that what Plivo names late is
   * deleted there too. Returns how many there were as well.
   */
  async erase(tx: Tx, of: 'sessions' | 'calls', ids: string[]): Promise<{ going: string[]; count: number }> {
    const [index, column] = of === 'sessions' ? ['recording_session', 'session_id'] : ['recording_call', 'call_id'];
    const rest = `FROM recording ${this.database.byIndex(index)} WHERE ${column} IN (${marks(ids)})`;
    const found = await OF.read(tx, `${rest} ${this.database.forUpdate}`, ids);
    const heard = found.filter(isHeard);
    const going = found.filter((one) => isHeard(one) || one.status === 'deleting').map(({ id }) => id);
    for (const { id } of heard) await this.deleteRecording.request(tx, id);
    const gone: string[] = [];
    for (const one of found) {
      if (going.includes(one.id) || (await this.deleteRecording.late(tx, one))) continue;
      // Of a session that stays its customer still sees that it was deleted.
      if (of === 'sessions') gone.push(one.id);
    }
    if (gone.length > 0)
      await change(tx, `${this.database.deleteFrom('recording')} WHERE id IN (${marks(gone)})`, gone);
    return { going, count: heard.length };
  }

  /** How many recordings there are of a person's sessions and of its other calls, those that are yet to come included. */
  async count(manager: EntityManager, party: PartyUntil): Promise<number> {
    const own = sessionsOfParty(party);
    const parts = [
      { sql: `FROM ${own.sql} p CROSS JOIN recording r ON r.session_id = p.id`, parameters: own.parameters },
    ];
    for (const side of ['caller_index', 'dialled_index'] as const) {
      const { sql, parameters } = otherCallsOf(side, party);
      parts.push({ sql: `FROM (SELECT c.id ${sql}) p CROSS JOIN recording r ON r.call_id = p.id`, parameters });
    }
    let total = 0;
    for (const { sql, parameters } of parts)
      total += (await COUNT.read(manager, `${sql} WHERE ${HEARD}`, parameters))[0]?.recordings ?? 0;
    return total;
  }

  /** Those of these recordings that are still to be deleted, here or at Plivo. */
  async stillGoing(manager: EntityManager, ids: string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const rest = `FROM recording WHERE id IN (${marks(ids)}) AND +status = 'deleting'`;
    return new Set((await OF.read(manager, rest, ids)).map(({ id }) => id));
  }
}

const COUNT = selection({ recordings: number('COUNT(*)') });
/** There is a copy, or there may be one. */
const HEARD =
  "r.status NOT IN ('deleting', 'deleted') AND (r.status IN ('ordered', 'recording') OR r.file IS NOT NULL OR r.plivo_id IS NOT NULL)";

function isHeard({ status, file, plivoId }: Pick<Recording, 'status' | 'file' | 'plivoId'>): boolean {
  if (status === 'deleting' || status === 'deleted') return false;
  return status === 'ordered' || status === 'recording' || file !== null || plivoId !== null;
}
