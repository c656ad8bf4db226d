import { callingCodeOf, describeNumber, type E164 } from './phone.js';

/** What a virtual number is known by in this. */
export interface TextSender {
  callingCode: string;
  /** ISO 3166, or empty where the number does not tell. */
  country: string;
  /** Plivo's word: `local`, `tollfree`, `mobile`, `national`, `fixed`; null where it is not known. */
  numberType: string | null;
}

/** From which numbers a text reaches somebody; `any` where nothing is known against it. */
export type TextSenders =
  | 'any'
  | 'none'
  /** `countries`: null for all of the code. Toll-free numbers of the code reach everybody. */
  | { callingCode: string; countries: readonly string[] | null };

/**
 * By the country of who is to receive the text. Networks of North America take texts of numbers there alone, those of the USA none of Canadian local ones; those
 * of the United Kingdom none of foreign numbers; in India every text needs a template that was registered before, so people cannot write to each other.
 * docs/texts.md has where it is from.
 */
const RULES: Readonly<Record<string, Exclude<TextSenders, 'any'>>> = {
  US: { callingCode: '1', countries: ['US', ''] },
  CA: { callingCode: '1', countries: ['US', 'CA', ''] },
  GB: { callingCode: '44', countries: null },
  IN: 'none',
};

/** Parses the whole number: for sessions with texts alone. */
export function textSendersTo(party: E164): TextSenders {
  return RULES[describeNumber(party).country] ?? (callingCodeOf(party) === '91' ? 'none' : 'any');
}

/** Pictures and films are carried in the USA and Canada alone. */
export function takesMedia(party: E164): boolean {
  const { country } = describeNumber(party);
  return country === 'US' || country === 'CA';
}

export function isTextSender({ callingCode, country, numberType }: TextSender, senders: TextSenders): boolean {
  if (typeof senders === 'string') return senders === 'any';
  if (callingCode !== senders.callingCode) return false;
  return senders.countries === null || numberType === 'tollfree' || senders.countries.includes(country);
}
