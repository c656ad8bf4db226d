import { NOTICE_KINDS, type NoticeKind } from './notice-sentences.js';
import { CONTACT_KINDS, type ContactKind } from '../telephony/redact-contacts.js';
import { OPT_LANGUAGES } from '../telephony/opt-words.js';

/** What an operator decides about an account's texts. */
export interface TextSettings {
  /** Whether sessions may have texts. */
  readonly texts: 'on' | 'off';
  /** Whether a session is created with texts where its request does not say; of the account's sessions, and of those subaccounts' that have not decided for themselves. */
  readonly messaging_default: boolean;
  /** Whether pictures and films that come with a text are passed on with it. */
  readonly messaging_media: boolean;
  /** ISO 639-1 codes of languages whose words for STOP, START and HELP are understood, besides English and that of `language`. */
  readonly text_languages: readonly string[];
  /** Days after which the words of a text that was passed on are deleted: 0, as soon as Plivo has them, to 30. */
  readonly text_retention_days: number;
  /** What is taken out of texts before they are passed on. */
  readonly text_redaction: readonly ContactKind[];
  /** Whether the customer is told what was written, in SessionMessageReceived. */
  readonly text_in_callbacks: boolean;
  /** What who has written is told by us, in place of the built-in sentences; empty: nothing. */
  readonly text_notices: Readonly<Partial<Record<NoticeKind, string>>>;
}

/** What is left out stays; a sentence of null goes back to the built-in one. */
export interface TextSettingsPatch {
  texts?: 'on' | 'off';
  messaging_default?: boolean;
  messaging_media?: boolean;
  text_languages?: readonly string[];
  text_retention_days?: number;
  text_redaction?: readonly ContactKind[];
  text_in_callbacks?: boolean;
  text_notices?: Readonly<Partial<Record<NoticeKind, string | null>>>;
}

export const TEXT_DEFAULTS: TextSettings = {
  texts: 'off',
  messaging_default: false,
  messaging_media: false,
  text_languages: [],
  text_retention_days: 0,
  text_notices: {},
  text_redaction: [],
  text_in_callbacks: false,
};

export function areContactKinds(kinds: unknown): kinds is ContactKind[] {
  return Array.isArray(kinds) && kinds.every((one) => CONTACT_KINDS.includes(one as ContactKind));
}

export function areTextLanguages(languages: unknown): languages is string[] {
  return Array.isArray(languages) && languages.every((one) => OPT_LANGUAGES.includes(one as string));
}

/** Of the stored settings, what a change makes of those about texts. */
export function mergedTexts(settings: Partial<TextSettings>, patch: TextSettingsPatch): Partial<TextSettings> {
  const {
    texts,
    messaging_default: isDefault,
    messaging_media: hasMedia,
    text_languages: languages,
    text_notices: notices,
    text_in_callbacks: isTold,
    text_redaction: hidden,
    text_retention_days: days,
  } = patch;
  const sentences = { ...settings.text_notices, ...notices };
  return {
    ...(texts !== undefined && { texts }),
    ...(isDefault !== undefined && { messaging_default: isDefault }),
    ...(hasMedia !== undefined && { messaging_media: hasMedia }),
    ...(days !== undefined && { text_retention_days: days }),
    ...(hidden !== undefined && { text_redaction: [...new Set(hidden)].sort() }),
    ...(isTold !== undefined && { text_in_callbacks: isTold }),
    ...(notices !== undefined && { text_notices: sentencesOf(sentences) }),
    ...(languages !== undefined && { text_languages: [...new Set(languages)].sort() }),
  };
}

function sentencesOf(all: Readonly<Partial<Record<NoticeKind, string | null>>>): TextSettings['text_notices'] {
  return Object.fromEntries(
    NOTICE_KINDS.flatMap((kind) => {
      const sentence = all[kind];
      return typeof sentence === 'string' ? [[kind, sentence] as const] : [];
    }),
  );
}
