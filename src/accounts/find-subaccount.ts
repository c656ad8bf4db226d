import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Answers from rows, inside the transaction or read that asks. */
@Injectable()
export class Subaccounts {
  async belongsTo(manager: EntityManager, accountId: string, subaccountId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>('SELECT auth_id FROM subaccount WHERE auth_id = ? AND account_id = ?', [
      subaccountId,
      accountId,
    ]);
    return rows.length > 0;
  }
}
