import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { readTextTallies } from './recount-texts.js';

/** What of a text is in the statistics. Amounts in micro-units. */
export interface TextMoney {
  /** Of both legs. */
  units: number;
  /** Plivo's prices of both legs, and carriers'. */
  providerAmount: number;
  /** The account's own on top. */
  fees: number;
}

/** What texts have come to. */
@Injectable()
export class ReadTextMoney {
  constructor(private readonly database: Database) {}

  /** In the order of the texts. */
  async run(textIds: string[]): Promise<TextMoney[]> {
    if (textIds.length === 0) return [];
    const tallies = await this.database.browse((manager) => readTextTallies(manager, textIds));
    return textIds.map((id) => {
      const tally = tallies.get(id);
      return { units: tally?.units ?? 0, providerAmount: tally?.amount ?? 0, fees: tally?.ownAmount ?? 0 };
    });
  }
}
