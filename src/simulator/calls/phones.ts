import type { Clock } from '../../platform/clock.js';
import { parseCaller } from '../../telephony/phone.js';
import type { Changes } from '../rules/changes.js';
import type { Timer, Timers } from '../rules/timers.js';

export const BEHAVIOURS = ['manual', 'answer', 'decline', 'busy', 'no-answer', 'unreachable'] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];
export type Refusal = 'decline' | 'busy' | 'unreachable';

/** A call at a phone. */
export interface Line {
  callUuid: string;
  legUuid: string;
  state: 'ringing' | 'calling' | 'talking';
  callerId: string;
  callerName: string;
  hangUp(): void;
}

export interface IncomingLine extends Line {
  answer(): void;
  refuse(how: Refusal): void;
}

export interface Sighting {
  at: number;
  phone: string;
  caller_id: string;
  caller_name: string;
  call_uuid: string;
}

export interface Caption {
  at: number;
  call_uuid: string;
  kind: 'speak' | 'play';
  text: string;
}

/** A message that has arrived. */
export interface ArrivedText {
  at: number;
  from: string;
  text: string;
  message_uuid: string;
  /** Pictures that came with it, in base64. */
  media?: { type: string; content: string }[];
}

const KEPT_SIGHTINGS = 20_000;
const KEPT_CAPTIONS = 200;
const KEPT_DIGITS = 200;

export class Phone {
  behaviour: Behaviour = 'manual';
  afterSeconds = 0;
  /** What it types by itself, one entry for each prompt that it hears to the end; an empty entry lets a prompt pass. */
  types: string[] = [];
  readonly texts: ArrivedText[] = [];
  /** What becomes of messages to it: `undelivered` ones have arrived, and the network says otherwise. */
  textOutcome: { state: 'delivered' | 'undelivered' | 'failed'; errorCode: string } = {
    state: 'delivered',
    errorCode: '000',
  };
  readonly captions: Caption[] = [];
  readonly digits: { at: number; call_uuid: string | null; digits: string }[] = [];
  private readonly lines = new Map<string, { line: Line; incoming: IncomingLine | null; timer: Timer | null }>();

  constructor(readonly number: string) {}

  get state(): 'idle' | Line['state'] {
    const states = [...this.lines.values()].map(({ line }) => line.state);
    return (['talking', 'ringing', 'calling'] as const).find((state) => states.includes(state)) ?? 'idle';
  }

  get ringing(): IncomingLine[] {
    return [...this.lines.values()].flatMap(({ incoming }) => (incoming?.state === 'ringing' ? [incoming] : []));
  }

  /** The newest call at this phone, or the one named. */
  lineOf(callUuid: string | null): Line | null {
    const lines = [...this.lines.values()].map(({ line }) => line);
    return lines.findLast((line) => callUuid === null || line.callUuid === callUuid) ?? null;
  }

  add(line: Line, incoming: IncomingLine | null, timer: Timer | null): void {
    this.lines.set(line.legUuid, { line, incoming, timer });
  }

  remove(legUuid: string): void {
    this.lines.get(legUuid)?.timer?.cancel();
    this.lines.delete(legUuid);
  }
}

/** Every number that the account does not rent is a phone. What it saw and heard is kept, so that a leak can be seen. */
export class Phones {
  readonly sightings: Sighting[] = [];
  private readonly phones = new Map<string, Phone>();

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly changes: Changes,
  ) {}

  /** A caller who withholds the number, or calls from a SIP address, has a phone under that text. */
  at(text: string): Phone {
    const key = parseCaller(text) ?? text;
    const known = this.phones.get(key);
    if (known !== undefined) return known;
    const phone = new Phone(key);
    this.phones.set(key, phone);
    return phone;
  }

  all(): Phone[] {
    return [...this.phones.values()];
  }

  /** Presents an incoming call; answers whether the phone rings. */
  ring(number: string, line: IncomingLine): boolean {
    const phone = this.at(number);
    const { behaviour, afterSeconds } = phone;
    if (behaviour === 'busy' || behaviour === 'unreachable') {
      line.refuse(behaviour);
      return false;
    }
    this.see(phone, line);
    phone.add(line, line, this.reactionTo(line, behaviour, afterSeconds));
    return true;
  }

  /** Notes that a phone placed a call. */
  hold(number: string, line: Line): void {
    this.at(number).add(line, null, null);
  }

  release(number: string, legUuid: string): void {
    this.at(number).remove(legUuid);
  }

  hear(number: string, caption: Omit<Caption, 'at'>): void {
    const { captions } = this.at(number);
    captions.push({ at: this.clock.now(), ...caption });
    if (captions.length > KEPT_CAPTIONS) captions.shift();
    this.changes.notify();
  }

  keepDigits(number: string, typed: { call_uuid: string | null; digits: string }): void {
    const { digits } = this.at(number);
    digits.push({ at: this.clock.now(), ...typed });
    if (digits.length > KEPT_DIGITS) digits.shift();
  }

  forgetAll(): void {
    this.phones.clear();
    this.sightings.length = 0;
  }

  private reactionTo(line: IncomingLine, behaviour: Behaviour, afterSeconds: number): Timer | null {
    if (behaviour === 'answer') return this.timers.after(afterSeconds * 1000, () => line.answer());
    if (behaviour === 'decline') return this.timers.after(afterSeconds * 1000, () => line.refuse('decline'));
    return null;
  }

  private see(phone: Phone, { callerId, callerName, callUuid }: IncomingLine): void {
    this.sightings.push({
      at: this.clock.now(),
      phone: phone.number,
      caller_id: callerId,
      caller_name: callerName,
      call_uuid: callUuid,
    });
    if (this.sightings.length > KEPT_SIGHTINGS) this.sightings.splice(0, KEPT_SIGHTINGS / 10);
  }
}
