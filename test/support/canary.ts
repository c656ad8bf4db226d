/** How people, networks and programs write a number of the North American plan, given as eleven digits. */
export function spellingsOf(number: string): string[] {
  const [area, exchange, line] = [number.slice(1, 4), number.slice(4, 7), number.slice(7)];
  const inDigits = (zero: number): string =>
    number.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  return [
    `+${number}`,
    number,
    `00${number}`,
    `011${number}`,
    number.slice(1),
    `(${area}) ${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
    `${area}/${exchange}/${line}`,
    `+1 (${area}) ${exchange}-${line}`,
    `+1-${area}-${exchange}-${line} ext. 12`,
    `1\u2011${area}\u2013${exchange}\u2011${line}`,
    `\u202a+1\u00a0${area}\u202f${exchange}\u00a0${line}\u202c`,
    `+1\u200b${area}\u200b${exchange}\u200b${line}`,
    `tel:+1-${area}-${exchange}-${line}`,
    `sip:+${number}@plivo.example.com;user=phone`,
    inDigits(0xff10),
    inDigits(0x0660),
    `%2B1%20${area}%20${exchange}%20${line}`,
    `%2B${number.replace(/\d/g, '%3$&')}`,
    `caller${number}hungup`,
    `2026-11-22 ${number}`,
    [...number].join(' '),
  ];
}

/** Whether the number's last ten digits stand in a text in whatever spelling, script or encoding. */
export function isCanaryIn(text: string, number: string): boolean {
  const digits = number.slice(-10);
  if (inBase64(digits).some((part) => text.includes(part))) return true;
  return bareDigits(text).includes(digits);
}

function bareDigits(text: string): string {
  return text
    .replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/%(?:25)*3([0-9])/g, '$1')
    .replace(/%(?:25)*(?:[0-9a-f]{2})/gi, ' ')
    .replace(/\p{Nd}/gu, (digit) => asAscii(digit))
    .replace(/[^0-9]+/g, '');
}

/** Every script's digits are ten in a row, the first of them at the start of a run of `\p{Nd}`. */
function asAscii(digit: string): string {
  const at = digit.codePointAt(0) ?? 0;
  if (at < 0x80) return digit;
  const zero = [0x0660, 0x06f0, 0x0966, 0xff10].find((start) => at >= start && at < start + 10);
  return zero === undefined ? digit : String(at - zero);
}

/** The letters that stand for the digits alone, at each of the three places where they may begin. */
function inBase64(digits: string): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.from(`${'x'.repeat(offset)}${digits}`)
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(offset === 0 ? 0 : offset + 1, -2);
  });
}
