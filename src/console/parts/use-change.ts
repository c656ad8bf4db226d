import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../reach/ask.ts';
import { tell } from './toasts.tsx';

interface Change {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  /** What is said when it is done. */
  said: string;
  /** Which lists and details it changes, by the first word of their path: `sessions`. */
  changes: readonly string[];
  undo?: () => void;
}

/** Changes something, says so, and has what it changed read anew. Throws what the service refused: the dialog that asked shows it. */
export function useChange(): (change: Change) => Promise<void> {
  const client = useQueryClient();
  return async ({ method, path, body, said, changes, undo }) => {
    await ask(path, { method, ...(body !== undefined && { body }), isOnce: method === 'POST' });
    tell(said, undo === undefined ? {} : { undo });
    await Promise.all(changes.map((name) => client.invalidateQueries({ queryKey: [name] })));
  };
}
