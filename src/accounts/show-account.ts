import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { ACCOUNTS } from './account.entity.js';
import { subaccountNames } from './accounts.js';
import type { Owner } from './authenticate.js';
import { apiId, authId, flag, shape, text } from '../platform/openapi/schemas.js';

const NAME = selection(ACCOUNTS.pick(['name']));

/** An account or subaccount in the fields of Plivo's resource. It has no credit here, and so none that could run out: what calls cost, Plivo charges. */
@Injectable()
export class ShowAccount {
  constructor(private readonly database: Database) {}

  async run({ accountId, subaccountId }: Owner) {
    const id = subaccountId ?? accountId;
    const name = await this.database.read(async (manager) => {
      if (subaccountId !== null) return (await subaccountNames(manager, [subaccountId])).get(subaccountId);
      const [account] = await NAME.read(manager, 'FROM account WHERE auth_id = ?', [accountId]);
      return account?.name;
    });
    if (name === undefined) throw new NotFound();
    return {
      account_type: 'standard',
      address: '',
      auth_id: id,
      auto_recharge: false,
      billing_mode: 'postpaid',
      cash_credits: '0.00000',
      city: '',
      name,
      resource_uri: `/v1/Account/${id}/`,
      state: '',
      timezone: 'UTC',
    };
  }
}

type ReadAccount = { api_id: string } & Awaited<ReturnType<ShowAccount['run']>>;

export const READ_ACCOUNT = shape<ReadAccount>('ReadAccount', () => ({
  api_id: apiId(),
  account_type: text('Always the same.', 'standard'),
  address: text('Always empty.', ''),
  auth_id: authId('Of the account or subaccount.'),
  auto_recharge: flag('Always false.'),
  billing_mode: text('Always the same.', 'postpaid'),
  cash_credits: text('Always 0: what calls cost, Plivo charges.', '0.00000'),
  city: text('Always empty.', ''),
  name: text('Chosen by operators.', 'Couriers'),
  resource_uri: text('Its path.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/'),
  state: text('Always empty.', ''),
  timezone: text('Always the same.', 'UTC'),
}));
