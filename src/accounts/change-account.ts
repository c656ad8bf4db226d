import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS, type Account } from './account.entity.js';

const SHOWN = selection(ACCOUNTS.pick(['name', 'retentionDays']));

/** Changes what an operator says of an account; what is left out stays. Refuses one that does not exist. */
@Injectable()
export class ChangeAccount {
  constructor(private readonly database: Database) {}

  async run(
    tx: Tx,
    accountId: string,
    change: { name?: string | undefined; retentionDays?: number | null | undefined },
  ): Promise<Pick<Account, 'name' | 'retentionDays'>> {
    const [account] = await SHOWN.read(tx, `FROM account WHERE auth_id = ? ${this.database.forUpdate}`, [accountId]);
    if (!account) throw new NotFound('no account has this auth_id');
    const { name = account.name, retentionDays = account.retentionDays } = change;
    await ACCOUNTS.update(tx, { name, retentionDays }, 'WHERE auth_id = ?', [accountId]);
    return { name, retentionDays };
  }
}
