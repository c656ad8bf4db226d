import {
  readAnswerWebhook,
  readDialAction,
  readDialEvent,
  readGatheredDigits,
  readHangupWebhook,
  type VerifiedWebhook,
} from '../../src/plivo/index.js';
import { ACCOUNT } from '../support/ground.js';
import { readAnswer, type HeardAnswer } from './heard-answer.js';
import { isLive, otherRole, type ModelSession } from './model.js';
import { CAUSES, endParams, NetworkCall, newLeg, type NetworkLeg } from './network-call.js';
import type { Asked, Expected } from './oracle.js';
import { spelling } from './phones.js';
import type { World } from './world.js';

type Params = Record<string, string>;
type Cause = NetworkLeg['cause'];

const TOO_LATE = 'too late';

/** Plivo's side of the calls: people dial, answer, type and hang up; webhooks are lost, repeated, delayed and overtake each other. */
export class Network {
  readonly calls = new Map<string, NetworkCall>();
  private made = 0;
  private nonces = 0;
  /** Switched off for the end of a world, when everything must come right. */
  areFaultsOn = true;

  constructor(private readonly world: World) {}

  newUuid(kind: 'a' | 'b'): string {
    this.made += 1;
    return `${kind.repeat(8)}-0000-4000-8000-${String(this.made).padStart(12, '0')}`;
  }

  /** Somebody dials a virtual number. */
  dial(caller: string | null, number: string): void {
    const { chance, timeline, report } = this.world;
    const from = spelling(caller, chance);
    const call = new NetworkCall(this.newUuid('a'), from, number, caller, number, null, timeline.now);
    this.calls.set(call.uuid, call);
    report.calls += 1;
    if (this.fails(0.02)) return timeline.in(900, () => this.end(call, CAUSES.unreachedUrl));
    if (this.fails(0.04)) timeline.in(chance.between(0, 900), () => this.end(call, CAUSES.cancelled));
    timeline.in(chance.between(0, 500), () => this.askWhatToDo(call));
  }

  /** The first party of a requested call has picked up. */
  answered(call: NetworkCall): void {
    if (call.isOver) return;
    call.a.answeredAt = this.world.now;
    if (this.fails(0.03)) return this.world.timeline.in(900, () => this.end(call, CAUSES.unreachedUrl));
    this.world.timeline.in(this.world.chance.between(0, 500), () => this.askWhatToDo(call));
  }

  end(call: NetworkCall, cause: Cause): void {
    const { now, timeline, chance } = this.world;
    if (call.isOver) return;
    call.a.endedAt = now;
    call.a.cause = cause;
    if (call.talk) call.talk.overAt = now;
    this.world.ringer.hasEnded(call);
    if (call.b && call.b.endedAt === null) this.endCallee(call, cause);
    const params = { ...this.common(call, 'Hangup'), CallStatus: 'completed', ...endParams(call.a, 'A') };
    if (call.direction === 'outbound' && call.a.answeredAt === null) params['CallStatus'] = 'no-answer';
    this.post(0.08, (webhook) => this.hearHangup(call, webhook), params);
    timeline.in(chance.between(0, 20_000), () => this.world.records.add(call));
  }

  private async askWhatToDo(call: NetworkCall): Promise<void> {
    const { world } = this;
    const params = {
      ...this.common(call, 'StartApp'),
      CallStatus: call.a.answeredAt === null ? 'ringing' : 'in-progress',
    };
    const asking = { callUuid: call.uuid, caller: call.caller, number: call.number };
    const request = call.requestId === null ? null : world.ringer.find(call.requestId);
    const expected = request ? world.oracle.expectRequested(request, call.uuid) : world.oracle.expectInbound(asking);
    const ask = (isAwaited: () => boolean) => (webhook: VerifiedWebhook) => {
      const asked = must(readAnswerWebhook(webhook.params));
      return call.requestId === null
        ? world.product.answerCall.run(webhook, asked, isAwaited)
        : world.product.answerRequest.run(webhook, call.requestId, asked, isAwaited);
    };
    if (this.fails(0.005)) {
      await this.refuseLate(
        call,
        ask(() => false),
        params,
      );
      return;
    }
    const { xml, webhook } = await this.send(
      ask(() => true),
      params,
    );
    const answer = this.judge(call, expected, xml);
    if (request && answer.kind === 'connect') world.ringer.connected(request, call.uuid);
    this.repeatLater(
      ask(() => true),
      { xml, webhook, params },
    );
    if (request) world.ringer.maybeGhost(request);
    const prompt = expected.kind === 'ask' ? expected : null;
    const asked = prompt && { ...asking, prompt: prompt.session, forced: prompt.forced, attempts: 0 };
    this.obey(call, answer, asked);
  }

