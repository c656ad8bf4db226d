/** `warning`: it works, and may not for long, or not for everybody. `skipped`: it could not be looked at, and `reason` says why. */
export const VERDICTS = ['ok', 'warning', 'failed', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What one look has found. No party's number, no token and no password stands in it. */
export interface Finding {
  verdict: Verdict;
  /** What is there, in words for people. */
  found: string;
  /** Why that matters; null where nothing is wrong. */
  reason: string | null;
  /** What to do; null where nothing is to be done. */
  remedy: string | null;
}

export function ok(found: string): Finding {
  return { verdict: 'ok', found, reason: null, remedy: null };
}

export function warning(found: string, reason: string, remedy: string): Finding {
  return { verdict: 'warning', found, reason, remedy };
}

export function failed(found: string, reason: string, remedy: string): Finding {
  return { verdict: 'failed', found, reason, remedy };
}

export function skipped(reason: string): Finding {
  return { verdict: 'skipped', found: 'not looked at', reason, remedy: null };
}
