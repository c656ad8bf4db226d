import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts } from '../accounts/index.js';
import { ForgetCallbacks } from '../callbacks/index.js';
import { EraseCalls } from '../call-routing/index.js';
import { ForgetTexts } from '../texts/index.js';
import { ForgetRecordings } from '../recording/index.js';
import { countSessionsOfParty, SearchSessions, SessionRecords, type FoundSession } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import type { E164 } from '../telephony/phone.js';
import { NOTHING, type PersonCounts } from './erasure.entity.js';

const NEWEST = 20;

/** A person of one account, or of all. */
export interface PersonAsked {
  number: E164;
  /** Auth ID. */
  accountId?: string | undefined;
}

/** Says how much is kept of a person, whatever spelling is asked for, and shows its newest sessions. */
@Injectable()
export class FindPerson {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly accounts: Accounts,
    private readonly records: SessionRecords,
    private readonly searchSessions: SearchSessions,
    private readonly calls: EraseCalls,
    private readonly recordings: ForgetRecordings,
    private readonly callbacks: ForgetCallbacks,
    private readonly texts: ForgetTexts,
  ) {}

  async run(person: PersonAsked): Promise<{ found: PersonCounts; sessions: FoundSession[] }> {
    const found = await this.count(person, this.clock.now());
    const { number: party, accountId } = person;
    return { found, sessions: await this.searchSessions.run({ party, accountId, limit: NEWEST }) };
  }

  /** Of what began until an instant. */
  async count(person: PersonAsked, until: number): Promise<PersonCounts> {
    const total = { ...NOTHING };
    for (const accountId of await this.accountsOf(person.accountId)) {
      const index = this.records.partyIndex(accountId, person.number) ?? '';
      const counts = await this.database.browse((manager) => this.ofAccount(manager, { index, until }));
      for (const name of Object.keys(counts) as (keyof PersonCounts)[]) total[name] += counts[name];
    }
    return total;
  }

  /** Auth IDs. Refuses an account that there is not. */
  async accountsOf(accountId: string | null | undefined): Promise<string[]> {
    const all = await this.database.browse((manager) => this.accounts.ids(manager));
    if (accountId === null || accountId === undefined) return all;
    if (!all.includes(accountId)) throw new NotFound('no account has this auth_id');
    return [accountId];
  }

  private async ofAccount(manager: EntityManager, party: { index: string; until: number }): Promise<PersonCounts> {
    return {
      sessions: await countSessionsOfParty(manager, party),
      calls: await this.calls.count(manager, party),
      recordings: await this.recordings.count(manager, party),
      callbacks: await this.callbacks.count(manager, party),
      texts: await this.texts.countOf(manager, party),
    };
  }
}
