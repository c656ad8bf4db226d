import { LANGUAGE } from '../../../design/texts/language.ts';

const COUNTRIES = new Intl.DisplayNames([LANGUAGE], { type: 'region' });

function countryName(country: string): string {
  return country === '' ? '–' : (COUNTRIES.of(country) ?? country);
}

/** Country and, where the numbers are lent to one subaccount alone, that. */
export function poolName({ country, subaccount }: { country: string; subaccount: string | null }): string {
  return subaccount === null ? countryName(country) : `${countryName(country)}, ${subaccount}`;
}
