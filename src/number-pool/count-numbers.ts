import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { number, selection } from '../platform/database/rows.js';

const COUNT = selection({ n: number('COUNT(*)') });

/** How many numbers of the whole pool may be lent: active, led here by Plivo and not missing there. */
@Injectable()
export class CountNumbers {
  constructor(private readonly database: Database) {}

  async run(): Promise<number> {
    const ready = "FROM virtual_number WHERE status = 'active' AND is_elsewhere = 0 AND missing_since IS NULL";
    const [count] = await this.database.browse((manager) => COUNT.read(manager, ready));
    return count?.n ?? 0;
  }
}
