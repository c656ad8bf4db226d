import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { addressOf } from './address.js';
import { exitCodeOf } from './failure.js';

describe('the address of the service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masking-address-'));
  const own = { DATA_DIR: folder };
  writeFileSync(join(folder, 'admin-token'), 'token-of-the-data-folder\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  const codeOf = (env: NodeJS.ProcessEnv, given: { url?: string; token?: string } = {}): number => {
    try {
      addressOf(env, given);
    } catch (error) {
      return exitCodeOf(error);
    }
    return 0;
  };

  it.each([
    [{}, 'http://127.0.0.1:8420'],
    [{ HOST: '0.0.0.0', PORT: '9000' }, 'http://127.0.0.1:9000'],
    [{ HOST: '::' }, 'http://[::1]:8420'],
    [{ MASKING_URL: 'https://masking.example/under/' }, 'https://masking.example/under'],
  ])('is, with the settings %j, %s', (env, url) => {
    expect(addressOf({ MASKING_TOKEN: 'some-token', ...env }, {}).url).toBe(url);
  });

  it.each([
    ['what is given', { MASKING_TOKEN: 'of-the-client', ADMIN_TOKEN: 'of-the-settings' }, { token: 'given' }, 'given'],
    [
      'the own setting of clients',
      { MASKING_TOKEN: 'of-the-client', ADMIN_TOKEN: 'of-the-settings' },
      {},
      'of-the-client',
    ],
    ["the service's setting", { ADMIN_TOKEN: 'of-the-settings' }, {}, 'of-the-settings'],
    ['what the data folder keeps', {}, {}, 'token-of-the-data-folder'],
  ])('takes as token %s', (_name, env, given, token) => {
    expect(addressOf({ ...own, ...env }, given).token).toBe(token);
  });

  it('reads a token from a file', () => {
    const path = join(folder, 'of-the-client');
    writeFileSync(path, 'token-of-a-file\n');
    expect(addressOf({ MASKING_TOKEN_FILE: path }, {}).token).toBe('token-of-a-file');
    expect(codeOf({ MASKING_TOKEN_FILE: path, MASKING_TOKEN: 'twice' })).toBe(3);
    expect(codeOf({ MASKING_TOKEN_FILE: join(folder, 'missing') })).toBe(3);
  });

  it('sends the token of the data folder to this machine alone', () => {
    expect(addressOf(own, { url: 'http://localhost:9000' }).token).toBe('token-of-the-data-folder');
    expect(addressOf({ ...own, HOST: '10.0.0.7' }, {}).token).toBe('token-of-the-data-folder');
    for (const url of ['https://masking.example', 'http://127.0.0.1.example', 'http://10.0.0.70:8420'])
      expect(codeOf({ ...own, HOST: '10.0.0.7' }, { url })).toBe(3);
  });

  it('says what goes out unencrypted', () => {
    const encrypted = [
      'https://masking.example',
      'http://localhost:1',
      'http://[::1]:1',
      'http://127.3.2.1:1',
      'http://masking.example',
    ];
    expect(encrypted.map((url) => addressOf({ MASKING_TOKEN: 'some' }, { url }).isEncrypted)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it.each(['nonsense', 'ftp://masking.example', 'https://user:secret@masking.example', 'https://masking.example/?a=b'])(
    'is not %s',
    (url) => expect(codeOf({ MASKING_TOKEN: 'some' }, { url })).toBe(2),
  );

  it('has no token with characters that would end the header', () => {
    expect(codeOf({}, { token: 'a\r\nX-Other: b' })).toBe(3);
  });
});
