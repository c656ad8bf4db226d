import { Injectable } from '@nestjs/common';
import { MoreThan, type FindOptionsWhere } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { InvalidRequest } from '../platform/errors.js';
import { pooledNumbers, type PooledNumber } from './pooled-numbers.js';
import { VirtualNumber, type ShownStatus } from './virtual-number.entity.js';

export interface NumberFilter {
  accountId?: string;
  country?: string;
  status?: ShownStatus;
  limit?: number;
  /** `next_cursor` of the page before. */
  cursor?: string;
}

const PAGE = 50;

/** The pool in the order in which its numbers are lent. */
@Injectable()
export class ListNumbers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async run(filter: NumberFilter): Promise<{ items: PooledNumber[]; next_cursor: string | null }> {
    const { accountId, country, status, limit = PAGE, cursor = '0' } = filter;
    if (!/^[0-9]{1,10}$/.test(cursor)) throw new InvalidRequest('cursor: expected the next_cursor of a page');
    const where: FindOptionsWhere<VirtualNumber> = { id: MoreThan(Number(cursor)) };
    if (accountId !== undefined) where.accountId = accountId;
    if (country !== undefined) where.country = country.toUpperCase();
    if (status !== undefined) where.status = status === 'elsewhere' ? 'active' : status;
    if (status === 'active' || status === 'elsewhere') where.isElsewhere = status === 'elsewhere';

    return this.database.read(async (manager) => {
      const found = await manager.find(VirtualNumber, { where, order: { id: 'ASC' }, take: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        items: await pooledNumbers(manager, page, this.clock.now()),
        next_cursor: last && found.length > limit ? String(last.id) : null,
      };
    });
  }
}
