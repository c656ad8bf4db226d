import { Injectable } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { subaccountOfNumber } from '../number-pool/index.js';
import { PlivoClient, ProviderBusy, ProviderUnavailable, type MessageRecord } from '../plivo/index.js';
import { Database } from '../platform/database/database.js';
import { parseCaller } from '../telephony/phone.js';

/** Reads Plivo's own record of a text that came in, with the credentials of who has its number there. */
@Injectable()
export class ReadRecord {
  constructor(
    private readonly database: Database,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
  ) {}

  /** Null as long as there is none, or Plivo cannot be asked. */
  async run(
    { accountId, messageUuid }: { accountId: string; messageUuid: string },
    virtualNumber: string,
  ): Promise<MessageRecord | null> {
    const number = parseCaller(virtualNumber);
    const subaccount =
      number && (await this.database.read((manager) => subaccountOfNumber(manager, accountId, number)));
    try {
      return await this.plivo.getMessage(await this.plivoAccess.of(accountId, subaccount), messageUuid);
    } catch (error) {
      if (error instanceof ProviderBusy || error instanceof ProviderUnavailable) return null;
      throw error;
    }
  }
}
