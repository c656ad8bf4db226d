import {
  readAnswerWebhook,
  readGatheredDigits,
  readHangupWebhook,
  type VerifiedWebhook,
} from '../../src/plivo/index.js';
import type { IsAwaited } from '../../src/call-routing/answer/answer-deadline.js';
import { readAnswer, type HeardAnswer } from './heard-answer.js';
import { isLive, type ModelSession } from './model.js';
import { CAUSES, endParams, NetworkCall, type Cause } from './network-call.js';
import type { Asked, Expected } from './oracle.js';
import { isOnePhone, shownSpelling, spelling } from './phones.js';
import { must, type Params } from './webhooks.js';
import type { World } from './world.js';

const TOO_LATE = 'too late';

/** The callers' side: people dial, hear what is answered, type PINs and hang up. */
export class Network {
  readonly calls = new Map<string, NetworkCall>();
  private made = 0;

  constructor(private readonly world: World) {}

  newUuid(kind: 'a' | 'b'): string {
    this.made += 1;
    return `${kind.repeat(8)}-0000-4000-8000-${String(this.made).padStart(12, '0')}`;
  }

  /** Somebody dials a virtual number. */
  dial(caller: string | null, number: string): void {
    const { chance, timeline, report } = this.world;
    const shown = caller === null ? null : shownSpelling(caller, chance);
    const from = spelling(shown, chance);
    const call = new NetworkCall(this.newUuid('a'), from, number, shown, number, null, timeline.now);
    this.calls.set(call.uuid, call);
    report.calls += 1;
    if (this.world.webhooks.fails(0.02)) return timeline.in(900, () => this.end(call, CAUSES.unreachedUrl));
    if (this.world.webhooks.fails(0.04)) timeline.in(chance.between(0, 900), () => this.end(call, CAUSES.cancelled));
    timeline.in(chance.between(0, 500), () => this.askWhatToDo(call));
  }

  /** The first party of a requested call has picked up. */
  answered(call: NetworkCall): void {
    if (call.isOver) return;
    call.a.answeredAt = this.world.now;
    if (this.world.webhooks.fails(0.03)) return this.world.timeline.in(900, () => this.end(call, CAUSES.unreachedUrl));
    this.world.timeline.in(this.world.chance.between(0, 500), () => this.askWhatToDo(call));
  }

  end(call: NetworkCall, cause: Cause): void {
    const { now, timeline, chance } = this.world;
    if (call.isOver) return;
    call.a.endedAt = now;
    call.a.cause = cause;
    if (call.talk) call.talk.overAt = now;
    this.world.ringer.hasEnded(call);
    if (call.b && call.b.endedAt === null) this.world.callee.hangUp(call, cause);
    const params = {
      ...this.world.webhooks.common(call, 'Hangup'),
      CallStatus: 'completed',
      ...endParams(call.a, 'A'),
    };
    if (call.direction === 'outbound' && call.a.answeredAt === null) params['CallStatus'] = 'no-answer';
    this.world.webhooks.post(0.08, (webhook) => this.hearHangup(call, webhook), params);
    timeline.in(chance.between(0, 20_000), () => this.world.records.add(call));
  }

