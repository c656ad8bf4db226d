import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { number, numberOrNull, selection } from '../platform/database/rows.js';

const OLDEST = selection({ createdAt: numberOrNull('MIN(created_at)') });
const PAUSED = selection({ receivers: number('COUNT(*)') });

/** How far behind the deliveries are, for whoever watches: both questions are answered by an index. */
@Injectable()
export class ReadBacklog {
  constructor(private readonly database: Database) {}

  /** `oldestAt`: of the oldest callback that is neither delivered nor parked, in milliseconds since 1970; null when there is none. */
  async run(): Promise<{ oldestAt: number | null; pausedReceivers: number }> {
    return this.database.browse(async (manager) => {
      const [oldest] = await OLDEST.read(manager, "FROM callback WHERE status = 'pending'");
      const [paused] = await PAUSED.read(manager, 'FROM failing_receiver WHERE paused_at IS NOT NULL');
      return { oldestAt: oldest?.createdAt ?? null, pausedReceivers: paused?.receivers ?? 0 };
    });
  }
}
