import { costs as words } from '../../../design/texts/console/costs.ts';
import { DATES, LANGUAGE } from '../../../design/texts/language.ts';
import { hrefOf } from '../../address.ts';
import { PoolNumber, shortId } from '../../parts/facts.tsx';
import { monthName } from './months.ts';

export type Group = keyof typeof words.groups;

const COUNTRIES = new Intl.DisplayNames([LANGUAGE], { type: 'region' });

/** A value of a group in words: what stands in the table and under a bar. */
export function valueText(group: Group, value: string): string {
  if (value === 'unknown' || value === '') return words.unknown;
  switch (group) {
    case 'day':
      return dayText(value, { weekday: 'short', day: 'numeric', month: 'short' });
    case 'hour':
      // In the zone that was asked for, as it is written: this browser may be in another.
      return `${dayText(value.slice(0, 10), { day: 'numeric', month: 'short' })}, ${value.slice(11, 16)}`;
    case 'month':
      return monthName(value);
    case 'country':
      return /^[A-Z]{2}$/.test(value) ? (COUNTRIES.of(value) ?? value) : value;
    case 'direction':
      return words.directions[value] ?? value;
    default:
      return value === 'none' ? words.none : value;
  }
}

export function dayText(day: string, how: Intl.DateTimeFormatOptions): string {
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(DATES, { ...how, timeZone: 'UTC' });
}

export function Value({ group, value }: { group: Group; value: string }) {
  if (value === 'none' || value === 'unknown') return <span className="soft">{valueText(group, value)}</span>;
  if (group === 'number') return <PoolNumber number={value} />;
  if (group === 'session')
    return (
      <a href={hrefOf({ page: 'sessions', id: value })}>
        <code title={value}>{shortId(value)}</code>
      </a>
    );
  if (group === 'account' || group === 'subaccount') return <code>{value}</code>;
  return <span className="nowrap">{valueText(group, value)}</span>;
}
