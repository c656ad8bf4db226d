import { randomUUID } from 'node:crypto';
import type { Recording } from '../media/recording.js';
import { Lane } from '../webhooks/lane.js';
import type { WebhookRecord } from '../webhooks/webhook-sender.js';
import type { CallUrls } from './account.js';
import { billedSeconds, costOf } from './billing.js';
import type { Ending } from './hangup-causes.js';
import { Keypad } from './keypad.js';

export interface LegFacts {
  direction: 'inbound' | 'outbound';
  from: string;
  to: string;
  callerName: string;
  /** US dollars a minute, decimal text. */
  rate: string;
  initiatedAt: number;
  parentUuid: string | null;
  subaccount: string | null;
}

export class Leg {
  readonly uuid = randomUUID();
  readonly keypad = new Keypad();
  answeredAt: number | null = null;
  /** When a dialled leg and the one that dialled it could first hear each other. */
  bridgedAt: number | null = null;
  endedAt: number | null = null;
  ending: Ending | null = null;
  hasRung = false;

  constructor(readonly facts: LegFacts) {}

  end(at: number, ending: Ending): void {
    this.endedAt = at;
    this.ending = ending;
  }

  /** The number of the person on this leg. */
  get phone(): string {
    const { direction, from, to } = this.facts;
    return direction === 'inbound' ? from : to;
  }

  /** Whole seconds from the answer to the end. */
  get durationSeconds(): number {
    if (this.answeredAt === null || this.endedAt === null) return 0;
    return Math.floor((this.endedAt - this.answeredAt) / 1000);
  }

  get billedSeconds(): number {
    return billedSeconds(this.answeredAt !== null, this.durationSeconds);
  }

  get cost(): string {
    return costOf(this.billedSeconds, this.facts.rate);
  }
}

export interface DocumentRecord {
  at: number;
  url: string;
  xml: string;
  error: string | null;
}

export type Happening = { at: number; what: string } & Record<string, string | number | null>;

export type CallStatus = 'routing' | 'ringing' | 'answered' | 'bridged' | 'ended';

/** Which entry of the timeline says that a call got that far. */
const MILESTONES = {
  ringing: 'leg.ringing',
  answered: 'call.answered',
  bridged: 'legs.bridged',
  ended: 'call.ended',
} as const;

export type Milestone = keyof typeof MILESTONES | 'settled';
export const MILESTONE_NAMES: readonly Milestone[] = ['ringing', 'answered', 'bridged', 'ended', 'settled'];

/** One conversation: the leg that runs the XML, the legs that it dialled, and all that happened. */
export class Call {
  readonly bLegs: Leg[] = [];
  readonly timeline: Happening[] = [];
  readonly webhooks: WebhookRecord[] = [];
  readonly documents: DocumentRecord[] = [];
  readonly recordings: Recording[] = [];
  readonly lane = new Lane();
  /** Which call of the account this is, counted from 1: what goes wrong in it depends on no other call. */
  ordinal = 0;
  /** A call that a reset removed ends without telling anybody. */
  isForgotten = false;
  /** How the last Dial's conversation ended, while nothing has run after it: then the call ends the same way. */
  conversationEnding: Ending | null = null;
  private readonly endListeners = new Set<() => void>();

  constructor(
    readonly aLeg: Leg,
    readonly urls: CallUrls,
    /** By which the API's caller knows the call; may differ from the call's own name. */
    readonly requestUuid: string = aLeg.uuid,
  ) {}

  get uuid(): string {
    return this.aLeg.uuid;
  }

  get subaccount(): string | null {
    return this.aLeg.facts.subaccount;
  }

  get isOver(): boolean {
    return this.aLeg.endedAt !== null;
  }

  get status(): CallStatus {
    if (this.isOver) return 'ended';
    const live = this.bLegs.filter((leg) => leg.endedAt === null);
    if (live.some((leg) => leg.bridgedAt !== null)) return 'bridged';
    if (this.aLeg.answeredAt !== null) return 'answered';
    return this.aLeg.hasRung || live.some((leg) => leg.hasRung) ? 'ringing' : 'routing';
  }

  note(at: number, what: string, details: Record<string, string | number | null> = {}): void {
    this.timeline.push({ at, what, ...details });
  }

  /** Whether the call ever got that far; `settled`: it ended and none of its webhooks is under way. */
  hasReached(milestone: Milestone): boolean {
    if (milestone === 'settled') return this.isOver && this.webhooks.every(({ outcome }) => outcome !== 'pending');
    return this.timeline.some(({ what }) => what === MILESTONES[milestone]);
  }

  /** Runs `listener` when the A leg ends; the answer takes it back. */
  whenOver(listener: () => void): () => void {
    this.endListeners.add(listener);
    return () => this.endListeners.delete(listener);
  }

  announceOver(): void {
    for (const listener of this.endListeners) listener();
  }
}
