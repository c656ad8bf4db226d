/** The occasions on which who has written is told something by us, with a sentence or without. */
export const NOTICE_KINDS = [
  'stranger',
  'expired',
  'not-enabled',
  'media-dropped',
  'recipient-opted-out',
  'failed',
  'stopped',
  'started',
  'help',
] as const;

export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** No answer to strangers: it would tell that the number lives. That a text has failed is told where the account wants it. */
const SENTENCES: Readonly<Record<NoticeKind, string>> = {
  stranger: '',
  expired: 'This number is no longer in use.',
  'not-enabled': 'This number takes calls only.',
  'media-dropped': 'Pictures cannot be passed on.',
  'recipient-opted-out': 'This person does not receive texts at the moment.',
  failed: '',
  stopped: 'You will get no more texts from this number. Text START to get them again.',
  started: 'You will get texts from this number again.',
  help: 'This number passes your texts on to one other person. Text STOP for no more texts.',
};

/** Empty: nothing is said. */
export function noticeSentence(kind: NoticeKind, own: Readonly<Partial<Record<NoticeKind, string>>>): string {
  return own[kind] ?? SENTENCES[kind];
}

/** Whether somebody's text is what we say ourselves: a machine that sends back what it gets. */
export function isOwnSentence(text: string, own: Readonly<Partial<Record<NoticeKind, string>>>): boolean {
  const said = text.trim();
  return said !== '' && NOTICE_KINDS.some((kind) => noticeSentence(kind, own).trim() === said);
}
