import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { Dialog } from '../../design/small-parts.tsx';
import { frame } from '../../design/texts/console/frame.ts';
import { SearchResults } from './search-results.tsx';

const { search: words } = frame;
/** Somebody who types on is not asked for each letter. */
const ASK_AFTER_MS = 250;
const SHORTEST = 4;

/** One search for everything, from everywhere: `/` or Ctrl-K. Arrow keys move through what was found. */
export function SearchDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog isOpen={isOpen} title={words.title} onClose={onClose}>
      <Search onClose={onClose} />
    </Dialog>
  );
}

function Search({ onClose }: { onClose: () => void }) {
  const field = useId();
  const input = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), ASK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const links = [...(place.current?.querySelectorAll<HTMLElement>('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement) + step;
    (at < 0 ? input.current : links[Math.min(at, links.length - 1)])?.focus();
  };
  const openFirst = (): void => {
    if (asked === text.trim()) place.current?.querySelector<HTMLElement>('a')?.click();
    else setAsked(text.trim());
  };
  return (
    <div ref={place} className="search" onKeyDown={move}>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          openFirst();
        }}
      >
        <label htmlFor={field} className="unseen">
          {words.field}
        </label>
        <input
          ref={input}
          id={field}
          data-first
          type="text"
          inputMode="search"
          autoComplete="off"
          spellCheck={false}
          placeholder={words.field}
          maxLength={200}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </form>
      {asked.length < SHORTEST ? (
        <p className="soft small">{words.hint}</p>
      ) : (
        <SearchResults q={asked} onGo={onClose} />
      )}
    </div>
  );
}
