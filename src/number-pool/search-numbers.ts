import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { poolLoad } from './live-sessions.js';
import { pooledNumbers, type PooledNumber } from './pooled-numbers.js';
import { NUMBERS } from './virtual-number.entity.js';

const ROWS = selection(NUMBERS.fields());

export interface NumberSearch {
  /** Auth ID; all accounts without it. */
  accountId?: string | undefined;
  /** Digits: whole numbers, or with `ending` what they end in. */
  digits: readonly string[];
  isEnding: boolean;
  limit: number;
}

/** Numbers of the pool by their digits, the last added first. Walks through the pool for their last digits: it has far fewer numbers than there are sessions. */
@Injectable()
export class SearchNumbers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  run({ accountId, digits, isEnding, limit }: NumberSearch): Promise<PooledNumber[]> {
    const which = isEnding ? digits.map(() => 'number LIKE ?').join(' OR ') : `number IN (${marks(digits)})`;
    const whose = accountId === undefined ? '' : ' AND account_id = ?';
    return this.database.browse(async (manager) => {
      const found = await ROWS.read(manager, `FROM virtual_number WHERE (${which})${whose} ORDER BY id DESC LIMIT ?`, [
        ...digits.map((some) => (isEnding ? `%${some}` : some)),
        ...(accountId === undefined ? [] : [accountId]),
        limit,
      ]);
      if (found.length === 0) return [];
      const load = await poolLoad(manager, this.database, this.clock.now());
      return pooledNumbers(manager, found, load && load.uses);
    });
  }
}
