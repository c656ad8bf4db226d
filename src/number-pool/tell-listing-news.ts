import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import type { ListingNews } from './follow-listing.js';
import { comesHere, LEADS } from './lead.js';

const SUBACCOUNTS_NAMED = 10;

/** Tells operators what a listing has changed unasked, and what they have to mend at Plivo or here. After the transaction: one that runs again would tell it twice. */
@Injectable()
export class TellListingNews {
  private readonly leaving: Counter;
  private readonly doubted: Counter<'outcome'>;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    const registers = [metrics.registry];
    this.leaving = new Counter({
      name: 'masking_numbers_elsewhere_total',
      help: 'Numbers that are lent no more because their Plivo application does not lead here, each time that is found.',
      registers,
    });
    this.doubted = new Counter({
      name: 'masking_number_listings_doubted_total',
      help: 'Number lists of Plivo with fewer than half of the known numbers or of their applications: withheld the first time, applied when the next is as short.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['withheld', 'applied']) this.doubted.inc({ outcome }, 0);
  }

  run(accountId: string, { doubt, returning, unclaimed, ...news }: ListingNews): void {
    const { verdict, reason, known, found } = doubt;
    if (verdict !== 'none') {
      const outcome = verdict === 'first' ? 'withheld' : 'applied';
      this.doubted.inc({ outcome });
      this.log.warn(`numbers.listing-${outcome}`, { account: accountId, reason, known, found });
    }
    this.tellLeads(accountId, news);
    if (returning > 0) this.log.info('numbers.returned', { account: accountId, numbers: returning });
    if (unclaimed.numbers > 0)
      this.log.warn('numbers.unknown-subaccount', {
        account: accountId,
        numbers: unclaimed.numbers,
        subaccounts: unclaimed.subaccounts.slice(0, SUBACCOUNTS_NAMED),
        remedy:
          'register them with POST /admin/accounts/{auth_id}/subaccounts, auth_id and plivo_auth_token; until then these numbers are lent to nobody',
      });
  }

  /** One line an account at each look, as long as there is anything to be mended. */
  private tellLeads(
    accountId: string,
    {
      leads,
      applications,
      leaving,
      liveSessions,
    }: Pick<ListingNews, 'leads' | 'applications' | 'leaving' | 'liveSessions'>,
  ): void {
    this.leaving.inc(leaving);
    const told = LEADS.filter((lead) => lead !== 'here' && (leads[lead] ?? 0) > 0);
    if (told.length === 0) return;
    const numbers = told.filter((lead) => !comesHere(lead)).reduce((sum, lead) => sum + (leads[lead] ?? 0), 0);
    const fields = {
      account: accountId,
      numbers,
      ...Object.fromEntries(told.map((lead) => [lead.replace('-', '_'), leads[lead]])),
      applications,
      live_sessions: liveSessions,
      remedy: `masking plivo setup, or give them an application with answer_url PUBLIC_URL/plivo/${accountId}/answer and hangup_url PUBLIC_URL/plivo/${accountId}/hangup, both POST`,
    };
    if (numbers > 0) this.log.warn('numbers.elsewhere', fields);
    else if (told.some((lead) => lead !== 'hangup-missing')) this.log.warn('numbers.partly-elsewhere', fields);
    // Nothing is lost so: it is told to who looks for it.
    else this.log.info('numbers.hangup-missing', fields);
  }
}
