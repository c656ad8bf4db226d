import { Injectable } from '@nestjs/common';
import { DAY_MS } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Config } from '../platform/settings/config.js';
import { ACCOUNTS } from './account.entity.js';

/** What RETENTION_DAYS and an account's own time may be. */
export const RETENTION_DAYS = { min: 1, max: 3650 } as const;

export interface KeptAccount {
  accountId: string;
  /** How long after their end its sessions, and all that belongs to them, are kept. */
  keptMs: number;
}

const OWN = selection(ACCOUNTS.pick(['authId', 'retentionDays']));

/** How long what belongs to each account is kept. */
@Injectable()
export class Retention {
  constructor(
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /** Of all accounts, in the order of their Auth IDs. */
  async ofAll(): Promise<KeptAccount[]> {
    const accounts = await this.database.browse((manager) => OWN.read(manager, 'FROM account ORDER BY auth_id'));
    return accounts.map(({ authId, retentionDays }) => ({
      accountId: authId,
      keptMs: (retentionDays ?? this.config.retention.sessionDays) * DAY_MS,
    }));
  }
}
