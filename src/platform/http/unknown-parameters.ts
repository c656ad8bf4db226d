import { distance } from 'fastest-levenshtein';

/**
 * What official clients send along by themselves, and no Plivo document names as a parameter: Node and Python the id of what they change, Java a second
 * spelling of is_pin_authentication_required.
 */
const SENT_ALONG = new Set(['is_voice_request', 'isVoiceRequest', 'session_uuid', 'pin_authentication_required']);
/** A name that somebody else made up is repeated when it is plain words: with digits in it, it could be anybody's number or token. */
const PLAIN_NAME = /^[A-Za-z_]{1,40}$/;
const MOST_WARNINGS = 20;
/** A name as many slips away as this, and no more than a third of its letters, was probably meant. */
const MOST_SLIPS = 3;

/** Plivo ignores parameters that it does not know, so they are not refused here either: the answer names them. Nothing where all are known. */
export function warningsAbout(
  names: readonly string[],
  known: ReadonlySet<string>,
  where = '',
): { warnings?: string[] } {
  const unknown = names.filter((name) => !known.has(name) && !SENT_ALONG.has(name));
  if (unknown.length === 0) return {};
  const warnings = [...new Set(unknown.slice(0, MOST_WARNINGS).map((name) => warning(name, known, where)))];
  return { warnings };
}

function warning(name: string, known: ReadonlySet<string>, where: string): string {
  const meant = nearest(name, known);
  const shown = PLAIN_NAME.test(name) ? name : 'a name with other characters than letters and _';
  return `${shown} is no parameter of this request${where} and was ignored${meant === null ? '' : `: did you mean ${meant}?`}`;
}

function nearest(name: string, known: ReadonlySet<string>): string | null {
  if (!PLAIN_NAME.test(name)) return null;
  const spelt = name.toLowerCase();
  let best: string | null = null;
  let fewest = Math.min(MOST_SLIPS, Math.floor(name.length / 3)) + 1;
  for (const one of known) {
    const slips = Math.abs(one.length - spelt.length) < fewest ? distance(spelt, one.toLowerCase()) : fewest;
    if (slips < fewest) [best, fewest] = [one, slips];
  }
  return best;
}
