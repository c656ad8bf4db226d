import { Injectable } from '@nestjs/common';
import { FindCalls, type FoundCall } from '../../call-routing/index.js';
import { SearchNumbers, type PooledNumber } from '../../number-pool/index.js';
import { Database } from '../../platform/database/database.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { isUuid } from '../../platform/ids.js';
import { SearchSessions, type FoundSession } from '../../sessions/index.js';
import { personOf } from '../../telephony/identity.js';
import type { E164 } from '../../telephony/phone.js';
import { digitsOf } from '../../telephony/read-pasted.js';
import { amongOf, FEWEST_DIGITS, LookBack, partiesOf, WITH_TRUNK } from '../reading/look-back.js';
import { ReadNumber } from '../reading/read-number.js';

/** Of each kind. */
const SHOWN = 20;
/** Further sessions and calls of a person are not counted; in each role. */
const COUNTED = 1000;
export interface FoundPerson {
  accountId: string;
  /** Digits, as it was asked for, or last given. */
  number: E164;
  sessions: number;
  calls: number;
  /** When the last session was opened, or call began. */
  lastSeenAt: number;
}

export interface Findings {
  readAs: string;
  people: FoundPerson[];
  sessions: FoundSession[];
  calls: FoundCall[];
  numbers: PooledNumber[];
}

/** Looks everything up that a text may mean. Bounded whatever is asked: each list by an index, and the last digits of a number by how many are opened. */
@Injectable()
export class SearchAll {
  constructor(
    private readonly database: Database,
    private readonly lookBack: LookBack,
    private readonly readNumber: ReadNumber,
    private readonly searchSessions: SearchSessions,
    private readonly findCalls: FindCalls,
    private readonly searchNumbers: SearchNumbers,
  ) {}

  async run(q: string, accountId?: string): Promise<Findings> {
    const id = q.trim().toLowerCase();
    if (isUuid(id)) return this.byId(id, accountId);
    const { readings, words } = await this.readNumber.all(q, accountId);
    const whole = readings.length > 0 ? await this.byNumber(readings, words, accountId) : null;
    if (whole && !isEmpty(whole)) return whole;

    const digits = digitsOf(q) ?? '';
    const last = digits.length < WITH_TRUNK ? digits : digits.replace(/^0+/, '');
    if (last.length >= FEWEST_DIGITS) {
      const ending = await this.byLastDigits(last, accountId);
      return whole === null ? ending : { ...ending, readAs: `${whole.readAs}: not found; then ${ending.readAs}` };
    }
    if (whole) return whole;
    const others = 'the last 4 or more digits of a number, or the id of a session, call or leg';
    throw new InvalidRequest(`q: ${words}, or ${others}`, { param: 'q' });
  }

  /** A session with its calls, or a call with its session. */
  private async byId(id: string, accountId: string | undefined): Promise<Findings> {
    const call = await this.findCalls.one(id).catch(nullIfNotFound);
    const session = await this.sessionOf(call?.call.sessionId ?? id);
    const calls = call ? [call] : await this.findCalls.run({ sessionId: id, limit: SHOWN });
    const isOwn = (owner: string): boolean => accountId === undefined || owner === accountId;
    return {
      readAs: 'the id of a session, call or leg',
      people: [],
      sessions: session && isOwn(session.session.accountId) ? [session] : [],
      calls: calls.filter((one) => isOwn(one.call.accountId)),
      numbers: [],
    };
  }

  private sessionOf(id: string): Promise<FoundSession | null> {
    return this.database.browse((manager) => this.searchSessions.one(manager, id)).catch(nullIfNotFound);
  }

  private async byNumber(readings: readonly E164[], words: string, accountId: string | undefined): Promise<Findings> {
    const limit = SHOWN;
    const [sessions, calls, people] = [[] as FoundSession[], [] as FoundCall[], [] as FoundPerson[]];
    for (const owner of await this.lookBack.owners(accountId))
      for (const party of readings) {
        const own = {
          sessions: await this.searchSessions.run({ accountId: owner, party, limit }),
          calls: await this.findCalls.run({ accountId: owner, party, limit }),
        };
        people.push(...(await this.person(owner, party, own)));
        sessions.push(...own.sessions);
        sessions.push(...(await this.searchSessions.run({ accountId: owner, virtualNumber: party, limit })));
        calls.push(...own.calls);
        calls.push(...(await this.findCalls.run({ accountId: owner, virtualNumber: party, limit })));
      }
    const numbers = await this.searchNumbers.run({ accountId, digits: readings, isEnding: false, limit });
    const readAs = readings.length === 1 ? `+${readings.join('')}, ${words}` : `${words}: both are searched for`;
    return { readAs, ...newest({ people, sessions, calls }), numbers };
  }

  private async byLastDigits(digits: string, accountId: string | undefined): Promise<Findings> {
    const { own, since } = await this.lookBack.run(digits, accountId, SHOWN);
    const people: FoundPerson[] = [];
    for (const one of own)
      for (const party of partiesOf(one).filter((number) => number.endsWith(digits)))
        people.push(...(await this.person(one.accountId, party, whereIs(party, one))));
    const [sessions, calls] = [own.flatMap((one) => one.sessions), own.flatMap((one) => one.calls)];
    const numbers = await this.searchNumbers.run({ accountId, digits: [digits], isEnding: true, limit: SHOWN });
    return {
      readAs: `the last ${digits.length} digits of a number, looked for among ${amongOf(since)}`,
      ...newest({ people, sessions, calls }),
      numbers,
    };
  }

  /** Nobody where there is neither session nor call. */
  private async person(
    accountId: string,
    number: E164,
    { sessions, calls }: Pick<Findings, 'sessions' | 'calls'>,
  ): Promise<FoundPerson[]> {
    const seen = [...sessions.map(({ session }) => session.createdAt), ...calls.map(({ call }) => call.createdAt)];
    if (seen.length === 0) return [];
    return [
      {
        accountId,
        number,
        sessions: await this.searchSessions.countOf(accountId, number, COUNTED),
        calls: await this.findCalls.countOf(accountId, number, COUNTED),
        lastSeenAt: Math.max(...seen),
      },
    ];
  }
}

function whereIs(party: E164, { sessions, calls }: Pick<Findings, 'sessions' | 'calls'>) {
  const person = personOf(party);
  const isIn = (numbers: (string | null)[]): boolean =>
    numbers.some((number) => number !== null && personOf(number as E164) === person);
  return {
    sessions: sessions.filter(({ session: { parties } }) => isIn([parties.first, parties.second])),
    calls: calls.filter(({ caller, dialled }) => isIn([caller, dialled])),
  };
}

function newest({ people, sessions, calls }: Pick<Findings, 'people' | 'sessions' | 'calls'>) {
  return {
    people: people.sort((one, other) => other.lastSeenAt - one.lastSeenAt).slice(0, SHOWN),
    sessions: once(sessions, ({ session }) => session),
    calls: once(calls, ({ call }) => call),
  };
}

function once<Found>(found: Found[], of: (one: Found) => { id: string; createdAt: number }): Found[] {
  const all = [...new Map(found.map((one) => [of(one).id, one])).values()];
  return all.sort((one, other) => of(other).createdAt - of(one).createdAt).slice(0, SHOWN);
}

function isEmpty({ sessions, calls, numbers }: Findings): boolean {
  return sessions.length + calls.length + numbers.length === 0;
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}
