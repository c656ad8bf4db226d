import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { readTallies } from './tallies.js';

/** What of a call is in the statistics: the only truth of what it lasted and cost. Amounts in micro-units. */
export interface CallMoney {
  /** Talked. */
  seconds: number;
  /** Both legs. */
  billedSeconds: number;
  /** Plivo's prices of both legs. */
  providerAmount: number;
  /** The account's own on top. */
  fees: number;
}

interface MoneyOfCall {
  accountId: string;
  aLegUuid: string;
}

/** What calls have come to; a call that has not ended, and one whose end nobody has told yet, has come to nothing. */
@Injectable()
export class ReadCallMoney {
  constructor(private readonly database: Database) {}

  /** In the order of the calls. */
  run(calls: MoneyOfCall[]): Promise<(CallMoney | null)[]> {
    return this.database.browse(async (manager) => {
      const known = new Map<string, CallMoney>();
      for (const accountId of new Set(calls.map((call) => call.accountId))) {
        const legs = calls.filter((call) => call.accountId === accountId).map(({ aLegUuid }) => aLegUuid);
        for (const [uuid, tally] of await readTallies(manager, accountId, legs))
          known.set(`${accountId} ${uuid}`, {
            seconds: tally.talkSeconds,
            billedSeconds: tally.billedSeconds,
            providerAmount: tally.amount,
            fees: tally.ownAmount,
          });
      }
      return calls.map(({ accountId, aLegUuid }) => known.get(`${accountId} ${aLegUuid}`) ?? null);
    });
  }
}
