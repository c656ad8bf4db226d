import { wholeNumber, type Option } from './command.js';
import type { Cell, Column, Output } from './output.js';
import type { Page, Wanted } from './service.js';

/** What every list takes. */
export const LIST_OPTIONS: readonly Option[] = [
  { flags: '--limit <count>', about: 'at most so many', read: wholeNumber(1, 100_000), default: 50 },
  { flags: '--all', about: 'all of them' },
  { flags: '--cursor <text>', about: 'go on where `next_cursor` of an earlier answer says' },
];

export const REVEAL: Option = {
  flags: '--reveal',
  about: 'show whole numbers of parties; for support and admin, and written into the audit',
};

/** As JSON `{items, next_cursor}`, for people a table. */
export function showList<Item>(out: Output, page: Page<Item>, columns: readonly Column<Item>[]): void {
  if (!out.isJson && page.items.length === 0) return out.say('None found.');
  out.show(page, () => out.table(page.items, columns));
  if (page.next_cursor !== null && !out.isJson)
    out.say(`There are more: --limit or --all, or --cursor ${page.next_cursor}`);
}

/** To the second, in UTC: `2026-11-29 14:05:09`. */
export function moment(text: string | null | undefined): Cell {
  return typeof text === 'string' ? text.replace('T', ' ').replace(/(?:\.\d+)?Z$/, '') : null;
}

export type { Wanted };
