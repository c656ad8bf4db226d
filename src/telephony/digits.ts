/** A digit of any script as one of ASCII. Every script has its ten in a row, zero first; some have several such rows, one behind the other. */
export function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let place = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - place - 1))) place += 1;
  return String(place % 10);
}

/** With every digit as one of ASCII. */
export function withAsciiDigits(text: string): string {
  return text.replaceAll(/(?![0-9])\p{Nd}/gu, asciiDigit);
}
