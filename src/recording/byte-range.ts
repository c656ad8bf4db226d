export interface ByteRange {
  /** First byte. */
  from: number;
  /** Last byte, which is served too. */
  to: number;
}

/**
 * What a `Range` header asks of a body of `size` bytes: `whole` for none and for those that we need not understand (several ranges, other units), and
 * `outside` for one that no byte is in.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'whole' | 'outside' {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (first === '') return last === '' ? 'whole' : lastBytes(Number(last), size);
  const from = Number(first);
  const end = last === '' ? size - 1 : Number(last);
  if (last !== '' && end < from) return 'whole';
  return from >= size ? 'outside' : { from, to: Math.min(end, size - 1) };
}

function lastBytes(length: number, size: number): ByteRange | 'outside' {
  return length === 0 ? 'outside' : { from: Math.max(0, size - length), to: size - 1 };
}
