import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { accountAtPlivo } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { change, Database } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists, selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Log } from '../platform/logging/logger.js';
import { PLIVO_OUTAGES } from './plivo-outage.entity.js';
import { PlivoReached, PlivoUnreachable } from './plivo.events.js';

/** Requests in a row, each with its repetitions. */
const UNREACHABLE_AFTER = 5;

const OUTAGE = selection(PLIVO_OUTAGES.pick(['accountId', 'since']));

/** Since when Plivo does not answer for some account; null while it answers for all of them. */
export async function plivoAwaySince(manager: EntityManager): Promise<number | null> {
  const [longest] = await OUTAGE.read(manager, 'FROM plivo_outage WHERE account_id IS NOT NULL ORDER BY since LIMIT 1');
  return longest?.since ?? null;
}

/**
 * Notices that Plivo does not answer for an account, and that it does again. Counted in the memory of each process, which asks the database only when
 * that changes, and once for each account since its start: an outage may have begun before it.
 */
@Injectable()
export class PlivoReach implements OnModuleDestroy {
  /** Failures in a row by Auth ID at Plivo. */
  private readonly failures = new Map<string, number>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly log: Log,
  ) {}

  /** `isReached`: Plivo answered, whatever it said. */
  note(plivoAuthId: string, isReached: boolean): void {
    const before = this.failures.get(plivoAuthId);
    if (isReached && before === 0) return;
    const failures = isReached ? 0 : (before ?? 0) + 1;
    this.failures.set(plivoAuthId, failures);
    if (isReached && (before === undefined || before >= UNREACHABLE_AFTER)) this.write(() => this.end(plivoAuthId));
    // Again from time to time, should it not have been written.
    if (!isReached && failures % UNREACHABLE_AFTER === 0) this.write(() => this.begin(plivoAuthId, failures));
  }

  /** Waits until what was noticed is written. */
  onModuleDestroy(): Promise<void> {
    return this.writing;
  }

  private write(work: () => Promise<void>): void {
    this.writing = this.writing.then(work).catch((error: unknown) => this.log.warn('plivo.reach-unwritten', { error }));
  }

  private begin(plivoAuthId: string, failures: number): Promise<void> {
    return this.database.transaction(async (tx) => {
      if (await exists(tx, 'FROM plivo_outage WHERE plivo_auth_id = ?', [plivoAuthId])) return;
      const accountId = await accountAtPlivo(tx, plivoAuthId);
      await orStartOver(PLIVO_OUTAGES.insert(tx, { plivoAuthId, accountId, since: this.clock.now() }));
      await this.events.publish(tx, new PlivoUnreachable(accountId, failures));
    });
  }

  private async end(plivoAuthId: string): Promise<void> {
    const of = [plivoAuthId];
    const find = 'FROM plivo_outage WHERE plivo_auth_id = ?';
    if (!(await this.database.read((manager) => exists(manager, find, of)))) return;
    await this.database.transaction(async (tx) => {
      const [outage] = await OUTAGE.read(tx, find, of);
      if (!outage || (await change(tx, `DELETE ${find}`, of)) === 0) return;
      await this.events.publish(tx, new PlivoReached(outage.accountId, outage.since));
    });
  }
}
