/** What a handler is told about the job it runs. */
export interface RunningJob {
  id: string;
  /** 1 for the first run. Attempts that never reported back (a killed process) count. */
  attempt: number;
  createdAt: number;
  /** Aborted when the lease ends: from then on another worker may run the same job, and this one's result no longer counts. */
  signal: AbortSignal;
}

export interface HandlerOptions {
  /** Longer than the slowest run that is still worth waiting for; the job of one that hangs is taken over after it. */
  leaseSeconds: number;
  /** Default 10. `RetryLater` counts too, so nothing repeats for ever. */
  maxAttempts?: number;
  /** Delay after the given failed attempt (1 for the first), used as it is. Default: see `defaultRetryDelaySeconds`. */
  retryDelaySeconds?: (attempt: number) => number;
  /** Jobs of this kind have slots of their own, so that other kinds do not hold them up; and may carry a lane (the receiver they go to), so that a slow one does not either. */
  lanes?: LaneOptions;
}

export interface LaneOptions {
  /** Runs at once in one process. */
  inFlight: number;
  /** Runs at once in one lane, while it is healthy. */
  perLane: number;
}

/** At least once: a handler may meet a job that an earlier run has already done, so running it again must change nothing. */
export type RunJob<P> = (payload: P, job: RunningJob) => Promise<void>;

export interface Handler {
  leaseMs: number;
  maxAttempts: number;
  retryDelaySeconds: (attempt: number) => number;
  lanes: LaneOptions | null;
  run: RunJob<unknown>;
}
