import type { Crypto } from './crypto.js';

/** Enough to tell two keys of one id apart, for those that mean well. */
const MARK = 6;

/** `2:x7Kq_a,1:9dEfGh`: which keys a process has, the sealing one first, told by the beginnings of their check values. */
export function keyMarks(crypto: Crypto): string {
  return crypto.keyIds.map((id) => markOf(crypto, id)).join(',');
}

/** As it stands in the list of whoever has the same key under this id. */
function markOf(crypto: Crypto, id: number): string {
  return `${id}:${crypto.checkValue(id)?.slice(0, MARK) ?? ''}`;
}
