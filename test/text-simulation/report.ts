export const TEXT_FAULTS = [
  'wrong person',
  'sent twice',
  'number shown',
  'changed words',
  'mixed texts',
  'after STOP',
  'too many lists',
  'lost text',
  'open end',
  'wrong bill',
  'left behind',
  'crash',
] as const;
export type TextFault = (typeof TEXT_FAULTS)[number];

/** What a walk has seen. */
export class TextReport {
  texts = 0;
  sent = 0;
  arrived = 0;
  webhooks = 0;
  repeats = 0;
  kills = 0;
  unheard = 0;
  /** Taken by Plivo, and never known to be: told as unconfirmed. */
  unclaimed = 0;
  micros = 0;
  readonly decisions = new Map<string, number>();
  readonly states = new Map<string, number>();
  readonly faults = new Map<TextFault, number>();
  readonly details: string[] = [];

  fault(fault: TextFault, detail: string): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    if (this.details.length < 20) this.details.push(`${fault}: ${detail}`);
  }

  text(): string {
    const list = (counts: Map<string, number>): string =>
      [...counts]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, count]) => `${name} ${count}`)
        .join(', ');
    return [
      `${this.texts} texts, ${this.sent} messages sent, ${this.arrived} arrived, ${this.webhooks} webhooks (${this.repeats} repeated), ${this.kills} kills`,
      `decided: ${list(this.decisions)}`,
      `ends: ${list(this.states)}; ${this.unclaimed} taken by Plivo and unconfirmed; ${this.unheard} never told`,
      `bill: ${this.micros} micro-units`,
      TEXT_FAULTS.map((fault) => `${fault} ${this.faults.get(fault) ?? 0}`).join(', '),
      ...this.details,
    ].join('\n');
  }
}
