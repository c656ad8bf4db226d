import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DailyCaps, Retention } from '../accounts/index.js';
import { FindCallbacks, type ToldCallback } from '../callbacks/index.js';
import { countPinFailures, EraseCalls, FindCalls, FIRST_CALL_OF_PARTY, type FoundCall } from '../call-routing/index.js';
import { numbersOfParty, optFactsOf, type TextOptOut } from '../number-pool/index.js';
import { ReadTextMoney, type TextMoney } from '../billing-stats/index.js';
import { mediaOfForwards, type KeptMedia } from '../text-media/index.js';
import { FindTexts, TEXT_SIDES, type FoundNotice, type FoundText, type TextSide } from '../texts/index.js';
import { FindRecording, type FoundRecording } from '../recording/index.js';
import { SearchSessions, SessionRecords, type FoundSession } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { FindPerson, type PersonAsked } from './find-person.js';

const PAGE = 100;
/** More than a session has. */
const ALL = 100_000;

/** A session of the person's with all that belongs to it. Whoever shows it masks the numbers of others. */
export interface ExportedSession extends FoundSession {
  calls: FoundCall[];
  callbacks: ToldCallback[];
  recordings: FoundRecording[];
  /** How long after its end it is kept, in milliseconds. */
  keptMs: number;
}

/** A call of the person's that belongs to no session of its own. */
export interface ExportedCall {
  side: 'called' | 'was called';
  found: FoundCall;
  callbacks: ToldCallback[];
}

/** A text that the person wrote or was sent, in whatever session, or that in a session of its own was written to it and not sent. */
export interface ExportedText {
  side: TextSide;
  found: FoundText;
  money: TextMoney;
  /** Null where they are not kept. */
  words: string | null;
  /** Pictures and films that were, or are, to be passed on with it. */
  media: KeptMedia[];
}

/** What else one account keeps under the person's index. */
export interface ExportedTraces {
  accountId: string;
  /** Digits, and until when they are kept from others. */
  numbers: { number: string; freeAfter: number }[];
  wrongPins: number;
  /** Requested calls of sessions that have somebody else in its place by now, of which it is not known yet how they ended. */
  ringing: number;
  /** Days on which its phone was counted as dialled. */
  daysDialled: number;
  /** STOP and START, of which number and when. */
  words: TextOptOut[];
}

