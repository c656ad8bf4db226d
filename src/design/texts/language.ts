/** For numbers and names of countries. */
export const LANGUAGE = 'en';
/** For dates: the day before the month, which in plain `en` is the other way round. */
export const DATES = 'en-GB';

/** With the right form of what is counted. */
export function many(count: number, one: string, more: string): string {
  return `${new Intl.NumberFormat(LANGUAGE).format(count)} ${count === 1 ? one : more}`;
}
