import { randomUUID } from 'node:crypto';
import type { Call } from '../calls/call.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import { commonParams, type Params } from '../calls/webhook-params.js';
import type { WebhookTarget } from '../webhooks/webhook-target.js';
import type { World } from '../calls/world.js';

/** When a recording began and ended. */
export interface RecordedSpan {
  startedAt: number;
  endedAt: number;
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

  mediaUrl({ authId, settings }: World): string {
    return `${settings.media_url}/v1/Account/${authId}/Recording/${this.id}.${this.order.format}`;
  }

  /** What the action is told at once, when nothing is known yet. */
  firstParams(world: World): Params {
    return {
      RecordUrl: this.mediaUrl(world),
      RecordingID: this.id,
      RecordingDuration: '-1',
      RecordingDurationMs: '-1',
      RecordingStartMs: '-1',
      RecordingEndMs: '-1',
    };
  }

  /** Null when there was nothing to record. */
  spanIn(call: Call): RecordedSpan | null {
    const startedAt = this.startIn(call);
    const callEndedAt = call.aLeg.endedAt;
    if (startedAt === null || callEndedAt === null) return null;
    return { startedAt, endedAt: Math.min(callEndedAt, startedAt + this.order.mostMs) };
  }

  finalParams(world: World, { startedAt, endedAt }: RecordedSpan): Params {
    return {
      ...this.firstParams(world),
      RecordingDuration: String(Math.floor((endedAt - startedAt) / 1000)),
      RecordingDurationMs: String(endedAt - startedAt),
      RecordingStartMs: String(startedAt),
      RecordingEndMs: String(endedAt),
    };
  }

  private startIn({ aLeg, bLegs }: Call): number | null {
    const { startsWith, orderedAt, legsBefore } = this.order;
    if (startsWith === 'order') return aLeg.answeredAt === null ? null : Math.max(orderedAt, aLeg.answeredAt);
    return bLegs.slice(legsBefore).find(({ bridgedAt }) => bridgedAt !== null)?.bridgedAt ?? null;
  }
}

/** The call is over: its recordings are kept, and told to whoever asked for that. */
export function reportRecordings(world: World, call: Call): void {
  const { recordings: isOn, recording_delay_seconds: delay } = world.settings;
  if (isOn === 'off') return;
  for (const recording of call.recordings) {
    if (delay === 0) publish(world, call, recording);
    else world.timers.after(delay * 1000, () => publish(world, call, recording));
  }
}

/** From here on it is in the list and can be heard; a webhook that is lost changes nothing about that. */
function publish(world: World, call: Call, recording: Recording): void {
  const span = recording.spanIn(call);
  if (span === null || call.isForgotten) return;
  world.recordings.add({ recording, call, span, addedAt: world.clock.now() });
  const { callback } = recording;
  if (callback === null) return;
  const params = { ...commonParams(world, call, 'RecordStop'), ...recording.finalParams(world, span) };
  void world.webhooks.send(call, { kind: 'recording', ...callback, params });
}
