import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { ASSIGNMENTS } from '../number-pool/index.js';
import { selection } from '../platform/database/rows.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { E164 } from '../telephony/phone.js';
import { SESSIONS } from './session.entity.js';
import { isLive, SessionRecords, type SessionRecord } from './session-record.js';

export interface Route {
  session: SessionRecord;
  /** The caller's role in it. */
  role: 'first' | 'second';
}

const ROUTE = selection({ ...SESSIONS.fields('s'), ...ASSIGNMENTS.pick(['role'], 'a') });

/**
 * Which live session a caller has on a virtual number: one primary-key read of the assignment, which also checks that the session is live and
 * still has this party, in a transaction that keeps its row. Null for strangers.
 */
@Injectable()
export class FindRoute {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly records: SessionRecords,
  ) {}

  async run(tx: Tx, accountId: string, virtualNumber: E164, caller: E164): Promise<Route | null> {
    const index = this.records.partyIndex(accountId, caller);
    const [found] = await ROUTE.read(
      tx,
      `FROM virtual_number n
       JOIN number_assignment a ON a.virtual_number_id = n.id AND a.party_index = ?
       JOIN masking_session s ON s.id = a.session_id
       WHERE n.number = ? AND n.account_id = ? AND s.account_id = n.account_id AND s.virtual_number_id = n.id ${this.database.forUpdate}`,
      [index, virtualNumber, accountId],
    );
    if (!found) return null;
    const { role, ...row } = found;
    const session = this.records.fromRow(row);
    // A party that was replaced keeps its row as a memory; the session's own word counts.
    const isParty = (role === 'first' ? session.firstIndex : session.secondIndex) === index;
    return isParty && isLive(session, this.clock.now()) ? { session, role } : null;
  }
}
