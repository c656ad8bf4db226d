import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Scheduler } from '../../scheduler/index.js';
import { Clock, DAY_MS } from '../../platform/clock.js';
import { change, Database } from '../../platform/database/database.js';
import { purgeInBatches } from '../../platform/database/purge-in-batches.js';
import { marks, selection } from '../../platform/database/rows.js';
import { Config } from '../../platform/settings/config.js';
import { AUDIT_ENTRIES } from './audit-entry.entity.js';

const MOST = 500;

const OLD = selection(AUDIT_ENTRIES.pick(['id']));

/** Hourly: forgets what stands in the audit for longer than AUDIT_RETENTION_DAYS. Only time takes anything out of it. */
@Injectable()
export class PurgeAudit implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly scheduler: Scheduler,
  ) {}

  onModuleInit(): void {
    const hourly = { everySeconds: 3600, timeoutSeconds: 600, scope: 'one-process' } as const;
    this.scheduler.add({ name: 'audit.purge', ...hourly, run: () => this.run() });
  }

  /** Returns how many entries. */
  run(): Promise<number> {
    const before = this.clock.now() - this.config.retention.auditDays * DAY_MS;
    return purgeInBatches(this.database, MOST, async (tx, size) => {
      const rest = `FROM audit_entry WHERE at <= ? ORDER BY at LIMIT ${size} ${this.database.forUpdateSkipLocked}`;
      const ids = (await OLD.read(tx, rest, [before])).map(({ id }) => id);
      if (ids.length > 0)
        await change(tx, `${this.database.deleteFrom('audit_entry')} WHERE id IN (${marks(ids)})`, ids);
      return ids.length;
    });
  }
}
