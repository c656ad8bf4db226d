import type { E164 } from '../telephony/phone.js';

export interface PlaceCall {
  /** The virtual number. */
  from: E164;
  to: E164;
  answerUrl: string;
  ringUrl?: string;
  hangupUrl: string;
  ringTimeoutSeconds: number;
  timeLimitSeconds: number;
}

export interface FindCalls {
  parentCallUuid?: string;
  from?: E164;
  to?: E164;
  direction?: 'inbound' | 'outbound';
  subaccount?: string;
  /** Plivo looks back seven days unless told, and refuses a span of more than thirty. */
  endedFrom?: number;
  endedBefore?: number;
}

/** Where an application leads; all are asked by POST. */
export interface ApplicationUrls {
  answerUrl: string;
  hangupUrl: string;
  /** Null leaves what is there. */
  messageUrl: string | null;
}
