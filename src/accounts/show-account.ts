import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS } from './account.entity.js';
import { subaccountNames } from './accounts.js';
import type { Owner } from './authenticate.js';

const NAME = selection(ACCOUNTS.pick(['name']));

/** An account or subaccount in the fields of Plivo's resource. It has no credit here, and so none that could run out: what calls cost, Plivo charges. */
@Injectable()
export class ShowAccount {
  constructor(private readonly database: Database) {}

  async run({ accountId, subaccountId }: Owner) {
    const authId = subaccountId ?? accountId;
    const name = await this.database.read(async (manager) => {
      if (subaccountId !== null) return (await subaccountNames(manager, [subaccountId])).get(subaccountId);
      const [account] = await NAME.read(manager, 'FROM account WHERE auth_id = ?', [accountId]);
      return account?.name;
    });
    if (name === undefined) throw new NotFound();
    return {
      account_type: 'standard',
      address: '',
      auth_id: authId,
      auto_recharge: false,
      billing_mode: 'postpaid',
      cash_credits: '0.00000',
      city: '',
      name,
      resource_uri: `/v1/Account/${authId}/`,
      state: '',
      timezone: 'UTC',
    };
  }
}
