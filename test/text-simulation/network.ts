import {
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  readMessageReport,
  readMessageWebhook,
  type MessageRecord,
  type PlivoClient,
  type SendMessage,
} from '../../src/plivo/index.js';
import type { FindMessages } from '../../src/plivo/plivo-messages.js';
import { newRandomId } from '../../src/platform/ids.js';
import { measure } from '../../src/simulator/texts/units.js';
import { must } from '../simulation/webhooks.js';
import { phoneOf, shownSpelling, spelling } from '../simulation/phones.js';
import { verifiedText } from '../support/text-world.js';
import { Killed, type TextProduct } from './processes.js';
import type { TextWorld } from './world.js';

/** Micro-units a unit. */
const PRICE = { inbound: 5500, outbound: 7000, carrier: 3000 };
/** Plivo's tries, each so long after the one before. */
const TRIES_MS = [0, 60_000, 120_000, 240_000];

type State = 'received' | 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';

/** A message as the network has it: the truth. */
export interface NetworkText {
  uuid: string;
  direction: 'inbound' | 'outbound';
  /** Of what came in whose phone it is, null for a name or what is withheld. */
  from: string | null;
  to: string;
  text: string;
  /** As Plivo shows who has written. */
  shownFrom: string;
  at: number;
  listedAt: number;
  units: number;
  state: State;
  errorCode: number | null;
  /** Of what came in: whether the service has answered, or Plivo has given up. */
  isTold: boolean;
  /** Of what was sent: the id in the address of its reports. */
  reportId: string | null;
}

export function costOf({ direction, state, units }: NetworkText): number {
  return state === 'failed' ? 0 : units * (PRICE[direction] + PRICE.carrier);
}

/** Plivo and the networks behind it: what people write comes as webhooks, what is sent is taken once, and much of both goes wrong. */
export class TextNetwork {
  readonly texts = new Map<string, NetworkText>();
  areFaultsOn = true;
  private readonly silent = new Set<string>();

  constructor(private readonly world: TextWorld) {}

  get api(): Partial<PlivoClient> {
    return {
      sendMessage: (_: unknown, order: SendMessage) => this.send(order),
      getMessage: (_: unknown, uuid: string) => this.record(uuid),
      findMessages: (_: unknown, asked: FindMessages) => this.list(asked),
      findUntoldMessages: (_: unknown, asked: { cameFrom: number; offset: number }) => this.untold(asked),
    };
  }

  fails(probability: number): boolean {
    return this.areFaultsOn && this.world.chance.is(probability);
  }

  /** Somebody writes; null is nobody's number. */
  write(from: string | null, to: string, text: string): NetworkText {
    const written = this.add({ direction: 'inbound', from, to, text, state: 'received', reportId: null });
    if (from !== null && this.world.obeysWords) {
      const word = text.trim().toUpperCase();
      if (word === 'STOP') this.silent.add(`${from}|${to}`);
      if (word === 'START') this.silent.delete(`${from}|${to}`);
    }
    const { chance, timeline } = this.world;
    const shown =
      from === null ? chance.pick(['AMAZON', '32665', 'anonymous', '']) : spelling(shownSpelling(from, chance), chance);
    if (from === null) written.shownFrom = shown;
    const params = {
      MessageUUID: written.uuid,
      From: shown,
      To: to,
      [chance.is(0.1) ? 'Body' : 'Text']: text,
      Type: 'sms',
      Units: String(written.units),
      TotalAmount: ((written.units * PRICE.inbound) / 1e6).toFixed(5),
      MessageIntent: this.intentOf(text),
    };
    const isHint = this.fails(0.05);
    const hear = async (product: TextProduct): Promise<void> => {
      const told = must(readMessageWebhook(new Map(Object.entries(params))));
      this.world.oracle.heard(written, isHint);
      await product.receiveText.run(verifiedText(params, isHint), told);
      this.world.oracle.taken(written);
    };
    const ended = (isHeard: boolean): void => {
      written.isTold = true;
      written.state = isHeard ? 'delivered' : 'undelivered';
    };
    // None of Plivo's tries arrives.
    if (this.fails(0.01)) timeline.in(420_000, () => ended(false));
    else {
      const late = this.fails(0.08) ? chance.between(2000, 400_000) : chance.between(0, 1500);
      timeline.in(late, () => this.tell(hear, 0, ended));
    }
    return written;
  }

  private intentOf(text: string): string {
    if (!this.world.obeysWords) return '';
    const word = text.trim().toUpperCase();
    return { STOP: 'optout', START: 'optin', HELP: 'help' }[word] ?? '';
  }

  /** One try of a webhook: it may not arrive, arrive twice at once, or have its answer lost; Plivo repeats what was not answered. */
  private async tell(
    hear: (product: TextProduct) => Promise<void>,
    attempt: number,
    ended: (isHeard: boolean) => void,
  ): Promise<void> {
    const { chance, report } = this.world;
    report.webhooks += 1;
    let isAnswered = !this.fails(0.08);
    if (isAnswered) {
      const copies = this.fails(0.05) ? 2 : 1;
      const heard = await Promise.allSettled(
        Array.from({ length: copies }, () => hear(this.world.process(chance).product)),
      );
      for (const one of heard)
        if (one.status === 'rejected' && !(one.reason instanceof Killed)) this.world.crashed(one.reason);
      isAnswered = heard[0]?.status === 'fulfilled' && !this.fails(0.05);
    }
    const pause = TRIES_MS[attempt + 1];
    if (isAnswered || pause === undefined) return ended(isAnswered);
    report.repeats += 1;
    this.world.timeline.in(pause, () => this.tell(hear, attempt + 1, ended));
  }

