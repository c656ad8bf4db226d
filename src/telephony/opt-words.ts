export type OptWord = 'stop' | 'start' | 'help';

/**
 * Words that mean nothing else when they are a whole text, by language (ISO 639-1). Those of English are understood everywhere: Plivo and the
 * networks know no others. What people also say to each other (cancel, end, yes) is not among them.
 */
const WORDS: Readonly<Record<string, Readonly<Record<OptWord, readonly string[]>>>> = {
  en: {
    stop: ['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'UNSUB', 'OPTOUT', 'OPT-OUT', 'OPT OUT', 'REVOKE', 'ARRET'],
    start: ['START', 'UNSTOP'],
    help: ['HELP', 'INFO'],
  },
  ar: { stop: ['توقف', 'إيقاف', 'الغاء'], start: ['ابدأ', 'بدء'], help: ['مساعدة'] },
  de: { stop: ['STOPP', 'ABMELDEN', 'ABBESTELLEN'], start: ['ANMELDEN'], help: ['HILFE'] },
  es: { stop: ['BAJA', 'ALTO', 'PARAR'], start: ['ALTA', 'INICIAR'], help: ['AYUDA'] },
  fr: { stop: ['ARRÊT', 'DÉSABONNER', 'DESABONNER'], start: ['DÉBUT', 'DEBUT', 'RÉABONNER'], help: ['AIDE'] },
  hi: { stop: ['बंद', 'रोकें'], start: ['शुरू'], help: ['मदद', 'सहायता'] },
  it: { stop: ['FERMA', 'DISISCRIVI'], start: ['INIZIA', 'ATTIVA'], help: ['AIUTO'] },
  ja: { stop: ['停止', '配信停止'], start: ['再開', '開始'], help: ['ヘルプ'] },
  nl: { stop: ['AFMELDEN'], start: ['AANMELDEN'], help: ['HULP'] },
  pl: { stop: ['WYPISZ'], start: ['ZAPISZ'], help: ['POMOC'] },
  pt: { stop: ['PARAR', 'SAIR'], start: ['INICIAR', 'COMEÇAR'], help: ['AJUDA'] },
  ru: { stop: ['СТОП', 'ОТПИСАТЬСЯ'], start: ['СТАРТ'], help: ['ПОМОЩЬ'] },
  zh: { stop: ['停止', '退订', '退訂'], start: ['开始', '開始'], help: ['帮助', '幫助'] },
};

export const OPT_LANGUAGES: readonly string[] = Object.keys(WORDS);

const KINDS = ['stop', 'start', 'help'] as const;
/** What means it to Plivo alone, when it says so: people also mean what they write. */
const AMBIGUOUS = new Set(['END', 'QUIT', 'CANCEL', 'YES', 'GO', 'RESUME', 'RESUME ALL']);

/** Accents of Latin letters; of Arabic ones vowels, hamzas and what stretches a word: people leave them out, or put them where they are not. */
const LEFT_OUT = /[\u{300}-\u{36f}]|[\u{64b}-\u{65f}]|\u{640}|\u{670}/gu;

/** Spelt once: every text that comes in is compared with them. */
const SPELT = new Map(
  Object.entries(WORDS).map(([language, { stop, start, help }]) => {
    const spelt = (words: readonly string[]): ReadonlySet<string> => new Set(words.map(spelling));
    return [language, { stop: spelt(stop), start: spelt(start), help: spelt(help) }];
  }),
);

/** What a whole text means in English or one of these languages. A point or an exclamation mark makes it a sentence to the other person. */
export function optWordOf(text: string, languages: readonly string[]): OptWord | null {
  const said = spelling(text);
  const lists = ['en', ...languages].flatMap((language) => SPELT.get(language) ?? []);
  return KINDS.find((kind) => lists.some((words) => words[kind].has(said))) ?? null;
}

/** Whether people write it to each other as well. */
export function isAmbiguous(text: string): boolean {
  return AMBIGUOUS.has(spelling(text));
}

/** Keyboards have full widths and presentation forms of letters, and put characters between them that nobody sees. */
function spelling(text: string): string {
  const seen = text
    .normalize('NFKD')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replace(LEFT_OUT, '');
  return seen.trim().replace(/\s+/gu, ' ').toUpperCase();
}
