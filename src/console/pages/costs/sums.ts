import type { StatsRow } from '../../reach/answers.ts';

export type Sums = Pick<
  StatsRow,
  'calls' | 'connected' | 'minutes' | 'billed_seconds' | 'sessions' | 'amount' | 'provider_amount' | 'fees'
>;

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
    amount: added(rows.map((row) => row.amount)),
    provider_amount: added(rows.map((row) => row.provider_amount)),
    fees: added(rows.map((row) => row.fees)),
  };
}
