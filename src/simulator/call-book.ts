import type { Clock } from '../shared/clock.js';
import type { Call, Leg } from './call.js';
import type { HangupSource } from './hangup-causes.js';
import type { Settings } from './settings.js';

export interface LiveLeg {
  leg: Leg;
  call: Call;
  hangUp(by: Extract<HangupSource, 'Caller' | 'Callee' | 'API Request'>): void;
}

/** Memory has an end: the oldest calls and records are dropped beyond these. */
const KEPT_CALLS = 5_000;
const KEPT_RECORDS = 20_000;

/** Every call that the simulator remembers, its live legs, and the finished ones that call records are made of. */
export class CallBook {
  readonly calls = new Map<string, Call>();
  readonly live = new Map<string, LiveLeg>();
  private finished: Leg[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  add(call: Call): void {
    this.calls.set(call.uuid, call);
    if (this.calls.size <= KEPT_CALLS) return;
    for (const [uuid, old] of this.calls) {
      if (old.isOver) {
        this.calls.delete(uuid);
        return;
      }
    }
  }

  noteFinished(leg: Leg): void {
    this.live.delete(leg.uuid);
    this.finished.push(leg);
    if (this.finished.length > KEPT_RECORDS) this.finished.splice(0, KEPT_RECORDS / 10);
  }

  /** Finished legs, newest first. A leg shows up some time after its end, as in the real account. */
  records(): Leg[] {
    const shownUntil = this.clock.now() - this.settings.cdr_delay_seconds * 1000;
    return this.finished.filter((leg) => (leg.endedAt ?? 0) <= shownUntil).toReversed();
  }

  newestFirst(): Call[] {
    return [...this.calls.values()].toReversed();
  }

  forgetAll(): void {
    this.calls.clear();
    this.live.clear();
    this.finished = [];
  }
}
