import { parseKey, type Parsed } from './config-formats.js';
import type { SettingsReader } from './config-reader.js';

/** 32 bytes, and the number from 1 to 99 by which what they seal names them. */
export interface EncryptionKey {
  readonly id: number;
  readonly key: Buffer;
}

/** `2:<base64>,1:<base64>`: each id, and each key, once. */
function parseKeys(text: string): Parsed<readonly EncryptionKey[]> {
  const keys: EncryptionKey[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const [, id, base64 = ''] = /^([1-9]\d?):(.*)$/.exec(part) ?? [];
    const key = parseKey(base64);
    if (id === undefined || 'expected' in key)
      return {
        expected:
          'expected id:key,id:key with ids from 1 to 99 and keys of 32 bytes in base64, for example 1: and the output of: openssl rand -base64 32',
      };
    if (keys.some((one) => one.id === Number(id))) return { expected: `expected each id once, got key ${id} twice` };
    if (keys.some((one) => one.key.equals(key.value)))
      return { expected: `expected other keys, got that of ${id} twice` };
    keys.push(Object.freeze({ id: Number(id), key: key.value }));
  }
  return { value: Object.freeze(keys) };
}

export function readEncryptionKeys(reader: SettingsReader, production: boolean): readonly EncryptionKey[] | null {
  const isShort = reader.has('ENCRYPTION_KEY');
  const name = isShort ? 'ENCRYPTION_KEY' : 'ENCRYPTION_KEYS';
  const key = reader.parsed('ENCRYPTION_KEY', parseKey);
  const several = reader.parsed('ENCRYPTION_KEYS', parseKeys);
  if (isShort && reader.has('ENCRYPTION_KEYS'))
    reader.refuse(
      'ENCRYPTION_KEYS',
      'set beside ENCRYPTION_KEY, which is short for key 1; keep ENCRYPTION_KEYS, with that key in it as 1:...',
    );
  const keys = key ? [{ id: 1, key }] : several;
  if (!production) return keys;
  if (!reader.has(name)) {
    reader.refuse('ENCRYPTION_KEY', 'missing; set it or ENCRYPTION_KEY_FILE to the output of: openssl rand -base64 32');
  } else if (keys?.some((one) => one.key.every((byte) => byte === one.key[0]))) {
    reader.refuse(name, 'the same byte 32 times is no key; take the output of: openssl rand -base64 32');
  }
  return keys;
}
