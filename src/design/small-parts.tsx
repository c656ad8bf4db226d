import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { countryOf, groupedNumber, inUtc, timeOfDay } from './format.ts';
import { Icon } from './icons.tsx';
import { shared } from './texts/shared.ts';

const TOLD_FOR_MS = 1500;

export type Meaning = 'connected' | 'ringing' | 'failed' | 'ended' | 'accent';

/** A meaning in colour and words. */
export function Chip({ kind = 'ended', children, title }: { kind?: Meaning; children: ReactNode; title?: string }) {
  return (
    <span className="chip" data-kind={kind} title={title}>
      {children}
    </span>
  );
}

/** The viewer's time; the whole instant in UTC on hover. */
export function Time({ at, isExact = false }: { at: string | Date; isExact?: boolean }) {
  const instant = typeof at === 'string' ? new Date(at) : at;
  return (
    <time dateTime={instant.toISOString()} title={inUtc(instant)}>
      {timeOfDay(instant, isExact)}
    </time>
  );
}

export function PhoneNumber({ number, withCountry = false }: { number: string; withCountry?: boolean }) {
  const country = withCountry ? countryOf(number) : null;
  return (
    <>
      <span className="number nowrap">{groupedNumber(number)}</span>
      {country !== null && <span className="soft tiny country">{country}</span>}
    </>
  );
}

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state !== 'copied') return undefined;
    const timer = setTimeout(() => setState('idle'), TOLD_FOR_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    // Undefined where the page came over plain http from another machine.
    const written = navigator.clipboard as Clipboard | undefined;
    if (written === undefined) setState('failed');
    else
      written.writeText(text).then(
        () => setState('copied'),
        () => setState('failed'),
      );
  };
  return (
    <span className="copy">
      <button
        type="button"
        className="button quiet square"
        onClick={copy}
        aria-label={shared.copy(what)}
        title={shared.copy(what)}
      >
        <Icon name={state === 'copied' ? 'check' : 'copy'} />
      </button>
      <span role="status" className={state === 'failed' ? 'tiny' : 'unseen'}>
        {state === 'copied' && shared.copied}
        {state === 'failed' && shared.copyFailed}
      </span>
    </span>
  );
}

/** A line for a terminal, whole and with a button to copy it. */
export function Command({ text, what, scrolls = false }: { text: string; what: string; scrolls?: boolean }) {
  return (
    <div className="command">
      <pre {...(scrolls && { tabIndex: 0 })}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}

export function Empty({ words }: { words: readonly string[] }) {
  const [what, why] = words;
  return (
    <div className="empty small">
      <strong>{what}</strong>
      <p>{why}</p>
    </div>
  );
}

/** The browser's own modal dialog: it keeps the focus inside and gives it back. */
export function Dialog({
  isOpen,
  title,
  onClose,
  children,
}: {
  isOpen: boolean;
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    if (!isOpen) return dialog.current?.close();
    dialog.current?.showModal();
    // The browser would choose the button that closes it.
    dialog.current?.querySelector<HTMLElement>('[data-first]')?.focus();
  }, [isOpen]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        <button type="button" className="button quiet square" onClick={onClose} aria-label={shared.close}>
          <Icon name="close" />
        </button>
      </header>
      <div>{isOpen && children}</div>
    </dialog>
  );
}
