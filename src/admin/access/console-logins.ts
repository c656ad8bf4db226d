import { createHmac } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ShortLived } from '../../accounts/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { isEqualSecret } from '../../platform/crypto/crypto.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { marks, selection, type Selected } from '../../platform/database/rows.js';
import { WrittenLater } from '../../platform/database/written-later.js';
import { newSecret } from '../../platform/ids.js';
import { Log } from '../../platform/logging/logger.js';
import { Secrets } from '../../platform/settings/data-folder.js';
import { CONSOLE_LOGINS } from './console-login.entity.js';
import { hashOf, KnownOperators, THE_ADMIN, type KnownOperator } from './known-operators.js';

/** Without a use for so long a login is over; and whatever happens after so long. */
const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 12 * HOUR_MS;
const USE_EVERY_MS = 60_000;
/** Of one operator. The oldest makes room. */
const MOST = 20;
/** Uses that are remembered until they are written; bounds what is kept of logins that nobody ends. */
const MOST_NOTED = 5_000;

const LOGIN = selection(CONSOLE_LOGINS.fields());
type Login = Selected<typeof LOGIN>;

/** A login that opens, and until when. */
export interface OpenLogin {
  operator: KnownOperator;
  cookieHash: string;
  /** Unless it is used before. */
  idleEndsAt: number;
  endsAt: number;
}

/**
 * Logins at the console: a token is shown once, and from then on a cookie stands for it. Kept in the database, as a hash, so they outlive a restart and hold in every
 * process. A login is never worth more than the token it was made with. Time is this machine's own: a simulator's clock that is moved logs nobody out.
 */
@Injectable()
export class ConsoleLogins implements OnModuleDestroy {
  private readonly byHash: ShortLived<Login | null>;
  private readonly uses: WrittenLater<{ cookieHash: string; at: number }>;
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly operators: KnownOperators,
    log: Log,
  ) {
    this.byHash = new ShortLived(clock, (hash) => this.read(hash));
    this.uses = new WrittenLater({
      add: (_older, newer) => newer,
      write: (rows) => this.keepUses(rows),
      onFailure: (error) => log.warn('console.use_unwritten', { error }),
    });
  }

  get longestSeconds(): number {
    return LONGEST_MS / 1000;
  }

  /** Logs an operator in who has shown this token; returns the value of the cookie. */
  async open(tx: Tx, operator: KnownOperator, token: string): Promise<{ value: string; login: OpenLogin }> {
    const value = newSecret();
    const now = this.clock.wall();
    await tx.query('DELETE FROM console_login WHERE created_at <= ?', [now - LONGEST_MS]);
    await this.makeRoom(tx, operator.id);
    const login = {
      cookieHash: hashOf(value),
      operatorId: operator.id,
      credential: operator.id === THE_ADMIN.id ? proofOf(value, token) : hashOf(token),
      createdAt: now,
      usedAt: now,
    };
    await CONSOLE_LOGINS.insert(tx, login);
    this.byHash.distrust(login.cookieHash);
    return { value, login: this.shown(login, operator) };
  }

  /** `over`: it was one, or what it was made with opens nothing any more. Null: nobody knows this cookie. May be 5 s behind what another process changed. */
  async of(value: string): Promise<OpenLogin | 'over' | null> {
    const login = await this.byHash.get(hashOf(value));
    if (login === null) return null;
    const operator = await this.operatorOf(login, value);
    if (operator === null) return 'over';
    const open = this.shown(login, operator);
    return this.clock.wall() < Math.min(open.idleEndsAt, open.endsAt) ? open : 'over';
  }

  /** A person did something, so long ago. */
  noteUse({ cookieHash, idleEndsAt }: OpenLogin, agoMs: number): void {
    const at = this.clock.wall() - agoMs;
    if (at - (idleEndsAt - IDLE_MS) < USE_EVERY_MS) return;
    this.noted.delete(cookieHash);
    this.noted.set(cookieHash, at);
    const [oldest] = this.noted.keys();
    if (this.noted.size > MOST_NOTED && oldest !== undefined) this.noted.delete(oldest);
    this.uses.note(cookieHash, { cookieHash, at });
  }

  async close(tx: Tx, cookieHash: string): Promise<void> {
    await tx.query('DELETE FROM console_login WHERE cookie_hash = ?', [cookieHash]);
    this.forget([cookieHash]);
  }

  /** Of an operator who is removed, or has got another token. */
  async closeAllOf(tx: Tx, operatorId: string): Promise<void> {
    await this.closeBut(tx, operatorId, 0);
  }

  /** Writes the uses that were noted until now. */
  writeUses(): Promise<void> {
    return this.uses.write();
  }

  onModuleDestroy(): Promise<void> {
    return this.uses.write();
  }

  private shown({ cookieHash, createdAt, usedAt }: Login, operator: KnownOperator): OpenLogin {
    const lastUse = Math.max(usedAt, this.noted.get(cookieHash) ?? 0);
    return { operator, cookieHash, idleEndsAt: lastUse + IDLE_MS, endsAt: createdAt + LONGEST_MS };
  }

  private async operatorOf({ operatorId, credential }: Login, value: string): Promise<KnownOperator | null> {
    if (operatorId !== THE_ADMIN.id) return this.operators.ofHash(credential);
    return isEqualSecret(credential, proofOf(value, this.secrets.adminToken)) ? THE_ADMIN : null;
  }

  private makeRoom(tx: Tx, operatorId: string): Promise<void> {
    return this.closeBut(tx, operatorId, MOST - 1);
  }

  private async closeBut(tx: Tx, operatorId: string, kept: number): Promise<void> {
    const all = await LOGIN.read(tx, 'FROM console_login WHERE operator_id = ? ORDER BY created_at DESC', [operatorId]);
    const hashes = all.slice(kept).map(({ cookieHash }) => cookieHash);
    if (hashes.length === 0) return;
    await tx.query(`DELETE FROM console_login WHERE cookie_hash IN (${marks(hashes)})`, hashes);
    this.forget(hashes);
  }

  private forget(hashes: readonly string[]): void {
    for (const hash of hashes) {
      this.noted.delete(hash);
      this.byHash.distrust(hash);
    }
  }

  private async read(hash: string): Promise<Login | null> {
    const [found] = await this.database.read((manager) =>
      LOGIN.read(manager, 'FROM console_login WHERE cookie_hash = ?', [hash]),
    );
    return found ?? null;
  }

  private async keepUses(rows: { cookieHash: string; at: number }[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { cookieHash, at } of rows)
        await CONSOLE_LOGINS.update(tx, { usedAt: at }, 'WHERE cookie_hash = ? AND used_at < ?', [cookieHash, at]);
    });
  }
}

/** Of a token that may be weak: whoever reads the database cannot try guesses without the cookie's value. */
function proofOf(value: string, token: string): string {
  return createHmac('sha256', value).update(token).digest('base64url');
}
