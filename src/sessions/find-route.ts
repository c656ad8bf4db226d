import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { exists, selection } from '../platform/database/rows.js';
import { Database, type Tx } from '../platform/database/database.js';
import type { E164 } from '../telephony/phone.js';
import { SESSIONS } from './session.entity.js';
import { isLive, SessionRecords, type SessionRecord } from './session-record.js';

export interface Route {
  session: SessionRecord;
  /** The caller's role in it. */
  role: 'first' | 'second';
}

export interface FoundRoute extends Route {
  /** Whether its row was held from the first look on: what was read behind that look is of this session. */
  isHeldAtOnce: boolean;
}

/** Where a caller may be seated: a party, by its index, on a number of an account. */
export interface Seat {
  accountId: string;
  virtualNumber: E164;
  partyIndex: string | null;
}

/** A seat's row `a`, which names the session to which it was lent last, live or not; `?` stand for number, account and party. */
export const SEAT = `FROM virtual_number n JOIN number_assignment a ON a.virtual_number_id = n.id
  WHERE n.number = ? AND n.account_id = ? AND a.party_index = ?`;

const SEATED = `SELECT a.session_id ${SEAT}`;

const SESSION = selection(SESSIONS.fields('s'));

/**
 * Which live session a caller has on a virtual number. It is found through the assignment's primary key and its own row then has the last word: whether
 * it is live, and whether it still has this party. Null for strangers.
 *
 * The transaction keeps the session's row and nothing that others share: what stands in the inner selects is read without a lock. A join would be
 * locked whole, and then all sessions on a number queue at the row of that number.
 */
@Injectable()
export class FindRoute {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly records: SessionRecords,
  ) {}

  seatOf(accountId: string, virtualNumber: E164, caller: E164): Seat {
    return { accountId, virtualNumber, partyIndex: this.records.partyIndex(accountId, caller) };
  }

  async run(tx: Tx, accountId: string, virtualNumber: E164, caller: E164): Promise<Route | null> {
    const found = await this.at(tx, this.seatOf(accountId, virtualNumber, caller));
    return found && { session: found.session, role: found.role };
  }

  async at(tx: Tx, seat: Seat): Promise<FoundRoute | null> {
    // Whoever ended the session while we waited for its row may have given the party another one on this number: a second look finds it.
    const first = await this.look(tx, seat);
    if (first === 'nobody') return null;
    if (first !== 'over') return { ...first, isHeldAtOnce: true };
    const second = await this.look(tx, seat);
    return typeof second === 'string' ? null : { ...second, isHeldAtOnce: false };
  }

  /**
   * Whether somebody had a place on this number in another session that ended after an instant, or has one still: what they wrote may have been meant for
   * others than it would reach now. By the number's digits: one that has left the pool and come back has another id.
   */
  async hadOther(tx: Tx, { partyIndex }: Seat, session: SessionRecord, endedAfter: number): Promise<boolean> {
    for (const column of ['first_index', 'second_index']) {
      const rest = `FROM masking_session WHERE ${column} = ? AND expires_at > ? AND virtual_number = ? AND id <> ? LIMIT 1`;
      if (await exists(tx, rest, [partyIndex, endedAfter, session.virtualNumber, session.id])) return true;
    }
    return false;
  }

  /** Whether the session that had this place last ended after an instant; only for somebody whom `at` has not found. */
  async wasSeated(tx: Tx, { accountId, virtualNumber, partyIndex }: Seat, endedAfter: number): Promise<boolean> {
    const rest = `FROM masking_session s WHERE s.id = (${SEATED}) AND s.account_id = ? AND s.expires_at > ?`;
    return exists(tx, rest, [virtualNumber, accountId, partyIndex, accountId, endedAfter]);
  }

  /** `nobody`: never a party here. `over`: once a party, of a session that has ended or has somebody else in that place. */
  private async look(tx: Tx, { accountId, virtualNumber, partyIndex }: Seat): Promise<Route | 'nobody' | 'over'> {
    const [row] = await SESSION.read(
      tx,
      `FROM masking_session s
       WHERE s.id = (${SEATED}) AND s.account_id = ?
       AND s.virtual_number_id = (SELECT n.id FROM virtual_number n WHERE n.number = ? AND n.account_id = ?)
       ${this.database.forUpdate}`,
      [virtualNumber, accountId, partyIndex, accountId, virtualNumber, accountId],
    );
    if (!row) return 'nobody';
    const session = this.records.fromRow(row);
    const role = partyIndex === session.firstIndex ? 'first' : partyIndex === session.secondIndex ? 'second' : null;
    return role !== null && isLive(session, this.clock.now()) ? { session, role } : 'over';
  }
}
