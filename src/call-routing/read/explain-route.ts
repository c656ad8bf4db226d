import { Injectable } from '@nestjs/common';
import { AccountSettings } from '../../accounts/index.js';
import { ownerOfNumber } from '../../number-pool/index.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Config } from '../../platform/settings/config.js';
import type { E164 } from '../../telephony/phone.js';
import { AnswerCall } from '../answer/answer-call.js';
import type { CallDecision } from '../answer/call-decision.js';
import { shownCaller } from '../answer/shown-caller.js';
import { whyDecided } from '../facts/call-outcome.js';

export interface ExplainedRoute {
  decision: CallDecision['decision'];
  /** Null, as `dial`, when nobody would be dialled. */
  sessionId: string | null;
  dial: E164 | null;
  /** A sentence. */
  reason: string;
}

/** What would become of a call now, found by the decision that live calls take. Changes nothing, and rings nobody. */
@Injectable()
export class ExplainRoute {
  constructor(
    private readonly database: Database,
    private readonly accountSettings: AccountSettings,
    private readonly answerCall: AnswerCall,
    private readonly config: Config,
  ) {}

  /** `caller`: whatever a phone may show. */
  async run({ virtualNumber, caller }: { virtualNumber: E164; caller: string }): Promise<ExplainedRoute> {
    const accountId = await this.database.read((manager) => ownerOfNumber(manager, virtualNumber));
    if (accountId === null) {
      return { decision: 'refuse', sessionId: null, dial: null, reason: 'This number is in no pool.' };
    }
    const settings = await this.accountSettings.of(accountId);
    const decision = await this.rolledBack(async (tx) => {
      const shown = { to: virtualNumber, from: caller };
      const from = shownCaller(this.config, shown);
      const decided = await this.answerCall.decide(tx, accountId, { ...shown, from }, settings);
      return decided.decision;
    });
    const isDialled = decision.decision === 'connect';
    return {
      decision: decision.decision,
      sessionId: isDialled ? decision.seat.session.id : null,
      dial: isDialled ? decision.dial : null,
      reason: sentence(whyDecided(decision.decision, decision.reason) ?? decision.reason),
    };
  }

  /** The decision keeps rows, so it wants a transaction; this one can leave nothing behind, whatever the decision comes to do. */
  private async rolledBack(work: (tx: Tx) => Promise<CallDecision>): Promise<CallDecision> {
    try {
      return await this.database.transaction(async (tx) => {
        throw new RolledBack(await work(tx));
      });
    } catch (error) {
      if (error instanceof RolledBack) return error.found;
      throw error;
    }
  }
}

class RolledBack extends Error {
  constructor(readonly found: CallDecision) {
    super('rolled back on purpose');
  }
}

function sentence(clause: string): string {
  return `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}
