export const FAULTS = [
  'wrong connection',
  'leak',
  'two conversations',
  'stuck session',
  'second ring',
  'wrong answer',
  'changed answer',
  'wrong lending',
  'stranger stored',
  'wrong bill',
  'crash',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What a run has seen. */
export class Report {
  calls = 0;
  webhooks = 0;
  readonly outcomes = new Map<string, number>();
  readonly operations = new Map<string, number>();
  readonly faults = new Map<Fault, number>();
  /** The first few, with the world in which to find them. */
  readonly details: string[] = [];
  /** A fingerprint of all decisions in their order, without ids: two runs of one seed agree in it. */
  fingerprint = 0x811c9dc5;

  constructor(readonly seed: number) {}

  count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.mix(outcome);
  }

  operation(name: string): void {
    this.operations.set(name, (this.operations.get(name) ?? 0) + 1);
    this.mix(name);
  }

  fault(fault: Fault, detail: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    if (this.details.length < 20) this.details.push(`${fault}: ${detail}`);
  }

  text(): string {
    const list = (counts: Map<string, number>): string =>
      [...counts]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
    return [
      `${this.calls} calls, seed ${this.seed}, ${this.webhooks} webhooks, fingerprint ${(this.fingerprint >>> 0).toString(16)}`,
      `outcomes: ${list(this.outcomes)}`,
      `around them: ${list(this.operations)}`,
      FAULTS.map((fault) => `${fault} ${this.faults.get(fault) ?? 0}`).join(', '),
      ...this.details,
    ].join('\n');
  }

  private mix(text: string): void {
    for (let place = 0; place < text.length; place++) {
      this.fingerprint = Math.imul(this.fingerprint ^ text.charCodeAt(place), 0x01000193);
    }
  }
}
