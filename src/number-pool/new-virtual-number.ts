import { describeNumber, type E164 } from '../telephony/phone.js';
import type { VirtualNumber } from './virtual-number.entity.js';

export const ALIAS_LENGTH = 100;
/** One line, or nothing. */
export const ALIAS = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,100}$/u;

export interface NewNumber {
  accountId: string;
  number: E164;
  subaccountId: string | null;
  alias: string;
  isSynced: boolean;
  createdAt: number;
}

/** The row of a number that joins the pool: active at once, last in pool order. */
export function newVirtualNumber(joining: NewNumber): Omit<VirtualNumber, 'id'> {
  const { callingCode, country } = describeNumber(joining.number);
  return { ...joining, callingCode, country, status: 'active', missingSince: null };
}
