import { Injectable } from '@nestjs/common';
import { isEqualSecret } from '../platform/crypto/crypto.js';
import { newSecret } from '../platform/ids.js';
import { Credentials } from './credentials.js';

export interface Owner {
  accountId: string;
  /** Set: only what belongs to this subaccount. */
  subaccountId: string | null;
}

/** Whose credentials a request carries, and how far they reach. */
export interface Principal extends Owner {
  /** Id of the token that opened the door. */
  credentialId: string;
}

const AUTH_ID = /^(MA|SA)[A-Z0-9]{18}$/;
/** At most this many tokens of one owner live (one more while PLIVO_AUTH_TOKEN is being changed). */
const COMPARISONS = 3;
/** What an unknown Auth ID is compared with; nobody has it. */
const NOBODYS_TOKEN = newSecret();

/** Who calls, by Auth ID and token, or null, also for a disabled account. An unknown id takes the statement and the comparisons that a wrong token takes. */
@Injectable()
export class Authenticate {
  constructor(private readonly credentials: Credentials) {}

  async run(authId: string, token: string): Promise<Principal | null> {
    if (!AUTH_ID.test(authId)) return null;
    const known = await this.credentials.of(authId);

    let principal: Principal | null = null;
    for (let index = 0; index < COMPARISONS; index += 1) {
      const live = known?.tokens[index];
      const isEqual = isEqualSecret(token, live?.token ?? NOBODYS_TOKEN);
      if (isEqual && known && live)
        principal = { accountId: known.accountId, subaccountId: known.subaccountId, credentialId: live.id };
    }
    return known?.isClosed ? null : principal;
  }
}
