/** What Plivo would do on our XML, read without the product's own writer or reader. */
export type HeardAnswer =
  | {
      kind: 'connect';
      to: string;
      callerId: string;
      callerName: string;
      ringSeconds: number;
      limitSeconds: number;
      callerPlay: string;
      confirmSound: string;
      /** From the URLs that report on the call. */
      sessionId: string;
      callId: string;
    }
  | { kind: 'ask'; prompt: string; wrongPlay: string; callId: string; attempt: number; mostDigits: number }
  | { kind: 'play'; url: string }
  | { kind: 'refuse'; reason: string }
  | { kind: 'hangup' }
  | { kind: 'unknown' };

interface Verb {
  name: string;
  attributes: Record<string, string>;
  text: string;
}

const TOKEN = /<(\/?)([A-Za-z]+)((?:\s+[A-Za-z]+="[^"]*")*)\s*\/?>([^<]*)/g;
const ATTRIBUTE = /([A-Za-z]+)="([^"]*)"/g;
const CALL_URL = /\/sessions\/([0-9a-f-]{36})\/calls\/([0-9a-f-]{36})\/([a-z-]+)#/;
const PIN_URL = /\/calls\/([0-9a-f-]{36})\/pin\/(\d)#/;
/** The simulated account words its refusals so. */
export const REFUSED = 'refused: ';

export function readAnswer(xml: string): HeardAnswer {
  const verbs = readVerbs(xml);
  const shape = verbs.map(({ name }) => name).join(' ');
  const [first] = verbs;
  const named = (name: string): Verb | undefined => verbs.find((verb) => verb.name === name);
  switch (shape) {
    case 'Dial Number':
    case 'Play Dial Number':
      return readConnect(named('Dial'), named('Number'), named('Play')?.text ?? '');
    case 'GetDigits Play Redirect':
      return readAsk(first, verbs[1]?.text ?? '', '');
    case 'Play GetDigits Play Redirect':
      return readAsk(verbs[1], verbs[2]?.text ?? '', first?.text ?? '');
    case 'Play Hangup':
      return { kind: 'play', url: first?.text ?? '' };
    case 'Speak Hangup':
      return first?.text.startsWith(REFUSED)
        ? { kind: 'refuse', reason: first.text.slice(REFUSED.length) }
        : { kind: 'unknown' };
    case 'Hangup':
      return { kind: 'hangup' };
    default:
      return { kind: 'unknown' };
  }
}

function readVerbs(xml: string): Verb[] {
  const verbs: Verb[] = [];
  for (const [, closing, name = '', attributes = '', text = ''] of xml.matchAll(TOKEN)) {
    if (closing === '/' || name === 'Response') continue;
    const read = [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, decoded(value)]);
    verbs.push({ name, attributes: Object.fromEntries(read), text: decoded(text).trim() });
  }
  return verbs;
}

function readConnect(dial: Verb | undefined, number: Verb | undefined, callerPlay: string): HeardAnswer {
  const told = dial?.attributes ?? {};
  const event = CALL_URL.exec(told['callbackUrl'] ?? '');
  const action = CALL_URL.exec(told['action'] ?? '');
  const isOneCall = event?.[3] === 'dial-event' && action?.[3] === 'dial-action' && event[2] === action[2];
  if (!isOneCall) return { kind: 'unknown' };
  return {
    kind: 'connect',
    to: number?.text ?? '',
    callerId: told['callerId'] ?? '',
    callerName: told['callerName'] ?? '',
    ringSeconds: Number(told['timeout']),
    limitSeconds: Number(told['timeLimit']),
    callerPlay,
    confirmSound: told['confirmSound'] ?? '',
    sessionId: event[1] ?? '',
    callId: event[2] ?? '',
  };
}

function readAsk(gather: Verb | undefined, prompt: string, wrongPlay: string): HeardAnswer {
  const url = PIN_URL.exec(gather?.attributes['action'] ?? '');
  return url === null
    ? { kind: 'unknown' }
    : {
        kind: 'ask',
        prompt,
        wrongPlay,
        callId: url[1] ?? '',
        attempt: Number(url[2]),
        mostDigits: Number(gather?.attributes['numDigits']),
      };
}

function decoded(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
