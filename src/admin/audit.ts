import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import type { AuditEntry } from './audit-entry.entity.js';

/** One admin write. `target` and `details` hold ids and virtual numbers; no party's number, no secret. */
export interface AuditedWrite {
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

  async record(tx: Tx, { action, target, details = {} }: AuditedWrite, requestId: string): Promise<void> {
    await tx.query(
      'INSERT INTO audit_entry (id, at, actor, action, target, details, request_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [newId(), this.clock.now(), 'admin', action, target, JSON.stringify(details), requestId],
    );
  }

  /** Newest first; `before` is an entry's id, empty for the newest. Ids grow with time. */
  async list(page: { before: string; limit: number }): Promise<AuditEntry[]> {
    const rows = await this.database.read<(Omit<AuditEntry, 'requestId'> & { request_id: string })[]>((manager) =>
      manager.query(
        `SELECT id, at, actor, action, target, details, request_id FROM audit_entry
         WHERE ? = '' OR id < ? ORDER BY id DESC LIMIT ?`,
        [page.before, page.before, page.limit],
      ),
    );
    return rows.map(({ request_id: requestId, ...row }) => ({ ...row, at: Number(row.at), requestId }));
  }
}
