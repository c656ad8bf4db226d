import { Injectable } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import {
  PlivoClient,
  ProviderRefused,
  type PlivoApplication,
  type PlivoCredentials,
  type PlivoNumber,
} from '../plivo/index.js';
import { Config } from '../platform/settings/config.js';
import { leadOf } from './lead.js';
import type { ListedNumber } from './listing-changes.js';
import { ListingRefused } from './number-pool.errors.js';
import { textingOf } from './texting.js';

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
      const applications = await this.applicationsOf(accountId, credentials, numbers);
      return numbers.map((listed: PlivoNumber) => {
        const { number, alias, subaccount, applicationId, type, hasMms, campaignId } = listed;
        const application = applicationId === null ? undefined : applications.get(applicationId);
        const bases = [accountId, subaccount]
          .filter((id) => id !== null)
          .map((id) => `${this.config.http.publicUrl}/plivo/${id}`);
        const unknown = applicationId === null ? 'no-application' : 'application-unknown';
        const leadsTo = application ? leadOf(application, bases) : unknown;
        const texts = textingOf(listed, application, bases);
        return {
          number,
          alias,
          subaccount,
          leadsTo,
          application: application?.name ?? null,
          texts,
          hasMms,
          type,
          campaignId,
        };
      });
    } catch (error) {
      throw error instanceof ProviderRefused ? new ListingRefused(error.status) : error;
    }
  }

  /** What the account is not shown its subaccount may be: those are asked for with its own credentials, where it has some. */
  private async applicationsOf(
    accountId: string,
    credentials: PlivoCredentials,
    numbers: PlivoNumber[],
  ): Promise<Map<string, PlivoApplication>> {
    const wanted = new Set(numbers.map(({ applicationId }) => applicationId).filter((id) => id !== null));
    const found = await this.plivo.findApplications(credentials, wanted);
    const hidden = new Map<string, Set<string>>();
    for (const { subaccount, applicationId } of numbers)
      if (subaccount !== null && applicationId !== null && !found.has(applicationId))
        hidden.set(subaccount, (hidden.get(subaccount) ?? new Set()).add(applicationId));
    for (const [subaccount, ids] of hidden) {
      const own = await this.access.of(accountId, subaccount);
      if (own.authId === credentials.authId) continue;
      const theirs = await this.plivo.findApplications(own, ids).catch((error: unknown) => {
        throw error instanceof ProviderRefused ? new ListingRefused(error.status, subaccount) : error;
      });
      for (const [id, application] of theirs) found.set(id, application);
    }
    return found;
  }
}
