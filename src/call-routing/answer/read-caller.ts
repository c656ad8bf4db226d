import { Injectable } from '@nestjs/common';
import { FindRoute, FindStrangers, type StrangerService } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/database.js';
import { isWithheld, parseCaller, type E164 } from '../../telephony/phone.js';
import { PinLocks } from '../pin/pin-locks.js';
import { isPinForced, type CallerFacts } from './call-decision.js';
import { busyAt } from './read-seat.js';

const NOBODY: StrangerService = { open: null, prompt: null, play: null };

/** Reads who is calling. `from` is as Plivo sent it. */
@Injectable()
export class ReadCaller {
  constructor(
    private readonly clock: Clock,
    private readonly findRoute: FindRoute,
    private readonly findStrangers: FindStrangers,
    private readonly pinLocks: PinLocks,
  ) {}

  async run(tx: Tx, accountId: string, virtualNumber: E164 | null, from: string): Promise<CallerFacts> {
    const caller = parseCaller(from);
    const seat = virtualNumber && caller ? this.findRoute.seatOf(accountId, virtualNumber, caller) : null;
    // In this order: whether a session is in use is read when its row is held. Of one that only a second look has found, or that is open, it is read later.
    const [party, seen] = seat
      ? await Promise.all([this.findRoute.at(tx, seat), busyAt(tx, seat, this.clock.now())])
      : [null, null];
    const busy = party?.isHeldAtOnce ? seen : null;
    // Registered callers on an ordinary session need no more look-ups: this is the common way.
    const strangers =
      party || virtualNumber === null ? NOBODY : await this.findStrangers.run(tx, accountId, virtualNumber);
    const asking = party && isPinForced(party.session) ? party.session : strangers.prompt;
    const isLocked = asking !== null && (await this.pinLocks.isLocked(tx, asking, caller));
    return { caller, isWithheld: caller === null && isWithheld(from), party, strangers, isLocked, busy };
  }
}
