import { Injectable } from '@nestjs/common';
import { Crypto } from '../platform/crypto/crypto.js';
import { enterKeys } from '../platform/crypto/kept-keys.js';
import { Database } from '../platform/database/database.js';

/**
 * At start, before anything is sealed or looked up: the keys are those that this database was written with. Others stop the start here instead of
 * failing at the first call.
 */
@Injectable()
export class VerifyEncryptionKey {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  async run(): Promise<void> {
    await enterKeys(this.database, this.crypto);
  }
}
