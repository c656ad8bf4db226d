import { Injectable } from '@nestjs/common';
import { ConfigProblems } from '../platform/settings/config-problems.js';
import { Crypto, isEqualSecret } from '../platform/crypto/crypto.js';
import { KEY_CHECKS } from '../platform/crypto/key-check.entity.js';
import { Database } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';

const KEPT = selection(KEY_CHECKS.pick(['checkValue']));

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
      const [row] = await KEPT.read(tx, 'FROM key_check WHERE id = 1');
      if (row) return row.checkValue;
      // Another process may start at the same time.
      await orStartOver(KEY_CHECKS.insert(tx, { id: 1, checkValue: ours }));
      return ours;
    });
    if (isEqualSecret(ours, kept)) return;

    const text =
      'is not the key this database was written with; set that key (or put back its file in DATA_DIR), or name an empty database';
    throw new ConfigProblems([{ name: 'ENCRYPTION_KEY', text }]);
  }
}
