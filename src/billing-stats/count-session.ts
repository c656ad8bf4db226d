import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, microsOf } from '../accounts/index.js';
import { chargeSession, nextOpened, SessionOpened } from '../sessions/index.js';
import { Database, type Tx } from '../shared/database.js';
import { Events } from '../shared/events/events.js';
import { addToStats, hourOf, NOTHING } from './add-to-stats.js';

/** Counts a session, and charges the account's fee for it, in the transaction that opens it. A renewal is no new session. */
@Injectable()
export class CountSession implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
    private readonly settings: AccountSettings,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(SessionOpened, (tx, event) => this.run(tx, event));
  }

  async run(tx: Tx, { accountId, sessionId }: SessionOpened): Promise<void> {
    const [session] = await nextOpened(tx, { ids: [sessionId] });
    if (!session) throw new Error('expected the session that was opened');
    const fee = microsOf((await this.settings.read(tx, accountId)).session_fee);
    if (fee > 0) await chargeSession(tx, sessionId, fee);
    const place = { accountId, sessionId, hour: hourOf(session.createdAt), virtualNumber: session.virtualNumber };
    await addToStats(tx, this.database, place, { ...NOTHING, sessions: 1, fees: fee });
  }
}
