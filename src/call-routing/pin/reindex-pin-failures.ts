import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PartyReindexed } from '../../sessions/index.js';
import { Events } from '../../platform/events/events.js';
import { PIN_FAILURES } from './pin-failure.entity.js';

/**
 * Wrong PINs count on for a party whose index has changed. Those of strangers cannot be taken along, because only their index was kept: they count for
 * their own spelling, and are forgotten by the locks after an hour.
 */
@Injectable()
export class ReindexPinFailures implements OnModuleInit {
  constructor(private readonly events: Events) {}

  onModuleInit(): void {
    this.events.subscribe(PartyReindexed, async (tx, { accountId, before, after }) => {
      await PIN_FAILURES.update(tx, { callerIndex: after }, 'WHERE account_id = ? AND caller_index = ?', [
        accountId,
        before,
      ]);
    });
  }
}
