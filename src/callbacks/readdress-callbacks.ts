import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CallbackUrlsChanged, FindSessionById } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection, type Selected } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CALLBACKS } from './callback.entity.js';
import { CallbackTarget, type Target } from './callback-target.js';
import { DELIVER, deliveryOf, urlPlace } from './deliver-callbacks.js';

const READDRESS = 'callbacks.readdress';

const WAITING = selection(CALLBACKS.pick(['id', 'accountId', 'stream', 'url', 'method']));

/**
 * Sends what a session has waiting where its events are told now: who names another URL because the old one is dead would otherwise wait three days for
 * what comes later, since a stream is told in its order.
 */
@Injectable()
export class ReaddressCallbacks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly findSessionById: FindSessionById,
    private readonly target: CallbackTarget,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ accountId: string; sessionId: string }>(
      READDRESS,
      { leaseSeconds: 60 },
      ({ accountId, sessionId }) => this.run(accountId, sessionId),
    );
    this.events.subscribe(CallbackUrlsChanged, async (tx, { accountId, sessionId }) => {
      await this.jobs.enqueue(tx, READDRESS, { accountId, sessionId }, { key: `${READDRESS}:${sessionId}` });
    });
  }

  run(accountId: string, sessionId: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const session = await this.findSessionById.run(tx, accountId, sessionId);
      if (session === null) return;
      for (const stream of ['status', 'recording', 'message'] as const) {
        const target = this.target.of(session, stream);
        if (target) await this.readdress(tx, target);
      }
    });
  }

  private async readdress(tx: Tx, target: Target): Promise<void> {
    const { session, stream, url } = target;
    const waiting = await WAITING.read(
      tx,
      `FROM callback ${this.database.byIndex('callback_sequence')} WHERE session_id = ? AND stream = ? AND status = 'pending'
       ORDER BY sequence ${this.database.forUpdate}`,
      [session.id, stream],
    );
    const anew = { tries: 0, nextAttemptAt: this.clock.now() };
    let changed = 0;
    for (const one of waiting) {
      const address = newAddress(this.crypto, one, target);
      if (address !== null) changed += await CALLBACKS.update(tx, { ...anew, ...address }, 'WHERE id = ?', [one.id]);
    }
    if (changed === 0) return;
    const delivery = { sessionId: session.id, stream, accountId: session.accountId, url };
    const [payload, when] = deliveryOf(this.crypto, delivery);
    await this.jobs.enqueue(tx, DELIVER, payload, { ...when, sooner: true });
  }
}

type Addressed = Pick<Selected<typeof WAITING>, 'id' | 'accountId' | 'url' | 'method'>;

/** What is to be written for a callback to go where its session's events are told now; null where it does. */
export function newAddress(
  crypto: Crypto,
  { id, accountId, url, method }: Addressed,
  target: Target,
): Pick<Addressed, 'url' | 'method'> | null {
  const place = urlPlace(id, accountId);
  if (method === target.method && crypto.open(place, url) === target.url) return null;
  return { url: crypto.seal(place, target.url), method: target.method };
}
