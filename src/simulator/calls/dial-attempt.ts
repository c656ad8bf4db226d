import { type E164, parseCaller } from '../../telephony/phone.js';
import { isBarred, violatesAnchoring } from '../rules/settings.js';
import type { Timer } from '../rules/timers.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import type { WebhookTarget } from '../webhooks/webhook-target.js';
import { answerCall } from './call-ending.js';
import { type Call, Leg } from './call.js';
import { Confirmation, type ConfirmPlan } from './confirmation.js';
import * as causes from './hangup-causes.js';
import type { Ending } from './hangup-causes.js';
import type { IncomingLine } from './phones.js';
import { letHearRinging, type Music } from './ring-back.js';
import { dialEventParams } from './webhook-params.js';
import type { World } from './world.js';

export interface Destination {
  number: E164 | null;
  text: string;
  isUser: boolean;
}

export interface DialPlan {
  destinations: readonly Destination[];
  callerId: string | null;
  shownAs: string;
  callerName: string;
  timeoutMs: number;
  timeLimitMs: number;
  confirm: ConfirmPlan | null;
  music: Music;
  callback: WebhookTarget | null;
  callbackMethod: WebhookMethod;
}

export interface DialResult {
  ending: Ending;
  hasRung: boolean;
  /** Empty when nobody answered; of several who answered and were never connected, the last one dialled. */
  answeredLegUuid: string;
  /** Set when two people talked. */
  conversationEnding: Ending | null;
}

interface Branch {
  leg: Leg;
  position: number;
  line: IncomingLine | null;
  confirmation: Confirmation | null;
  limit: Timer | null;
}

/**
 * One Dial from the first ring to the last word. All numbers ring at once. Who answers first wins, or, where a key is asked for, who
 * presses it first; with a confirm sound the winner is connected once it has been heard.
 */
export class DialAttempt {
  private readonly branches: Branch[] = [];
  private winner: Branch | null = null;
  private lastEnding: Ending = causes.RING_TIMEOUT;
  private ringTimer: Timer | null = null;
  /** Ends what the caller hears while it rings. */
  private ringBack: (() => void) | null = null;
  private forgetCall: () => void = () => undefined;
  private isStarted = false;
  private isFinished = false;

  constructor(
    private readonly world: World,
    private readonly call: Call,
    private readonly plan: DialPlan,
    private readonly whenFinished: (result: DialResult) => void,
  ) {}

  start(): void {
    const { world, call, plan } = this;
    this.forgetCall = call.whenOver(() => this.endWithCaller());
    this.ringTimer = world.timers.after(plan.timeoutMs, () => this.stopRinging());
    for (const [index, destination] of plan.destinations.entries()) this.dial(destination, index + 1);
    this.isStarted = true;
    this.finishWhenNobodyIsLeft();
  }

  private dial(destination: Destination, position: number): void {
    const { world, call, plan } = this;
    const { subaccount } = call.aLeg.facts;
    const leg = new Leg({
      direction: 'outbound',
      from: plan.shownAs,
      to: destination.number ?? destination.text,
      callerName: plan.callerName,
      rate: world.settings.outbound_rate,
      initiatedAt: world.clock.now(),
      parentUuid: call.uuid,
      subaccount,
    });
    const branch: Branch = { leg, position, line: null, confirmation: null, limit: null };
    this.branches.push(branch);
    call.bLegs.push(leg);
    world.book.live.set(leg.uuid, { leg, call, hangUp: (by) => this.hangUp(branch, by) });
    const refusal = this.refusalOf(destination);
    if (refusal !== null) this.end(branch, refusal);
    else this.ring(branch, leg.facts.to);
  }

  /** What the network refuses before any phone rings. */
  private refusalOf({ number, isUser }: Destination): Ending | null {
    const { account, settings } = this.world;
    const { from, to } = this.call.aLeg.facts;
    if (isUser) return causes.NOT_REGISTERED;
    if (number === null) return causes.INVALID_DESTINATION;
    if (this.plan.callerId !== null && account.find(this.plan.callerId) === null) return causes.UNKNOWN_CALLER_ID;
    if (isBarred(settings, number)) return causes.BARRED;
    if (violatesAnchoring(settings, this.plan.callerId, [this.call.aLeg.phone, number])) return causes.NOT_ANCHORED;
    if (number === parseCaller(from) || number === parseCaller(to)) return causes.LOOP;
    return account.find(number) === null ? null : causes.OUT_OF_SERVICE;
  }

  private ring(branch: Branch, number: string): void {
    const { world, call, plan } = this;
    const line: IncomingLine = {
      callUuid: call.uuid,
      legUuid: branch.leg.uuid,
      state: 'ringing',
      callerId: parseCaller(plan.shownAs) ?? plan.shownAs,
      callerName: plan.callerName,
      answer: () => this.answered(branch),
      refuse: (how) => {
        if (branch.leg.answeredAt === null) this.end(branch, causes.PHONE_REFUSALS[how]);
      },
      hangUp: () => this.hangUp(branch, 'Callee'),
    };
    branch.line = line;
    if (!world.phones.ring(number, line)) return;
    branch.leg.hasRung = true;
    call.note(world.clock.now(), 'leg.ringing', { leg: branch.leg.uuid, phone: number, caller_id: line.callerId });
    this.ringBack ??= letHearRinging(world, { call, leg: call.aLeg }, plan.music);
    world.changes.notify();
  }

