import { Injectable } from '@nestjs/common';
import { Accounts, AccountSettings } from '../accounts/index.js';
import { Clock, DAY_MS, HOUR_MS } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { marks } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { DELETE, DeleteRecording, deleteKey } from './delete-recording.js';
import { FETCH, fetchKey } from './fetch-recording.js';
import { LONGEST_CALL_MS, LOOK, lookKey } from './looking.js';
import { IDS } from './recording-rows.js';

const BATCH = 200;

/** Hourly: recordings past their account's retention are deleted, and those that nothing moves any more are moved again. */
@Injectable()
export class KeepRecordings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
    private readonly deleteRecording: DeleteRecording,
  ) {}

  async run(): Promise<number> {
    let deleted = 0;
    for (const accountId of await this.database.browse((manager) => this.accounts.ids(manager)))
      deleted += await this.retire(accountId);
    // A call whose end was never heard of, and jobs that a person or a version lost: each is a no-op while its job is there.
    await this.wake(['ordered', 'recording'], LONGEST_CALL_MS, (id) => [LOOK, lookKey(id)]);
    await this.wake(['fetching'], HOUR_MS, (id) => [FETCH, fetchKey(id)]);
    await this.wake(['deleting'], HOUR_MS, (id) => [DELETE, deleteKey(id)]);
    return deleted;
  }

  private async retire(accountId: string): Promise<number> {
    const settings = await this.database.read((manager) => this.settings.read(manager, accountId));
    const before = this.clock.now() - settings.recording_retention_days * DAY_MS;
    let total = 0;
    for (;;) {
      const found = await this.database.transaction(async (tx) => {
        const due = await IDS.read(
          tx,
          `FROM recording WHERE account_id = ? AND status IN ('ready', 'fetching', 'failed', 'none') AND created_at <= ?
           ORDER BY created_at LIMIT ${BATCH} ${this.database.forUpdateSkipLocked}`,
          [accountId, before],
        );
        for (const { id } of due) await this.deleteRecording.request(tx, id);
        return due.length;
      });
      total += found;
      if (found < BATCH) return total;
    }
  }

  private async wake(statuses: string[], ageMs: number, jobOf: (id: string) => [string, string]): Promise<void> {
    const still = await this.database.browse((manager) =>
      IDS.read(
        manager,
        `FROM recording WHERE status IN (${marks(statuses)}) AND created_at <= ? ORDER BY created_at LIMIT 1000`,
        [...statuses, this.clock.now() - ageMs],
      ),
    );
    for (const { id } of still) {
      const [kind, key] = jobOf(id);
      await this.database.transaction((tx) => this.jobs.enqueue(tx, kind, { recordingId: id }, { key }));
    }
  }
}
