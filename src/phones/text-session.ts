import type { Session } from './answers.ts';

type WithSession = { readonly session: Session | null };

/** False where the session has calls only. */
export function mayText({ session }: WithSession): boolean {
  return session?.['messaging'] === true;
}

/** When the session was made, as the simulator writes times. */
export function startOf({ session }: WithSession): string {
  return String(session?.['created_time'] ?? '')
    .slice(0, 19)
    .replace(' ', 'T');
}
