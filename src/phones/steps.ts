import { groupedNumber } from '../design/format.ts';
import { texts } from '../design/texts/index.ts';
import type { CallView, Happening, Leg } from './answers.ts';
import { endingInWords } from './story.ts';
import type { State } from './scene.ts';
import type { Step } from './step.ts';
import { stepsOfText } from './text-steps.ts';

const { steps: words, webhook } = texts.inspector;

/** Everything that is known of a call, in the order in which it happened. */
export function stepsOf({ call, callbacks, texts: carried }: State): readonly Step[] {
  const since = [...(call === null ? [] : [call.started_at]), ...carried.map(({ at }) => at)].sort()[0];
  if (since === undefined) return [];
  const told = callbacks
    .filter(({ at }) => at >= since)
    .map((entry): Step => ({
      at: entry.at,
      lane: 'you',
      words: words.callback(entry.params['EventName'] ?? ''),
      kind: null,
    }));
  const posted = (call?.webhooks ?? []).map((one): Step => ({
    at: one.at,
    lane: 'plivo',
    words: words.webhook(webhook.kinds[one.kind] ?? one.kind),
    kind: one.outcome === 'lost' || one.outcome === 'failed' || one.outcome === 'refused' ? 'failed' : null,
  }));
  const happened = call === null ? [] : call.timeline.map((one) => stepOf(call, one));
  const written = carried.flatMap(stepsOfText);
  // Steps of one millisecond keep the order of their causes: something happens, Plivo tells of it, your server is told.
  return [...happened, ...written, ...posted, ...told].sort((a, b) => a.at.localeCompare(b.at));
}

type Read = (name: string) => string;
type Teller = (read: Read, call: CallView) => Omit<Step, 'at' | 'kind'> & { kind?: Step['kind'] };

const phone = (sentence: string, kind: Step['kind'] = null) => ({ lane: 'phone' as const, words: sentence, kind });
const plivo = (sentence: string, kind: Step['kind'] = null) => ({ lane: 'plivo' as const, words: sentence, kind });
const fileOf = (url: string): string => url.split('/').at(-1) ?? url;

const TELLERS: Readonly<Record<string, Teller>> = {
  'call.started': (read) => phone(words['call.started'](groupedNumber(read('from')), groupedNumber(read('to')))),
  'leg.ringing': (read) =>
    phone(words['leg.ringing'](groupedNumber(read('phone')), groupedNumber(read('caller_id'))), 'ringing'),
  'leg.answered': () => phone(words['leg.answered']()),
  'legs.bridged': () => phone(words['legs.bridged'](), 'connected'),
  'call.answered': () => plivo(words['call.answered']()),
  'leg.ended': (read, { legs }) =>
    phone(words['leg.ended'](endingOf(legs.find(({ leg_uuid: uuid }) => uuid === read('leg'))))),
  'call.ended': (_, { legs }) => phone(words['call.ended'](endingOf(legs[0])), 'ended'),
  'xml.received': () => ({ lane: 'service', words: words['xml.received']() }),
  'xml.refused': (read) => plivo(words['xml.refused'](read('error')), 'failed'),
  element: (read) => plivo(words.element(read('name'))),
  'element.not-simulated': (read) => plivo(words['element.not-simulated'](read('name'))),
  'heard.speak': (read) => phone(words['heard.speak'](read('text'))),
  'heard.play': (read) => phone(words['heard.play'](fileOf(read('text')))),
  'heard.ringing': (read) => phone(words['heard.ringing'](read('sound'))),
  'digits.pressed': (read) => phone(words['digits.pressed'](read('count'))),
  'webhook.lost': (read) => plivo(words['webhook.lost'](webhook.kinds[read('kind')] ?? read('kind')), 'failed'),
};

function stepOf(call: CallView, { at, what, ...more }: Happening): Step {
  const tell = TELLERS[what] ?? (() => plivo(words.other(what)));
  return { at, kind: null, ...tell((name) => String(more[name] ?? ''), call) };
}

function endingOf(leg: Leg | undefined): string {
  return leg === undefined ? '' : endingInWords(leg);
}
