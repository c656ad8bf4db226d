import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionOpened, type SessionRecord } from '../sessions/index.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { addToStats } from './add-to-stats.js';
import { hourOf } from '../platform/clock.js';
import { NOTHING } from './sums.js';

/** Counts a session and its fee in the transaction that opens it. A renewal is no new session. */
@Injectable()
export class CountSession implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(SessionOpened, (tx, { session }) => this.run(tx, session));
  }

  private run(tx: Tx, { id, accountId, virtualNumber, createdAt, fee }: SessionRecord): Promise<void> {
    const place = { accountId, sessionId: id, hour: hourOf(createdAt), virtualNumber };
    return addToStats(tx, this.database, place, { ...NOTHING, sessions: 1, fees: fee });
  }
}
