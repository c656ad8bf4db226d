import { Injectable } from '@nestjs/common';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { readPlivoToken } from './plivo-token.js';

/** Credentials for Plivo's REST API, read when needed: a call to Plivo costs far more than the row. */
@Injectable()
export class PlivoAccess {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  async of(accountId: string): Promise<{ authId: string; authToken: string }> {
    const found = await this.database.read((manager) => readPlivoToken(manager, this.crypto, accountId));
    if (!found) throw new NotFound('no account has this auth_id');
    return found;
  }
}
