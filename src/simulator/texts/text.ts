import { createHash, randomUUID } from 'node:crypto';
import { costOf } from '../calls/billing.js';
import type { Lane } from '../webhooks/lane.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import type { WebhookRecord } from '../webhooks/webhook-sender.js';
import { measure } from './units.js';

export type TextState = 'received' | 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';
export const LOG_CHOICES = ['true', 'false', 'content_only', 'number_only'] as const;

/** A picture or film, and what it is said to be. */
export interface HeldPicture {
  type: string;
  bytes: Buffer;
}

export interface TextFacts {
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  text: string;
  mediaCount: number;
  /** Those that are there, of inbound ones; left out: none is. */
  media?: readonly HeldPicture[];
  /** Where what is sent with it is fetched, of outbound ones. */
  mediaUrls?: readonly string[];
  /** US dollars a unit, decimal text. */
  rate: string;
  at: number;
  subaccount: string | null;
  /** Where its state is told, of outbound ones. */
  reports: { url: string; method: WebhookMethod } | null;
  log: (typeof LOG_CHOICES)[number];
  /** Seconds after which one that waits is given up. */
  expirySeconds: number;
  /** What the API was asked, of outbound ones. */
  request: Readonly<Record<string, unknown>> | null;
}

/** One message, from a phone or to one, and all webhooks about it. */
export class Text {
  readonly uuid = randomUUID();
  readonly webhooks: WebhookRecord[] = [];
  readonly notes: { at: number; what: string }[] = [];
  readonly units: number;
  /** Null once deleted. */
  readonly media: (HeldPicture | null)[];
  isForgotten = false;
  state: TextState;
  errorCode = '000';

  constructor(
    readonly facts: TextFacts,
    readonly ordinal: number,
    readonly lane: Lane,
  ) {
    this.state = facts.direction === 'inbound' ? 'received' : 'queued';
    // With pictures it is one, however long its words.
    this.units = facts.mediaCount > 0 ? 1 : measure(facts.text).units;
    this.media = [...(facts.media ?? [])];
  }

  get subaccount(): string | null {
    return this.facts.subaccount;
  }

  /** The number of ours that it went over. */
  get number(): string {
    return this.facts.direction === 'inbound' ? this.facts.to : this.facts.from;
  }

  /** What has failed is not charged. */
  get amount(): string {
    return costOf(this.state === 'failed' ? 0 : this.units * 60, this.facts.rate);
  }

  /** What carriers charge of it at this rate; on top of the amount. */
  carrierFees(rate: string): string {
    return costOf(this.state === 'failed' ? 0 : this.units * 60, rate);
  }

  /** Where the log keeps no number, nobody is shown it whole. */
  get shownTo(): string {
    const { to, log } = this.facts;
    return log === 'false' || log === 'content_only' ? `${to.slice(0, -3)}***` : to;
  }

  note(at: number, what: string): void {
    this.notes.push({ at, what });
  }
}

/** Of a message's picture at this place: always the same, and looks like any other id. */
export function mediaIdOf(messageUuid: string, place: number): string {
  const hash = createHash('sha256').update(`${messageUuid}|${place}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
