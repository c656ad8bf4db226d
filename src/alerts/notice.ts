import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SpendCapReached } from '../accounts/index.js';
import { RecountDiffered } from '../billing-stats/index.js';
import { NumberAttacked } from '../call-routing/index.js';
import { ReceiverPaused, ReceiverRecovered } from '../callbacks/index.js';
import { PoolRanLow } from '../number-pool/index.js';
import type { Tx } from '../platform/database/database.js';
import { Events, type EventClass } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { PlivoReached, PlivoUnreachable, WebhooksRefused } from '../plivo/index.js';
import { tellsOperators } from './deliver-alert.js';
import { RaiseAlert, type Raised } from './raise-alert.js';

/** Which events of the other modules operators are told of, and in what words. */
@Injectable()
export class Notice implements OnModuleInit {
  constructor(
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly raiseAlert: RaiseAlert,
  ) {}

  onModuleInit(): void {
    this.tellOf(PoolRanLow, poolLow);
    this.tellOf(NumberAttacked, ({ accountId, virtualNumber, sessionId }) => {
      const data = { virtual_number: `+${virtualNumber}`, session: sessionId };
      return { type: 'pin.attack', accountId, cause: virtualNumber, data };
    });
    this.tellOf(ReceiverPaused, (event) => receiver(event, 'paused'));
    this.tellOf(ReceiverRecovered, (event) => receiver(event, 'recovered'));
    this.tellOf(SpendCapReached, ({ accountId, day }) => {
      const inWords = new Date(day).toISOString().slice(0, 10);
      return { type: 'spend.cap', accountId, cause: inWords, data: { day: inWords } };
    });
    this.tellOf(WebhooksRefused, ({ accountId, minute, count }) => {
      const data = { minute: new Date(minute).toISOString(), count };
      return { type: 'webhooks.refused', accountId, cause: '', data };
    });
    this.tellOf(PlivoUnreachable, ({ accountId, failures }) => {
      return { type: 'plivo.unreachable', accountId, cause: 'unreachable', data: { status: 'unreachable', failures } };
    });
    this.tellOf(PlivoReached, ({ accountId, since }) => {
      const data = { status: 'reachable', since: new Date(since).toISOString() };
      return { type: 'plivo.unreachable', accountId, cause: 'reachable', data };
    });
    this.tellOf(RecountDiffered, ({ recountId, ...found }) => {
      const data = {
        call_differences: found.callDifferences,
        session_differences: found.sessionDifferences,
        sum_differences: found.sumDifferences,
        repaired: found.isRepaired,
      };
      return { type: 'recount.different', accountId: null, cause: recountId, data };
    });
    this.jobs.onParked(async (tx, { id, kind, payload }) => {
      if (tellsOperators(kind)) return;
      await this.raiseAlert.enqueue(tx, {
        type: 'job.parked',
        accountId: accountIn(payload),
        cause: kind,
        data: { job: id, kind },
      });
    });
  }

  private tellOf<E>(event: EventClass<E>, inWords: (event: E) => Raised): void {
    this.events.subscribe(event, (tx: Tx, one: E) => this.raiseAlert.enqueue(tx, inWords(one)));
  }
}

/** Damped by country, whatever the reason: who is told that numbers are lacking looks at once. */
function poolLow({ accountId, subaccountId, country, refusals, figures }: PoolRanLow): Raised {
  return {
    type: 'pool.low',
    accountId,
    cause: `${country}|${subaccountId ?? ''}`,
    data: {
      country,
      subaccount: subaccountId,
      reason: refusals > 0 ? 'refusal' : 'headroom',
      refusals,
      available: figures && figures.available,
      numbers_needed: figures && figures.numbersNeeded,
      headroom: figures && figures.available - figures.numbersNeeded,
    },
  };
}

function receiver(event: ReceiverPaused | ReceiverRecovered, status: 'paused' | 'recovered'): Raised {
  const { accountId, receiverId } = event;
  return {
    type: 'receiver.paused',
    accountId,
    cause: `${receiverId}|${status}`,
    data: { receiver: receiverId, status },
  };
}

/** Most jobs name theirs. */
function accountIn(payload: string): string | null {
  try {
    const { accountId } = (JSON.parse(payload) ?? {}) as { accountId?: unknown };
    return typeof accountId === 'string' && /^[A-Z0-9]{1,20}$/.test(accountId) ? accountId : null;
  } catch {
    return null;
  }
}