  private async send({ from, to, text, reportUrl }: SendMessage): Promise<{ messageUuid: string }> {
    await this.takeTime();
    if (this.fails(0.01)) throw new ProviderUnavailable('no connection');
    if (this.fails(0.01)) throw new ProviderBusy(1);
    if (this.fails(0.003)) throw new ProviderRefused(400, 'no');
    if (this.fails(0.01)) throw new ProviderOutcomeUnknown('cut before it was read');
    const reportId = reportUrl.split('/').at(-1) ?? '';
    const sent = this.add({ direction: 'outbound', from, to, text, state: 'queued', reportId });
    this.world.oracle.sent(sent);
    this.carry(sent);
    if (this.fails(0.02)) throw new ProviderOutcomeUnknown('its answer was lost');
    return { messageUuid: sent.uuid };
  }

  private carry(sent: NetworkText): void {
    const { chance, timeline } = this.world;
    const isBlocked = this.silent.has(`${phoneOf(sent.to)}|${sent.from}`);
    const end = isBlocked
      ? 'failed'
      : chance.weighted<State>([
          ['delivered', 85],
          ['sent', this.areFaultsOn ? 6 : 0],
          ['undelivered', this.areFaultsOn ? 4 : 0],
          ['failed', this.areFaultsOn ? 5 : 0],
        ]);
    const errorCode = isBlocked ? 200 : end === 'failed' ? 30 : end === 'undelivered' ? 80 : null;
    timeline.in(chance.between(10, 2000), () => {
      sent.state = end;
      sent.errorCode = errorCode;
      if (end !== 'failed') this.world.oracle.arrived(sent);
      const told: State[] = [
        'queued',
        ...(end === 'failed' ? [] : ['sent' as const]),
        ...(end === 'sent' ? [] : [end]),
      ];
      told.forEach((state, place) => this.reportOf(sent, state, place + 1));
    });
  }

  private reportOf(sent: NetworkText, state: State, sequence: number): void {
    // For good: Plivo believes that it was told.
    if (this.fails(0.04)) return;
    const params = {
      MessageUUID: sent.uuid,
      Status: state,
      Units: String(sent.units),
      TotalAmount: state === 'failed' ? '0' : ((sent.units * PRICE.outbound) / 1e6).toFixed(5),
      ErrorCode: state === sent.state && sent.errorCode !== null ? String(sent.errorCode) : '000',
      ...(this.world.countsReports ? { Sequence: String(sequence) } : {}),
    };
    const isHint = this.fails(0.05);
    const hear = (product: TextProduct): Promise<void> =>
      product.noteReport.run(
        verifiedText(params, isHint),
        sent.reportId,
        must(readMessageReport(new Map(Object.entries(params)))),
      );
    const { chance, timeline } = this.world;
    const late = this.fails(0.1) ? chance.between(2000, 420_000) : chance.between(0, 2500);
    timeline.in(late, () => this.tell(hear, 0, () => undefined));
  }

  private async record(uuid: string): Promise<MessageRecord | null> {
    await this.takeTime();
    if (this.fails(0.03)) throw new ProviderUnavailable('no connection');
    const found = this.texts.get(uuid);
    return found && found.listedAt <= this.world.now ? recordOf(found) : null;
  }

  private async list({ from, to, sentFrom, sentUntil }: FindMessages): Promise<MessageRecord[]> {
    await this.takeTime();
    this.world.oracle.listed();
    if (this.fails(0.03)) throw new ProviderBusy(1);
    return [...this.texts.values()]
      .filter((one) => one.direction === 'outbound' && one.from === from && one.to === to)
      .filter(({ at, listedAt }) => at >= sentFrom && at <= sentUntil && listedAt <= this.world.now)
      .slice(-20)
      .map(recordOf);
  }

  private async untold({ cameFrom, offset }: { cameFrom: number; offset: number }): Promise<MessageRecord[]> {
    if (this.fails(0.03)) throw new ProviderUnavailable('no connection');
    const all = [...this.texts.values()].filter((one) => one.direction === 'inbound' && one.state === 'undelivered');
    return all
      .filter(({ at }) => at >= cameFrom)
      .toReversed()
      .slice(offset, offset + 20)
      .map(recordOf);
  }

  private add(facts: Pick<NetworkText, 'direction' | 'from' | 'to' | 'text' | 'state' | 'reportId'>): NetworkText {
    const { now, chance } = this.world;
    const listedAt = now + (this.fails(0.2) ? chance.between(0, 30_000) : 0);
    const rest = { uuid: newRandomId(), at: now, listedAt, units: measure(facts.text).units };
    const text = { ...facts, ...rest, shownFrom: facts.from ?? '', errorCode: null, isTold: false };
    this.texts.set(text.uuid, text);
    return text;
  }

  private async takeTime(): Promise<void> {
    const { chance, timeline } = this.world;
    if (this.fails(0.1)) await timeline.runUntil(timeline.now + chance.between(1, 3000));
  }
}

function recordOf(text: NetworkText): MessageRecord {
  const { uuid, direction, to, state, units, errorCode, at } = text;
  const isFailed = state === 'failed';
  return {
    messageUuid: uuid,
    direction,
    from: text.shownFrom,
    to,
    state: direction === 'inbound' || state === 'received' ? null : state,
    units,
    amountMicros: isFailed ? 0 : units * PRICE[direction],
    carrierFeeMicros: isFailed ? 0 : units * PRICE.carrier,
    errorCode,
    at,
  };
}
