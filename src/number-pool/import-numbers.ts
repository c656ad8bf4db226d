import { Injectable } from '@nestjs/common';
import { Accounts, AccountSettings, ownSubaccounts } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { personOf } from '../telephony/identity.js';
import { lineHoldersOf } from './find-numbers.js';
import { ADDED_BY_HAND, insertNumbers } from './insert-numbers.js';
import { ImportRefused, type RefusedRow } from './number-pool.errors.js';
import type { NumberRow } from './number-rows.js';

/** Adds all numbers of a file, in its order, or none. Numbers that the account has already, in whatever spelling, stay as they are. */
@Injectable()
export class ImportNumbers {
  constructor(
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly settings: AccountSettings,
  ) {}

  async run(
    tx: Tx,
    { accountId, rows }: { accountId: string; rows: NumberRow[] },
  ): Promise<{ added: number; unchanged: number }> {
    await this.accounts.require(tx, accountId);
    const own = await ownSubaccounts(
      tx,
      accountId,
      rows.map(({ subaccountId }) => subaccountId),
    );
    const holders = await lineHoldersOf(
      tx,
      rows.map(({ number }) => number),
    );

    const refused: RefusedRow[] = [];
    for (const { row, line, number, subaccountId } of rows) {
      const holder = holders.get(personOf(number));
      if (holder && holder.accountId !== accountId)
        refused.push({ row, line, problem: 'another account has this number' });
      else if (subaccountId !== null && !own.has(subaccountId))
        refused.push({ row, line, problem: 'expected the auth_id of a subaccount of this account' });
    }
    if (refused.length > 0) throw ImportRefused.forRows(refused);

    const joining = rows.filter(({ number }) => !holders.has(personOf(number)));
    const createdAt = this.clock.now();
    await insertNumbers(
      tx,
      joining.map(({ number, subaccountId, alias }) => {
        return { accountId, number, subaccountId, alias, ...ADDED_BY_HAND, createdAt };
      }),
    );
    this.settings.numbersChanged(accountId);
    return { added: joining.length, unchanged: rows.length - joining.length };
  }
}
