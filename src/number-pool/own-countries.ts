import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountSettings } from '../accounts/index.js';
import { selection, text } from '../platform/database/rows.js';
import { mainCountryOf } from '../telephony/destination-table.js';

const PLACES = selection({ country: text('country'), callingCode: text('calling_code') });

/** Tells the accounts' settings which countries an account's numbers are of. */
@Injectable()
export class OwnCountries implements OnModuleInit {
  constructor(private readonly settings: AccountSettings) {}

  onModuleInit(): void {
    this.settings.readOwnCountriesBy(ownCountries);
  }
}

/**
 * ISO 3166 codes, in order; null for an account without a number. Of a number whose calling code several countries share it is its own: +1 212
 * opens the United States, and neither Canada nor the Caribbean. Where the digits do not tell, as with North America's toll-free numbers, it is the
 * code's main country. A number counts whatever its status, and also when Plivo has left it out of a listing: what a listing lacks is lent to
 * nobody, and calls of sessions that live go on.
 */
export async function ownCountries(manager: EntityManager, accountId: string): Promise<readonly string[] | null> {
  const places = await PLACES.read(manager, 'FROM virtual_number WHERE account_id = ? GROUP BY country, calling_code', [
    accountId,
  ]);
  return places.length === 0 ? null : countriesOf(places);
}

/** ISO 3166 codes, in order, of numbers of which this is known. */
export function countriesOf(places: readonly { country: string; callingCode: string }[]): string[] {
  const countries = places.map(({ country, callingCode }) => country || mainCountryOf(callingCode));
  return [...new Set(countries)].filter((country) => country !== '').sort();
}
