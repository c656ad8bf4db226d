import { compareKeys, keptKeys, type KeptKeys } from '../../platform/crypto/kept-keys.js';
import { look, type Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';

const UNREADABLE = 'No number in it can be read, so no call can be connected.';

/** Whether there is a key, whether it is the one that this database was written with, and whether it has all that are needed. */
export async function checkEncryptionKey({ config, crypto, kept, database, databaseError }: Patient): Promise<Finding> {
  const origin = config.encryptionKeys === null ? 'the key in DATA_DIR' : 'the key of the settings';
  const stored = database && (await look(database, keptKeys));
  if (crypto === null) {
    if (kept.problems.length > 0) return skipped('its file cannot be read: see data-folder');
    return withoutKey(stored !== null && stored.size > 0, databaseError);
  }
  if (stored === null || stored.size === 0)
    return databaseError === null
      ? ok(`${origin}; no database has been written with it yet`)
      : skipped('the database does not answer');
  const { other, missing } = compareKeys(crypto, stored);
  if (other !== null)
    return failed(
      `${crypto.keyIds.length === 1 ? origin : `key ${other} of the settings`} is not the one that the database was written with`,
      `${UNREADABLE} The service does not start, and changes nothing.`,
      'Set the key that it was written with, or put back its file in DATA_DIR; or name the database that belongs to this key.',
    );
  if (missing.length > 0)
    return failed(
      `key ${missing.join(' and key ')} is missing, and the database has values that are sealed with it`,
      'They cannot be read, so calls cannot be connected. The service does not start, and changes nothing.',
      'Put it back into ENCRYPTION_KEYS behind the others, run "masking keys rotate", and take it out then.',
    );
  return inUse(crypto.sealingKeyId, stored, origin);
}

function withoutKey(isLost: boolean, databaseError: unknown): Finding {
  if (isLost)
    return failed(
      'there is no key, and the database was written with one',
      `${UNREADABLE} The service does not start, and makes no other key.`,
      'Put the file encryption-key back into DATA_DIR, or set ENCRYPTION_KEY to what it held. Without it name an empty database.',
    );
  return databaseError === null
    ? ok('none yet, the first start makes one')
    : warning(
        'there is no key',
        'Whether one is lost only the database can tell.',
        'Look again when the database answers.',
      );
}

function inUse(sealing: number, stored: KeptKeys, origin: string): Finding {
  const former = [...stored.keys()].filter((id) => id !== sealing);
  if (former.length === 0) return ok(`${origin} is the one that the database was written with`);
  return warning(
    `key ${sealing} seals, and key ${former.join(' and key ')} is still in use`,
    'Whoever has a former key can read what is sealed with it; none may be taken out of the settings yet.',
    'Once every process has both and seals with the first: masking keys rotate.',
  );
}
