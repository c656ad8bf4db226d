import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { SUBACCOUNTS } from './account.entity.js';

const NAME = selection(SUBACCOUNTS.pick(['name']));

/** Decides for a subaccount's new sessions whether they have texts where the request does not say. Refuses one that the account does not have. */
@Injectable()
export class ChangeSubaccount {
  constructor(private readonly database: Database) {}

  async run(
    tx: Tx,
    { accountId, subaccountId }: { accountId: string; subaccountId: string },
    messagingDefault: boolean | null,
  ): Promise<{ name: string }> {
    const where = 'WHERE auth_id = ? AND account_id = ?';
    const [found] = await NAME.read(tx, `FROM subaccount ${where} ${this.database.forUpdate}`, [
      subaccountId,
      accountId,
    ]);
    if (!found) throw new NotFound('no subaccount of this account has this auth_id');
    await SUBACCOUNTS.update(tx, { messagingDefault }, where, [subaccountId, accountId]);
    return found;
  }
}
