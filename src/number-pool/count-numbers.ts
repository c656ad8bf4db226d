import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database } from '../platform/database/database.js';
import { exists, number, selection } from '../platform/database/rows.js';
import { NUMBERS } from './virtual-number.entity.js';

const COUNTRY = selection(NUMBERS.pick(['country']));
const COUNT = selection({ n: number('COUNT(*)') });

/** How many numbers of an account may be lent: active, led here by Plivo and not missing there. */
@Injectable()
export class CountNumbers {
  constructor(private readonly database: Database) {}

  async run(accountId: string): Promise<number> {
    const ready = `FROM virtual_number WHERE account_id = ? AND status = 'active' AND is_elsewhere = 0 AND missing_since IS NULL`;
    const [count] = await this.database.browse((manager) => COUNT.read(manager, ready, [accountId]));
    return count?.n ?? 0;
  }

  /** ISO 3166 codes of the countries that any account has numbers of. */
  async countries(): Promise<string[]> {
    const rows = await this.database.browse((manager) =>
      COUNTRY.read(manager, "FROM virtual_number WHERE status <> 'retired' GROUP BY country"),
    );
    return rows.flatMap(({ country }) => (country === '' ? [] : [country]));
  }
}

/** Whether an account has any number, retired ones included. */
export function hasNumbers(manager: EntityManager, accountId: string): Promise<boolean> {
  return exists(manager, 'FROM virtual_number WHERE account_id = ? LIMIT 1', [accountId]);
}
