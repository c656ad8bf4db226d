import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import { THE_ADMIN, type AskedByOperator } from '../access/known-operators.js';
import type { AuditAction } from './audit-actions.js';
import type { Place } from '../newest-first.dto.js';
import { hashOfEntry, lockedChain } from './audit-chain.js';
import { AUDIT_CHAINS, AUDIT_ENTRIES, type AuditEntry } from './audit-entry.entity.js';

const AUTH_ID = /^[MS]A[A-Z0-9]{18}$/;

/** The actor of what operators do. */
const OPERATOR = 'admin';

const ENTRIES = selection(AUDIT_ENTRIES.fields());

/** One admin write. `target` and `details` hold ids and virtual numbers; no party's number, no secret. */
export interface AuditedWrite {
  /** The Auth ID where a customer did it; left out: the operator who asks. */
  actor?: string;
  action: AuditAction;
  target: string;
  details?: Record<string, string | number | boolean | null>;
}

export interface AuditSearch {
  /** The name of an operator, or the Auth ID of a customer. */
  actor?: string | undefined;
  action?: AuditAction | undefined;
  /** To what, as it is written down. */
  target?: string | undefined;
  /** Done from this instant on. */
  from?: number | undefined;
  /** Done before it. */
  to?: number | undefined;
  /** The last entry of the page before. */
  before?: Place | undefined;
  limit: number;
}

/**
 * By what names the fewest. Left to the database, SQLite walks through all that an operator has done for one target (1 s of 200,000 entries), and MariaDB from
 * the newest to the time that was asked for.
 */
function fittingIndex({ actor, action, target }: Pick<AuditSearch, 'actor' | 'action' | 'target'>): string {
  if (target !== undefined) return 'audit_entry_target';
  if (actor !== undefined) return AUTH_ID.test(actor) ? 'audit_entry_actor' : 'audit_entry_operator';
  return action === undefined ? 'audit_entry_time' : 'audit_entry_action';
}

/** The record of what operators changed: written in the change's own transaction, so neither is there without the other. */
@Injectable()
export class Audit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async record(
    tx: Tx,
    { actor, action, target, details = {} }: AuditedWrite,
    { id: requestId, operator }: AskedByOperator,
  ): Promise<void> {
    const { headPosition, headHash } = await lockedChain(this.database, tx);
    const entry = {
      id: newId(),
      at: this.clock.now(),
      actor: actor ?? OPERATOR,
      operator: actor === undefined ? (operator ?? THE_ADMIN).name : null,
      action,
      target,
      details: JSON.stringify(details),
      requestId,
      position: headPosition + 1,
    };
    const hash = hashOfEntry(entry, headHash);
    await AUDIT_ENTRIES.insert(tx, { ...entry, hash });
    await AUDIT_CHAINS.update(tx, { headPosition: entry.position, headHash: hash }, 'WHERE id = 1');
  }

  /** The entry at a place of the chain; null where there is none. */
  async at(position: number): Promise<AuditEntry | null> {
    const [entry] = await this.database.read((manager) =>
      ENTRIES.read(manager, 'FROM audit_entry WHERE position = ?', [position]),
    );
    return entry ?? null;
  }

  /** The newest first. */
  list({ actor, action, target, from, to, before, limit }: AuditSearch): Promise<AuditEntry[]> {
    const conditions: [sql: string, ...values: unknown[]][] = [];
    if (actor !== undefined) conditions.push([`${AUTH_ID.test(actor) ? 'actor' : 'operator'} = ?`, actor]);
    if (action !== undefined) conditions.push(['action = ?', action]);
    if (target !== undefined) conditions.push(['target = ?', target]);
    if (from !== undefined) conditions.push(['at >= ?', from]);
    if (to !== undefined) conditions.push(['at < ?', to]);
    if (before) conditions.push(['at <= ? AND (at < ? OR id < ?)', before.at, before.at, before.id]);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}`;
    const index = this.database.byIndex(fittingIndex({ actor, action, target }));
    const values = conditions.flatMap(([, ...held]) => held);
    return this.database.browse((manager) =>
      ENTRIES.read(manager, `FROM audit_entry ${index} ${where} ORDER BY at DESC, id DESC LIMIT ?`, [...values, limit]),
    );
  }
}
