import { Injectable } from '@nestjs/common';
import { ForgetCallbacks } from '../callbacks/index.js';
import { EraseCalls, FIRST_CALL_OF_PARTY, type CallSide, type ErasedCall } from '../call-routing/index.js';
import { ForgetRecordings } from '../recording/index.js';
import { SessionRecords } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Batches } from '../platform/database/purge-in-batches.js';
import { CALLBACK_GRACE_MS, join, NOTHING_LEFT, type ErasingParty, type Left } from './erase-sessions.js';
import { ErasureProgress, type Erased } from './erasure-progress.js';

const PAGE = 1000;
const MOST = 128;

/**
 * Takes a person out of the calls that it made or was rung in and that belong to no session of its own: refused ones, and those of sessions that have somebody
 * else in its place by now. The calls stay, with what they came to, for the session's other customers and for the bill.
 */
@Injectable()
export class EraseCallsElsewhere {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly records: SessionRecords,
    private readonly progress: ErasureProgress,
    private readonly calls: EraseCalls,
    private readonly recordings: ForgetRecordings,
    private readonly callbacks: ForgetCallbacks,
  ) {}

  /** One walk through all of them. */
  async run(party: ErasingParty): Promise<Left> {
    const left = { ...NOTHING_LEFT };
    const batches = new Batches(this.database, MOST);
    for (const side of ['caller_index', 'dialled_index'] as const) {
      let after = FIRST_CALL_OF_PARTY;
      for (;;) {
        const place = { after, limit: PAGE };
        const page = await this.database.browse((manager) => this.calls.next(manager, side, party, place));
        for (let done = 0; done < page.length;) {
          if (!party.mayGoOn()) return { ...left, isMore: true };
          let some: Left = NOTHING_LEFT;
          const { count } = await batches.next(async (tx, size) => {
            const next = page.slice(done, done + size);
            const erasure = await this.progress.hold(tx, party.erasureId);
            const erased = await this.erase(tx, side, party, next);
            await this.progress.add(tx, erasure, erased);
            some = erased.left;
            return next.length;
          });
          join(left, some);
          done += count;
        }
        if (page.length < PAGE) break;
        after = page.at(-1) ?? after;
      }
    }
    left.calls += await this.ringing(party);
    return left;
  }

  /** Calls that ring the person, or of which it is not known yet how they ended, though its place is somebody else's by now; returns how many are on. */
  private async ringing(party: ErasingParty): Promise<number> {
    let on = 0;
    const rung = await this.database.browse((manager) => this.calls.ringing(manager, party.accountId, party));
    for (const request of rung) {
      const number = this.calls.rungBy(request);
      if (this.records.partyIndex(party.accountId, number) !== party.index) continue;
      const isOver = await this.database.transaction(async (tx) => {
        await this.progress.hold(tx, party.erasureId);
        return this.calls.forgetRung(tx, request.id, this.clock.now());
      });
      if (!isOver) on += 1;
    }
    return on;
  }

  private async erase(
    tx: Tx,
    side: CallSide,
    { index, until }: ErasingParty,
    some: ErasedCall[],
  ): Promise<Erased & { left: Left }> {
    const now = this.clock.now();
    const ids = some.map(({ id }) => id);
    const { calls, on } = await this.calls.hold(tx, side, index, ids, now);
    const untold = new Set(await this.callbacks.owingSince(tx, 'calls', ids, now - CALLBACK_GRACE_MS));
    const free = calls.filter(({ id }) => !on.has(id) && !untold.has(id));
    const left = {
      calls: on.size,
      callbacks: calls.filter(({ id }) => untold.has(id) && !on.has(id)).length,
      isMore: false,
    };
    if (free.length === 0) return { left };
    const freeIds = free.map(({ id }) => id);
    const callbacks = await this.callbacks.ofCalls(tx, freeIds, until);
    const { going } = await this.recordings.erase(tx, 'calls', freeIds);
    await this.calls.blank(tx, free);
    return { calls: free.length, callbacks, recordings: going, left };
  }
}
