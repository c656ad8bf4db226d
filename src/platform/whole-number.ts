/**
 * The whole number that a text is; null for any other text. Blanks around it and a plus do no harm: in a query a plus that was not encoded comes as a blank.
 * As large as it was written: whoever asks knows its bounds.
 */
export function wholeNumberIn(text: string): number | null {
  return /^[+-]?[0-9]{1,100}$/.test(text.trim()) ? Number(text) : null;
}
