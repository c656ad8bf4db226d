/** Of every amount: Plivo's price lists and bills are in US dollars. */
export const CURRENCY = 'USD';

/** Six digits before the point: sums of it over a year of calls stay exact integers. */
const MONEY = /^([0-9]{1,6})(?:\.([0-9]{1,6}))?$/;

/** Whether this is an amount as settings hold it: decimal text of at most six places, neither sign nor exponent. */
export function isMoneyText(text: unknown): text is string {
  return typeof text === 'string' && MONEY.test(text);
}

/** Decimal text to integer micro-units, exactly. */
export function microsOf(text: string): number {
  const [, whole, fraction = ''] = MONEY.exec(text) ?? [];
  if (whole === undefined) throw new TypeError('expected an amount as decimal text of at most six places');
  return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, '0'));
}

/** Integer micro-units as decimal text, exact and without needless zeros. */
export function decimalText(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(7, '0');
  const text = `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, '');
  return micros < 0 ? `-${text}` : text;
}
