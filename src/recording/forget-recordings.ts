import { Injectable } from '@nestjs/common';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { DeleteRecording } from './delete-recording.js';
import { RECORDINGS } from './recording.entity.js';

const OF = selection(RECORDINGS.pick(['id', 'sessionId', 'status', 'file', 'plivoId']));

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
}
