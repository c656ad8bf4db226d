import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS, type Account } from './account.entity.js';
import { ownersIn } from './accounts.js';
import { Credentials } from './credentials.js';

const SHOWN = selection(ACCOUNTS.pick(['name', 'status', 'retentionDays']));

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
    if (status !== account.status) for (const owner of await ownersIn(tx, accountId)) this.credentials.changed(owner);
    return { name, status, retentionDays };
  }
}
