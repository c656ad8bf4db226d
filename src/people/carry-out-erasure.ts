import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EraseCalls } from '../call-routing/index.js';
import { ForgetRecordings } from '../recording/index.js';
import { SessionRecords } from '../sessions/index.js';
import { Clock, DAY_MS } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { emptyChangeLog } from '../platform/database/empty-change-log.js';
import { ForgetAnswers } from '../platform/http/forget-answers.js';
import { Defer, Jobs, Park } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import type { E164 } from '../telephony/phone.js';
import { EraseCallsElsewhere } from './erase-calls-elsewhere.js';
import { EraseSessions, join, NOTHING_LEFT } from './erase-sessions.js';
import { EraseTexts } from './erase-texts.js';
import { EraseTraces } from './erase-traces.js';
import { EraseUrls } from './erase-urls.js';
import { personPlace, type Erasure } from './erasure.entity.js';
import { ErasureIsOver, ErasureProgress } from './erasure-progress.js';
import { FindPerson } from './find-person.js';
import { isAbout } from './is-about.js';

export const ERASE = 'people.erase';
const LEASE_SECONDS = 300;
/** A run gives its lease back before that ends, and goes on in another. */
const RUN_MS = 120_000;
/** Until calls of earlier versions are indexed, or what is waited for may be over. */
const LOOK_AGAIN_SECONDS = { soon: 2, later: 20 };
const SOON_FOR_MS = 600_000;
/** Nothing that is waited for lasts so long, except a Plivo that does not delete. */
const GIVE_UP_MS = 7 * DAY_MS;

/**
 * Erases a person: sessions, calls, whatever else is kept under its index. Each step is found by the index and leaves it nothing to find, so a run may stop
 * anywhere, be killed, or be done by two. What is waited for, `waiting` says; docs/privacy.md has the rules.
 */
@Injectable()
export class CarryOutErasure implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly records: SessionRecords,
    private readonly progress: ErasureProgress,
    private readonly findPerson: FindPerson,
    private readonly eraseSessions: EraseSessions,
    private readonly eraseCallsElsewhere: EraseCallsElsewhere,
    private readonly eraseTexts: EraseTexts,
    private readonly eraseTraces: EraseTraces,
    private readonly eraseUrls: EraseUrls,
    private readonly calls: EraseCalls,
    private readonly recordings: ForgetRecordings,
    private readonly answers: ForgetAnswers,
  ) {}

  onModuleInit(): void {
    const options = {
      leaseSeconds: LEASE_SECONDS,
      maxAttempts: Number.MAX_SAFE_INTEGER,
      retryDelaySeconds: retryDelay,
      // A place of its own: behind thousands of calls whose prices Plivo does not tell, it would wait for hours.
      lanes: { inFlight: 1, perLane: 1 },
    };
    this.jobs.handle<{ erasureId: string }>(ERASE, options, async ({ erasureId }, { signal }) => {
      const endsAt = performance.now() + RUN_MS;
      try {
        await this.run(erasureId, () => !signal.aborted && performance.now() < endsAt);
      } catch (error) {
        if (!(error instanceof ErasureIsOver)) throw error;
      }
    });
  }

  /** Throws `Defer` when something is left for later. */
  async run(id: string, mayGoOn: () => boolean = () => true): Promise<void> {
    const erasure = await this.progress.read(id);
    if (erasure?.status !== 'running') return;
    if (this.clock.now() > erasure.askedAt + GIVE_UP_MS) return this.giveUp(id);
    if (erasure.person !== null) await this.eraseRows(erasure, erasure.person, mayGoOn);

    // Pages of before stand in it; what is written from here on names nobody.
    if (!emptyChangeLog(this.database)) throw new Defer(1, 'the log of changes is in use');
    await this.awaitRecordings(erasure);
    await this.progress.end(id, 'done', this.clock.now());
    this.log.info('person.erased', { erasure: id });
  }

  private async eraseRows(erasure: Erasure, sealed: string, mayGoOn: () => boolean): Promise<void> {
    const { id, accountId, askedAt } = erasure;
    if (await this.database.read((manager) => this.calls.isBeingIndexed(manager)))
      throw new Defer(LOOK_AGAIN_SECONDS.soon, 'calls of an earlier version are being indexed');
    const number = this.crypto.open(personPlace(id), sealed) as E164;
    if (erasure.found === null)
      await this.progress.found(
        id,
        await this.findPerson.count({ number, accountId: accountId ?? undefined }, askedAt),
      );

    const left = { ...NOTHING_LEFT };
    const accounts = await this.findPerson.accountsOf(accountId);
    const parties = accounts.map((account) => {
      const index = this.records.partyIndex(account, number) ?? '';
      return { erasureId: id, accountId: account, index, until: askedAt, mayGoOn };
    });
    for (const party of parties) {
      join(left, await this.eraseSessions.run(party));
      join(left, await this.eraseCallsElsewhere.run(party));
      left.isMore ||= await this.eraseTexts.elsewhere(party, (text) => isAbout(number, text));
      await this.eraseTraces.inAccount(party);
    }
    await this.eraseTraces.everywhere(number, accountId);
    await this.database.transaction((tx) => this.answers.requestsFor(tx, id));
    await this.progress.waits(id, { calls: left.calls, callbacks: left.callbacks, recordings: 0 });
    if (left.isMore) throw new Defer(0, 'goes on');
    if (left.calls + left.callbacks > 0) throw this.later(erasure, 'a call is on, or a callback is being delivered');
    for (const party of parties) if (await this.eraseUrls.run(number, party)) throw new Defer(0, 'goes on');
    await this.progress.forgetNumber(id);
  }

  /** Files and Plivo's copies are deleted by their own jobs, however long Plivo takes. */
  private async awaitRecordings(erasure: Erasure): Promise<void> {
    const { id } = erasure;
    const ordered = await this.progress.recordingsOf(id);
    const going = await this.database.read((manager) => this.recordings.stillGoing(manager, ordered));
    await this.progress.recordingsGone(
      id,
      ordered.filter((recordingId) => !going.has(recordingId)),
    );
    await this.progress.waits(id, { calls: 0, callbacks: 0, recordings: going.size });
    if (going.size > 0) throw this.later(erasure, 'recordings are being deleted');
  }

  private later({ askedAt }: Erasure, reason: string): Defer {
    const isSoon = this.clock.now() < askedAt + SOON_FOR_MS;
    return new Defer(isSoon ? LOOK_AGAIN_SECONDS.soon : LOOK_AGAIN_SECONDS.later, reason);
  }

  private async giveUp(id: string): Promise<never> {
    await this.progress.end(id, 'failed', this.clock.now());
    throw new Park('not done within a week: ask again');
  }
}

function retryDelay(attempt: number): number {
  return Math.min(2 ** Math.min(attempt, 10), 60);
}
