import { randomUUID } from 'node:crypto';
import type { Settings } from '../rules/settings.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import type { WebhookTarget } from '../webhooks/webhook-target.js';

/** When a recording began and ended. */
export interface RecordedSpan {
  startedAt: number;
  endedAt: number;
}

/** When a leg could be heard. */
interface HeardLeg {
  readonly answeredAt: number | null;
  readonly bridgedAt: number | null;
  readonly endedAt: number | null;
}

/** The legs of the call that is recorded. */
interface RecordedLegs {
  readonly aLeg: HeardLeg;
  readonly bLegs: readonly HeardLeg[];
}

interface MediaHost {
  readonly authId: string;
  readonly settings: Settings;
}

/** A recording that a Record element ordered: its name, and its span once the call is over. */
export class Recording {
  readonly id = randomUUID();

  constructor(
    private readonly order: {
      orderedAt: number;
      /** How many legs had been dialled by then: conversations on those are not its own. */
      legsBefore: number;
      /** From the first conversation after the order, or from the order itself. */
      startsWith: 'conversation' | 'order';
      format: string;
      mostMs: number;
      callback: WebhookTarget | null;
      callbackMethod: WebhookMethod;
    },
  ) {}

  get callback(): { target: WebhookTarget; method: WebhookMethod } | null {
    const { callback: target, callbackMethod: method } = this.order;
    return target === null ? null : { target, method };
  }

  get format(): 'mp3' | 'wav' {
    return this.order.format === 'wav' ? 'wav' : 'mp3';
  }

  mediaUrl({ authId, settings }: MediaHost): string {
    return `${settings.media_url}/v1/Account/${authId}/Recording/${this.id}.${this.order.format}`;
  }

  /** What the action is told at once, when nothing is known yet. */
  firstParams(host: MediaHost): Record<string, string> {
    return {
      RecordUrl: this.mediaUrl(host),
      RecordingID: this.id,
      RecordingDuration: '-1',
      RecordingDurationMs: '-1',
      RecordingStartMs: '-1',
      RecordingEndMs: '-1',
    };
  }

  /** Null when there was nothing to record. */
  spanIn(call: RecordedLegs): RecordedSpan | null {
    const startedAt = this.startIn(call);
    const callEndedAt = call.aLeg.endedAt;
    if (startedAt === null || callEndedAt === null) return null;
    return { startedAt, endedAt: Math.min(callEndedAt, startedAt + this.order.mostMs) };
  }

  finalParams(host: MediaHost, { startedAt, endedAt }: RecordedSpan): Record<string, string> {
    return {
      ...this.firstParams(host),
      RecordingDuration: String(Math.floor((endedAt - startedAt) / 1000)),
      RecordingDurationMs: String(endedAt - startedAt),
      RecordingStartMs: String(startedAt),
      RecordingEndMs: String(endedAt),
    };
  }

  private startIn({ aLeg, bLegs }: RecordedLegs): number | null {
    const { startsWith, orderedAt, legsBefore } = this.order;
    if (startsWith === 'order') return aLeg.answeredAt === null ? null : Math.max(orderedAt, aLeg.answeredAt);
    return bLegs.slice(legsBefore).find(({ bridgedAt }) => bridgedAt !== null)?.bridgedAt ?? null;
  }
}
