/** Eight digits before the point: a larger cost of one call is noise, and the product stays an exact integer. */
const DECIMAL = /^([0-9]{1,8})(?:\.([0-9]{1,18}))?$/;

/** Decimal text to integer micro-units, exactly; a seventh decimal of 5 or more rounds up. Null for anything else, negatives included. */
export function microsFromDecimal(text: string | null | undefined): number | null {
  const [, whole, fraction = ''] = DECIMAL.exec(text ?? '') ?? [];
  if (whole === undefined) return null;
  const micros = Number(whole) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
  return (fraction[6] ?? '0') >= '5' ? micros + 1 : micros;
}
