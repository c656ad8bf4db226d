/** Labels and value of one line, as prom-client's registry writes it. */
interface Line {
  labels: Record<string, string>;
  value: number;
  /** Where it is not the family's own. */
  metricName?: string;
}

export interface FamilyOptions<Label extends string = string> {
  name: string;
  /** One sentence for operators; stands in docs/metrics.md too. */
  help: string;
  labels?: readonly Label[];
  /** Series that are there from the start, each with the values of the labels in their order: `rate()` sees nothing of the first event otherwise. */
  known?: readonly (readonly string[])[];
}

/** More than a healthy family ever has. What would be one more is counted under this word: labels must not grow with what strangers send. */
const MOST_SERIES = 2_000;
const OTHER = 'other';

/**
 * Series of one name. prom-client builds a text of all labels and looks it up for each count, also of a child that was bound (0.3 to 0.6 us); here a child is
 * an object with a number in it, which whoever counts often keeps, and finding one is a look-up for each label. The registry, its text and what it says
 * of the process are prom-client's.
 */
abstract class Family<Child> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly aggregator = 'sum';
  abstract readonly type: 'counter' | 'gauge' | 'histogram';
  private root = new Map<string, unknown>();
  private readonly children: { values: readonly string[]; child: Child }[] = [];

  constructor(
    { name, help, labels = [], known = labels.length === 0 ? [[]] : [] }: FamilyOptions,
    private readonly make: () => Child,
  ) {
    this.name = name;
    this.help = help;
    this.labelNames = labels;
    for (const values of known) this.of(...values);
  }

  /** The series with these values, in the order of the labels. */
  of(...values: string[]): Child {
    let at: unknown = this.root;
    for (const value of values) at = (at as Map<string, unknown> | undefined)?.get(value);
    if (values.length === 0) at = this.root.get('');
    return (at as Child | undefined) ?? this.add(values);
  }

  private add(values: string[]): Child {
    if (values.length !== this.labelNames.length)
      throw new Error(`expected ${this.labelNames.length} labels for ${this.name}, got ${values.length}`);
    const others = values.map(() => OTHER);
    if (this.children.length >= MOST_SERIES && values.some((value) => value !== OTHER)) return this.of(...others);
    const child = this.make();
    this.children.push({ values, child });
    let at = this.root;
    for (const value of values.slice(0, -1)) {
      const next = (at.get(value) as Map<string, unknown> | undefined) ?? new Map<string, unknown>();
      at.set(value, next);
      at = next;
    }
    at.set(values.at(-1) ?? '', child);
    return child;
  }

  protected forgetAll(): void {
    this.root = new Map();
    this.children.length = 0;
  }

  /** What prom-client's registry asks for when it is scraped: memory, and nothing else. */
  async get() {
    const { name, help, type, aggregator } = this;
    const values = this.isShown()
      ? this.children.flatMap(({ values: own, child }) => this.lines(this.labelled(own), child))
      : [];
    return { name, help, type, aggregator, values };
  }

  protected isShown(): boolean {
    return true;
  }

  protected abstract lines(labels: Record<string, string>, child: Child): Line[];

  private labelled(values: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.labelNames.map((label, index) => [label, values[index] ?? '']));
  }
}

/** Something that is counted. */
export class Count {
  total = 0;

  add(more = 1): void {
    this.total += more;
  }
}

export class Counts extends Family<Count> {
  readonly type = 'counter';

  constructor(options: FamilyOptions) {
    super(options, () => new Count());
  }

  protected lines(labels: Record<string, string>, { total }: Count): Line[] {
    return [{ labels, value: total }];
  }
}

/** How often something took how long: in seconds, by upper limits. */
export class Durations {
  sum = 0;
  readonly counts: number[];

  constructor(private readonly limits: readonly number[]) {
    this.counts = Array.from({ length: limits.length + 1 }, () => 0);
  }

  observe(seconds: number): void {
    let index = 0;
    while (index < this.limits.length && seconds > (this.limits[index] ?? Infinity)) index += 1;
    this.counts[index] = (this.counts[index] ?? 0) + 1;
    this.sum += seconds;
  }
}

export class Histograms extends Family<Durations> {
  readonly type = 'histogram';
  private readonly limits: readonly number[];

  constructor({ limits, ...options }: FamilyOptions & { limits: readonly number[] }) {
    super(options, () => new Durations(limits));
    this.limits = limits;
  }

  protected lines(labels: Record<string, string>, { sum, counts }: Durations): Line[] {
    let total = 0;
    const buckets = counts.map((count, index) => {
      total += count;
      return {
        labels: { ...labels, le: String(this.limits[index] ?? '+Inf') },
        value: total,
        metricName: `${this.name}_bucket`,
      };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${this.name}_sum` },
      { labels, value: total, metricName: `${this.name}_count` },
    ];
  }
}

/** How much there is of something now. */
export class Level {
  value = 0;
}

/** What was seen at a look in the background. When looks fail to come it is shown no more: no figure is better than a wrong one. */
export class Levels extends Family<Level> {
  readonly type = 'gauge';
  private staleAt = Infinity;

  constructor(options: FamilyOptions) {
    super(options, () => new Level());
  }

  set(value: number, ...labels: string[]): void {
    this.of(...labels).value = value;
  }

  /** All series at once; those that are not named are gone. `forMs`: how long they are true. */
  replace(rows: readonly (readonly [value: number, ...labels: string[]])[], forMs = Infinity): void {
    this.forgetAll();
    for (const [value, ...labels] of rows) this.set(value, ...labels);
    this.staleAt = performance.now() + forMs;
  }

  protected override isShown(): boolean {
    return performance.now() < this.staleAt;
  }

  protected lines(labels: Record<string, string>, { value }: Level): Line[] {
    return [{ labels, value }];
  }
}
