import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import type { ListingNews } from './follow-listing.js';

/** Tells operators what a listing has changed unasked. After the transaction: one that runs again would tell it twice. */
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
      help: 'Number lists of Plivo with fewer than half of the known numbers: withheld the first time, applied when the next is as short.',
      labelNames: ['outcome'],
      registers,
    });
  }

  run(accountId: string, { leaving, liveSessions, returning, doubt }: ListingNews): void {
    const { verdict, known, found } = doubt;
    if (verdict !== 'none') {
      const outcome = verdict === 'first' ? 'withheld' : 'applied';
      this.doubted.inc({ outcome });
      this.log.warn(`numbers.listing-${outcome}`, { account: accountId, known, found });
    }
    if (leaving > 0) {
      this.leaving.inc(leaving);
      this.log.warn('numbers.elsewhere', { account: accountId, numbers: leaving, live_sessions: liveSessions });
    }
    if (returning > 0) this.log.info('numbers.returned', { account: accountId, numbers: returning });
  }
}
