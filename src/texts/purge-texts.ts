import { Injectable } from '@nestjs/common';
import { Accounts, AccountSettings } from '../accounts/index.js';
import { DeleteMedia } from '../text-media/index.js';
import { Clock, DAY_MS } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { purgeInBatches } from '../platform/database/purge-in-batches.js';
import { marks, selection } from '../platform/database/rows.js';
import { FORWARDS } from './text.entity.js';

const MOST = 500;
const ID = selection(FORWARDS.pick(['id']));

/** Deletes the words of texts that were kept for as long as their account keeps them now; what is still to be sent keeps its words until then. */
@Injectable()
export class PurgeTexts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
    private readonly media: DeleteMedia,
  ) {}

  /** Returns of how many. */
  async run(): Promise<number> {
    let total = 0;
    await this.media.due();
    for (const accountId of await this.database.read((manager) => this.accounts.ids(manager))) {
      const { text_retention_days: days } = await this.database.read((manager) =>
        this.settings.read(manager, accountId),
      );
      const until = this.clock.now() - days * DAY_MS;
      total += await this.ofAccount(accountId, until);
    }
    return total;
  }

  private ofAccount(accountId: string, until: number): Promise<number> {
    return purgeInBatches(this.database, MOST, async (tx, size) => {
      const old = await ID.read(
        tx,
        `FROM text_forward WHERE account_id = ? AND is_body_kept = 1 AND created_at <= ?
         AND state NOT IN ('pending', 'sending') ORDER BY created_at LIMIT ${size}`,
        [accountId, until],
      );
      const ids = old.map(({ id }) => id);
      await this.media.ofForwards(tx, ids);
      if (ids.length > 0)
        await FORWARDS.update(tx, { body: null, isBodyKept: false }, `WHERE id IN (${marks(ids)})`, ids);
      return ids.length;
    });
  }
}
