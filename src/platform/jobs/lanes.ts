/** More lanes than this are not remembered: a forgotten lane counts as healthy. */
const MOST_REMEMBERED = 10_000;

interface Lane {
  inFlight: number;
  limit: number;
}

/**
 * How many runs each lane may have at once, in this process. A failure halves a lane's share and a success gives one back, so a receiver that hangs
 * soon occupies a single slot, and one that recovers is fast again after a few answers.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();

  constructor(private readonly perLane: number) {}

  /** Lanes that take no further run now. */
  full(): string[] {
    return [...this.lanes].filter(([, lane]) => lane.inFlight >= lane.limit).map(([name]) => name);
  }

  /** Takes a place in the lane, if it has one. */
  enter(name: string): boolean {
    const lane = this.lanes.get(name) ?? { inFlight: 0, limit: this.perLane };
    if (lane.inFlight >= lane.limit) return false;
    lane.inFlight++;
    this.lanes.set(name, lane);
    return true;
  }

  /** Gives a place back after a run. */
  leave(name: string, hasFailed: boolean): void {
    const lane = this.lanes.get(name);
    if (lane) lane.limit = hasFailed ? Math.max(1, Math.floor(lane.limit / 2)) : Math.min(this.perLane, lane.limit + 1);
    this.release(name);
  }

  /** Gives a place back that was not used. */
  release(name: string): void {
    const lane = this.lanes.get(name);
    if (!lane) return;
    lane.inFlight--;
    const isOrdinary = lane.inFlight === 0 && lane.limit === this.perLane;
    if (isOrdinary || (lane.inFlight === 0 && this.lanes.size > MOST_REMEMBERED)) this.lanes.delete(name);
  }
}