  /** Nobody waits any more: the caller hears a sentence of trouble, and nothing may be kept. */
  private async refuseLate(
    call: NetworkCall,
    ask: (webhook: VerifiedWebhook) => Promise<string>,
    params: Params,
  ): Promise<void> {
    const outcome = await this.send(ask, params).catch((error: Error) => error.message);
    if (typeof outcome !== 'string' || !outcome.includes(TOO_LATE))
      this.world.fault('crash', 'an answer too late was given');
    this.world.report.count('too late');
    this.world.timeline.in(2000, () => this.end(call, CAUSES.normal));
  }

  private judge(call: NetworkCall, expected: Expected, xml: string): HeardAnswer {
    const { oracle, report, timeline } = this.world;
    const answer = readAnswer(xml);
    const talk = oracle.judge({ callUuid: call.uuid, caller: call.caller, number: call.number }, expected, answer, xml);
    report.count(answer.kind === 'refuse' ? `refused ${answer.reason}` : answer.kind);
    if (answer.kind !== 'connect' || !talk) return answer;
    call.talk = talk;
    call.path = { sessionId: answer.sessionId, callId: answer.callId };
    if (call.isOver) talk.overAt = timeline.now;
    talk.isOverHeard = call.isHangupHeard;
    return answer;
  }

  /** The same call asks again, by the same signature or a new one, now or much later: it must hear the same bytes. */
  private repeatLater(
    ask: (webhook: VerifiedWebhook) => Promise<string>,
    { xml, webhook, params }: { xml: string; webhook: VerifiedWebhook; params: Params },
  ): void {
    const { chance, timeline } = this.world;
    if (!this.fails(0.06)) return;
    const delay = chance.weighted([
      [chance.between(0, 3000), 3],
      [chance.between(3000, 900_000), 1],
    ]);
    timeline.in(delay, async () => {
      const again = chance.is(0.5) ? await ask(webhook) : (await this.send(ask, params)).xml;
      if (again !== xml) this.world.fault('changed answer', 'a repeated question got another answer');
    });
  }

  private obey(call: NetworkCall, answer: HeardAnswer, asked: Asked | null): void {
    const { chance, timeline } = this.world;
    if (call.isOver) return;
    if (answer.kind === 'connect') {
      const play = answer.callerPlay === '' ? 0 : chance.between(1000, 20_000);
      if (play > 0) call.a.answeredAt ??= timeline.now;
      timeline.in(play, () => this.ring(call, answer));
    } else if (answer.kind === 'ask' && asked) {
      call.a.answeredAt ??= timeline.now;
      this.typeLater(call, answer.callId, { ...asked, attempts: asked.attempts + 1 });
    } else {
      if (answer.kind !== 'hangup') call.a.answeredAt ??= timeline.now;
      timeline.in(chance.between(0, 4000), () => this.end(call, CAUSES.normal));
    }
  }

  private typeLater(call: NetworkCall, callId: string, asked: Asked): void {
    const { chance, timeline } = this.world;
    if (chance.is(0.06)) timeline.in(chance.between(0, 6000), () => this.end(call, CAUSES.normal));
    timeline.in(chance.between(500, 9000), () => {
      // What was typed may be on its way while the caller hangs up.
      if (!call.isOver || chance.is(0.2)) return this.type(call, callId, asked);
    });
  }

  private async type(call: NetworkCall, callId: string, asked: Asked): Promise<void> {
    const { world } = this;
    const digits = this.choosePin(asked);
    const params = { ...this.common(call, 'Redirect'), ...(digits === '' ? {} : { Digits: digits }) };
    const check = (webhook: VerifiedWebhook) =>
      world.product.checkPin.run(webhook, callId, asked.attempts, must(readGatheredDigits(webhook.params)), () => true);
    const expected = world.oracle.expectAfterPin(asked, digits);
    const { xml, webhook } = await this.send(check, params);
    const answer = this.judge(call, expected, xml);
    this.repeatLater(check, { xml, webhook, params });
    this.obey(call, answer, asked);
  }

