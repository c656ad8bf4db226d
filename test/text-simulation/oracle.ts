import { isOwnSentence } from '../../src/accounts/index.js';
import type { SessionRecord } from '../../src/sessions/index.js';
import { isOnePhone } from '../simulation/phones.js';
import type { NetworkText } from './network.js';
import type { TextWorld } from './world.js';

/** From when until when two phones had each other on a number, and whether by texts. */
export interface Pair {
  sessionId: string;
  number: string;
  people: [string, string | null];
  from: number;
  until: number;
  hasTexts: boolean;
}

interface Written extends NetworkText {
  heardAt: number[];
  /** When the service has answered, so that it stands written down. */
  takenAt: number[];
  isHint: boolean;
}

/** It waits for Plivo's record as long as that, and for a process in the place of one that was killed. */
const DECIDED_WITHIN_MS = 200_000;
/** STOP is heard, and what was being sent by then has been sent. */
const SENT_WITHIN_MS = 15_000;
/** What V2 alone has signed waits for Plivo's record, and for a process in the place of one that was killed. */
const VOUCHED_WITHIN_MS = 150_000;
const TOKEN = /#\d+#\d+/g;

/** Knows who may read what, from what people did alone, and judges each message that is sent. */
export class TextOracle {
  readonly pairs: Pair[] = [];
  readonly written = new Map<string, Written>();
  private readonly byToken = new Map<string, string>();
  private readonly sentTokens = new Set<string>();
  private readonly takenIds = new Set<string>();
  private lists: number[] = [];

  constructor(private readonly world: TextWorld) {}

  opened(session: SessionRecord): void {
    const { id: sessionId, virtualNumber: number, parties, expiresAt: until, settings } = session;
    const hasTexts = settings.messaging === true;
    const last = this.pairs.findLast((pair) => pair.sessionId === sessionId);
    const isSame =
      last?.hasTexts === hasTexts && last.people[0] === parties.first && last.people[1] === (parties.second ?? null);
    if (last && isSame) last.until = until;
    else {
      this.ended(sessionId);
      const people: Pair['people'] = [parties.first ?? '', parties.second];
      this.pairs.push({ sessionId, number, people, from: this.world.now, until, hasTexts });
    }
  }

  ended(sessionId: string): void {
    for (const pair of this.pairs)
      if (pair.sessionId === sessionId && pair.until > this.world.now) pair.until = this.world.now;
  }

  live(): Pair[] {
    return this.pairs.filter(({ until }) => until > this.world.now);
  }

  wrote(text: NetworkText): void {
    this.written.set(text.uuid, Object.assign(text, { heardAt: [], takenAt: [], isHint: false }));
    for (const token of text.text.match(TOKEN) ?? []) this.byToken.set(token, text.uuid);
  }

  heard({ uuid }: NetworkText, isHint: boolean): void {
    const text = this.written.get(uuid);
    text?.heardAt.push(this.world.now);
    if (text && isHint) text.isHint = true;
  }

  taken({ uuid }: NetworkText): void {
    this.written.get(uuid)?.takenAt.push(this.world.now);
  }

  /** Plivo's documented limit, of which the service may use the half. */
  listed(): void {
    const { now, fault } = this.world;
    this.lists = [...this.lists.filter((at) => at > now - 60_000), now];
    if (this.lists.length > 10) fault('too many lists', `${this.lists.length} in a minute`);
  }

  sent(message: NetworkText): void {
    const { from, to, text, reportId } = message;
    const { world } = this;
    world.report.sent += 1;
    if (this.takenIds.has(reportId ?? '')) world.fault('sent twice', 'one id, two messages');
    this.takenIds.add(reportId ?? '');
    if (!world.phones.numbers.includes(from ?? '')) world.fault('number shown', 'not from a virtual number');
    if (this.isWithdrawn(message) && !isOwnSentence(text, world.notices)) world.fault('after STOP', text.slice(0, 20));
    const tokens = text.match(TOKEN) ?? [];
    for (const token of tokens) {
      if (this.sentTokens.has(token)) world.fault('sent twice', token);
      this.sentTokens.add(token);
    }
    const sources = new Set(tokens.map((token) => this.byToken.get(token)));
    const [source] = sources;
    if (sources.size > 1) return world.fault('mixed texts', text.slice(0, 40));
    const sender = source === undefined ? null : this.written.get(source);
    if (sender) return this.judge(sender, message);
    const same = [...this.written.values()].filter((one) => one.to === from && one.text === text);
    const isOurs = isOwnSentence(text, world.notices);
    const authors = [...this.written.values()].filter((one) => one.to === from && isOnePhone(one.from, to));
    if (isOurs && authors.length === 0) world.fault('wrong person', 'a sentence to somebody who has not written');
    if (!isOurs && !same.some((one) => this.wasFor(one, message))) world.fault('wrong person', text.slice(0, 20));
  }

  arrived(_: NetworkText): void {
    this.world.report.arrived += 1;
  }

  private judge(written: Written, message: NetworkText): void {
    const { world } = this;
    if (message.text !== written.text && !written.text.includes(message.text.trim()))
      world.fault('changed words', written.uuid);
    if (message.from !== written.to) world.fault('wrong person', 'over another number');
    if (!this.wasFor(written, message)) world.fault('wrong person', `${written.uuid} of ${written.from}`);
  }

  /** Who had its sender on that number when it came, and nobody else when it was written. */
  private wasFor(written: Written, { to }: NetworkText): boolean {
    const { from, to: number, at, heardAt } = written;
    const other = ({ people: [first, second] }: Pair): string | null | undefined =>
      isOnePhone(first, from) ? second : isOnePhone(second, from) ? first : undefined;
    const had = this.pairs.filter(
      (pair) => pair.number === number && pair.hasTexts && isOnePhone(other(pair) ?? null, to),
    );
    const isThen = heardAt.some((heard) =>
      had.some((pair) => pair.from <= heard + DECIDED_WITHIN_MS && pair.until > heard),
    );
    const meant = this.pairs
      .filter((pair) => pair.number === number && pair.from <= at && pair.until > at)
      .map(other)
      .filter((one) => one !== undefined);
    return isThen && meant.every((one) => isOnePhone(one, to));
  }

  /** Whether the last that this person has said to this number is STOP, and the service has had it for a while and nothing newer since. */
  private isWithdrawn({ from, to }: NetworkText): boolean {
    const said = [...this.written.values()].filter(
      (one) => one.to === from && isOnePhone(one.from, to) && /^(stop|start)$/i.test(one.text.trim()),
    );
    const last = said
      .filter(({ heardAt }) => heardAt.length > 0)
      .toSorted((one, other) => one.at - other.at)
      .at(-1);
    if (last === undefined || !/stop/i.test(last.text)) return false;
    const until = this.world.now - (last.isHint ? VOUCHED_WITHIN_MS : SENT_WITHIN_MS);
    return last.takenAt.some((at) => at <= until);
  }
}
