import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Scheduler } from '../../scheduler/index.js';
import { Clock, DAY_MS } from '../../platform/clock.js';
import { change, Database } from '../../platform/database/database.js';
import { purgeInBatches } from '../../platform/database/purge-in-batches.js';
import { marks, selection } from '../../platform/database/rows.js';
import { Config } from '../../platform/settings/config.js';
import { lockedChain } from './audit-chain.js';
import { AUDIT_CHAINS, AUDIT_ENTRIES } from './audit-entry.entity.js';

const MOST = 500;

const OLD = selection(AUDIT_ENTRIES.pick(['id', 'at', 'position', 'hash']));

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
      await lockedChain(this.database, tx);
      // From the chain's beginning on, in its order: what is left can be followed from the anchor.
      const oldest = await OLD.read(tx, `FROM audit_entry WHERE position > 0 ORDER BY position LIMIT ${size}`);
      const young = oldest.findIndex(({ at }) => at > before);
      const old = young === -1 ? oldest : oldest.slice(0, young);
      const ids = old.map(({ id }) => id);
      const last = old.at(-1);
      if (last !== undefined) {
        await change(tx, `${this.database.deleteFrom('audit_entry')} WHERE id IN (${marks(ids)})`, ids);
        const anchor = { anchorPosition: last.position ?? 0, anchorHash: last.hash ?? '' };
        await AUDIT_CHAINS.update(tx, anchor, 'WHERE id = 1');
      }
      return ids.length;
    });
  }
}
