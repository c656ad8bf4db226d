import { Injectable } from '@nestjs/common';
import { AccountSettings } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { lockNumber } from './find-numbers.js';
import { FORGET_NUMBER } from './forget-number.js';
import { useUntilCommit } from './live-sessions.js';
import { coolsOffUntil } from './hold-number.js';
import { NumberCoolsOff, NumberInUse } from './number-pool.errors.js';
import { VirtualNumber } from './virtual-number.entity.js';

/**
 * Takes a number out of the pool; who had it last is forgotten by a job. Refuses while live sessions use it, or somebody cools off on it. A number that
 * Plivo still lists comes back with the next sync: to keep such a one unused, retire it.
 */
@Injectable()
export class RemoveNumber {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly clock: Clock,
    private readonly settings: AccountSettings,
  ) {}

  async run(tx: Tx, number: string): Promise<VirtualNumber> {
    const found = await lockNumber(this.database, tx, number);
    const now = this.clock.now();
    const live = await useUntilCommit(this.database, tx, found, now);
    if (live.sessions > 0) throw new NumberInUse(live.sessions);
    const until = await coolsOffUntil(tx, found.id, now);
    if (until !== null) throw new NumberCoolsOff(until);

    await tx.delete(VirtualNumber, { id: found.id });
    this.settings.numbersChanged(found.accountId);
    await this.jobs.enqueue(tx, FORGET_NUMBER, { virtualNumberId: found.id });
    return found;
  }
}
