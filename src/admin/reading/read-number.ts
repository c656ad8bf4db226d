import { Injectable } from '@nestjs/common';
import { ReadingCountries } from '../../number-pool/index.js';
import { Database } from '../../platform/database/database.js';
import { InvalidRequest } from '../../platform/errors.js';
import type { E164 } from '../../telephony/phone.js';
import { readPasted, type PastedNumber } from '../../telephony/read-pasted.js';

/** Reads the numbers that operators paste, in any spelling that says whose they are: the one way in for all of /admin. */
@Injectable()
export class ReadNumber {
  constructor(
    private readonly database: Database,
    private readonly readingCountries: ReadingCountries,
  ) {}

  /** `param`: what it was given as. Refuses what is no number, and what may be the numbers of two people. Undefined for what was not given. */
  async run(param: string, text: string, accountId?: string): Promise<E164>;
  async run(param: string, text: string | undefined, accountId?: string): Promise<E164 | undefined>;
  async run(param: string, text: string | undefined, accountId?: string): Promise<E164 | undefined> {
    if (text === undefined) return undefined;
    const { readings, words } = await this.all(text, accountId);
    const [number, ...others] = readings;
    if (number !== undefined && others.length === 0) return number;
    const wanted = others.length === 0 ? '' : ': expected + and the country code in front';
    throw new InvalidRequest(`${param}: ${words}${wanted}`, { param });
  }

  /** Every number that the text may mean. */
  async all(text: string, accountId?: string): Promise<PastedNumber> {
    const countries = await this.database.browse((manager) => this.readingCountries.of(manager, accountId));
    return readPasted(text, countries);
  }
}
