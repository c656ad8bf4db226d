import { createHash } from 'node:crypto';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ShortLived } from '../../accounts/index.js';
import { Clock } from '../../platform/clock.js';
import { isEqualSecret } from '../../platform/crypto/crypto.js';
import { Database } from '../../platform/database/database.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { WrittenLater } from '../../platform/database/written-later.js';
import { Log } from '../../platform/logging/logger.js';
import { Secrets } from '../../platform/settings/data-folder.js';
import { OPERATORS } from './operator.entity.js';
import type { Role } from './roles.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by AdminGuard. */
    operator?: KnownOperator;
  }
}

/** Who asks /admin. */
export interface KnownOperator {
  id: string;
  name: string;
  role: Role;
}

/** What the audit wants of a request. */
export type AskedByOperator = Pick<FastifyRequest, 'id' | 'operator'>;

/** Who holds ADMIN_TOKEN; there with an empty table, and not to be deleted. */
export const THE_ADMIN: KnownOperator = { id: 'admin', name: 'admin', role: 'admin' };

/** As `newSecret` makes them; what has another form is not looked up. */
const TOKEN = /^[A-Za-z0-9_-]{40}$/;
const USE_EVERY_MS = 60_000;

const OF_TOKEN = selection(OPERATORS.pick(['id', 'name', 'role', 'tokenHash', 'formerUntil']));

/** Whose token it is, and when it was last used. */
@Injectable()
export class KnownOperators implements OnModuleDestroy {
  private readonly byHash: ShortLived<Selected<typeof OF_TOKEN> | null>;
  private readonly uses: WrittenLater<{ id: string; at: number }>;
  /** Of each operator the use that was noted last. */
  private readonly noted = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    log: Log,
  ) {
    this.byHash = new ShortLived(clock, (hash) => this.read(hash));
    this.uses = new WrittenLater({
      add: (_older, newer) => newer,
      write: (rows) => this.keepUses(rows),
      onFailure: (error) => log.warn('operators.use_unwritten', { error }),
    });
  }

  /** Null when the token opens nothing. May be 5 s behind a change made by another process. */
  async of(token: string): Promise<KnownOperator | null> {
    if (isEqualSecret(token, this.secrets.adminToken)) return THE_ADMIN;
    return TOKEN.test(token) ? this.ofHash(hashOf(token)) : null;
  }

  /** The same by the token's hash; never who holds ADMIN_TOKEN. */
  async ofHash(hash: string): Promise<KnownOperator | null> {
    const found = await this.byHash.get(hash);
    const now = this.clock.now();
    // What is remembered may be of a token whose time is over since.
    if (found === null || (found.tokenHash !== hash && (found.formerUntil ?? 0) <= now)) return null;
    this.noteUse(found.id, now);
    return { id: found.id, name: found.name, role: found.role };
  }

  /** To be called inside the transaction that changes whom these tokens are of. */
  distrust(hashes: (string | null)[]): void {
    for (const hash of hashes) if (hash !== null) this.byHash.distrust(hash);
  }

  /** Writes the uses that were noted until now. */
  writeUses(): Promise<void> {
    return this.uses.write();
  }

  onModuleDestroy(): Promise<void> {
    return this.uses.write();
  }

  private async read(hash: string): Promise<Selected<typeof OF_TOKEN> | null> {
    return this.database.read(async (manager) => {
      const [found] = await OF_TOKEN.read(manager, 'FROM operator WHERE token_hash = ?', [hash]);
      if (found) return found;
      const [former] = await OF_TOKEN.read(manager, 'FROM operator WHERE former_hash = ?', [hash]);
      return former ?? null;
    });
  }

  private noteUse(id: string, at: number): void {
    const last = this.noted.get(id);
    if (last !== undefined && Math.abs(at - last) < USE_EVERY_MS) return;
    this.noted.set(id, at);
    this.uses.note(id, { id, at });
  }

  private async keepUses(rows: { id: string; at: number }[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const { id, at } of rows)
        await OPERATORS.update(tx, { lastUsedAt: at }, 'WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)', [
          id,
          at,
        ]);
    });
  }
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
