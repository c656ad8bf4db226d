import type { Clock } from '../../platform/clock.js';
import { Lane } from '../webhooks/lane.js';
import { Text, type TextFacts } from './text.js';

const GRACE_MS = 300_000;
const WINDOW_MS = 60_000;
/** Plivo's documented limit of its list of messages. */
const LISTS_A_MINUTE = 20;

/** All messages, who has opted out of which number, and how often somebody asked for the list. */
export class TextBook {
  readonly texts = new Map<string, Text>();
  private readonly lanes = new Map<string, Lane>();
  private readonly optOuts = new Map<string, { at: number; hasPassed: boolean }>();
  private listedAt: number[] = [];

  constructor(private readonly clock: Clock) {}

  /** What one phone writes to one number is told in its order; reports of a message in the order of its states. */
  add(facts: TextFacts): Text {
    const { direction, from, to } = facts;
    const lane = direction === 'inbound' ? this.laneOf(`${from}>${to}`) : new Lane();
    const text = new Text(facts, this.texts.size + 1, lane);
    this.texts.set(text.uuid, text);
    return text;
  }

  /** What this Plivo charges for all messages there are, with carriers' part at this rate: units that are charged, and money in micro-units. */
  bill(carrierRate: string): { messages: number; units: number; micros: number } {
    const charged = [...this.texts.values()].filter(({ state }) => state !== 'failed');
    const prices = charged.flatMap((text) => [text.amount, text.carrierFees(carrierRate)]);
    return {
      messages: this.texts.size,
      units: charged.reduce((sum, { units }) => sum + units, 0),
      micros: prices.reduce((sum, price) => sum + Math.round(Number(price) * 1_000_000), 0),
    };
  }

  /** All, or those that went over one of the account's numbers. */
  newestFirst(over?: string): Text[] {
    return [...this.texts.values()].filter(({ number }) => over === undefined || number === over).toReversed();
  }

  isOptedOut(number: string, phone: string): boolean {
    return this.optOuts.has(`${number}|${phone}`);
  }

  /** Whether a message to this phone is blocked; with the grace the first one soon after STOP is not. */
  blocks(number: string, phone: string, hasGrace: boolean): boolean {
    const optOut = this.optOuts.get(`${number}|${phone}`);
    if (!optOut) return false;
    if (!hasGrace || optOut.hasPassed || this.clock.now() > optOut.at + GRACE_MS) return true;
    optOut.hasPassed = true;
    return false;
  }

  setOptedOut(number: string, phone: string, isOut: boolean): void {
    if (isOut) this.optOuts.set(`${number}|${phone}`, { at: this.clock.now(), hasPassed: false });
    else this.optOuts.delete(`${number}|${phone}`);
  }

  /** Whether the list may be asked for once more now. */
  mayList(): boolean {
    const now = this.clock.now();
    this.listedAt = this.listedAt.filter((at) => at > now - WINDOW_MS);
    if (this.listedAt.length >= LISTS_A_MINUTE) return false;
    this.listedAt.push(now);
    return true;
  }

  forgetAll(): void {
    for (const text of this.texts.values()) text.isForgotten = true;
    this.texts.clear();
    this.lanes.clear();
    this.optOuts.clear();
    this.listedAt = [];
  }

  private laneOf(key: string): Lane {
    const known = this.lanes.get(key) ?? new Lane();
    this.lanes.set(key, known);
    return known;
  }
}