  private answered(branch: Branch): void {
    const { world, call, plan } = this;
    const { leg } = branch;
    if (leg.endedAt !== null || leg.answeredAt !== null) return;
    leg.answeredAt = world.clock.now();
    if (branch.line !== null) branch.line.state = 'talking';
    branch.limit = world.timers.after(plan.timeLimitMs, () => this.end(branch, causes.TIME_LIMIT));
    call.note(world.clock.now(), 'leg.answered', { leg: leg.uuid });
    // A caller who waits for a confirmation goes on hearing it ring, and is answered, and billed, with the bridge.
    if (plan.confirm === null) answerCall(world, call);
    this.tell(branch, 'answer');
    if (plan.confirm === null) this.bridge(branch);
    else this.confirm(branch, plan.confirm);
    world.changes.notify();
  }

  private confirm(branch: Branch, confirm: ConfirmPlan): void {
    const { world, call } = this;
    if (confirm.key === null) this.endOthers(branch);
    branch.confirmation = new Confirmation(world, { call, leg: branch.leg }, confirm, {
      passed: () => this.bridge(branch),
      failed: (ending) => this.end(branch, ending),
    });
    branch.confirmation.start();
  }

  private bridge(branch: Branch): void {
    const { world, call } = this;
    if (this.winner !== null || branch.leg.endedAt !== null) return;
    this.winner = branch;
    branch.confirmation?.stop();
    this.ringBack?.();
    answerCall(world, call);
    this.endOthers(branch);
    branch.leg.bridgedAt = world.clock.now();
    call.note(world.clock.now(), 'legs.bridged', { leg: branch.leg.uuid });
    this.tell(branch, 'connected');
    world.changes.notify();
  }

  private endOthers(branch: Branch): void {
    this.ringTimer?.cancel();
    for (const loser of this.branches) if (loser !== branch) this.end(loser, causes.LOST_RACE);
  }

  private hangUp(branch: Branch, by: 'Caller' | 'Callee' | 'API Request'): void {
    if (branch.leg.answeredAt !== null) this.end(branch, causes.hungUpBy(by));
    else this.end(branch, by === 'Callee' ? causes.PHONE_REFUSALS.decline : causes.cancelledBy(by));
  }

  /** The ring time is over. It does not bind who has answered and is being asked for a key. */
  private stopRinging(): void {
    for (const branch of this.branches) if (branch.leg.answeredAt === null) this.end(branch, causes.RING_TIMEOUT);
  }

  /** The A leg is gone: whoever talks loses the conversation, whoever was not yet connected is called off. */
  private endWithCaller(): void {
    const { ending, facts } = this.call.aLeg;
    const known = ending ?? causes.hungUpBy('Caller');
    // The person on a leg that the API placed is its callee, and still the caller of the legs dialled from there.
    const source = facts.direction === 'outbound' && known.source === 'Callee' ? 'Caller' : known.source;
    if (this.winner !== null) this.end(this.winner, { ...known, source });
    else for (const branch of this.branches) this.end(branch, causes.cancelledBy(source));
  }

  private end(branch: Branch, ending: Ending): void {
    const { world, call } = this;
    const { leg } = branch;
    if (leg.endedAt !== null) return;
    leg.end(world.clock.now(), ending);
    branch.confirmation?.stop();
    branch.limit?.cancel();
    world.book.noteFinished(leg);
    world.phones.release(leg.facts.to, leg.uuid);
    if (branch === this.winner || this.winner === null) this.lastEnding = ending;
    const { code, name, source } = ending;
    call.note(world.clock.now(), 'leg.ended', { leg: leg.uuid, code, reason: name, source });
    if (world.settings.dial_hangup_callback) this.tell(branch, 'hangup');
    world.changes.notify();
    this.finishWhenNobodyIsLeft();
  }

  private finishWhenNobodyIsLeft(): void {
    if (!this.isStarted || this.isFinished || this.branches.some(({ leg }) => leg.endedAt === null)) return;
    this.isFinished = true;
    this.ringTimer?.cancel();
    this.ringBack?.();
    this.forgetCall();
    this.whenFinished({
      ending: this.winner === null ? this.lastEnding : { ...this.lastEnding, status: 'completed' },
      hasRung: this.branches.some(({ leg }) => leg.hasRung),
      answeredLegUuid: (this.winner ?? this.branches.findLast(({ leg }) => leg.answeredAt !== null))?.leg.uuid ?? '',
      conversationEnding: this.winner === null ? null : this.lastEnding,
    });
  }

  private tell({ leg, position }: Branch, action: 'answer' | 'connected' | 'hangup'): void {
    const { world, call, plan } = this;
    if (plan.callback === null) return;
    const params = dialEventParams(world, call, { leg, position, action });
    void world.webhooks.send(call, {
      kind: 'dial-event',
      target: plan.callback,
      method: plan.callbackMethod,
      params,
    });
  }
}
