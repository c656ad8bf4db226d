import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { writeHeld } from '../platform/database/held-rows.js';
import { exists, selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { newSecret } from '../platform/ids.js';
import { API_TOKENS, type ApiToken } from './account.entity.js';
import { LastToken, TooManyTokens } from './accounts.errors.js';
import { Credentials } from './credentials.js';

export const MAX_LIVE_TOKENS = 2;

const IDS = selection(API_TOKENS.pick(['id']));
const SHOWN = selection(API_TOKENS.pick(['id', 'origin', 'createdAt']));

/** A further token of an account or subaccount, told only here; the old one stays live until it is revoked. Refuses a third. */
@Injectable()
export class IssueToken {
  constructor(
    private readonly database: Database,
    private readonly credentials: Credentials,
  ) {}

  async run(tx: Tx, ownerId: string): Promise<{ id: string; authToken: string; createdAt: number }> {
    await lockOwner(this.database, tx, ownerId);
    if ((await liveTokenIds(tx, ownerId)).length >= MAX_LIVE_TOKENS) throw new TooManyTokens();

    const authToken = newSecret();
    const { id, createdAt } = await this.credentials.add(tx, ownerId, authToken, 'issued');
    return { id, authToken, createdAt };
  }
}

/** Ends a token: in this process at once, in others within 5 s. Refuses the last one, which would lock its owner out. */
@Injectable()
export class RevokeToken {
  constructor(
    private readonly database: Database,
    private readonly credentials: Credentials,
  ) {}

  async run(tx: Tx, ownerId: string, tokenId: string): Promise<void> {
    await lockOwner(this.database, tx, ownerId);
    const live = await liveTokenIds(tx, ownerId);
    if (!live.includes(tokenId)) throw new NotFound('no token has this id');
    if (live.length === 1) throw new LastToken();

    await this.credentials.remove(tx, ownerId, tokenId);
  }
}

/** The live tokens of an account or subaccount, oldest first, without the tokens themselves. */
@Injectable()
export class ListTokens {
  constructor(private readonly database: Database) {}

  async run(ownerId: string): Promise<Pick<ApiToken, 'id' | 'origin' | 'createdAt'>[]> {
    const tokens = await this.database.read((manager) =>
      SHOWN.read(manager, 'FROM api_token WHERE owner_id = ? ORDER BY created_at, id', [ownerId]),
    );
    // Nobody's last token can be revoked, so an owner without tokens does not exist.
    if (tokens.length === 0) throw new NotFound('no account has this auth_id');
    return tokens;
  }
}

/**
 * Locks an account or a subaccount against other changes of its tokens: "two at most" and "never the last" are counts over rows, which no
 * key can hold.
 */
export async function lockOwner(database: Database, tx: Tx, ownerId: string): Promise<void> {
  for (const table of ['account', 'subaccount'] as const) {
    if (!(await exists(tx, `FROM ${table} WHERE auth_id = ? ${database.forUpdate}`, [ownerId]))) continue;
    return writeHeld(tx, table, [ownerId]);
  }
  throw new NotFound('no account has this auth_id');
}

async function liveTokenIds(tx: Tx, ownerId: string): Promise<string[]> {
  const rows = await IDS.read(tx, 'FROM api_token WHERE owner_id = ?', [ownerId]);
  return rows.map((row) => row.id);
}
