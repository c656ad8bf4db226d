import { Injectable } from '@nestjs/common';
import { ForgetFigures } from '../billing-stats/index.js';
import { ForgetCallbacks } from '../callbacks/index.js';
import { EraseTexts } from './erase-texts.js';
import { EraseCalls, ForgetCalls, type ErasedCall } from '../call-routing/index.js';
import { coolingOff, forgetClaims } from '../number-pool/index.js';
import { ForgetRecordings } from '../recording/index.js';
import {
  countSessionsOfParty,
  EndForErasure,
  FIRST_OF_PARTY,
  forgetInteractions,
  forgetSessions,
  holdOfParty,
  nextOfParty,
  type PartyUntil,
} from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Batches } from '../platform/database/purge-in-batches.js';
import { ForgetAnswers } from '../platform/http/forget-answers.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { ErasureProgress, type Erased } from './erasure-progress.js';
import { RELEASE_PLACES } from './release-places.js';

const PAGE = 2000;
const MOST = 128;
/** A session with more calls than this is emptied first: together with others it would be a long transaction. */
const CROWDED = 50;
const MOST_CALLS = 128;
/** Of the minute that an erasure may take, what its sessions may: the longer, the less it is felt. */
const SESSIONS_MS = 45_000;
/** How long what a session's customer was to be told may still be delivered once the session is to go. docs/privacy.md says so. */
export const CALLBACK_GRACE_MS = 20_000;

/** Somebody's erasure in one account. */
export interface ErasingParty extends PartyUntil {
  erasureId: string;
  accountId: string;
  /** False when the worker's time is over. */
  mayGoOn: () => boolean;
}

/** What is left for a later look. */
export interface Left {
  calls: number;
  callbacks: number;
  /** Something is left that nobody waits for. */
  isMore: boolean;
}

export const NOTHING_LEFT: Left = { calls: 0, callbacks: 0, isMore: false };

export function join(left: Left, more: Left): void {
  left.calls += more.calls;
  left.callbacks += more.callbacks;
  left.isMore ||= more.isMore;
}

/**
 * Erases a person's sessions with all that belongs to them. Live ones end first, and their customers hear of it; one in which a call is on stays until that is
 * over. Calls whose price is final go, and what they came to is remembered; of younger ones there stays what nobody is in.
 */
