import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { parentsOf } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { number, selection } from '../platform/database/rows.js';
import { Metrics } from '../platform/metrics.js';
import { LEADS } from './lead.js';
import { NUMBERS } from './virtual-number.entity.js';

const GROUPS = selection({ ...NUMBERS.pick(['accountId', 'subaccountId', 'leadsTo']), numbers: number('COUNT(*)') });

/**
 * Keeps the figures by which operators are woken: active numbers that Plivo leads elsewhere, and those that it links to a subaccount that nobody has
 * registered. Read from time to time in each process that runs the scheduled tasks, because whichever process follows a listing, all are asked for their
 * metrics, and none may ask the database for an answer. A process that only serves the API has no such figures.
 */
@Injectable()
export class MeasureNumbers {
  private readonly led: Gauge<'leads_to'>;
  private readonly linked: Gauge<'subaccount'>;

  constructor(
    private readonly database: Database,
    metrics: Metrics,
  ) {
    const registers = [metrics.registry];
    this.led = new Gauge({
      name: 'masking_numbers_led',
      help: 'Active numbers by where their Plivo application brings calls and hang-ups; unknown: Plivo has not listed them. Up to a minute old.',
      labelNames: ['leads_to'],
      registers,
    });
    this.linked = new Gauge({
      name: 'masking_numbers_linked',
      help: 'Active numbers that are linked to a subaccount: known, or unknown because it is not registered here, and then lent to nobody. Up to a minute old.',
      labelNames: ['subaccount'],
      registers,
    });
  }

  async run(): Promise<void> {
    const { groups, parents } = await this.database.browse(async (manager) => {
      const rows = await GROUPS.read(
        manager,
        "FROM virtual_number WHERE status = 'active' AND missing_since IS NULL GROUP BY account_id, subaccount_id, leads_to",
      );
      const ids = rows.flatMap(({ subaccountId }) => subaccountId ?? []);
      return { groups: rows, parents: await parentsOf(manager, ids) };
    });
    for (const lead of [...LEADS, null]) {
      const sum = sumOf(groups.filter(({ leadsTo }) => leadsTo === lead));
      this.led.set({ leads_to: lead ?? 'unknown' }, sum);
    }
    const linked = groups.filter(({ subaccountId }) => subaccountId !== null);
    const known = linked.filter(({ accountId, subaccountId }) => parents.get(subaccountId ?? '') === accountId);
    this.linked.set({ subaccount: 'known' }, sumOf(known));
    this.linked.set({ subaccount: 'unknown' }, sumOf(linked) - sumOf(known));
  }
}

function sumOf(groups: readonly { numbers: number }[]): number {
  return groups.reduce((sum, { numbers }) => sum + numbers, 0);
}
