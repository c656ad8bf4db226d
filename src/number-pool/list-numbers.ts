import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { InvalidRequest } from '../platform/errors.js';
import { poolLoad } from './live-sessions.js';
import { pooledNumbers, type PooledNumber } from './pooled-numbers.js';
import { NUMBERS, type ShownStatus } from './virtual-number.entity.js';

export interface NumberFilter {
  accountId?: string;
  country?: string;
  status?: ShownStatus;
  limit?: number;
  /** `next_cursor` of the page before. */
  cursor?: string;
}

export interface NumberPage {
  items: PooledNumber[];
  next_cursor: string | null;
  /** When the live sessions were counted, ISO 8601: at most a minute ago; null while they never were. */
  as_of: string | null;
}

const PAGE = 50;

const ROWS = selection(NUMBERS.fields());

/** The pool in the order in which its numbers are lent. */
@Injectable()
export class ListNumbers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async run(filter: NumberFilter): Promise<NumberPage> {
    const { accountId, country, status, limit = PAGE, cursor = '0' } = filter;
    if (!/^[0-9]{1,10}$/.test(cursor)) throw new InvalidRequest('cursor: expected the next_cursor of a page');
    const conditions: { sql: string; parameters: (string | number)[] }[] = [
      { sql: 'id > ?', parameters: [Number(cursor)] },
      ...(accountId === undefined ? [] : [{ sql: 'account_id = ?', parameters: [accountId] }]),
      ...(country === undefined ? [] : [{ sql: 'country = ?', parameters: [country.toUpperCase()] }]),
      ...(status === undefined ? [] : [ofStatus(status)]),
    ];

    return this.database.browse(async (manager) => {
      const where = conditions.map(({ sql }) => sql).join(' AND ');
      const found = await ROWS.read(manager, `FROM virtual_number WHERE ${where} ORDER BY id LIMIT ?`, [
        ...conditions.flatMap(({ parameters }) => parameters),
        limit + 1,
      ]);
      const page = found.slice(0, limit);
      const load = await poolLoad(manager, this.database, this.clock.now());
      const last = page.at(-1);
      return {
        items: await pooledNumbers(manager, page, load && load.uses),
        next_cursor: last && found.length > limit ? String(last.id) : null,
        as_of: load && new Date(load.takenAt).toISOString(),
      };
    });
  }
}

function ofStatus(status: ShownStatus): { sql: string; parameters: string[] } {
  switch (status) {
    case 'active':
      return { sql: "status = 'active' AND is_elsewhere = 0", parameters: [] };
    case 'elsewhere':
      return { sql: "status = 'active' AND is_elsewhere = 1", parameters: [] };
    default:
      return { sql: 'status = ?', parameters: [status] };
  }
}
