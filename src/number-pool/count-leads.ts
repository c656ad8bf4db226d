import type { EntityManager } from 'typeorm';
import { marks, number, selection } from '../platform/database/rows.js';
import type { LeadsTo } from './lead.js';
import { NUMBERS } from './virtual-number.entity.js';

export interface LeadCount {
  accountId: string;
  /** Null for what Plivo never listed, or was not asked about yet. */
  leadsTo: LeadsTo | null;
  application: string | null;
  /** Active numbers. */
  active: number;
}

const COUNTED = selection({ ...NUMBERS.pick(['accountId', 'leadsTo', 'application']), active: number('COUNT(*)') });

/** How many active numbers of these accounts lead where, as Plivo was last heard to say. */
export async function countLeads(manager: EntityManager, accountIds: readonly string[]): Promise<LeadCount[]> {
  if (accountIds.length === 0) return [];
  return COUNTED.read(
    manager,
    `FROM virtual_number WHERE account_id IN (${marks(accountIds)}) AND status = 'active' AND missing_since IS NULL
     GROUP BY account_id, leads_to, application`,
    [...accountIds],
  );
}
