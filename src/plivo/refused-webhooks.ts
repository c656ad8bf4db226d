import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Clock } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { updateOrInsert } from '../platform/database/key-races.js';
import { number, selection, type Selected } from '../platform/database/rows.js';
import { WrittenLater } from '../platform/database/written-later.js';
import { Events } from '../platform/events/events.js';
import { Log } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { WebhooksRefused } from './plivo.events.js';
import { REFUSED_WEBHOOKS, type RefusedWebhook } from './refused-webhook.entity.js';

const REASONS = [
  'no-signature',
  /** Signed, but with V2 alone, which covers neither query nor body. */
  'v2-only',
  /** Another token, another URL than `PUBLIC_URL` makes, or a changed body. */
  'wrong-signature',
  'unknown-account',
  'nonce-reused',
  'repeated-parameter',
] as const;
export type WebhookRefusal = (typeof REASONS)[number];

type Refused = Pick<RefusedWebhook, 'accountId' | 'path' | 'method' | 'signedUrl'> & { reason: WebhookRefusal };

const SHOWN = 200;
/** As `?account=`: those whose path names no account. */
export const OF_UNKNOWN_ACCOUNTS = 'unknown';
/** What one writing has at the most. */
const MOST_UNWRITTEN = { known: 1000, unknown: SHOWN };
const MINUTE_MS = 60_000;
/** In a minute, of one account: one or two a caller may cause, so many a wrong token or URL does. */
const MANY = 10;

const ROWS = selection(
  REFUSED_WEBHOOKS.pick(['accountId', 'minute', 'path', 'method', 'reason', 'signedUrl', 'at', 'count']),
);
const COUNTED = selection({ count: number('SUM(count)') });
const INSTANT = selection(REFUSED_WEBHOOKS.pick(['at']));

/**
 * Why webhooks are refused: counted, logged once a minute for each account and reason, and listed for operators. Equal ones of a minute are counted
 * together. Accounts that are none share one list of their own, which pushes no other out.
 */
@Injectable()
export class RefusedWebhooks implements OnModuleDestroy {
  private readonly counted: WrittenLater<RefusedWebhook>;
  private logged = { minute: 0, keys: new Set<string>() };
  private readonly failures: Counter<'reason'>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.failures = new Counter({
      name: 'masking_plivo_signature_failures_total',
      help: 'Webhooks refused because they could not be taken for what Plivo has sent, by reason.',
      labelNames: ['reason'],
      registers: [metrics.registry],
    });
    for (const reason of REASONS) this.failures.inc({ reason }, 0);
    this.counted = new WrittenLater({
      add: (older, newer) => ({ ...older, at: newer.at, count: older.count + newer.count }),
      write: (rows) => this.keep(rows),
      onFailure: (error) => log.warn('webhooks.refused_unwritten', { error }),
    });
  }

  note(refused: Refused): void {
    const { accountId, path, method, reason } = refused;
    const at = this.clock.now();
    const minute = at - (at % MINUTE_MS);
    this.failures.inc({ reason });
    this.logOnce(minute, refused);

    const key = [accountId, minute, path, method, reason].join('|');
    if (!this.counted.has(key) && this.isFull(accountId === '')) return;
    this.counted.note(key, { ...refused, minute, at, count: 1 });
  }

  /** Adds what was counted to the rows now. */
  write(): Promise<void> {
    return this.counted.write();
  }

  private keep(rows: RefusedWebhook[]): Promise<void> {
    return this.database.transaction(async (tx) => {
      for (const row of rows) await add(tx, row);
      for (const accountId of new Set(rows.map((row) => row.accountId))) await forgetOld(tx, accountId);
      await this.tellMany(tx, rows);
    });
  }

  /** By what stands in the rows, to which all processes add. */
  private async tellMany(tx: Tx, rows: RefusedWebhook[]): Promise<void> {
    const minutes = new Map(rows.map(({ accountId, minute }) => [`${accountId}|${minute}`, { accountId, minute }]));
    for (const { accountId, minute } of minutes.values()) {
      const rest = 'FROM refused_webhook WHERE account_id = ? AND minute = ?';
      const [counted] = await COUNTED.read(tx, rest, [accountId, minute]);
      const count = counted?.count ?? 0;
      if (count >= MANY) await this.events.publish(tx, new WebhooksRefused(accountId || null, minute, count));
    }
  }

  async onModuleDestroy(): Promise<void> {
    await this.write();
  }

  /** The last 200, newest first. Of all accounts, those of unknown ones have the room that is left. */
  async list(account?: string): Promise<Selected<typeof ROWS>[]> {
    await this.write();
    const latest = (rest: string, parameters: unknown[] = []) =>
      this.database.browse((manager) =>
        ROWS.read(manager, `FROM refused_webhook WHERE ${rest} ORDER BY at DESC LIMIT ${SHOWN}`, parameters),
      );
    if (account !== undefined) return latest('account_id = ?', [account === OF_UNKNOWN_ACCOUNTS ? '' : account]);
    const found = [...(await latest("account_id <> ''")), ...(await latest("account_id = ''"))];
    return found.slice(0, SHOWN).sort((one, other) => other.at - one.at);
  }

  /** Those whose path or URL is somebody's: neither should have a number in it, but both are as whoever sent them wrote them. */
  async forget(isOf: (text: string) => boolean): Promise<void> {
    await this.write();
    const all = await this.database.browse((manager) => ROWS.read(manager, 'FROM refused_webhook'));
    const found = all.filter(({ path, signedUrl }) => isOf(path) || isOf(signedUrl));
    if (found.length === 0) return;
    await this.database.transaction(async (tx) => {
      for (const { accountId, minute, path, method, reason } of found) {
        const key = 'account_id = ? AND minute = ? AND path = ? AND method = ? AND reason = ?';
        await change(tx, `DELETE FROM refused_webhook WHERE ${key}`, [accountId, minute, path, method, reason]);
      }
    });
  }

  private isFull(isUnknown: boolean): boolean {
    let alike = 0;
    for (const { accountId } of this.counted.rows) if ((accountId === '') === isUnknown) alike += 1;
    return alike >= MOST_UNWRITTEN[isUnknown ? 'unknown' : 'known'];
  }

  private logOnce(minute: number, { accountId, path, method, reason, signedUrl }: Refused): void {
    if (this.logged.minute !== minute) this.logged = { minute, keys: new Set() };
    const key = `${accountId}|${reason}`;
    if (this.logged.keys.has(key)) return;
    this.logged.keys.add(key);
    this.log.warn('webhook.refused', { account: accountId || null, reason, method, path, signed_url: signedUrl });
  }
}

function add(tx: Tx, row: RefusedWebhook): Promise<void> {
  const { accountId, minute, path, method, reason, at, count } = row;
  return updateOrInsert(
    () =>
      change(
        tx,
        `UPDATE refused_webhook SET count = count + ?, at = ?
         WHERE account_id = ? AND minute = ? AND path = ? AND method = ? AND reason = ?`,
        [count, at, accountId, minute, path, method, reason],
      ),
    () => REFUSED_WEBHOOKS.insert(tx, row),
  );
}

async function forgetOld(tx: Tx, accountId: string): Promise<void> {
  const rest = `FROM refused_webhook WHERE account_id = ? ORDER BY at DESC LIMIT 1 OFFSET ${SHOWN - 1}`;
  const [oldest] = await INSTANT.read(tx, rest, [accountId]);
  if (oldest) await change(tx, 'DELETE FROM refused_webhook WHERE account_id = ? AND at < ?', [accountId, oldest.at]);
}
