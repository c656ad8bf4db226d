import { Injectable } from '@nestjs/common';
import { hasSubaccount } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { lockNumber } from './find-numbers.js';
import { useUntilCommit } from './live-sessions.js';
import { NumberInUse, UnknownSubaccount } from './number-pool.errors.js';
import { VirtualNumber, type VirtualNumberStatus } from './virtual-number.entity.js';

/** What is left out stays as it is. */
export interface NumberChanges {
  status?: VirtualNumberStatus;
  /** Null or empty: to the main account's sessions. */
  subaccountId?: string | null;
  alias?: string;
}

/** Changes a number's status, alias or the subaccount it is lent to. Refuses another subaccount while live sessions use the number. */
@Injectable()
export class ChangeNumber {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async run(tx: Tx, number: string, { status, subaccountId, alias }: NumberChanges): Promise<VirtualNumber> {
    const found = await lockNumber(this.database, tx, number);
    const changed = {
      status: status ?? found.status,
      subaccountId: subaccountId === undefined ? found.subaccountId : subaccountId || null,
      alias: alias ?? found.alias,
    };

    if (changed.subaccountId !== found.subaccountId) {
      const to = changed.subaccountId;
      if (to !== null && !(await hasSubaccount(tx, found.accountId, to))) throw new UnknownSubaccount();
      const live = await useUntilCommit(this.database, tx, found, this.clock.now());
      if (live.sessions > 0) throw new NumberInUse(live.sessions);
    }

    await tx.update(VirtualNumber, { id: found.id }, changed);
    return { ...found, ...changed };
  }
}
