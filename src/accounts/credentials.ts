import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection, text, textOrNull } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { Config } from '../platform/settings/config.js';
import { API_TOKENS, type ApiToken } from './account.entity.js';
import { isLeftOver } from './demo-account.js';
import { ShortLived } from './short-lived.js';

const OF_OWNER = selection({
  ...API_TOKENS.pick(['id', 'token'], 't'),
  accountId: text('COALESCE(s.account_id, t.owner_id)'),
  status: textOrNull('a.status'),
});

/** The live tokens of one account or subaccount, opened. */
export interface OpenedCredentials {
  accountId: string;
  /** Null for an account's own credentials. */
  subaccountId: string | null;
  /** Whether they open nothing, because the account is disabled or a trial's. Callbacks of what still goes on are signed all the same. */
  isClosed: boolean;
  /** Oldest first. */
  tokens: { id: string; token: string }[];
}

/** Tokens of the REST API: sealed in the database, opened here. */
@Injectable()
export class Credentials {
  private readonly opened: ShortLived<OpenedCredentials | null>;

  constructor(
    database: Database,
    private readonly crypto: Crypto,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {
    this.opened = new ShortLived(clock, (ownerId) => database.read((manager) => this.read(manager, ownerId)));
  }

  /** Null when nobody has this Auth ID. May be 5 s behind a change made by another process. */
  of(ownerId: string): Promise<OpenedCredentials | null> {
    return this.opened.get(ownerId);
  }

  async add(
    tx: Tx,
    ownerId: string,
    token: string,
    origin: ApiToken['origin'],
  ): Promise<{ id: string; createdAt: number }> {
    const id = newId();
    const createdAt = this.clock.now();
    const sealed = this.crypto.seal(place(id, ownerId), token);
    await API_TOKENS.insert(tx, { id, ownerId, token: sealed, origin, createdAt });
    this.opened.distrust(ownerId);
    return { id, createdAt };
  }

  /** As the rows say now; null when nobody has this Auth ID. */
  async read(manager: EntityManager, ownerId: string): Promise<OpenedCredentials | null> {
    const rows = await OF_OWNER.read(
      manager,
      `FROM api_token t LEFT JOIN subaccount s ON s.auth_id = t.owner_id
       LEFT JOIN account a ON a.auth_id = COALESCE(s.account_id, t.owner_id) WHERE t.owner_id = ? ORDER BY t.created_at, t.id`,
      [ownerId],
    );
    const [first] = rows;
    if (!first) return null;
    return {
      accountId: first.accountId,
      subaccountId: first.accountId === ownerId ? null : ownerId,
      isClosed: first.status === 'disabled' || isLeftOver(first.accountId, this.config),
      tokens: rows.map(({ id, token }) => ({ id, token: this.crypto.open(place(id, ownerId), token) })),
    };
  }

  /** Of an owner whose account has been disabled, enabled or deleted: in this process at once, in others within 5 s. */
  changed(ownerId: string): void {
    this.opened.distrust(ownerId);
  }

  async remove(tx: Tx, ownerId: string, id: string): Promise<void> {
    await tx.query('DELETE FROM api_token WHERE id = ? AND owner_id = ?', [id, ownerId]);
    this.opened.distrust(ownerId);
  }
}

/** With what an owner's callbacks are signed; while a token is being replaced there are two, oldest first. */
@Injectable()
export class CallbackTokens {
  constructor(private readonly credentials: Credentials) {}

  /** Live tokens of an account or subaccount; empty when it is gone. */
  async of(ownerId: string): Promise<string[]> {
    return (await this.credentials.of(ownerId))?.tokens.map(({ token }) => token) ?? [];
  }
}

function place(row: string, account: string): SealedPlace {
  return { column: 'api_token.token', row, account };
}
