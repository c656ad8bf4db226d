import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, DAY_MS } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { exists, marks, selection } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { LEAST_QUIET_MS, QUIET_MS, type AlertData, type AlertType } from './alert.js';
import { DeliverAlert } from './deliver-alert.js';
import { TOLD_CAUSES } from './subscription.entity.js';
import { Subscriptions } from './subscriptions.js';

const RAISE = 'alerts.raise';
const FORGOTTEN_AT_ONCE = 32;
const OLD = selection(TOLD_CAUSES.pick(['cause']));

/** Something that operators may want to know. */
export interface Raised {
  type: AlertType;
  accountId: string | null;
  /** What, within its type and account, is not told again for a while. */
  cause: string;
  data: AlertData;
}

/**
 * Tells everybody who wants to know, and the log, once for a cause and a while. What noticed it only leaves a job behind: whether it is news, and for
 * whom, is found out when nobody waits for it.
 */
@Injectable()
export class RaiseAlert implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly subscriptions: Subscriptions,
    private readonly deliverAlert: DeliverAlert,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Raised & { at: number }>(RAISE, { leaseSeconds: 30 }, (raised, { id }) => this.run(id, raised));
  }

  /** In the transaction of the fact. */
  async enqueue(tx: Tx, raised: Raised): Promise<void> {
    const payload = { ...raised, at: this.clock.now() };
    await this.jobs.enqueue(tx, RAISE, payload, { key: `${RAISE}:${this.digestOf(raised)}` });
  }

  /** `id` becomes the alert's. Running it again tells nobody anything. */
  async run(id: string, { at, ...raised }: Raised & { at: number }): Promise<void> {
    const { type, accountId, data } = raised;
    const alert = { type, id, at: new Date(at).toISOString(), account: accountId, data };
    const told = await this.database.transaction(async (tx) => {
      if (!(await this.isNews(tx, raised))) return null;
      const wanting = await this.subscriptions.wanting(tx, type, accountId);
      for (const subscriptionId of wanting) await this.deliverAlert.enqueue(tx, subscriptionId, alert);
      return wanting.length;
    });
    if (told !== null) this.log.warn('alert.raised', { id, type, account: accountId, ...data, subscriptions: told });
  }

  /** Of two at once one changes the row. */
  private async isNews(tx: Tx, raised: Raised): Promise<boolean> {
    const now = this.clock.now();
    const cause = this.digestOf(raised);
    const quietMs = QUIET_MS[raised.type] ?? LEAST_QUIET_MS;
    const old = 'WHERE cause = ? AND told_at <= ?';
    if ((await TOLD_CAUSES.update(tx, { toldAt: now }, old, [cause, now - quietMs])) > 0) return true;
    if (await exists(tx, 'FROM told_cause WHERE cause = ?', [cause])) return false;
    await orStartOver(TOLD_CAUSES.insert(tx, { cause, toldAt: now }));
    await this.forgetOld(tx, now - DAY_MS);
    return true;
  }

  /**
   * Waits for nobody: a DELETE by the instant alone stops at the row that another has just written, so thirty alerts at once went one after the other, and on a
   * busy server those behind gave up and came back five seconds later.
   */
  private async forgetOld(tx: Tx, before: number): Promise<void> {
    const old = await OLD.read(
      tx,
      `FROM told_cause WHERE told_at < ? ORDER BY told_at LIMIT ${FORGOTTEN_AT_ONCE} ${this.database.forUpdateSkipLocked}`,
      [before],
    );
    if (old.length === 0) return;
    const causes = old.map(({ cause }) => cause);
    await change(tx, `${this.database.deleteFrom('told_cause')} WHERE cause IN (${marks(causes)})`, causes);
  }

  private digestOf({ type, accountId, cause }: Raised): string {
    return this.crypto.fingerprint(`alert:${type}|${accountId ?? ''}|${cause}`);
  }
}
