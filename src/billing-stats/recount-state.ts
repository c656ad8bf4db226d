import type { StatRecount } from './stat.entity.js';

/** Below every Auth ID and uuid. */
export const START = '';

export type RecountReport = Omit<StatRecount, 'id'>;

/** Between two pages: the stage, and the account, session, leg or hour after which it goes on. */
export interface RecountState {
  startedAt: number;
  found: Findings;
  stage: 'openings' | 'calls' | 'texts' | 'session-sums' | 'hour-sums';
  /** Auth ID; of one that is through with a tilde behind it, between it and the next: a blank is nothing to MariaDB's comparison. */
  account: string;
  after: string;
}

export type Findings = Pick<
  RecountReport,
  | 'calls'
  | 'amount'
  | 'callDifferences'
  | 'texts'
  | 'textAmount'
  | 'textDifferences'
  | 'sessionDifferences'
  | 'sumDifferences'
>;

/** How much the statistics are wrong by now, as far as that is known: what a repair has found is right again. */
export function differencesIn(report: RecountReport | null): number {
  if (report === null || report.isRepaired) return 0;
  const { callDifferences, textDifferences, sessionDifferences, sumDifferences } = report;
  return callDifferences + textDifferences + sessionDifferences + sumDifferences;
}

export function beginning(startedAt: number): RecountState {
  const ofTexts = { texts: 0, textAmount: 0, textDifferences: 0 };
  const found = { calls: 0, amount: 0, callDifferences: 0, ...ofTexts, sessionDifferences: 0, sumDifferences: 0 };
  return { startedAt, found, stage: 'openings', account: START, after: START };
}

export function begun(state: RecountState, stage: RecountState['stage']): RecountState {
  return { ...state, stage, account: START, after: START };
}