  private async askWhatToDo(call: NetworkCall): Promise<void> {
    const { world } = this;
    const params = {
      ...this.world.webhooks.common(call, 'StartApp'),
      CallStatus: call.a.answeredAt === null ? 'ringing' : 'in-progress',
    };
    const asking = { callUuid: call.uuid, caller: call.caller, number: call.number };
    const request = call.requestId === null ? null : world.ringer.find(call.requestId);
    const expected = request ? world.oracle.expectRequested(request, call.uuid) : world.oracle.expectInbound(asking);
    const ask = (isAwaited: IsAwaited) => (webhook: VerifiedWebhook) => {
      const asked = must(readAnswerWebhook(webhook.params));
      return call.requestId === null
        ? world.product.answerCall.run(webhook, asked, isAwaited)
        : world.product.connectSecondParty.run(webhook, call.requestId, asked, isAwaited);
    };
    if (this.world.webhooks.fails(0.005)) {
      await this.refuseLate(
        call,
        ask((milliseconds) => milliseconds > 0),
        params,
      );
      return;
    }
    const { xml, webhook } = await this.world.webhooks.send(
      ask(() => true),
      params,
    );
    const answer = this.judge(call, expected, xml);
    if (request && answer.kind === 'connect') world.ringer.connected(request, call.uuid);
    this.repeatLater(
      call,
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
    const outcome = await this.world.webhooks.send(ask, params).catch((error: Error) => error.message);
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
    if (isOnePhone(answer.to.slice(1), call.caller)) this.world.fault('wrong connection', 'somebody to themselves');
    call.talk = talk;
    call.role = expected.kind === 'connect' ? expected.role : null;
    call.path = { sessionId: answer.sessionId, callId: answer.callId };
    if (call.isOver) talk.overAt = timeline.now;
    talk.isOverHeard = call.isHangupHeard;
    return answer;
  }

  /** The same call asks again, by the same signature or a new one, now or much later: it must hear the same bytes, and no number once it is over. */
  private repeatLater(
    call: NetworkCall,
    ask: (webhook: VerifiedWebhook) => Promise<string>,
    { xml, webhook, params }: { xml: string; webhook: VerifiedWebhook; params: Params },
  ): void {
    const { chance, timeline } = this.world;
    if (!this.world.webhooks.fails(0.06)) return;
    const delay = chance.weighted([
      [chance.between(0, 3000), 3],
      [chance.between(3000, 900_000), 1],
    ]);
    timeline.in(delay, async () => {
      const wasOver = call.isHangupHeard;
      const again = chance.is(0.5) ? await ask(webhook) : (await this.world.webhooks.send(ask, params)).xml;
      if (again === xml && (!wasOver || !again.includes('<Number>'))) return;
      // Between the hang-up and our hearing of it either is right.
      if (call.isOver && again === '<Response><Hangup/></Response>') return;
      this.world.fault('changed answer', 'a repeated question got another answer');
    });
  }

  private obey(call: NetworkCall, answer: HeardAnswer, asked: Asked | null): void {
    const { chance, timeline } = this.world;
    if (call.isOver) return;
    if (answer.kind === 'connect') {
      const play = answer.callerPlay === '' ? 0 : chance.between(1000, 20_000);
      if (play > 0) call.a.answeredAt ??= timeline.now;
      timeline.in(play, () => this.world.callee.ring(call, answer));
    } else if (answer.kind === 'ask' && asked) {
      call.a.answeredAt ??= timeline.now;
      this.typeLater(call, answer, { ...asked, attempts: asked.attempts + 1 });
    } else {
      if (answer.kind !== 'hangup') call.a.answeredAt ??= timeline.now;
      timeline.in(chance.between(0, 4000), () => this.end(call, CAUSES.normal));
    }
  }

  private typeLater(call: NetworkCall, answer: HeardAnswer & { kind: 'ask' }, asked: Asked): void {
    const { chance, timeline } = this.world;
    if (chance.is(0.06)) timeline.in(chance.between(0, 6000), () => this.end(call, CAUSES.normal));
    timeline.in(chance.between(500, 9000), () => {
      // What was typed may be on its way while the caller hangs up.
      if (!call.isOver || chance.is(0.2)) return this.type(call, answer, asked);
    });
  }

  private async type(
    call: NetworkCall,
    { callId, mostDigits }: HeardAnswer & { kind: 'ask' },
    asked: Asked,
  ): Promise<void> {
    const { world } = this;
    // Typing is over with the last digit that was asked for.
    const digits = this.choosePin(asked).slice(0, mostDigits);
    const params = { ...this.world.webhooks.common(call, 'Redirect'), ...(digits === '' ? {} : { Digits: digits }) };
    const check = (webhook: VerifiedWebhook) =>
      world.product.answerDigits.run(
        webhook,
        callId,
        asked.attempts,
        must(readGatheredDigits(webhook.params)),
        () => true,
      );
    const expected = world.oracle.expectAfterPin(asked, digits);
    const { xml, webhook } = await this.world.webhooks.send(check, params);
    const answer = this.judge(call, expected, xml);
    this.repeatLater(call, check, { xml, webhook, params });
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

  private async hearHangup(call: NetworkCall, webhook: VerifiedWebhook): Promise<void> {
    const { product, ringer } = this.world;
    const told = must(readHangupWebhook(webhook.params));
    if (call.requestId === null) await product.noteHangup.run(webhook, told);
    else await product.closeRequest.run(webhook, call.requestId, told);
    call.isHangupHeard = true;
    if (call.talk) call.talk.isOverHeard = true;
    if (call.requestId !== null) ringer.heardEnd(call.requestId);
  }
}
