import { Injectable } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { PlivoClient, ProviderRefused } from '../plivo/index.js';
import type { ListedNumber } from './listing-changes.js';
import { ListingRefused } from './number-pool.errors.js';

/** Asks Plivo for all voice numbers of an account. Refuses when Plivo does, and when the list is not complete. Never inside a transaction. */
@Injectable()
export class ReadListing {
  constructor(
    private readonly access: PlivoAccess,
    private readonly plivo: PlivoClient,
  ) {}

  async run(accountId: string): Promise<ListedNumber[]> {
    const credentials = await this.access.of(accountId);
    try {
      const numbers = await this.plivo.listNumbers(credentials);
      return numbers.filter(({ hasVoice }) => hasVoice);
    } catch (error) {
      throw error instanceof ProviderRefused ? new ListingRefused(error.status) : error;
    }
  }
}
