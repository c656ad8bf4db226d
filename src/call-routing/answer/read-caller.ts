import { Injectable } from '@nestjs/common';
import { FindRoute, FindStrangers, type StrangerService } from '../../sessions/index.js';
import type { Tx } from '../../platform/database/database.js';
import { isWithheld, parseCaller, type E164 } from '../../telephony/phone.js';
import { PinLocks } from '../pin/pin-locks.js';
import { isPinForced, type CallerFacts } from './call-decision.js';

const NOBODY: StrangerService = { open: null, prompt: null, play: null };

/** Reads who is calling. `from` is as Plivo sent it. */
@Injectable()
export class ReadCaller {
  constructor(
    private readonly findRoute: FindRoute,
    private readonly findStrangers: FindStrangers,
    private readonly pinLocks: PinLocks,
  ) {}

  async run(tx: Tx, accountId: string, virtualNumber: E164 | null, from: string): Promise<CallerFacts> {
    const caller = parseCaller(from);
    const party = virtualNumber && caller ? await this.findRoute.run(tx, accountId, virtualNumber, caller) : null;
    // Registered callers on an ordinary session need no more look-ups: this is the common way.
    const strangers =
      party || virtualNumber === null ? NOBODY : await this.findStrangers.run(tx, accountId, virtualNumber);
    const asking = party && isPinForced(party.session) ? party.session : strangers.prompt;
    const isLocked = asking !== null && (await this.pinLocks.isLocked(tx, asking, caller));
    return { caller, isWithheld: caller === null && isWithheld(from), party, strangers, isLocked };
  }
}
