import { Injectable } from '@nestjs/common';
import type { HangupWebhook, VerifiedWebhook } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock } from '../shared/clock.js';
import { Database } from '../shared/database.js';
import { Events } from '../shared/events/events.js';
import { addLeg, noteLegFacts } from './call-legs.js';
import { CallEnded, PartyHungUp } from './call-routing.events.js';
import { tellInteraction } from './tell-interaction.js';
import { noteReceipt } from './webhook-receipts.js';

/** Takes down how an A leg ended. One that comes before its call's answer is kept and told when the answer comes. */
@Injectable()
export class NoteHangup {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  run(webhook: VerifiedWebhook, told: HangupWebhook): Promise<void> {
    const key = { accountId: webhook.accountId, legUuid: told.callUuid };
    return this.database.transaction(async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      await addLeg(tx, { ...key, callId: null, sessionId: null, side: 'A', role: null });
      const { before, after } = await noteLegFacts(
        tx,
        key,
        {
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
        },
        this.database.forUpdate,
      );
      const { callId, sessionId, role } = after;
      if (callId === null) return;
      if (sessionId !== null) await lockSession(tx, this.database, sessionId);
      const hasEnded = await tellInteraction(tx, callId, this.clock.now());

      if (sessionId === null || role === null || before.isEnded) return;
      await this.events.publish(tx, new PartyHungUp(webhook.accountId, sessionId, callId, role, told.callUuid));
      if (hasEnded) await this.events.publish(tx, new CallEnded(webhook.accountId, sessionId, callId));
    });
  }
}
