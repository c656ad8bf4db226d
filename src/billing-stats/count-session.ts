import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionOpened, SessionsImported, type SessionRecord } from '../sessions/index.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { addToNumber, addToSession, addToStats } from './add-to-stats.js';
import { ALL_NUMBERS, NOTHING, placeOfOpening, plus, type StatPlace, type Sums } from './sums.js';

/** Counts a session and its fee in the transaction that opens it. A renewal is no new session. */
@Injectable()
export class CountSession implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(SessionOpened, (tx, { session }) => this.run(tx, session));
    this.events.subscribe(SessionsImported, (tx, { sessions }) => this.runAll(tx, sessions));
  }

  private run(tx: Tx, session: SessionRecord): Promise<void> {
    return addToStats(tx, this.database, placeOfOpening(session), sumsOf(session));
  }

  /** The same sums, each row of a number and of the account written once: it is held until the commit. */
  private async runAll(tx: Tx, sessions: readonly SessionRecord[]): Promise<void> {
    const ofNumbers = new Map<string, { place: StatPlace; sums: Sums }>();
    for (const session of sessions) {
      const place = placeOfOpening(session);
      await addToSession(tx, this.database, place, sumsOf(session));
      for (const virtualNumber of [place.virtualNumber, ALL_NUMBERS]) {
        const key = [virtualNumber, place.quarter, place.subaccountId].join(' ');
        const sums = plus(ofNumbers.get(key)?.sums ?? NOTHING, sumsOf(session));
        ofNumbers.set(key, { place: { ...place, virtualNumber }, sums });
      }
    }
    // The account's last.
    const inOrder = [...ofNumbers].sort(([one], [other]) => (one < other ? 1 : -1));
    for (const [, { place, sums }] of inOrder) await addToNumber(tx, this.database, place, sums);
  }
}

function sumsOf({ fee }: SessionRecord): Sums {
  return { ...NOTHING, sessions: 1, fees: fee };
}
