import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionOpened, type SessionRecord } from '../sessions/index.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { addToStats } from './add-to-stats.js';
import { NOTHING, placeOfOpening } from './sums.js';

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

  private run(tx: Tx, session: SessionRecord): Promise<void> {
    return addToStats(tx, this.database, placeOfOpening(session), { ...NOTHING, sessions: 1, fees: session.fee });
  }
}
