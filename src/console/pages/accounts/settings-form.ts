import { accounts } from '../../../design/texts/console/accounts.ts';
import type { Answer } from '../../api.ts';
import { typedIn } from '../../parts/form.tsx';

export type Settings = Answer<'get', '/admin/accounts/{auth_id}/settings'>;
type Name = keyof typeof accounts.settings.fields;
type Occasion = keyof typeof accounts.settings.occasions;

export const FIELDS = Object.keys(accounts.settings.fields) as Name[];
export const OCCASIONS = Object.keys(accounts.settings.occasions) as Occasion[];
const WHOLE_NUMBERS: ReadonlySet<Name> = new Set<Name>([
  'recording_retention_days',
  'daily_requested_calls',
  'daily_destinations',
  'text_retention_days',
]);
const LISTS: ReadonlySet<Name> = new Set<Name>(['text_languages', 'text_redaction']);
const YES_OR_NO: ReadonlySet<Name> = new Set<Name>(['messaging_media', 'text_in_callbacks']);
const { yes: YES, no: NO } = accounts.settings;
/** As an empty list, which means something else than nothing. */
const NO_COUNTRY = 'none';
const OWN = 'own';
/** As an empty sentence, which says nothing; an empty field is the built-in one. */
const SILENT = '-';

/** The settings as texts of fields. */
export function textsOf(held: Settings): Record<Name, string> {
  const textOf = (name: Name): string => {
    if (name === 'allowed_countries') return countriesText(held.allowed_countries);
    const value = held[name];
    if (typeof value === 'boolean') return value ? YES : NO;
    return Array.isArray(value) ? value.join(', ') : value === null ? '' : String(value);
  };
  return Object.fromEntries(FIELDS.map((name) => [name, textOf(name)])) as Record<Name, string>;
}

/** The field of a sentence, and what stands in it. */
export function noticeField(occasion: Occasion): string {
  return `notice.${occasion}`;
}

export function noticeText(held: Settings, occasion: Occasion): string {
  const sentence = held.text_notices[occasion];
  return sentence === '' ? SILENT : (sentence ?? '');
}

function countriesText(countries: Settings['allowed_countries']): string {
  if (countries === null) return '';
  if (countries === OWN) return OWN;
  return countries.length === 0 ? NO_COUNTRY : countries.join(', ');
}

/** What somebody has changed, as the API takes it; what was left as it is stays. The service says what is wrong with it. */
export function changesIn(given: FormData, held: Settings): Record<string, unknown> {
  const before = textsOf(held);
  const changed = FIELDS.filter((name) => (typedIn(given, name) ?? '') !== before[name]);
  const notices = OCCASIONS.filter(
    (occasion) => (typedIn(given, noticeField(occasion)) ?? '') !== noticeText(held, occasion),
  ).map((occasion) => {
    const typed = typedIn(given, noticeField(occasion));
    return [occasion, typed === SILENT ? '' : typed] as const;
  });
  return {
    ...Object.fromEntries(changed.map((name) => [name, valueOf(name, typedIn(given, name))])),
    ...(notices.length > 0 && { text_notices: Object.fromEntries(notices) }),
  };
}

function valueOf(name: Name, text: string | null): unknown {
  if (LISTS.has(name)) return text === null ? [] : text.toLowerCase().split(/[\s,]+/);
  if (text === null) return null;
  if (name === 'allowed_countries') return countriesIn(text);
  if (YES_OR_NO.has(name)) return text === YES ? true : text === NO ? false : text;
  return WHOLE_NUMBERS.has(name) && /^\d+$/.test(text) ? Number(text) : text;
}

function countriesIn(text: string): string[] | string {
  const word = text.toLowerCase();
  if (word === OWN) return OWN;
  if (word === NO_COUNTRY) return [];
  return text.split(/[\s,]+/).map((code) => code.toUpperCase());
}
