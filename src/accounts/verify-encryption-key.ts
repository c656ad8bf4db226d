import { Injectable } from '@nestjs/common';
import { ConfigProblems } from '../platform/settings/config-problems.js';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { Contended, Database, isDuplicate } from '../platform/database/database.js';

/** At start: the key is the one this database was first used with. Another key stops the start here instead of failing at the first call. */
@Injectable()
export class VerifyEncryptionKey {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  async run(): Promise<void> {
    const ours = this.crypto.checkValue();
    const kept = await this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ check_value: string }[]>('SELECT check_value FROM key_check WHERE id = 1');
      if (row) return row.check_value;
      try {
        await tx.query('INSERT INTO key_check (id, check_value) VALUES (1, ?)', [ours]);
      } catch (error) {
        // Another process starts at the same time.
        if (isDuplicate(error)) throw new Contended();
        throw error;
      }
      return ours;
    });
    if (isEqualSecret(ours, kept)) return;

    const text =
      'is not the key this database was written with; set that key (or put back its file in DATA_DIR), or name an empty database';
    throw new ConfigProblems([{ name: 'ENCRYPTION_KEY', text }]);
  }
}
