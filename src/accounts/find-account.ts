import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../platform/errors.js';

/** Answers from rows, inside the transaction or read that asks. */
@Injectable()
export class Accounts {
  /** Refuses an account that does not exist. */
  async require(manager: EntityManager, accountId: string): Promise<void> {
    const rows = await manager.query<unknown[]>('SELECT auth_id FROM account WHERE auth_id = ?', [accountId]);
    if (rows.length === 0) throw new NotFound('no account has this auth_id');
  }

  /** Auth IDs of all accounts, oldest first. */
  async ids(manager: EntityManager): Promise<string[]> {
    const rows = await manager.query<{ auth_id: string }[]>('SELECT auth_id FROM account ORDER BY created_at, auth_id');
    return rows.map((row) => row.auth_id);
  }
}
