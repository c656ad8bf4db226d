import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import { THE_ADMIN, type AskedByOperator } from '../access/known-operators.js';
import { hashOfEntry, lockedChain } from './audit-chain.js';
import { AUDIT_CHAINS, AUDIT_ENTRIES, type AuditEntry } from './audit-entry.entity.js';

/** The actor of what operators do. */
const OPERATOR = 'admin';

const ENTRIES = selection(AUDIT_ENTRIES.fields());

/** One admin write. `target` and `details` hold ids and virtual numbers; no party's number, no secret. */
export interface AuditedWrite {
  /** The Auth ID where a customer did it; left out: the operator who asks. */
  actor?: string;
  /** For example `account.created`. */
  action: string;
  target: string;
  details?: Record<string, string | number | boolean | null>;
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

  /** Newest first; `before` is an entry's id, empty for the newest. Ids grow with time. */
  list(page: { before: string; limit: number }): Promise<AuditEntry[]> {
    return this.database.browse((manager) =>
      ENTRIES.read(manager, "FROM audit_entry WHERE ? = '' OR id < ? ORDER BY id DESC LIMIT ?", [
        page.before,
        page.before,
        page.limit,
      ]),
    );
  }
}
