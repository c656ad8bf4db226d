import { Injectable } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { PlivoClient, ProviderRefused, type PlivoNumber } from '../plivo/index.js';
import { parseUrl } from '../platform/parse-url.js';
import { Config } from '../platform/settings/config.js';
import type { ListedNumber } from './listing-changes.js';
import { ListingRefused } from './number-pool.errors.js';

/**
 * Asks Plivo for all voice numbers of an account and where their calls go. Refuses when Plivo does, when the list is not complete and when an
 * application cannot be read: what is not known changes nothing. Never inside a transaction.
 */
@Injectable()
export class ReadListing {
  constructor(
    private readonly access: PlivoAccess,
    private readonly plivo: PlivoClient,
    private readonly config: Config,
  ) {}

  async run(accountId: string): Promise<ListedNumber[]> {
    const credentials = await this.access.of(accountId);
    try {
      const numbers = (await this.plivo.listNumbers(credentials)).filter(({ hasVoice }) => hasVoice);
      const ids = new Set(numbers.map(({ applicationId }) => applicationId).filter((id) => id !== null));
      const applications = await this.plivo.findApplications(credentials, ids);
      return numbers.map(({ number, alias, subaccount, applicationId }: PlivoNumber) => {
        const application = applications.get(applicationId ?? '');
        const isElsewhere = ![accountId, subaccount].some((id) => this.leadsHere(application?.answerUrl ?? null, id));
        return { number, alias, subaccount, isElsewhere, application: application?.name ?? null };
      });
    } catch (error) {
      throw error instanceof ProviderRefused ? new ListingRefused(error.status) : error;
    }
  }

  /** The fragment says how often Plivo repeats, not where to. */
  private leadsHere(answerUrl: string | null, authId: string | null): boolean {
    const theirs = parseUrl(answerUrl ?? '');
    const ours = parseUrl(`${this.config.http.publicUrl}/plivo/${authId ?? ''}/answer`);
    if (!theirs || !ours) return false;
    theirs.hash = '';
    return theirs.href === ours.href;
  }
}
