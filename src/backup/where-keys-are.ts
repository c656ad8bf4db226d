import { join, resolve } from 'node:path';
import type { Config } from '../platform/settings/config.js';

/** Where the key is without which a backup cannot be read; it is never in one. */
export function whereKeyIs({ encryptionKeys, dataDir }: Config): string {
  if (encryptionKeys !== null) return 'the setting ENCRYPTION_KEYS or ENCRYPTION_KEY, or the file that its _FILE names';
  return join(resolve(dataDir), 'encryption-key');
}
