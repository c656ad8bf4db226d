import { parts } from '../../design/texts/console/parts.ts';
import type { Outcome } from '../reach/answers.ts';

/** Of the four meanings that the design has a colour for. */
export type Meaning = 'connected' | 'ringing' | 'failed' | 'ended';

/** Failed is what nobody chose: neither party's wish, but a fault or a rule. */
const MEANINGS: Readonly<Record<Outcome, Meaning>> = {
  connected: 'connected',
  'no-answer': 'ended',
  busy: 'ended',
  declined: 'ended',
  abandoned: 'ended',
  failed: 'failed',
  refused: 'failed',
};

const SHAPES: Readonly<Record<Meaning, string>> = {
  connected: 'M2 6.5 5 9.5 10 3',
  ringing: 'M6 2v4l2.5 2',
  failed: 'M3 3l6 6M9 3 3 9',
  ended: 'M2.5 6h7',
};

function meaningOf(outcome: Outcome | null): Meaning {
  return outcome === null ? 'ringing' : MEANINGS[outcome];
}

/** A shape for each meaning, so that nobody needs its colour. */
export function Mark({ kind }: { kind: Meaning }) {
  return (
    <svg className="mark-shape" data-kind={kind} width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
      {kind === 'ringing' && <circle cx="6" cy="6" r="5" />}
      <path d={SHAPES[kind]} />
    </svg>
  );
}

export function outcomeWord(outcome: Outcome | null): string {
  return outcome === null ? parts.outcomes.running : parts.outcomes[outcome];
}

/** What became of a call, in a shape and a word. */
export function OutcomeWord({ outcome }: { outcome: Outcome | null }) {
  return <Meant kind={meaningOf(outcome)}>{outcomeWord(outcome)}</Meant>;
}

/** A word with its meaning's shape and colour. */
export function Meant({ kind, children }: { kind: Meaning; children: string }) {
  return (
    <span className="meant nowrap" data-kind={kind}>
      <Mark kind={kind} />
      {children}
    </span>
  );
}

/** `not connected: the other party was busy` says twice what stands beside it. */
export function whyOf(reason: string | null): string {
  const text = (reason ?? '').replace(/^(?:not connected|refused|in progress): /, '').replace(/^connected(?:, )?/, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
