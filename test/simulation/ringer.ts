import {
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  readAnswerWebhook,
  type PlaceCall,
  type VerifiedWebhook,
} from '../../src/plivo/index.js';
import { Park, RetryLater } from '../../src/platform/jobs/jobs.js';
import { readAnswer } from './heard-answer.js';
import { isLive, isTalking, type ModelSession, type Request } from './model.js';
import { CAUSES, NetworkCall } from './network-call.js';
import type { World } from './world.js';

const REQUEST_URL = /\/requests\/([0-9a-f-]{36})\/answer#/;
const WISH_MS = 120_000;
const GRACE_SECONDS = 60;

/** Request-a-call on Plivo's side: places what it is asked to place, answers late, wrongly or not at all, and rings first parties. */
export class Ringer {
  private readonly requests = new Map<string, Request>();
  private readonly ringing = new Map<string, { call: NetworkCall; session: ModelSession }>();

  constructor(private readonly world: World) {}

  find(id: string): Request | null {
    return this.requests.get(id) ?? null;
  }

  /** The service has put a wish on its list of jobs. */
  wish(id: string): void {
    const { now } = this.world;
    this.requests.set(id, {
      id,
      session: null,
      wantedAt: now,
      holdsUntil: now + WISH_MS + 1,
      isSettled: false,
      ringsMade: 0,
      connectedUuids: new Set(),
    });
  }

  /** After a create: what it put on the list belongs to its session. */
  adoptRequests(session: ModelSession, wasAskedFor: boolean): void {
    for (const request of this.requests.values()) {
      if (request.session !== null) continue;
      if (!wasAskedFor) this.world.fault('wrong answer', 'a call that nobody asked for');
      request.session = session;
      session.requests = [...session.requests.filter((each) => !each.isSettled), request];
    }
  }

  async runJob(id: string): Promise<void> {
    const request = this.find(id);
    if (!request) return;
    const before = request.ringsMade;
    try {
      await this.world.product.ringFirstParty.run(id);
      // Not placed, and not to be tried again: the session had ended, the wish is too old, or somebody talks.
      if (request.ringsMade === before && before === 0) request.isSettled = true;
    } catch (error) {
      if (error instanceof Park) return;
      const isProviders = error instanceof ProviderUnavailable;
      if (!(error instanceof RetryLater) && !isProviders) throw error;
      this.world.timeline.in(isProviders ? 20_000 : error.seconds * 1000, () => this.runJob(id));
    }
  }

  async placeCall(order: PlaceCall): Promise<{ requestUuid: string }> {
    const { chance, report, webhooks, timeline } = this.world;
    const request = this.find(REQUEST_URL.exec(order.answerUrl)?.[1] ?? '');
    if (!request?.session) throw new Error('a call was placed for no request');
    this.checkOrder(request, request.session, order);
    request.holdsUntil = Math.max(request.holdsUntil, timeline.now + (order.ringTimeoutSeconds + GRACE_SECONDS) * 1000);
    // Plivo takes its time, and other things go on.
    if (chance.is(0.3)) await timeline.runUntil(timeline.now + chance.between(1, 5000));
    const outcome = webhooks.areFaultsOn
      ? chance.weighted([
          ['placed', 78],
          ['refused', 3],
          ['busy', 4],
          ['unavailable', 4],
          ['placed, unsaid', 7],
          ['lost', 4],
        ])
      : 'placed';
    report.operation(`call request ${outcome}`);
    if (outcome === 'refused') {
      request.isSettled = true;
      throw new ProviderRefused(400, 'no');
    }
    if (outcome === 'busy') throw new ProviderBusy(chance.between(1, 20));
    if (outcome === 'unavailable') throw new ProviderUnavailable('no connection');
    request.ringsMade += 1;
    if (request.ringsMade > 1) this.world.fault('second ring', 'one request rang twice');
    if (outcome === 'lost') throw new ProviderOutcomeUnknown('no answer');
    const call = this.ring(request, request.session, order);
    if (chance.is(0.3)) await timeline.runUntil(timeline.now + chance.between(1, 4000));
    if (outcome === 'placed, unsaid') throw new ProviderOutcomeUnknown('no answer');
    return { requestUuid: call.uuid };
  }

