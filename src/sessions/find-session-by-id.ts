import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { SessionRecords, type SessionRecord } from './session-record.js';

/** One session of an account, live or ended; its row is kept until the transaction ends. */
@Injectable()
export class FindSessionById {
  constructor(
    private readonly database: Database,
    private readonly records: SessionRecords,
  ) {}

  run(tx: Tx, accountId: string, sessionId: string): Promise<SessionRecord | null> {
    return this.records.find(tx, { accountId, subaccountId: null }, sessionId, this.database.forUpdate);
  }
}
