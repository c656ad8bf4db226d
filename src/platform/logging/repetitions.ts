import { outageCode } from '../database/outage.js';

const QUIET_MS = 60_000;
/** Lines that are waited with at once; beyond it they are written as they come. */
const MOST = 500;

interface Repeated<Fields> {
  count: number;
  last: Fields;
}

/**
 * Lines that say nothing new: the same event with the same outage, such as a database that is away, which every worker meets twice a second. The first
 * is written, the others of a minute are counted, and then one is written for all of them, the last one with their number.
 */
export class Repetitions<Fields extends { error?: unknown }> {
  private readonly quiet = new Map<string, Repeated<Fields>>();

  /** Whether the line is held back. `write` is called when the minute is over, if it was repeated. */
  isHeldBack(event: string, fields: Fields, write: (fields: Fields & { repeated: number }) => void): boolean {
    const code = outageCode(fields.error);
    if (code === null) return false;
    const key = `${event} ${code}`;
    const known = this.quiet.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.last = fields;
      return true;
    }
    if (this.quiet.size < MOST) this.begin(key, fields, write);
    return false;
  }

  private begin(key: string, fields: Fields, write: (fields: Fields & { repeated: number }) => void): void {
    const repeated = { count: 0, last: fields };
    this.quiet.set(key, repeated);
    setTimeout(() => {
      this.quiet.delete(key);
      if (repeated.count === 0) return;
      write({ ...repeated.last, repeated: repeated.count });
      // It goes on: the next minute is counted too.
      this.begin(key, repeated.last, write);
    }, QUIET_MS).unref();
  }
}
