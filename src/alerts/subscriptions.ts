import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { number, selection, type Selected } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { newId } from '../platform/ids.js';
import { Outgoing } from '../platform/outgoing/outgoing.js';
import { TEST_ALERT, type AlertType } from './alert.js';
import { DeliverAlert } from './deliver-alert.js';
import { SECRET_PREFIX } from './sign-alert.js';
import { secretPlace, SUBSCRIPTIONS, urlPlace } from './subscription.entity.js';
import { MOST_SUBSCRIPTIONS, TooManySubscriptions, UrlNotAllowed } from './subscriptions.errors.js';

const SECRET_BYTES = 32;

const LISTED = selection(
  SUBSCRIPTIONS.pick(['id', 'url', 'events', 'accountId', 'createdAt', 'lastAttemptAt', 'lastOutcome']),
);
const COUNT = selection({ subscriptions: number('COUNT(*)') });

/** `events` as they were given, `url` readable; without the secret. */
export type ListedSubscription = Omit<Selected<typeof LISTED>, 'events'> & { events: string[] };

/** Where operators are told. The secret is shown when it is made, and kept sealed. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly outgoing: Outgoing,
    private readonly accounts: Accounts,
    private readonly deliverAlert: DeliverAlert,
  ) {}

  /** Oldest first. */
  async list(): Promise<ListedSubscription[]> {
    const rows = await this.database.browse((manager) =>
      LISTED.read(manager, `FROM subscription ORDER BY id LIMIT ${MOST_SUBSCRIPTIONS}`),
    );
    return rows.map((row) => this.readable(row));
  }

  /** Refuses a URL that may not be called, an account that does not exist, and one subscription too many. */
  async add(
    tx: Tx,
    { url, events, accountId }: { url: string; events: readonly AlertType[]; accountId: string | null },
  ): Promise<ListedSubscription & { secret: string }> {
    const refusal = this.outgoing.refusal(url);
    if (refusal !== null) throw new UrlNotAllowed(refusal);
    if (accountId !== null) await this.accounts.require(tx, accountId);
    const [counted] = await COUNT.read(tx, 'FROM subscription');
    if ((counted?.subscriptions ?? 0) >= MOST_SUBSCRIPTIONS) throw new TooManySubscriptions();

    const id = newId();
    const secret = SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
    const createdAt = this.clock.now();
    const row = { id, events: events.join(' '), accountId, createdAt, lastAttemptAt: null, lastOutcome: null };
    await SUBSCRIPTIONS.insert(tx, {
      ...row,
      url: this.crypto.seal(urlPlace(id), url),
      secret: this.crypto.seal(secretPlace(id), secret),
    });
    return { ...row, url, events: [...events], secret };
  }

  /** What is on its way to it is not sent any more. */
  async remove(tx: Tx, id: string): Promise<void> {
    if ((await change(tx, 'DELETE FROM subscription WHERE id = ?', [id])) === 0) throw unknown();
  }

  /** Has something sent to it now, whatever it wants to be told; answers the id under which it will come. */
  async test(tx: Tx, id: string): Promise<string> {
    const [found] = await LISTED.read(tx, 'FROM subscription WHERE id = ?', [id]);
    if (!found) throw unknown();
    const at = new Date(this.clock.now()).toISOString();
    const alert = { type: TEST_ALERT, id: newId(), at, account: found.accountId, data: { subscription: id } } as const;
    await this.deliverAlert.enqueue(tx, id, alert);
    return alert.id;
  }

  /** Those that are to be told of this. */
  async wanting(tx: Tx, type: AlertType, accountId: string | null): Promise<string[]> {
    const rows = await LISTED.read(tx, 'FROM subscription ORDER BY id');
    return rows
      .filter((row) => row.accountId === null || row.accountId === accountId)
      .filter(({ events }) => events.split(' ').includes(type))
      .map(({ id }) => id);
  }

  private readable(row: Selected<typeof LISTED>): ListedSubscription {
    return { ...row, url: this.crypto.open(urlPlace(row.id), row.url), events: row.events.split(' ') };
  }
}

function unknown(): NotFound {
  return new NotFound('no subscription has this id');
}
