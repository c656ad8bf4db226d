import { Injectable } from '@nestjs/common';
import { Accounts, AccountSettings, hasSubaccount } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { personOf } from '../telephony/identity.js';
import { parsePartyNumber } from '../telephony/phone.js';
import { lineHoldersOf } from './find-numbers.js';
import { ADDED_BY_HAND, insertNumbers } from './insert-numbers.js';
import { InvalidNumber, NumberTaken, UnknownSubaccount } from './number-pool.errors.js';
import { VirtualNumber } from './virtual-number.entity.js';

export interface AddNumberRequest {
  accountId: string;
  /** As the operator wrote it. */
  number: string;
  subaccountId?: string | null;
  alias?: string;
}

/** Puts a number into an account's pool. Adding it again, in whatever spelling, changes nothing; another account's number is refused. */
@Injectable()
export class AddNumber {
  constructor(
    private readonly accounts: Accounts,
    private readonly clock: Clock,
    private readonly settings: AccountSettings,
  ) {}

  async run(tx: Tx, request: AddNumberRequest): Promise<{ number: VirtualNumber; isNew: boolean }> {
    const { accountId, alias = '' } = request;
    const subaccountId = request.subaccountId || null;

    const number = parsePartyNumber(request.number);
    if (number === null) throw new InvalidNumber();
    await this.accounts.require(tx, accountId);
    if (subaccountId !== null && !(await hasSubaccount(tx, accountId, subaccountId))) throw new UnknownSubaccount();
    // Two spellings are one line: lent twice, it would bring a party who has both to whom it did not call.
    const holder = (await lineHoldersOf(tx, [number])).get(personOf(number));
    const known =
      (await tx.findOneBy(VirtualNumber, { number })) ??
      (holder ? await tx.findOneBy(VirtualNumber, { number: holder.number }) : null);
    if (known && known.accountId !== accountId) throw new NumberTaken();
    if (known) return { number: known, isNew: false };

    const createdAt = this.clock.now();
    await insertNumbers(tx, [{ accountId, number, subaccountId, alias, ...ADDED_BY_HAND, createdAt }]);
    this.settings.numbersChanged(accountId);
    return { number: await tx.findOneByOrFail(VirtualNumber, { number }), isNew: true };
  }
}
