import type { Clock } from '../../platform/clock.js';
import type { Settings } from '../rules/settings.js';
import type { Call, Leg } from './call.js';
import type { HangupSource } from './hangup-causes.js';

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
  /** In the order of their ends. */
  private readonly finished = new Map<string, Leg>();
  private readonly finishedByParent = new Map<string, Leg[]>();
  private added = 0;
  /** Of every leg since the start or the last reset, also of those dropped here: what this Plivo charges. */
  private billed = { legs: 0, billedSeconds: 0, micros: 0 };

  constructor(
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {}

  add(call: Call): void {
    this.added += 1;
    call.ordinal = this.added;
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
    this.finished.set(leg.uuid, leg);
    this.bill(leg);
    const { parentUuid } = leg.facts;
    if (parentUuid !== null) this.finishedByParent.set(parentUuid, [...this.childrenOf(parentUuid), leg]);
    if (this.finished.size > KEPT_RECORDS) this.dropOldest();
  }

  /** A finished leg that has a record by now. A record shows up some time after the end, as in the real account. */
  record(uuid: string): Leg | null {
    const leg = this.finished.get(uuid);
    return leg !== undefined && this.isShown(leg) ? leg : null;
  }

  /** Finished legs, newest first; of one call only where that is named, as it is asked for most. */
  records(parentUuid?: string): Leg[] {
    const legs = parentUuid === undefined ? [...this.finished.values()] : this.childrenOf(parentUuid);
    return legs.filter((leg) => this.isShown(leg)).toReversed();
  }

  newestFirst(): Call[] {
    return [...this.calls.values()].toReversed();
  }

  forgetAll(): void {
    this.calls.clear();
    this.live.clear();
    this.finished.clear();
    this.finishedByParent.clear();
    this.added = 0;
    this.billed = { legs: 0, billedSeconds: 0, micros: 0 };
  }

  /** The bill, money in micro-units. */
  get total(): Readonly<typeof this.billed> {
    return this.billed;
  }

  private bill(leg: Leg): void {
    this.billed.legs += 1;
    this.billed.billedSeconds += leg.billedSeconds;
    this.billed.micros += Number(leg.cost.replace('.', '')) * 10;
  }

  private childrenOf(uuid: string): Leg[] {
    return this.finishedByParent.get(uuid) ?? [];
  }

  private isShown({ endedAt }: Leg): boolean {
    return (endedAt ?? 0) <= this.clock.now() - this.settings.cdr_delay_seconds * 1000;
  }

  private dropOldest(): void {
    for (const [uuid, { facts }] of this.finished) {
      this.finished.delete(uuid);
      if (facts.parentUuid !== null) this.finishedByParent.delete(facts.parentUuid);
      return;
    }
  }
}
