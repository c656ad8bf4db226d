import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Accounts, CallbackTokens } from '../accounts/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { selection, type Selected } from '../platform/database/rows.js';
import { CALLBACKS } from './callback.entity.js';
import { formDecoded, formEncoded } from './contract.js';
import { bodyPlace } from './deliver-callbacks.js';
import { signedRequest, type CallbackRequest } from './sign-callback.js';

const ROWS = selection(
  CALLBACKS.pick([
    'id',
    'accountId',
    'ownerId',
    'sessionId',
    'callId',
    'stream',
    'sequence',
    'event',
    'method',
    'body',
    'createdAt',
  ]),
);
type Row = Selected<typeof ROWS>;

/** A callback with what it tells, as it was made. */
export type FollowedCallback = Omit<Row, 'body'> & { parameters: Record<string, string> };

/** How often it is looked for new ones; a listener costs one read of an index each time. */
const LOOK_EVERY_MS = 500;
/** A transaction may commit a row after one that was made later; none lasts this long. */
const LATE_MS = 10_000;
/** Who was away longer than this has `GET /admin/callbacks`. */
const LOOK_BACK_MS = HOUR_MS;
const PAGE = 200;

/** Tells an account's callbacks as they are made, whatever becomes of their delivery. */
@Injectable()
export class FollowCallbacks implements OnModuleDestroy {
  private readonly ending = new AbortController();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly accounts: Accounts,
    private readonly tokens: CallbackTokens,
  ) {}

  onModuleDestroy(): void {
    this.ending.abort();
  }

  /** Refuses an account that there is not. */
  check(accountId: string): Promise<void> {
    return this.database.read((manager) => this.accounts.require(manager, accountId));
  }

  /**
   * In the order in which they were made; those that come late, when they come. Ends with the service, or with `signal`. `after`: when the last one was made that the listener has:
   * those of the ten seconds before it are told again. An empty list now and then: it is still there.
   */
  async *run(accountId: string, after: number | null, signal: AbortSignal): AsyncGenerator<FollowedCallback[]> {
    const stopped = AbortSignal.any([signal, this.ending.signal]);
    const begun = this.clock.now();
    let from = Math.max((after ?? begun) - LATE_MS, begun - LOOK_BACK_MS);
    let told = new Map<string, number>();
    // Who begins wants none of before.
    if (after === null) for await (const page of this.since(accountId, from)) note(told, page);
    while (!stopped.aborted) {
      for await (const page of this.since(accountId, from)) {
        const news = page.filter(({ id }) => !told.has(id));
        note(told, news);
        if (news.length > 0) yield news.map((row) => this.opened(row));
      }
      from = Math.max(from, this.clock.now() - LATE_MS);
      told = new Map([...told].filter(([, at]) => at >= from));
      yield [];
      await delay(LOOK_EVERY_MS, null, { signal: stopped }).catch(() => undefined);
    }
  }

  /** The request that would bring a callback with these parameters to a URL, with the signatures of its account. */
  async signed(
    { id, accountId, ownerId, method }: FollowedCallback,
    parameters: Record<string, string>,
    url: string,
  ): Promise<CallbackRequest> {
    const main = await this.tokens.of(accountId);
    const own = ownerId === accountId ? main : await this.tokens.of(ownerId);
    const seconds = Math.floor(this.clock.wall() / 1000);
    return signedRequest({ id, method, form: formEncoded(Object.entries(parameters)) }, url, { own, main }, seconds);
  }

  private async *since(accountId: string, from: number): AsyncGenerator<Row[]> {
    for (let place = { at: from, id: '' }; ;) {
      const page = await this.database.browse((manager) =>
        ROWS.read(
          manager,
          `FROM callback ${this.database.byIndex('callback_created')}
           WHERE account_id = ? AND created_at >= ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT ${PAGE}`,
          [accountId, place.at, place.at, place.id],
        ),
      );
      yield page;
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) return;
      place = { at: last.createdAt, id: last.id };
    }
  }

  private opened({ body, ...row }: Row): FollowedCallback {
    const form = this.crypto.open(bodyPlace(row.id, row.accountId), body);
    return { ...row, parameters: Object.fromEntries(formDecoded(form)) };
  }
}

function note(told: Map<string, number>, rows: readonly Row[]): void {
  for (const { id, createdAt } of rows) told.set(id, createdAt);
}