/** All that is kept of a person, page by page, as it is while it is read: what is written meanwhile may be in it or not. */
@Injectable()
export class ExportPerson {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly records: SessionRecords,
    private readonly retention: Retention,
    private readonly dailyCaps: DailyCaps,
    private readonly findPerson: FindPerson,
    private readonly searchSessions: SearchSessions,
    private readonly calls: EraseCalls,
    private readonly findCalls: FindCalls,
    private readonly findCallbacks: FindCallbacks,
    private readonly findRecording: FindRecording,
    private readonly findTexts: FindTexts,
    private readonly textMoney: ReadTextMoney,
  ) {}

  /** Auth IDs of the accounts that are looked at. Refuses one that there is not. */
  accountsOf({ accountId }: PersonAsked): Promise<string[]> {
    return this.findPerson.accountsOf(accountId);
  }

  /** Newest first, account by account. */
  async *sessions({ number: party }: PersonAsked, accountIds: string[]): AsyncGenerator<ExportedSession> {
    const kept = new Map((await this.retention.ofAll()).map(({ accountId, keptMs }) => [accountId, keptMs]));
    for (const accountId of accountIds) {
      let before: { at: number; id: string } | undefined;
      for (;;) {
        const page = await this.searchSessions.run({ accountId, party, before, limit: PAGE });
        for (const found of page) yield this.whole(found, kept.get(accountId) ?? 0);
        const last = page.at(-1)?.session;
        if (last === undefined || page.length < PAGE) break;
        before = { at: last.createdAt, id: last.id };
      }
    }
  }

  async *otherCalls({ number }: PersonAsked, accountIds: string[]): AsyncGenerator<ExportedCall> {
    const until = this.clock.now();
    for (const accountId of accountIds) {
      const index = this.records.partyIndex(accountId, number) ?? '';
      for (const side of ['caller_index', 'dialled_index'] as const) {
        let after = FIRST_CALL_OF_PARTY;
        for (;;) {
          const place = { after, limit: PAGE };
          const page = await this.database.browse((manager) => this.calls.next(manager, side, { index, until }, place));
          const ids = page.map(({ id }) => id);
          const found = await this.findCalls.many(ids);
          const told = await this.database.browse((manager) => this.findCallbacks.told(manager, { callIds: ids }));
          for (const one of found.values())
            yield {
              side: side === 'caller_index' ? 'called' : 'was called',
              found: one,
              callbacks: told.filter(({ callId }) => callId === one.call.id),
            };
          if (page.length < PAGE) break;
          after = page.at(-1) ?? after;
        }
      }
    }
  }

  async *texts({ number }: PersonAsked, accountIds: string[]): AsyncGenerator<ExportedText> {
    for (const accountId of accountIds) {
      const index = this.records.partyIndex(accountId, number) ?? '';
      for (const side of TEXT_SIDES) {
        let after = { at: 0, id: '' };
        for (;;) {
          const page = await this.findTexts.ofPerson(side, index, after, PAGE);
          const money = await this.textMoney.run(page.map(({ text }) => text.id));
          const ids = page.flatMap(({ forwards }) => forwards.map(({ id }) => id));
          const media = await this.database.browse((manager) => mediaOfForwards(manager, ids));
          for (const [place, found] of page.entries()) {
            const own = media.filter(({ forwardId }) => found.forwards.some(({ id }) => id === forwardId));
            const price = money[place] ?? { units: 0, providerAmount: 0, fees: 0 };
            yield { side, found, money: price, words: this.findTexts.wordsOf(found), media: own };
          }
          const last = page.at(-1)?.text;
          if (page.length < PAGE || last === undefined) break;
          after = { at: last.receivedAt, id: last.id };
        }
      }
    }
  }

  /** What the person was told by us, oldest first. */
  async *notices({ number }: PersonAsked, accountIds: string[]): AsyncGenerator<FoundNotice> {
    for (const accountId of accountIds) {
      const index = this.records.partyIndex(accountId, number) ?? '';
      let after = { at: 0, id: '' };
      for (;;) {
        const page = await this.findTexts.noticesTo(index, after, PAGE);
        yield* page;
        const last = page.at(-1);
        if (page.length < PAGE || last === undefined) break;
        after = { at: last.createdAt, id: last.id };
      }
    }
  }

  async *traces({ number }: PersonAsked, accountIds: string[]): AsyncGenerator<ExportedTraces> {
    for (const accountId of accountIds) {
      const index = this.records.partyIndex(accountId, number) ?? '';
      yield await this.database.browse(async (manager) => ({
        accountId,
        numbers: await numbersOfParty(manager, this.database, index),
        wrongPins: await countPinFailures(manager, accountId, index),
        ringing: await this.ringing(manager, accountId, index),
        daysDialled: await this.dailyCaps.daysOf(manager, accountId, index),
        words: await optFactsOf(manager, accountId, index),
      }));
    }
  }

  private async ringing(manager: EntityManager, accountId: string, index: string): Promise<number> {
    const rung = await this.calls.ringing(manager, accountId, { index, until: this.clock.now() });
    return rung.filter((one) => this.records.partyIndex(accountId, this.calls.rungBy(one)) === index).length;
  }

  private async whole(found: FoundSession, keptMs: number): Promise<ExportedSession> {
    const sessionId = found.session.id;
    const calls = await this.findCalls.run({ sessionId, limit: ALL });
    const [callbacks, recordings] = await this.database.browse(async (manager) => [
      await this.findCallbacks.told(manager, { sessionId }),
      await this.findRecording.search(manager, { sessionId, limit: ALL }),
    ]);
    // Strangers who heard the session's prompt are other people.
    return { ...found, calls: calls.filter(({ call }) => call.sessionId === sessionId), callbacks, recordings, keptMs };
  }
}
