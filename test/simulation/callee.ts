import { readDialAction, readDialEvent, type VerifiedWebhook } from '../../src/plivo/index.js';
import { ACCOUNT } from '../support/ground.js';
import type { HeardAnswer } from './heard-answer.js';
import { otherRole } from './model.js';
import { CAUSES, endParams, newLeg, type Cause, type NetworkCall, type NetworkLeg } from './network-call.js';
import { must } from './webhooks.js';
import type { World } from './world.js';

/** The called party's side of a conversation: its phone rings, is picked up or not, and one of the two hangs up. */
export class Callee {
  constructor(private readonly world: World) {}

  /** The Dial begins. */
  ring(call: NetworkCall, answer: HeardAnswer & { kind: 'connect' }): void {
    const { chance, timeline } = this.world;
    if (call.isOver) return;
    const callee = newLeg(this.world.network.newUuid('b'), timeline.now);
    call.b = callee;
    const ringMs = answer.ringSeconds * 1000;
    const outcome = chance.weighted([
      ['answer', 60],
      ['busy', 9],
      ['reject', 9],
      ['silence', 9],
      ['give up', 13],
    ]);
    const after = chance.is(0.3) ? chance.between(0, Math.min(ringMs - 1, 3000)) : chance.between(0, ringMs - 1);
    if (outcome === 'answer') timeline.in(after, () => this.pickUp(call, callee, answer));
    else if (outcome === 'busy') timeline.in(500, () => this.finish(call, CAUSES.busy));
    else if (outcome === 'reject') timeline.in(after, () => this.finish(call, CAUSES.rejected));
    else if (outcome === 'give up') timeline.in(after, () => this.world.network.end(call, CAUSES.cancelled));
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
    this.postEvent(call, 'answer', 0.7);
    const sound = answer.confirmSound === '' ? 0 : chance.between(1000, 15_000);
    if (sound > 0) await this.checkSound(call);
    timeline.in(sound, () => {
      if (call.isOver || callee.endedAt !== null) return;
      this.postEvent(call, 'connected', 0.5);
      const limit = answer.limitSeconds * 1000;
      const length = chance.weighted([
        [limit, 1],
        [chance.between(0, 3000), 3],
        [chance.between(0, limit - 1), 8],
      ]);
      const who = length === limit ? CAUSES.limit : chance.pick([CAUSES.normal, CAUSES.calleeHungUp]);
      timeline.in(length, () => (who === CAUSES.normal ? this.world.network.end(call, who) : this.finish(call, who)));
    });
  }

  private async checkSound({ path, role }: NetworkCall): Promise<void> {
    const { oracle, product } = this.world;
    const session = path && oracle.find(path.sessionId);
    if (!path || !role || !session) return;
    const url = await product.calleeSound.run(ACCOUNT, path);
    if (url !== (session.plays[otherRole(role)] || null))
      this.world.fault('wrong answer', 'the called party hears another file than its own');
  }

  /** The Dial is over and the caller's leg with it: our answer to the dial action is a hang-up. */
  private finish(call: NetworkCall, cause: Cause): void {
    if (call.isOver || !call.b || call.b.endedAt !== null) return;
    this.hangUp(call, cause);
    this.world.timeline.in(this.world.chance.between(50, 1500), () => this.world.network.end(call, cause));
  }

  /** Ends the leg and tells of it: the Dial's last event, and its action. */
  hangUp(call: NetworkCall, cause: Cause): void {
    const { b, path } = call;
    if (!b || !path) return;
    b.endedAt = this.world.now;
    b.cause = cause;
    this.postEvent(call, 'hangup', 0.15);
    const wasAnswered = b.answeredAt !== null;
    const status = { 3010: 'busy', 3020: 'busy', 6010: 'timeout', 1000: 'cancel' }[cause.code] ?? 'failed';
    const params = {
      ...this.world.webhooks.common(call, 'Redirect'),
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
    this.world.webhooks.post(0.3, hear, params);
  }

  private postEvent(call: NetworkCall, action: 'answer' | 'connected' | 'hangup', lost: number): void {
    const { b, path } = call;
    if (!b || !path) return;
    const params = {
      ...this.world.webhooks.common(call, 'Dial'),
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
    this.world.webhooks.post(lost, hear, params);
  }

  private heardDialEnd({ talk }: NetworkCall): void {
    if (talk) talk.holdsUntil = Math.min(talk.holdsUntil, this.world.now + 60_000);
  }
}
