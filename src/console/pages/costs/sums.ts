import type { StatsRow } from '../../reach/answers.ts';

/** Calls, sessions and texts together: what Plivo and carriers charge, what the account is charged on top, and both; of it texts. */
export interface Sums extends Pick<
  StatsRow,
  'calls' | 'connected' | 'minutes' | 'billed_seconds' | 'sessions' | 'messages' | 'message_units' | 'message_amount'
> {
  provider: string;
  fees: string;
  amount: string;
}

/** Digits behind the point of the finest amount that the service knows. */
const DIGITS = 12;

/** Decimal texts are added as they are: numbers would lose their last digits. */
function added(amounts: readonly string[]): string {
  const sum = amounts.reduce((all, amount) => all + scaled(amount), 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(DIGITS + 1, '0');
  const text = `${digits.slice(0, -DIGITS)}.${digits.slice(-DIGITS)}`.replace(/\.?0+$/, '');
  return sum < 0n ? `-${text}` : text;
}

function scaled(amount: string): bigint {
  const [whole = '0', part = ''] = amount.replace('-', '').split('.');
  const value = BigInt(whole + part.padEnd(DIGITS, '0').slice(0, DIGITS));
  return amount.startsWith('-') ? -value : value;
}

export function sumOf(rows: readonly StatsRow[]): Sums {
  const count = (of: (row: StatsRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  return {
    calls: count((row) => row.calls),
    connected: count((row) => row.connected),
    minutes: count((row) => Math.round(row.minutes * 100)) / 100,
    billed_seconds: count((row) => row.billed_seconds),
    sessions: count((row) => row.sessions),
    messages: count((row) => row.messages),
    message_units: count((row) => row.message_units),
    message_amount: added(rows.map((row) => row.message_amount)),
    provider: added(rows.flatMap((row) => [row.provider_amount, row.message_amount, negative(row.message_fees)])),
    fees: added(rows.flatMap((row) => [row.fees, row.message_fees])),
    amount: added(rows.map((row) => row.total_amount)),
  };
}

function negative(amount: string): string {
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}
