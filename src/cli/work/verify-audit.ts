import { Audit, VerifyAudit } from '../../admin/index.js';
import { Database } from '../../platform/database/database.js';
import type { Ground } from '../../platform/platform.module.js';

export interface VerifiedAudit {
  /** Entries that are as they were written, from the oldest that is kept. */
  entries: number;
  isWhole: boolean;
  /** The first entry that is changed, missing or put between; `found` null: nothing stands at its place. */
  broken: { position: number; found: { id: string; at: string; action: string; actor: string } | null } | null;
}

/** Follows the chain of the audit and says where it breaks. */
export async function verifyAudit({ dataSource, clock }: Ground): Promise<VerifiedAudit> {
  const database = new Database(dataSource);
  const { entries, brokenAt } = await new VerifyAudit(database).run();
  if (brokenAt === null) return { entries, isWhole: true, broken: null };
  const found = await new Audit(database, clock).at(brokenAt);
  return {
    entries,
    isWhole: false,
    broken: {
      position: brokenAt,
      found: found && {
        id: found.id,
        at: new Date(found.at).toISOString(),
        action: found.action,
        actor: found.operator ?? found.actor,
      },
    },
  };
}