  connected(request: Request, callUuid: string): void {
    request.connectedUuids.add(callUuid);
    if (request.connectedUuids.size > 1) this.world.fault('second ring', 'one request connected twice');
    request.isSettled = true;
  }

  /** Another call that claims the same request must be hung up. */
  maybeGhost(request: Request): void {
    const { network, webhooks, timeline, product } = this.world;
    if (!webhooks.fails(0.15)) return;
    timeline.in(this.world.chance.between(0, 60_000), async () => {
      const { session } = request;
      if (!session) return;
      const from = session.number;
      const to = session.parties.first ?? '';
      const ghost = new NetworkCall(network.newUuid('a'), from, to, null, from, request.id, timeline.now);
      const ask = (webhook: VerifiedWebhook) => {
        const asked = readAnswerWebhook(webhook.params);
        if (!asked) throw new Error('expected an answer webhook');
        return product.connectSecondParty.run(webhook, request.id, asked, () => true);
      };
      const { xml } = await webhooks.send(ask, webhooks.common(ghost, 'StartApp'));
      if (readAnswer(xml).kind !== 'hangup') this.world.fault('second ring', 'a second call of a request was served');
      this.world.report.operation('second claim of a request');
    });
  }

  hasEnded({ uuid }: NetworkCall): void {
    this.ringing.delete(uuid);
  }

  heardEnd(requestId: string): void {
    const request = this.find(requestId);
    if (request) request.isSettled = true;
  }

  private checkOrder(request: Request, session: ModelSession, order: PlaceCall): void {
    const { now } = this.world;
    const isRight = order.to === session.parties.first && order.from === session.number;
    if (!isRight) this.world.fault('wrong connection', 'a requested call to somebody else');
    if (!isLive(session, now)) this.world.fault('wrong connection', 'a requested call in an ended session');
    if (isTalking(session)) this.world.fault('two conversations', 'a requested call beside a conversation');
    if (now > request.wantedAt + WISH_MS + GRACE_SECONDS * 1000 + order.ringTimeoutSeconds * 1000)
      this.world.fault('wrong answer', 'a requested call long after the wish');
    for (const other of this.ringing.values()) {
      if (other.session === session) this.world.fault('second ring', 'the first party is being rung already');
    }
  }

  private ring(request: Request, session: ModelSession, order: PlaceCall): NetworkCall {
    const { chance, network, webhooks, timeline, report, product } = this.world;
    const call = new NetworkCall(
      network.newUuid('a'),
      order.from,
      order.to,
      null,
      session.number,
      request.id,
      timeline.now,
    );
    network.calls.set(call.uuid, call);
    this.ringing.set(call.uuid, { call, session });
    report.calls += 1;
    webhooks.post(
      0.15,
      async (webhook) => product.noteRinging.run(webhook, request.id, call.uuid),
      webhooks.common(call, 'Ring'),
    );
    const ringMs = order.ringTimeoutSeconds * 1000;
    const outcome = chance.weighted([
      ['answer', 70],
      ['busy', 10],
      ['reject', 10],
      ['silence', 10],
    ]);
    const after = chance.between(0, ringMs - 1);
    if (outcome === 'answer') timeline.in(after, () => network.answered(call));
    else if (outcome === 'busy') timeline.in(500, () => network.end(call, CAUSES.busy));
    else if (outcome === 'reject') timeline.in(after, () => network.end(call, CAUSES.rejected));
    timeline.in(ringMs, () => {
      if (call.a.answeredAt === null) network.end(call, CAUSES.ringTimeout);
    });
    return call;
  }
}
