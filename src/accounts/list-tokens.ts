import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import type { ApiToken } from './account.entity.js';

/** The live tokens of an account or subaccount, oldest first, without the tokens themselves. */
@Injectable()
export class ListTokens {
  constructor(private readonly database: Database) {}

  async run(ownerId: string): Promise<Pick<ApiToken, 'id' | 'origin' | 'createdAt'>[]> {
    const rows = await this.database.read<{ id: string; origin: ApiToken['origin']; created_at: number | string }[]>(
      (manager) =>
        manager.query('SELECT id, origin, created_at FROM api_token WHERE owner_id = ? ORDER BY created_at, id', [
          ownerId,
        ]),
    );
    // Nobody's last token can be revoked, so an owner without tokens does not exist.
    if (rows.length === 0) throw new NotFound('no account has this auth_id');
    return rows.map(({ id, origin, created_at: createdAt }) => ({ id, origin, createdAt: Number(createdAt) }));
  }
}
