import { Injectable } from '@nestjs/common';
import type { HangupWebhook, VerifiedWebhook } from '../../plivo/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Events } from '../../platform/events/events.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { parseCaller } from '../../telephony/phone.js';
import { askForOtherLeg } from './ask-for-records.js';
import { holdCall } from './hold-call.js';
import { beginALeg, legsOfCall, noteLegFacts } from './legs.js';
import { CallEnded, CallFigured, PartyHungUp } from '../call-routing.events.js';
import type { LegFacts } from './join-facts.js';
import { SetUpCauses } from './set-up-causes.js';
import { tellInteraction } from './tell-interaction.js';

/** Takes down how an A leg ended. One that comes before its call's answer is kept and told when the answer comes. */
@Injectable()
export class NoteHangup {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly setUpCauses: SetUpCauses,
  ) {}

  async run(webhook: VerifiedWebhook, told: HangupWebhook): Promise<void> {
    await this.database.transaction(async (tx) => {
      await beginALeg(tx, webhook, told.callUuid, this.clock.now());
      await this.note(tx, webhook.accountId, told);
    });
    this.setUpCauses.note(told.callUuid, told.hangupCauseCode);
  }

  /** The leg has its row. */
  async note(tx: Tx, accountId: string, told: HangupWebhook): Promise<void> {
    const key = { accountId, legUuid: told.callUuid };
    const { before, after } = await noteLegFacts(tx, key, factsOf(told), this.database.forUpdate);
    const { callId, sessionId, role } = after;
    if (callId !== null) await holdCall(tx, this.database, { callId, sessionId });
    if (callId !== null && sessionId !== null && !(await isOtherLegOver(tx, callId)))
      await askForOtherLeg(tx, this.jobs, callId, this.clock.now());
    const hasEnded = callId !== null && (await tellInteraction(tx, this.events, callId, this.clock.now()));
    const virtualNumber = parseCaller(told.direction === 'outbound' ? told.from : told.to);
    await this.events.publish(tx, new CallFigured(accountId, told.callUuid, virtualNumber, 'open'));

    if (callId === null || sessionId === null || role === null || before.isEnded) return;
    await this.events.publish(tx, new PartyHungUp(accountId, sessionId, callId, role, told.callUuid));
    if (hasEnded) await this.events.publish(tx, new CallEnded(accountId, sessionId, callId));
  }
}

function factsOf(told: HangupWebhook): Partial<LegFacts> {
  return {
    isEnded: true,
    isAnswered: told.answeredAt !== null || (told.durationSeconds ?? 0) > 0,
    startedAt: told.startedAt,
    answeredAt: told.answeredAt,
    endedAt: told.endedAt,
    duration: told.durationSeconds,
    billedDuration: told.billedSeconds,
    amount: told.amountMicros,
    callStatus: told.callStatus,
    hangupCause: told.hangupCause,
    hangupCauseCode: told.hangupCauseCode,
    hangupCauseName: told.hangupCauseName,
    hangupSource: told.hangupSource,
  };
}

async function isOtherLegOver(tx: Tx, callId: string): Promise<boolean> {
  return (await legsOfCall(tx, callId)).some(({ side, isEnded }) => side === 'B' && isEnded);
}
