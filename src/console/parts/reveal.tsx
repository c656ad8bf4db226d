import { useEffect, useId, useState } from 'react';
import { Dialog } from '../../design/small-parts.tsx';
import { parts } from '../../design/texts/console/parts.ts';
import { useMe } from '../reach/me.ts';
import { serviceNow, useSeconds } from './clock.ts';
import { RoleButton } from './role-button.tsx';

const { reveal: words } = parts;
const SHOWN_FOR_MS = 60_000;
const SHORTEST_REASON = 5;

/** Why somebody sees whole numbers, and until when; null while they are masked. */
export interface Reveal {
  reason: string;
  until: number;
}

/** Whether numbers are shown whole now: for sixty seconds after somebody has said why. `key`: of what is looked at; another one is masked again. */
export function useReveal(key: string): [Reveal | null, (reason: string | null) => void] {
  const [held, hold] = useState<(Reveal & { key: string }) | null>(null);
  const shown = held !== null && held.key === key ? held : null;
  useEffect(() => {
    if (held === null) return undefined;
    const timer = setTimeout(() => hold(null), Math.max(0, held.until - serviceNow()));
    return () => clearTimeout(timer);
  }, [held]);
  const reveal = (reason: string | null): void =>
    hold(reason === null ? null : { key, reason, until: serviceNow() + SHOWN_FOR_MS });
  return [shown, reveal];
}

/** The query that asks for whole numbers: part of a query's key, so that what was whole is forgotten with it. */
export function revealQuery(reveal: Reveal | null): Record<string, string> {
  return reveal === null ? {} : { reveal: 'true', reason: reveal.reason };
}

export function RevealButton({ shown, onReveal }: { shown: Reveal | null; onReveal: (reason: string | null) => void }) {
  const me = useMe();
  const [isOpen, setIsOpen] = useState(false);
  if (shown !== null) return <Shown until={shown.until} onHide={() => onReveal(null)} />;
  const isMine = me?.is_number_shown === true;
  return (
    <>
      <RoleButton refusal={isMine ? null : words.notAllowed} onClick={() => setIsOpen(true)}>
        {words.button}
      </RoleButton>
      <Dialog isOpen={isOpen} title={words.title} onClose={() => setIsOpen(false)}>
        <Reason
          onGiven={(reason) => {
            setIsOpen(false);
            onReveal(reason);
          }}
        />
      </Dialog>
    </>
  );
}

function Reason({ onGiven }: { onGiven: (reason: string) => void }) {
  const field = useId();
  const [text, setText] = useState('');
  const isReady = text.trim().length >= SHORTEST_REASON;
  return (
    <form
      className="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onGiven(text.trim());
      }}
    >
      <p>{words.lead}</p>
      <label htmlFor={field}>
        {words.reason}
        <input
          id={field}
          data-first
          type="text"
          autoComplete="off"
          maxLength={200}
          placeholder={words.example}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <div className="answers">
        <button type="submit" className="button main" disabled={!isReady}>
          {words.go}
        </button>
      </div>
    </form>
  );
}

function Shown({ until, onHide }: { until: number; onHide: () => void }) {
  const at = useSeconds(true);
  return (
    <span className="revealed small">
      <span className="figures">{words.left(Math.max(0, Math.ceil((until - at) / 1000)))}</span>
      <button type="button" className="button" onClick={onHide}>
        {words.hide}
      </button>
    </span>
  );
}
