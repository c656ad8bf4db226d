import { groupedNumber } from '../design/format.ts';
import { texts } from '../design/texts/index.ts';
import type { TextView } from './answers.ts';
import type { Step } from './step.ts';

const { textSteps: words, webhook: said } = texts.inspector;
const BROKEN = new Set(['lost', 'failed', 'refused']);

/** Each step of a text: written, told to us, asked for by us, carried, reported. */
export function stepsOfText({ direction, from, to, at, webhooks }: TextView): readonly Step[] {
  const [a, b] = [groupedNumber(from), groupedNumber(to)];
  const begun: Step =
    direction === 'inbound'
      ? { at, lane: 'phone', words: words.written(a, b), kind: null }
      : { at, lane: 'service', words: words.asked(a, b), kind: null };
  return [
    begun,
    ...webhooks.map((one): Step => {
      const { kind, outcome, status } = one;
      const what = kind === 'message' ? (said.kinds[kind] ?? kind) : words.report(status ?? '', b);
      const isBad = BROKEN.has(outcome) || status === 'failed' || status === 'undelivered';
      const meaning = isBad ? 'failed' : status === 'delivered' ? 'connected' : null;
      return { at: one.at, lane: 'plivo', words: outcome === 'lost' ? words.lost(what) : what, kind: meaning };
    }),
  ];
}
