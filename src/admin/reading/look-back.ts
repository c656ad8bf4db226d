import { Injectable } from '@nestjs/common';
import { Accounts } from '../../accounts/index.js';
import { FindCalls, type FoundCall } from '../../call-routing/index.js';
import { Database } from '../../platform/database/database.js';
import { SearchSessions, type FoundSession } from '../../sessions/index.js';
import { personOf } from '../../telephony/identity.js';
import type { E164 } from '../../telephony/phone.js';

/** Numbers are found whole by their keyed index. For their last digits so many of the newest sessions are opened, and so many calls: at 10 us each 0.2 s. */
const OPENED = 10_000;
export const FEWEST_DIGITS = 4;
/** From here on a 0 in front stands for the country code. */
export const WITH_TRUNK = 7;

/** Sessions and calls of one account. */
interface Seen {
  accountId: string;
  sessions: FoundSession[];
  calls: FoundCall[];
}

/** Looks for the last digits of a number, which no index has, among the newest sessions and calls. */
@Injectable()
export class LookBack {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly searchSessions: SearchSessions,
    private readonly findCalls: FindCalls,
  ) {}

  async owners(accountId: string | undefined): Promise<string[]> {
    return accountId === undefined ? this.database.browse((manager) => this.accounts.ids(manager)) : [accountId];
  }

  /** Of each account the newest that end so, at most `limit` of each kind; and since when all were looked at, null for always. */
  async run(
    digits: string,
    accountId: string | undefined,
    limit: number,
  ): Promise<{ own: Seen[]; since: number | null }> {
    const owners = await this.owners(accountId);
    const bound = { most: Math.max(1, Math.floor(OPENED / Math.max(1, owners.length))), limit };
    const own: Seen[] = [];
    let since: number | null = null;
    for (const owner of owners) {
      const found = await this.searchSessions.endingIn(digits, owner, bound);
      const called = await this.findCalls.endingIn(digits, owner, bound);
      since = later(since, later(found.since, called.since));
      own.push({ accountId: owner, sessions: found.sessions, calls: called.calls });
    }
    return { own, since };
  }

  /** Everybody whose number ends so, each once, and among what they were looked for. */
  async people(digits: string, accountId: string | undefined): Promise<{ people: E164[]; among: string }> {
    const { own, since } = await this.run(digits, accountId, OPENED);
    const all = own.flatMap((seen) => partiesOf(seen)).filter((number) => number.endsWith(digits));
    return { people: [...new Map(all.map((one) => [personOf(one), one])).values()], among: amongOf(since) };
  }
}

export function amongOf(since: number | null): string {
  return since === null ? 'all sessions and calls' : `sessions and calls since ${new Date(since).toISOString()}`;
}

/** Everybody's number once, in the spelling given last. */
export function partiesOf({ sessions, calls }: Pick<Seen, 'sessions' | 'calls'>): E164[] {
  const numbers = [
    ...sessions.flatMap(({ session: { parties } }) => [parties.first, parties.second]),
    ...calls.flatMap(({ caller, dialled }) => [caller, dialled]),
  ].filter((number) => number !== null) as E164[];
  return [...new Map(numbers.toReversed().map((number) => [personOf(number), number])).values()];
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
