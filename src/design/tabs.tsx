import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface Tab<Id extends string> {
  id: Id;
  name: string;
  /** A figure behind the name. */
  count?: number;
  panel: () => ReactNode;
}

const MARGIN_PX = 16;
const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** One panel of several. Arrow keys, Home and End move between the tabs, and show at once what they come to. */
export function Tabs<Id extends string>({
  label,
  tabs,
  shown,
  onShow,
}: {
  label: string;
  tabs: readonly Tab<Id>[];
  shown: Id;
  onShow: (id: Id) => void;
}) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Where the tabs are wider than the window.
    const tab = document.getElementById(`${base}-${shown}`);
    if (tab !== null && list.current !== null)
      list.current.scrollLeft = tab.offsetLeft - list.current.offsetLeft - MARGIN_PX;
  }, [base, shown]);
  const at = tabs.findIndex(({ id }) => id === shown);
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? tabs.length - 1 : nextOf(event.key, at, tabs.length);
    const tab = next === null ? undefined : tabs[next];
    if (tab === undefined) return;
    event.preventDefault();
    onShow(tab.id);
    document.getElementById(`${base}-${tab.id}`)?.focus();
  };
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className="tabs" onKeyDown={move}>
        {tabs.map(({ id, name, count }) => (
          <button
            key={id}
            id={`${base}-${id}`}
            type="button"
            role="tab"
            aria-selected={id === shown}
            aria-controls={`${base}-panel`}
            tabIndex={id === shown ? 0 : -1}
            onClick={() => onShow(id)}
          >
            {name}
            {count !== undefined && count > 0 && <span className="chip figures">{count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${shown}`} className="panel" tabIndex={0}>
        {tabs[at]?.panel()}
      </div>
    </>
  );
}

function nextOf(key: string, at: number, count: number): number | null {
  const step = STEPS[key];
  return step === undefined ? null : (at + step + count) % count;
}
