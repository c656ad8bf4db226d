import { useSyncExternalStore } from 'react';
import { Icon } from '../../design/icons.tsx';
import { parts } from '../../design/texts/console/parts.ts';

const SHOWN_FOR_MS = 8000;

interface Toast {
  id: number;
  words: string;
  kind: 'done' | 'failed';
  undo?: () => void;
}

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function become(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  become(toasts.filter((toast) => toast.id !== id));
}

/** Says that something was done. `undo` only where it really undoes. */
export function tell(
  words: string,
  { undo, kind = 'done' }: { undo?: () => void; kind?: 'done' | 'failed' } = {},
): void {
  last += 1;
  const toast: Toast = { id: last, words, kind, ...(undo !== undefined && { undo }) };
  become([...toasts.slice(-2), toast]);
  // What failed stays until somebody has read it.
  if (kind === 'done') setTimeout(() => dismiss(toast.id), SHOWN_FOR_MS);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, words, kind, undo }) => (
        <div key={id} className="toast" data-kind={kind}>
          <span>{words}</span>
          {undo !== undefined && (
            <button
              type="button"
              className="button"
              onClick={() => {
                dismiss(id);
                undo();
              }}
            >
              {parts.toast.undo}
            </button>
          )}
          <button
            type="button"
            className="button quiet square"
            aria-label={parts.toast.dismiss}
            onClick={() => dismiss(id)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
