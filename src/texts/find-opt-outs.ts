import { Injectable } from '@nestjs/common';
import { listOptOuts, optOutOf, type TextOptOut } from '../number-pool/index.js';
import { SessionRecords } from '../sessions/index.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import type { E164 } from '../telephony/phone.js';

export interface OptOutSearch {
  accountId?: string;
  /** Only with an account: the index of a person is its own. */
  party?: E164;
  virtualNumber?: E164;
  before?: { at: number; id: string };
  limit: number;
}

/** Who wants no texts from which number, newest first; nobody's number, for none is kept. */
@Injectable()
export class FindOptOuts {
  constructor(
    private readonly database: Database,
    private readonly records: SessionRecords,
  ) {}

  run({ accountId, party, virtualNumber, ...page }: OptOutSearch): Promise<TextOptOut[]> {
    const partyIndex = party === undefined ? null : this.records.partyIndex(accountId ?? '', party);
    return this.database.browse((manager) =>
      listOptOuts(manager, {
        accountId: accountId ?? null,
        partyIndex,
        virtualNumber: virtualNumber ?? null,
        ...page,
      }),
    );
  }

  async one(id: string): Promise<TextOptOut> {
    const found = await this.database.browse((manager) => optOutOf(manager, id));
    if (found === null) throw new NotFound();
    return found;
  }
}
