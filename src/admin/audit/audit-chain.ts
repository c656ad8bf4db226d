import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { AUDIT_CHAINS, AUDIT_ENTRIES, type AuditChain as ChainRow, type AuditEntry } from './audit-entry.entity.js';

const PAGE = 500;

const CHAIN = selection(AUDIT_CHAINS.fields());
const ENTRIES = selection(AUDIT_ENTRIES.fields());

export interface VerifiedChain {
  /** Entries found, from the oldest that is kept. */
  entries: number;
  /** The position of the first entry that is changed, missing or put between; null when the chain is whole. */
  brokenAt: number | null;
}

/** The hash of an entry covers all of it, its place and the hash of the entry before. SHA-256, base64url. */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>, previous: string): string {
  const { position, id, at, actor, operator, action, target, details, requestId } = entry;
  const text = JSON.stringify([previous, position, id, at, actor, operator, action, target, details, requestId]);
  return createHash('sha256').update(text).digest('base64url');
}

/** The chain's ends, kept until the transaction ends: who wants to append waits, so that it cannot fork. */
export async function lockedChain(database: Database, tx: Tx): Promise<ChainRow> {
  return chainIn(tx, database.forUpdate);
}

async function chainIn(manager: EntityManager, lock = ''): Promise<ChainRow> {
  const [chain] = await CHAIN.read(manager, `FROM audit_chain WHERE id = 1 ${lock}`);
  if (!chain) throw new Error('the audit has lost its chain: expected row 1 of audit_chain');
  return chain;
}

/** Follows the chain from what was forgotten last to its head, computing each hash anew. */
@Injectable()
export class VerifyAudit {
  constructor(private readonly database: Database) {}

  async run(): Promise<VerifiedChain> {
    const { anchorPosition, anchorHash, headPosition, headHash } = await this.database.read((manager) =>
      chainIn(manager),
    );
    let [position, hash] = [anchorPosition, anchorHash];
    while (position < headPosition) {
      const page = await this.database.read((manager) =>
        ENTRIES.read(manager, `FROM audit_entry WHERE position > ? AND position <= ? ORDER BY position LIMIT ${PAGE}`, [
          position,
          headPosition,
        ]),
      );
      if (page.length === 0) return { entries: position - anchorPosition, brokenAt: position + 1 };
      for (const entry of page) {
        const isNext = entry.position === position + 1 && entry.hash === hashOfEntry(entry, hash);
        if (!isNext) return { entries: position - anchorPosition, brokenAt: position + 1 };
        position += 1;
        hash = entry.hash ?? '';
      }
    }
    return { entries: position - anchorPosition, brokenAt: hash === headHash ? null : position };
  }
}
