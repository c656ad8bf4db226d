const GSM =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const ESCAPED = '\f^{}\\[~]|€';

/** What Plivo takes and bills: `length` in septets or UTF-16 code units, `longest` of that alphabet, `units` to be paid. */
export function measure(text: string): { length: number; longest: number; units: number } {
  const characters = [...text];
  const isGsm = characters.every((one) => GSM.includes(one) || ESCAPED.includes(one));
  const widths = characters.map((one) => (isGsm ? (ESCAPED.includes(one) ? 2 : 1) : one.length));
  const length = widths.reduce((sum, width) => sum + width, 0);
  const [alone, each, longest] = isGsm ? [160, 153, 1600] : [70, 67, 737];
  if (length <= alone) return { length, longest, units: 1 };
  let [units, used] = [1, 0];
  for (const width of widths) {
    if (used + width > each) [units, used] = [units + 1, 0];
    used += width;
  }
  return { length, longest, units };
}
