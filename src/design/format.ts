import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { LANGUAGE } from './texts/language.ts';
import { shared } from './texts/shared.ts';

const COUNTRIES = new Intl.DisplayNames([LANGUAGE], { type: 'region' });

/** Grouped as its country does, with the code in front: `+1 415 555 0100`. Takes digits with or without a plus; other texts stay as they are. */
export function groupedNumber(text: string): string {
  const digits = text.replace(/^\+/, '');
  if (!/^\d{5,15}$/.test(digits)) return text === 'anonymous' ? shared.withheld : text;
  return parsePhoneNumberFromString(`+${digits}`)?.formatInternational() ?? `+${digits}`;
}

/** The name of the number's country; null where the number has none. */
export function countryOf(text: string): string | null {
  const country = parsePhoneNumberFromString(`+${text.replace(/^\+/, '')}`)?.country;
  return country === undefined ? null : (COUNTRIES.of(country) ?? country);
}

/** In words of two units at most, such as `59 min 12 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ];
  const from = units.findIndex(([count]) => count > 0);
  if (from < 0) return '0 s';
  return units
    .slice(from, from + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/** `12:03`, or `1:12:03` from an hour on: for what runs. */
export function running(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** The viewer's own time of day, to the millisecond where asked. */
export function timeOfDay(instant: Date, isExact = false): string {
  return instant.toLocaleTimeString(LANGUAGE, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(isExact && { fractionalSecondDigits: 3 }),
  });
}

export function inUtc(instant: Date): string {
  return shared.utc(instant.toISOString().replace('T', ' ').slice(0, -1));
}

/** What the API calls a time: `2026-11-29 10:00:00 +0000 UTC`; null for the empty text. */
export function apiTime(text: string): Date | null {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)/.exec(text);
  return match === null ? null : new Date(`${match[1]}T${match[2]}Z`);
}
