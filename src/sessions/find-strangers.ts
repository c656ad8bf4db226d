import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { PIN_ASSIGNMENTS } from '../number-pool/index.js';
import { selection } from '../platform/database/rows.js';
import type { Tx } from '../platform/database/database.js';
import type { E164 } from '../telephony/phone.js';
import { SESSIONS } from './session.entity.js';
import { isLive, SessionRecords, type SessionRecord } from './session-record.js';
import type { Route } from './find-route.js';

/** What a virtual number has for callers whose number is not registered on it. */
export interface StrangerService {
  /** The open single-party session, and the role that a stranger takes in it. */
  open: Route | null;
  /** The newest session that asks for a PIN: its prompt, retries and error file are heard. */
  prompt: SessionRecord | null;
  /** The newest session's file for unknown callers. */
  play: string | null;
}

const CLAIM = selection({ ...SESSIONS.fields('s'), ...PIN_ASSIGNMENTS.pick(['role'], 'p') });

/** Who answers for strangers on a number, and whose PIN was typed. Only live sessions count, whatever the tick has recorded. */
@Injectable()
export class FindStrangers {
  constructor(
    private readonly clock: Clock,
    private readonly records: SessionRecords,
  ) {}

  async run(tx: Tx, accountId: string, virtualNumber: E164): Promise<StrangerService> {
    const [open] = await this.claims(tx, accountId, virtualNumber, "p.pin_index = '*'", []);
    const [prompt] = await this.claims(tx, accountId, virtualNumber, "p.pin_index <> '*' AND p.pin_index < '~'", []);
    const [play] = await this.claims(tx, accountId, virtualNumber, "p.pin_index >= '~'", []);
    return {
      // Only a seat that is still empty: whatever the claim says, a known party is never displaced by a stranger.
      open: open && open.session.parties[open.role] === null ? open : null,
      prompt: prompt?.session ?? null,
      play: play?.session.settings.unknown_caller_play || null,
    };
  }

  /** The seat that a PIN opens on this number; null for a wrong one. */
  async byPin(tx: Tx, accountId: string, virtualNumber: E164, pin: string): Promise<Route | null> {
    const index = this.records.pinIndex(accountId, pin);
    const [seat] = await this.claims(tx, accountId, virtualNumber, 'p.pin_index = ?', [index]);
    return seat ?? null;
  }

  private async claims(
    tx: Tx,
    accountId: string,
    virtualNumber: E164,
    which: string,
    parameters: unknown[],
  ): Promise<Route[]> {
    const now = this.clock.now();
    const rows = await CLAIM.read(
      tx,
      `FROM virtual_number n JOIN pin_assignment p ON p.virtual_number_id = n.id
       JOIN masking_session s ON s.id = p.session_id
       WHERE n.number = ? AND n.account_id = ? AND s.status = 'active' AND s.expires_at > ? AND p.free_after > ? AND ${which}
       ORDER BY s.created_at DESC, s.id DESC LIMIT 1`,
      [virtualNumber, accountId, now, now, ...parameters],
    );
    return rows
      .map(({ role, ...row }) => ({ session: this.records.fromRow(row), role }))
      .filter(({ session }) => isLive(session, now));
  }
}
