import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import type { ListingNews } from './follow-listing.js';

/** Tells operators what a listing has changed unasked. After the transaction: one that runs again would tell it twice. */
@Injectable()
export class TellListingNews {
  private readonly leaving: Counter;

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
  }

  run(accountId: string, { leaving, liveSessions, returning }: ListingNews): void {
    if (leaving > 0) {
      this.leaving.inc(leaving);
      this.log.warn('numbers.elsewhere', { account: accountId, numbers: leaving, live_sessions: liveSessions });
    }
    if (returning > 0) this.log.info('numbers.returned', { account: accountId, numbers: returning });
  }
}
