const DECIMAL = /^([0-9]{1,400})(?:\.([0-9]{1,400}))?(?:[eE]([+-]?[0-9]{1,3}))?$/;
/** Eight digits before the point: a larger cost of one call is noise, and the product stays an exact integer. */
const MOST_MICROS = 100_000_000_000_000n;
const MICRO_PLACES = 6;

/**
 * Decimal text, also with an exponent (`1.2e-3`), to integer micro-units, exactly however many digits it has; a seventh decimal of 5 or more rounds
 * up. Null for anything else, negatives included.
 */
export function microsFromDecimal(text: string | null | undefined): number | null {
  const [, whole, fraction = '', exponent = '0'] = DECIMAL.exec(text ?? '') ?? [];
  if (whole === undefined) return null;
  const digits = BigInt(whole + fraction);
  const places = MICRO_PLACES + Number(exponent) - fraction.length;
  const micros = places >= 0 ? digits * 10n ** BigInt(places) : roundedAt(digits, -places);
  return micros >= MOST_MICROS ? null : Number(micros);
}

/** Without its last `places` digits; half of one rounds up. */
function roundedAt(digits: bigint, places: number): bigint {
  const unit = 10n ** BigInt(places);
  return (digits + unit / 2n) / unit;
}
