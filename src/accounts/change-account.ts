import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS, SUBACCOUNTS, type Account } from './account.entity.js';
import { Credentials } from './credentials.js';

const SHOWN = selection(ACCOUNTS.pick(['name', 'status', 'retentionDays']));
const SUBACCOUNT_IDS = selection(SUBACCOUNTS.pick(['authId']));

export type ShownAccount = Pick<Account, 'name' | 'status' | 'retentionDays'>;

/** Changes what an operator says of an account; what is left out stays. Refuses one that does not exist. */
@Injectable()
export class ChangeAccount {
  constructor(
    private readonly database: Database,
    private readonly credentials: Credentials,
  ) {}

  async run(
    tx: Tx,
    accountId: string,
    change: { [Named in keyof ShownAccount]?: ShownAccount[Named] | undefined },
  ): Promise<ShownAccount> {
    const [account] = await SHOWN.read(tx, `FROM account WHERE auth_id = ? ${this.database.forUpdate}`, [accountId]);
    if (!account) throw new NotFound('no account has this auth_id');
    const { name = account.name, status = account.status, retentionDays = account.retentionDays } = change;
    await ACCOUNTS.update(tx, { name, status, retentionDays }, 'WHERE auth_id = ?', [accountId]);
    if (status !== account.status) await this.tellDoors(tx, accountId);
    return { name, status, retentionDays };
  }

  private async tellDoors(tx: Tx, accountId: string): Promise<void> {
    const subaccounts = await SUBACCOUNT_IDS.read(tx, 'FROM subaccount WHERE account_id = ?', [accountId]);
    for (const authId of [accountId, ...subaccounts.map((one) => one.authId)]) this.credentials.changed(authId);
  }
}