  /** Mostly right; else nothing, a guess, or a PIN that is right on another number. */
  private choosePin({ prompt, forced, number }: Asked): string {
    const { chance, oracle } = this.world;
    const pinsOf = (sessions: ModelSession[]): string[] =>
      sessions.flatMap(({ pins }) => [pins.first, pins.second]).filter((pin) => pin !== null);
    const live = oracle.on(number).filter((session) => isLive(session, this.world.now));
    const right = forced ? [prompt.pins[forced] ?? ''] : pinsOf(live);
    return chance.weighted([
      [right.length > 0 ? chance.pick(right) : '', 11],
      ['', 2],
      [String(chance.between(1000, 9999)), 3],
      [chance.pick([...pinsOf(oracle.live()), '0000']), 2],
      [chance.pick([...pinsOf(oracle.sessions.slice(-30)), '0000']), 1],
    ]);
  }

  private ring(call: NetworkCall, answer: HeardAnswer & { kind: 'connect' }): void {
    const { chance, timeline } = this.world;
    if (call.isOver) return;
    const callee = newLeg(this.newUuid('b'), timeline.now);
    call.b = callee;
    const ringMs = answer.ringSeconds * 1000;
    const outcome = chance.weighted([
      ['answer', 60],
      ['busy', 9],
      ['reject', 9],
      ['silence', 9],
      ['give up', 13],
    ]);
    const after = chance.between(0, ringMs - 1);
    if (outcome === 'answer') timeline.in(after, () => this.pickUp(call, callee, answer));
    else if (outcome === 'busy') timeline.in(500, () => this.finish(call, CAUSES.busy));
    else if (outcome === 'reject') timeline.in(after, () => this.finish(call, CAUSES.rejected));
    else if (outcome === 'give up') timeline.in(after, () => this.end(call, CAUSES.cancelled));
    timeline.in(ringMs, () => {
      if (callee.answeredAt === null) this.finish(call, CAUSES.ringTimeout);
    });
  }

  private async pickUp(
    call: NetworkCall,
    callee: NetworkLeg,
    answer: HeardAnswer & { kind: 'connect' },
  ): Promise<void> {
    const { chance, timeline } = this.world;
    if (call.isOver || callee.endedAt !== null) return;
    callee.answeredAt = timeline.now;
    call.a.answeredAt ??= timeline.now;
    this.postEvent(call, 'answer', 0.5);
    const sound = answer.confirmSound === '' ? 0 : chance.between(1000, 15_000);
    if (sound > 0) await this.checkCalleeSound(call);
    timeline.in(sound, () => {
      if (call.isOver || callee.endedAt !== null) return;
      this.postEvent(call, 'connected', 0.3);
      const limit = answer.limitSeconds * 1000;
      const length = chance.is(0.08) ? limit : chance.between(0, limit - 1);
      const who = length === limit ? CAUSES.limit : chance.pick([CAUSES.normal, CAUSES.calleeHungUp]);
      timeline.in(length, () => (who === CAUSES.normal ? this.end(call, who) : this.finish(call, who)));
    });
  }

  private async checkCalleeSound(call: NetworkCall): Promise<void> {
    if (!call.path || !call.talk) return;
    const { oracle, product } = this.world;
    const session = oracle.find(call.path.sessionId);
    const url = await product.calleeSound.run(ACCOUNT, call.path);
    const wanted = session && [session.plays.first, session.plays.second];
    if (url !== null && !wanted?.includes(url)) this.world.fault('wrong answer', 'another file for the called party');
    const callers = session && call.caller !== null && session.parties.first === call.caller ? 'first' : null;
    if (session && callers && url !== (session.plays[otherRole(callers)] || null))
      this.world.fault('wrong answer', 'the wrong party hears the file');
  }

  /** The Dial is over and the caller's leg with it: our answer to the dial action is a hang-up. */
  private finish(call: NetworkCall, cause: Cause): void {
    if (call.isOver || !call.b || call.b.endedAt !== null) return;
    this.endCallee(call, cause);
    this.world.timeline.in(this.world.chance.between(50, 1500), () => this.end(call, cause));
  }

