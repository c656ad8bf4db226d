/** What breaks a line, is no character at all, or is half of one. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const HALF_CHARACTERS = /\p{Cs}/gu;

/**
 * Text that somebody else wrote, as it is kept: on one line, of whole characters, and of at most `longest` of them. MySQL counts characters, refuses
 * more than a column holds, and each database treats what is no character in its own way; so what comes is made the same for all before.
 */
export function plainText(text: string, longest: number): string {
  const line = text.replace(UNPRINTABLE, ' ').replace(HALF_CHARACTERS, '\uFFFD').trim();
  if (line.length <= longest) return line;
  return Array.from(line.slice(0, 2 * longest))
    .slice(0, longest)
    .join('')
    .trimEnd();
}
