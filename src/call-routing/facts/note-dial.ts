import { Injectable } from '@nestjs/common';
import type { DialAction, DialEvent, VerifiedWebhook } from '../../plivo/index.js';
import { subaccountOf } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { Events } from '../../platform/events/events.js';
import { addLeg, noteLegFacts } from './legs.js';
import { CALLS } from '../call.entity.js';
import { CallFigured, PartyAnswered, PartyHungUp } from '../call-routing.events.js';
import type { LegFacts } from './join-facts.js';
import { tellInteraction } from './tell-interaction.js';
import { noteReceipt } from './note-receipt.js';
import { SetUpCauses } from './set-up-causes.js';

const CALL = selection(CALLS.pick(['callerRole', 'dialStatus']));

interface DialledLeg {
  legUuid: string;
  role: 'first' | 'second';
  subaccountId: string | null;
  facts: Partial<LegFacts>;
}

/** What our own URLs say a webhook is about. */
export interface CallPath {
  sessionId: string;
  callId: string;
}

/** Takes down what Plivo reports of the other party's leg: its events, and the end of the dialling. Refuses calls that we never ordered. */
@Injectable()
export class NoteDial {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly setUpCauses: SetUpCauses,
  ) {}

  async event(webhook: VerifiedWebhook, path: CallPath, told: DialEvent): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { role, subaccountId } = await this.begin(tx, webhook, path, told.callUuid);
      await this.noteLeg(tx, webhook, path, { legUuid: told.bLegUuid, role, subaccountId, facts: factsOf(told) });
      await tellInteraction(tx, this.events, path.callId, this.clock.now());
      await this.events.publish(tx, new CallFigured(webhook.accountId, told.callUuid, null, 'open'));
    });
    if (told.kind === 'hangup') this.setUpCauses.note(told.bLegUuid, told.hangupCauseCode);
  }

  action(webhook: VerifiedWebhook, path: CallPath, told: DialAction): Promise<void> {
    return this.database.transaction(async (tx) => {
      const { role, subaccountId, dialStatus } = await this.begin(tx, webhook, path, told.callUuid);
      if (told.bLegUuid !== null) {
        const facts = told.dialStatus === 'completed' ? { isAnswered: true } : {};
        await this.noteLeg(tx, webhook, path, { legUuid: told.bLegUuid, role, subaccountId, facts });
      }
      if (dialStatus === null || told.dialStatus > dialStatus) {
        await CALLS.update(tx, { dialStatus: told.dialStatus }, 'WHERE id = ?', [path.callId]);
      }
      await tellInteraction(tx, this.events, path.callId, this.clock.now());
      await this.events.publish(tx, new CallFigured(webhook.accountId, told.callUuid, null, 'open'));
    });
  }

  private async begin(
    tx: Tx,
    webhook: VerifiedWebhook,
    path: CallPath,
    aLegUuid: string,
  ): Promise<Pick<DialledLeg, 'role' | 'subaccountId'> & { dialStatus: string | null }> {
    await noteReceipt(tx, webhook, this.clock.now());
    const subaccountId = await subaccountOf(tx, path.sessionId, this.database.forUpdate);
    const [call] = await CALL.read(
      tx,
      "FROM masked_call WHERE id = ? AND account_id = ? AND session_id = ? AND a_leg_uuid = ? AND decision = 'connect'",
      [path.callId, webhook.accountId, path.sessionId, aLegUuid],
    );
    if (!call) throw new NotFound();
    return { role: call.callerRole === 'first' ? 'second' : 'first', subaccountId, dialStatus: call.dialStatus };
  }

  private async noteLeg(
    tx: Tx,
    { accountId }: VerifiedWebhook,
    { sessionId, callId }: CallPath,
    { legUuid, role, subaccountId, facts }: DialledLeg,
  ): Promise<void> {
    await addLeg(tx, { accountId, legUuid, callId, sessionId, subaccountId, side: 'B', role });
    const { before, after } = await noteLegFacts(tx, { accountId, legUuid }, facts, this.database.forUpdate);
    if (!before.isAnswered && after.isAnswered)
      await this.events.publish(tx, new PartyAnswered(accountId, sessionId, callId, role));
    if (!before.isEnded && after.isEnded)
      await this.events.publish(tx, new PartyHungUp(accountId, sessionId, callId, role, legUuid));
  }
}

function factsOf(told: DialEvent): Partial<LegFacts> {
  switch (told.kind) {
    case 'answer':
      return { isAnswered: true };
    case 'connected':
      return { isAnswered: true, isConnected: true };
    case 'digits':
      return {};
    case 'hangup':
      return {
        isEnded: true,
        startedAt: told.startedAt,
        answeredAt: told.answeredAt,
        endedAt: told.endedAt,
        duration: told.durationSeconds,
        billedDuration: told.billedSeconds,
        amount: told.amountMicros,
        hangupCause: told.hangupCause,
        hangupCauseCode: told.hangupCauseCode,
        hangupCauseName: told.hangupCauseName,
        hangupSource: told.hangupSource,
      };
  }
}