@Injectable()
export class EraseSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly progress: ErasureProgress,
    private readonly endForErasure: EndForErasure,
    private readonly eraseCalls: EraseCalls,
    private readonly forgetCalls: ForgetCalls,
    private readonly recordings: ForgetRecordings,
    private readonly figures: ForgetFigures,
    private readonly callbacks: ForgetCallbacks,
    private readonly answers: ForgetAnswers,
    private readonly eraseTexts: EraseTexts,
  ) {}

  /** Returns what a later run is to look at again. */
  async run(party: ErasingParty): Promise<Left> {
    const rows = await this.database.browse((manager) => countSessionsOfParty(manager, party));
    const overMs = Math.max(party.until + SESSIONS_MS - this.clock.now(), 0);
    const batches = new Batches(this.database, MOST, { spread: { rows, overMs } });
    // Those that live first, because they go on being called as long as they do; what is left of them is seen again among all.
    let left = NOTHING_LEFT;
    for (const endingAfter of [this.clock.now(), 0])
      left = await this.walk(party, batches, endingAfter, (tx, ids) => this.erase(tx, ids, party));
    return { ...left, isMore: left.isMore || !party.mayGoOn() };
  }

  /** Shows `work` the sessions that end after an instant, some at a time, each some held in a transaction. */
  private async walk(
    party: ErasingParty,
    batches: Batches,
    endingAfter: number,
    work: (tx: Tx, ids: string[]) => Promise<Erased & { left: Left }>,
  ): Promise<Left> {
    const left = { ...NOTHING_LEFT };
    for (const role of ['first', 'second'] as const) {
      let after = { ...FIRST_OF_PARTY, expiresAt: endingAfter };
      for (;;) {
        const place = { role, after, limit: PAGE };
        const page = await this.database.browse((manager) => nextOfParty(manager, this.database, party, place));
        const ids = page.map(({ id }) => id);
        for (let done = 0; done < ids.length;) {
          if (!party.mayGoOn()) return left;
          let some: Left = NOTHING_LEFT;
          const { count } = await batches.next(async (tx, size) => {
            const next = ids.slice(done, done + size);
            const erasure = await this.progress.hold(tx, party.erasureId);
            const held = await holdOfParty(tx, this.database, party.index, next);
            const erased = held.length === 0 ? { left: NOTHING_LEFT } : await work(tx, held);
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
    return left;
  }

  private async erase(tx: Tx, held: string[], party: ErasingParty): Promise<Erased & { left: Left }> {
    await this.endForErasure.run(tx, held);
    const now = this.clock.now();
    const busy = new Set(await this.eraseCalls.busyAmong(tx, held, now));
    const untold = new Set(await this.callbacks.owingSince(tx, 'sessions', held, now - CALLBACK_GRACE_MS));
    const free = held.filter((id) => !busy.has(id) && !untold.has(id));
    const left = { calls: busy.size, callbacks: [...untold].filter((id) => !busy.has(id)).length, isMore: false };
    if (free.length === 0) return { left };

    const { texts, isMore } = await this.eraseTexts.ofSessions(tx, free);
    // They are looked at again when they have fewer.
    if (isMore) return { texts, left: { ...left, isMore } };
    const counts = await this.forgetCalls.count(tx, free);
    const crowded = [...counts].filter(([, calls]) => calls > CROWDED).map(([id]) => id);
    const [full] = crowded;
    // It is looked at again when it is emptier.
    if (full !== undefined) return { ...(await this.empty(tx, full, party)), texts, left: { ...left, isMore: true } };
    return { ...(await this.forget(tx, free, counts, party)), texts, left };
  }

  private async forget(
    tx: Tx,
    ids: string[],
    counts: Map<string, number>,
    { accountId, until }: ErasingParty,
  ): Promise<Erased> {
    const now = this.clock.now();
    // What its customer was told of the end is not what was there.
    const callbacks = await this.callbacks.ofSessions(tx, ids, until);
    const { going } = await this.recordings.erase(tx, 'sessions', ids);
    await this.answers.ofSessions(tx, ids);
    const final = await this.forgetCalls.finalBefore(tx, accountId, now);
    await this.detach(tx, await this.eraseCalls.openOf(tx, ids, final));
    await this.figures.ofSessions(tx, ids);
    await this.forgetCalls.ofSessions(tx, ids);
    await forgetClaims(tx, this.database, ids);
    await forgetSessions(tx, this.database, ids, now);
    await this.releaseLater(tx, ids);
    const calls = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return { sessions: ids.length, calls, callbacks, recordings: going };
  }

  /** Takes the oldest calls out of a session that has very many. */
  private async empty(tx: Tx, sessionId: string, party: ErasingParty): Promise<Erased> {
    const final = await this.forgetCalls.finalBefore(tx, party.accountId, this.clock.now());
    const oldest = await this.eraseCalls.openOf(tx, [sessionId], 0, MOST_CALLS);
    const ids = oldest.map(({ id }) => id);
    const callbacks = await this.callbacks.ofCalls(tx, ids, party.until);
    const { going } = await this.recordings.erase(tx, 'calls', ids);
    await this.detach(
      tx,
      oldest.filter(({ createdAt }) => createdAt > final),
    );
    const over = oldest.filter(({ createdAt }) => createdAt <= final);
    for (const [accountId, legs] of legsByAccount(over)) await this.figures.ofCalls(tx, accountId, legs);
    await this.forgetCalls.run(tx, over);
    await forgetInteractions(tx, this.database, ids);
    return { calls: ids.length, callbacks, recordings: going };
  }

  private async detach(tx: Tx, calls: ErasedCall[]): Promise<void> {
    await this.eraseCalls.detach(tx, calls);
    for (const [accountId, legs] of legsByAccount(calls)) await this.figures.detach(tx, accountId, legs);
  }

  /** The other party's place, which cools off, is nobody's to find once the session is gone. */
  private async releaseLater(tx: Tx, sessionIds: string[]): Promise<void> {
    const cooling = await coolingOff(tx, this.database, sessionIds);
    if (cooling.size === 0) return;
    const runAt = Math.max(...cooling.values());
    await this.jobs.enqueue(tx, RELEASE_PLACES, { sessionIds: [...cooling.keys()] }, { runAt });
  }
}

function legsByAccount(calls: ErasedCall[]): Map<string, string[]> {
  const legs = new Map<string, string[]>();
  for (const { accountId, aLegUuid } of calls) legs.set(accountId, [...(legs.get(accountId) ?? []), aLegUuid]);
  return legs;
}
