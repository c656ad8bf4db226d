import { Injectable } from '@nestjs/common';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { CALLBACKS } from './callback.entity.js';

const OF = selection(CALLBACKS.pick(['id', 'sessionId']));

/** A statement has room for some thousand parameters, and sessions with many calls have many callbacks. */
const AT_ONCE = 500;

/** Deletes what customers were told of sessions that are forgotten, with every attempt. */
@Injectable()
export class ForgetCallbacks {
  constructor(private readonly database: Database) {}

  /** Those of these sessions of which something is still to be told. */
  async owing(tx: Tx, sessionIds: string[]): Promise<string[]> {
    const pending = await OF.read(
      tx,
      `FROM callback ${this.database.byIndex('callback_sequence')}
       WHERE session_id IN (${marks(sessionIds)}) AND status = 'pending'`,
      sessionIds,
    );
    return pending.map(({ sessionId }) => sessionId);
  }

  /** With the count of their streams: nothing is told of these sessions any more. */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<void> {
    await this.delete(tx, 'callback_sequence', 'session_id', sessionIds);
    const those = `session_id IN (${marks(sessionIds)})`;
    await change(tx, `${this.database.deleteFrom('callback_stream')} WHERE ${those}`, sessionIds);
  }

  ofCalls(tx: Tx, callIds: string[]): Promise<void> {
    return this.delete(tx, 'callback_fact', 'call_id', callIds);
  }

  private async delete(tx: Tx, index: string, column: string, values: string[]): Promise<void> {
    const rest = `FROM callback ${this.database.byIndex(index)} WHERE ${column} IN (${marks(values)})`;
    const all = (await OF.read(tx, rest, values)).map(({ id }) => id);
    for (let start = 0; start < all.length; start += AT_ONCE) {
      const ids = all.slice(start, start + AT_ONCE);
      const those = `IN (${marks(ids)})`;
      await change(tx, `${this.database.deleteFrom('callback_attempt')} WHERE callback_id ${those}`, ids);
      await change(tx, `${this.database.deleteFrom('callback')} WHERE id ${those}`, ids);
    }
  }
}
