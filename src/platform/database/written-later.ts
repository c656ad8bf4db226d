const WRITTEN_AFTER_MS = 5_000;

export interface WrittenLaterOptions<Row> {
  /** One row of two with the same key; the first is the older. */
  add: (older: Row, newer: Row) => Row;
  /** In one transaction. */
  write: (rows: Row[]) => Promise<void>;
  onFailure: (error: unknown) => void;
}

/**
 * What happens often and matters in sums: counted in memory by key and written within five seconds, so that a flood costs no write each and nobody
 * waits for another's count. What could not be written is tried again with what comes next; a process that is killed loses its last seconds.
 */
export class WrittenLater<Row> {
  private unwritten = new Map<string, Row>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: WrittenLaterOptions<Row>) {}

  get rows(): Iterable<Row> {
    return this.unwritten.values();
  }

  has(key: string): boolean {
    return this.unwritten.has(key);
  }

  note(key: string, row: Row): void {
    const known = this.unwritten.get(key);
    this.unwritten.set(key, known === undefined ? row : this.options.add(known, row));
    this.timer ??= setTimeout(() => void this.write(), WRITTEN_AFTER_MS).unref();
  }

  async write(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const counted = this.unwritten;
    if (counted.size === 0) return;
    this.unwritten = new Map();
    try {
      // In the order of the keys, so that two processes cannot wait for each other.
      const inOrder = [...counted].sort(([one], [other]) => (one < other ? -1 : 1));
      await this.options.write(inOrder.map(([, row]) => row));
    } catch (error) {
      this.options.onFailure(error);
      for (const [key, row] of counted) {
        const since = this.unwritten.get(key);
        this.unwritten.set(key, since === undefined ? row : this.options.add(row, since));
      }
    }
  }
}
