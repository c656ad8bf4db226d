import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts, AccountSettings } from '../accounts/index.js';
import { selection, text } from '../platform/database/rows.js';
import { countriesOf } from './own-countries.js';

const PLACES = selection({
  accountId: text('account_id'),
  country: text('country'),
  callingCode: text('calling_code'),
});

/** Tells in which countries national spellings of numbers may be meant: what an operator pastes seldom says. */
@Injectable()
export class ReadingCountries {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
  ) {}

  /**
   * ISO 3166 codes, in order: the account's `default_country`, without it the countries of its numbers. Of no account in particular: those of all. A single
   * one is the country of every national spelling.
   */
  async of(manager: EntityManager, accountId?: string): Promise<string[]> {
    const ids = accountId === undefined ? await this.accounts.ids(manager) : [accountId];
    const chosen = await this.settings.defaultCountries(manager, accountId);
    const [where, parameters] = accountId === undefined ? ['', []] : ['WHERE account_id = ?', [accountId]];
    const grouped = `FROM virtual_number ${where} GROUP BY account_id, country, calling_code`;
    const places = await PLACES.read(manager, grouped, parameters);
    const countries = ids.flatMap((id) => {
      const own = chosen.get(id);
      return own === undefined ? countriesOf(places.filter((place) => place.accountId === id)) : [own];
    });
    return [...new Set(countries)].sort();
  }
}
