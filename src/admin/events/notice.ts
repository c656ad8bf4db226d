/** What may have changed. */
export const KINDS = ['call', 'session', 'callback', 'pool', 'job'] as const;

/** That something has changed; what, the other routes tell, to those who may ask them. */
export interface Notice {
  kind: (typeof KINDS)[number];
  /** Of the call, session, callback or job; of a pool its account. Null where it is not known which: another process did it. */
  id: string | null;
  /** Auth ID; null where it is of none. */
  account: string | null;
  at: number;
}

export function inLines({ kind, id, account, at }: Notice): string {
  return `event: ${kind}\ndata: ${JSON.stringify({ id, account, at: new Date(at).toISOString() })}\n\n`;
}