  private endCallee(call: NetworkCall, cause: Cause): void {
    const { b, path } = call;
    if (!b || !path) return;
    b.endedAt = this.world.now;
    b.cause = cause;
    this.postEvent(call, 'hangup', 0.15);
    const wasAnswered = b.answeredAt !== null;
    const status = { 3010: 'busy', 3020: 'busy', 6010: 'timeout', 1000: 'cancel' }[cause.code] ?? 'failed';
    const params = {
      ...this.common(call, 'Redirect'),
      DialStatus: wasAnswered ? 'completed' : status,
      DialRingStatus: 'true',
      DialHangupCause: cause.text,
      DialALegUUID: call.uuid,
      DialBLegUUID: wasAnswered ? b.uuid : '',
    };
    const hear = async (webhook: VerifiedWebhook): Promise<void> => {
      await this.world.product.noteDial.action(webhook, path, must(readDialAction(webhook.params)));
      this.heardDialEnd(call);
    };
    this.post(0.3, hear, params);
  }

  private postEvent(call: NetworkCall, action: 'answer' | 'connected' | 'hangup', lost: number): void {
    const { b, path } = call;
    if (!b || !path) return;
    const params = {
      ...this.common(call, 'Dial'),
      DialAction: action,
      DialALegUUID: call.uuid,
      DialBLegUUID: b.uuid,
      DialBLegFrom: call.number,
      ...(action === 'hangup' ? endParams(b, 'B') : {}),
    };
    const hear = async (webhook: VerifiedWebhook): Promise<void> => {
      await this.world.product.noteDial.event(webhook, path, must(readDialEvent(webhook.params)));
      if (action === 'hangup') this.heardDialEnd(call);
    };
    this.post(lost, hear, params);
  }

  private heardDialEnd({ talk }: NetworkCall): void {
    if (talk) talk.holdsUntil = Math.min(talk.holdsUntil, this.world.now + 60_000);
  }

  private async hearHangup(call: NetworkCall, webhook: VerifiedWebhook): Promise<void> {
    const { product, ringer } = this.world;
    const told = must(readHangupWebhook(webhook.params));
    if (call.requestId === null) await product.noteHangup.run(webhook, told);
    else await product.noteRequest.hangup(webhook, call.requestId, told);
    call.isHangupHeard = true;
    if (call.talk) call.talk.isOverHeard = true;
    if (call.requestId !== null) ringer.heardEnd(call.requestId);
  }

  /** A webhook that nobody waits for: lost, late, or repeated. */
  post(lost: number, hear: (webhook: VerifiedWebhook) => Promise<void>, params: Params): void {
    const { chance, timeline } = this.world;
    if (this.fails(lost)) return;
    const delay = (): number => (this.fails(0.1) ? chance.between(2000, 90_000) : chance.between(0, 1500));
    const webhook = this.sign(params);
    const deliver = (): Promise<void> => {
      this.world.report.webhooks += 1;
      return hear(webhook);
    };
    const first = delay();
    timeline.in(first, deliver);
    if (this.fails(0.06)) timeline.in(first + delay(), deliver);
  }

  async send(
    ask: (webhook: VerifiedWebhook) => Promise<string>,
    params: Params,
  ): Promise<{ xml: string; webhook: VerifiedWebhook }> {
    const webhook = this.sign(params);
    this.world.report.webhooks += 1;
    return { xml: await ask(webhook), webhook };
  }

  common(call: NetworkCall, event: string): Params {
    return {
      CallUUID: call.uuid,
      From: call.from,
      To: call.to,
      Direction: call.direction,
      Event: event,
      CallStatus: 'in-progress',
      SessionStart: '',
      ...(call.direction === 'outbound' ? { RequestUUID: call.uuid } : {}),
    };
  }

  fails(probability: number): boolean {
    return this.world.chance.is(probability) && this.areFaultsOn;
  }

  private sign(params: Params): VerifiedWebhook {
    this.nonces += 1;
    const nonce = String(this.nonces);
    return { accountId: ACCOUNT, nonce, params: new Map(Object.entries(params)), contentHash: `content of ${nonce}` };
  }
}

function must<T>(value: T | null): T {
  if (value === null) throw new Error('the simulated network wrote a webhook that cannot be read');
  return value;
}
