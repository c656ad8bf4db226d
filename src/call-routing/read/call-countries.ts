import { Injectable } from '@nestjs/common';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database } from '../../platform/database/database.js';
import { marks, selection } from '../../platform/database/rows.js';
import { describeNumber, parseCaller } from '../../telephony/phone.js';
import { callerPlace, CALLS, dialledPlace } from '../call.entity.js';

/** ISO 3166 codes; null where a number was withheld, or tells no country. */
export interface CallCountries {
  caller: string | null;
  dialled: string | null;
}

const SEALED = selection(CALLS.pick(['id', 'accountId', 'caller', 'dialled']));
const UNKNOWN: CallCountries = { caller: null, dialled: null };

/** From where to where calls went: all that leaves here of the numbers of their parties. */
@Injectable()
export class ReadCallCountries {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  /** In the order of the ids. */
  async run(callIds: string[]): Promise<CallCountries[]> {
    if (callIds.length === 0) return [];
    const rows = await this.database.browse((manager) =>
      SEALED.read(manager, `FROM masked_call WHERE id IN (${marks(callIds)})`, callIds),
    );
    const byCall = new Map(
      rows.map(({ id, accountId, caller, dialled }) => {
        const call = { callId: id, accountId };
        return [
          id,
          {
            caller: caller === null ? null : countryOf(this.crypto.open(callerPlace(call), caller)),
            dialled: dialled === null ? null : countryOf(this.crypto.open(dialledPlace(call), dialled)),
          },
        ];
      }),
    );
    return callIds.map((id) => byCall.get(id) ?? UNKNOWN);
  }
}

function countryOf(text: string): string | null {
  const number = parseCaller(text);
  return (number !== null && describeNumber(number).country) || null;
}
