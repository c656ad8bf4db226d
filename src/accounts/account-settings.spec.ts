import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { testConfig } from '../../test/support/ground.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Database } from '../platform/database/database.js';
import type { Config } from '../platform/settings/config.js';
import { NotFound } from '../platform/errors.js';
import { AccountSettings, isLanguage, isRefusalText, type CallSettingsPatch } from './account-settings.js';
import { insertAccount } from './create-account.js';
import { DEMO_AUTH_ID } from './demo-account.js';

const MAIN = 'MAMAINMAINMAINMAIN00';
const OTHER = 'MAOTHEROTHEROTHER000';
const DEFAULTS = {
  language: 'en-US',
  refusals: {},
  allowed_countries: null,
  recording_retention_days: 30,
  text_retention_days: 0,
  unrouted_url: null,
  texts: 'off',
  messaging_default: false,
  messaging_media: false,
  text_languages: [],
  text_notices: {},
  text_redaction: [],
  text_in_callbacks: false,
  default_country: null,
  session_fee: '0',
  minute_fee: '0',
  message_fee: '0',
  daily_spend_cap: null,
  max_rate_per_minute: null,
  max_rate_per_message: null,
  daily_requested_calls: 0,
  daily_destinations: 0,
};

describeOnEachDatabase('how an account refuses callers, and where its calls may go', (open) => {
  let database: Database;
  let clock: Clock;
  let settings: AccountSettings;
  const config = testConfig();
  const change = (patch: CallSettingsPatch, accountId = MAIN, by = settings) =>
    database.transaction((tx) => by.change(tx, accountId, patch));

  beforeAll(async () => {
    ({ database } = await open());
    await database.transaction(async (tx) => {
      for (const authId of [MAIN, OTHER]) {
        const plivo = { plivoAuthId: 'MA', plivoAuthToken: 't' };
        await insertAccount(tx, new Crypto(Buffer.alloc(32, 7)), { authId, name: 'A', ...plivo, createdAt: 1 });
      }
    });
  });

  beforeEach(async () => {
    await database.transaction((tx) => tx.query('DELETE FROM account_setting'));
    clock = new Clock();
    settings = new AccountSettings(database, clock, config);
  });

  it('texts are on from the start for the demo account, and for it alone', async () => {
    expect(config.provider).toMatchObject({ kind: 'simulator', firstAccount: null });
    const texts = async (accountId: string) => (await database.read((tx) => settings.read(tx, accountId))).texts;
    expect([await texts(DEMO_AUTH_ID), await texts(MAIN)]).toEqual(['on', 'off']);
    const real = new AccountSettings(database, clock, {
      ...config,
      provider: { kind: 'plivo', firstAccount: null },
    } as unknown as Config);
    expect((await database.read((tx) => real.read(tx, DEMO_AUTH_ID))).texts).toBe('off');
  });

  it('are the defaults until something is set', async () => {
    expect(await settings.of(MAIN)).toEqual(DEFAULTS);
    expect(await settings.of('MANOBODYNOBODYNOBODY')).toEqual(DEFAULTS);
  });

  it('hold in this process from the change on, for this account alone', async () => {
    expect(await settings.of(MAIN)).toEqual(DEFAULTS);
    const patch = { language: 'fr-FR', refusals: { busy: 'La ligne est occupée.', stranger: '' } };
    const wanted = { ...DEFAULTS, ...patch };
    expect(await change(patch)).toEqual(wanted);
    expect(await settings.of(MAIN)).toEqual(wanted);
    expect(await settings.of(OTHER)).toEqual(DEFAULTS);
  });

  it('hold in other processes after 5 s', async () => {
    const elsewhere = new AccountSettings(database, clock, config);
    await elsewhere.of(MAIN);
    await change({ allowed_countries: ['US'] });
    clock.advance(4_000);
    expect((await elsewhere.of(MAIN)).allowed_countries).toBeNull();
    clock.advance(1_000);
    expect((await elsewhere.of(MAIN)).allowed_countries).toEqual(['US']);
  });

  it('are told as they are, whatever is remembered', async () => {
    const elsewhere = new AccountSettings(database, clock, config);
    await elsewhere.of(MAIN);
    await change({ language: 'de-DE' });
    expect(await database.read((manager) => elsewhere.read(manager, MAIN))).toEqual({ ...DEFAULTS, language: 'de-DE' });
  });

  it('are asked of the database once in 5 s', async () => {
    await settings.of(MAIN);
    await database.transaction((tx) =>
      tx.query('INSERT INTO account_setting (account_id, value, updated_at) VALUES (?, ?, 1)', [
        MAIN,
        '{"language":"es-ES"}',
      ]),
    );
    expect((await settings.of(MAIN)).language).toBe('en-US');
    clock.advance(5_000);
    expect((await settings.of(MAIN)).language).toBe('es-ES');
  });

  it('keep what a change leaves out', async () => {
    await change({ language: 'fr-FR', refusals: { busy: 'B', trouble: 'T' }, allowed_countries: ['US'] });
    await change({});
    expect(await change({ refusals: { busy: 'C' } })).toEqual({
      ...DEFAULTS,
      language: 'fr-FR',
      refusals: { busy: 'C', trouble: 'T' },
      allowed_countries: ['US'],
      recording_retention_days: 30,
    });
    await change({ recording_retention_days: 7 });
    expect(await change({ language: 'fr-FR' })).toMatchObject({ recording_retention_days: 7 });
  });

  it('go back to the built-in sentence, and to every country, by null', async () => {
    await change({ refusals: { busy: 'B', trouble: 'T' }, allowed_countries: ['US'] });
    expect(await change({ refusals: { busy: null }, allowed_countries: null })).toEqual({
      ...DEFAULTS,
      refusals: { trouble: 'T' },
    });
  });

  describe('with a URL for callers whom no session claims', () => {
    const URL = 'https://ivr.example/in?line=1';
    const strict = () => new AccountSettings(database, clock, testConfig({ CALLBACK_ALLOW_PRIVATE: 'false' }));

    it('hold it until it is taken away', async () => {
      expect(await change({ unrouted_url: URL }, MAIN, strict())).toEqual({ ...DEFAULTS, unrouted_url: URL });
      expect((await change({ language: 'fr-FR' })).unrouted_url).toBe(URL);
      expect((await change({ unrouted_url: null })).unrouted_url).toBeNull();
    });

    it.each([
      ['http://ivr.example/in', 'https'],
      ['https://10.0.0.7/in', 'a host that Plivo can reach'],
      ['https://93.184.216.34/in', 'a host name'],
      ['https://user:secret@ivr.example/in', 'no user name'],
      ['https://ivr.example:22/in', 'port'],
      ['ivr.example/in', 'an absolute URL'],
      ['ftp://ivr.example/in', 'https'],
      ['https://ivr.example/"onload="', 'an absolute URL'],
      ['https://ivr.example/<in>', 'an absolute URL'],
      [`https://ivr.example/${'x'.repeat(1000)}`, 'at most 1000 characters'],
      ['', 'an absolute URL'],
    ])('refuse %j, and do not repeat it', async (url, words) => {
      const refused = change({ unrouted_url: url }, MAIN, strict());
      await expect(refused).rejects.toMatchObject({
        code: 'invalid_request',
        message: expect.stringMatching(`^unrouted_url: expected .*${words}`),
        details: { param: 'unrouted_url' },
      });
      if (url !== '') await expect(refused).rejects.not.toThrow(url);
    });

    it('take http and private addresses where callbacks may have them, but never this service', async () => {
      expect((await change({ unrouted_url: 'http://127.0.0.1:9000/in' })).unrouted_url).toBe(
        'http://127.0.0.1:9000/in',
      );
      const own = 'http://127.0.0.1:8420/plivo/MAMAINMAINMAINMAIN00/answer';
      await expect(change({ unrouted_url: own })).rejects.toThrow('does not lead back here');
      await expect(change({ unrouted_url: own.replace('/plivo', '/%70liv%6F') })).rejects.toThrow('does not lead back');
      await expect(change({ unrouted_url: own.replace('http', 'HTTP') })).rejects.toThrow('does not lead back here');
    });
  });

  it('tell an empty list of countries from none', async () => {
    await change({ allowed_countries: [] });
    expect((await settings.of(MAIN)).allowed_countries).toEqual([]);
  });

  describe('where no operator has said where calls may go', () => {
    const PLIVO = { PLIVO_AUTH_ID: MAIN, PLIVO_AUTH_TOKEN: 'token' };
    const LATER: Record<string, string>[] = [{}, PLIVO, { DEFAULT_ALLOWED_COUNTRIES: 'FR' }];
    const process = (env: Record<string, string>) => new AccountSettings(database, clock, testConfig(env));
    const begun = (by: AccountSettings) => database.transaction((tx) => by.begin(tx, MAIN));
    const chosen = (by = settings) => database.read((manager) => by.read(manager, MAIN));

    it.each<[Record<string, string>, unknown]>([
      [{}, null],
      [PLIVO, 'own'],
      [{ ...PLIVO, DEFAULT_ALLOWED_COUNTRIES: 'all' }, null],
      [{ DEFAULT_ALLOWED_COUNTRIES: 'CA,US' }, ['CA', 'US']],
    ])('keep with a new account what %j says on that day, whatever a later day says', async (env, wanted) => {
      await begun(process(env));
      for (const later of LATER) expect((await chosen(process(later))).allowed_countries).toEqual(wanted);
    });

    it('leave accounts that are there already every country', async () => {
      expect((await chosen(process(PLIVO))).allowed_countries).toBeNull();
      expect((await process(PLIVO).of(MAIN)).allowed_countries).toBeNull();
    });

    it('leave what an operator has set', async () => {
      await change({ language: 'fr-FR' });
      await begun(process(PLIVO));
      expect(await chosen()).toMatchObject({ language: 'fr-FR', allowed_countries: null });
    });

    it('mean by own the countries of the numbers, asked once in 5 s and after each change of them', async () => {
      const own = ['US'];
      let asked = 0;
      settings.readOwnCountriesBy(async (_manager, accountId) => {
        asked += 1;
        return accountId === MAIN ? [...own] : [];
      });
      await change({ allowed_countries: 'own' });
      clock.advance(5_000);
      expect(await settings.of(MAIN)).toEqual({ ...DEFAULTS, allowed_countries: ['US'] });
      expect((await chosen()).allowed_countries).toBe('own');
      own.push('CA');
      expect((await settings.of(MAIN)).allowed_countries).toEqual(['US']);
      expect(asked).toBe(1);
      settings.numbersChanged(MAIN);
      expect((await settings.of(MAIN)).allowed_countries).toEqual(['US', 'CA']);
      await change({ allowed_countries: null });
      expect((await settings.of(MAIN)).allowed_countries).toBeNull();
    });

    it('tell an account that has no number of its own countries from one that may call nobody', async () => {
      await change({ allowed_countries: 'own' });
      settings.readOwnCountriesBy(async () => null);
      expect(await settings.of(MAIN)).toEqual({ ...DEFAULTS, allowed_countries: [], hasNoNumber: true });
      await change({ allowed_countries: [] });
      expect(await settings.of(MAIN)).toEqual({ ...DEFAULTS, allowed_countries: [] });
    });
  });

  it("count in a day what the installation's settings say, until the account has counts of its own", async () => {
    const env = { MAX_REQUESTED_CALLS_PER_DAY: '20', MAX_DESTINATIONS_PER_DAY: '10' };
    const bounded = new AccountSettings(database, clock, testConfig(env));
    expect(await bounded.of(MAIN)).toMatchObject({ daily_requested_calls: 20, daily_destinations: 10 });
    const own = { daily_requested_calls: 0, daily_destinations: 7 };
    expect(await change(own, MAIN, bounded)).toMatchObject(own);
    expect(await change({ language: 'fr-FR' }, MAIN, bounded)).toMatchObject(own);
    expect(await bounded.of(MAIN)).toMatchObject(own);
    const back = { daily_requested_calls: null, daily_destinations: null };
    expect(await change(back, MAIN, bounded)).toMatchObject({ daily_requested_calls: 20, daily_destinations: 10 });
    expect(await settings.of(MAIN)).toEqual({ ...DEFAULTS, language: 'fr-FR' });
  });

  it('hold each country once, in order', async () => {
    expect((await change({ allowed_countries: ['US', 'GB', 'US'] })).allowed_countries).toEqual(['GB', 'US']);
  });

  it('take the longest sentences in any script, for every refusal', async () => {
    const text = '𝛀'.repeat(300);
    const refusals = { stranger: text, withheld: text, busy: text, 'no-other-party': text };
    const more = { expired: text, locked: text, destination: text, trouble: text };
    await change({ refusals: { ...refusals, ...more } });
    expect((await new AccountSettings(database, clock, config).of(MAIN)).refusals).toEqual({ ...refusals, ...more });
  });

  it('lose none of many changes at once', async () => {
    const keys = ['stranger', 'withheld', 'busy', 'expired', 'locked', 'destination', 'trouble'] as const;
    const processes = keys.map(() => new AccountSettings(database, clock, config));
    await Promise.all(keys.map((key, index) => change({ refusals: { [key]: key } }, MAIN, processes[index])));
    expect((await new AccountSettings(database, clock, config).of(MAIN)).refusals).toEqual(
      Object.fromEntries(keys.map((key) => [key, key])),
    );
  });

  it('are rolled back with their transaction', async () => {
    const failed = database.transaction(async (tx) => {
      await settings.change(tx, MAIN, { language: 'fr-FR' });
      throw new Error('afterwards');
    });
    await expect(failed).rejects.toThrow('afterwards');
    expect(await settings.of(MAIN)).toEqual(DEFAULTS);
  });

  it('note when they were changed', async () => {
    clock.advance(60_000);
    const before = clock.now();
    await change({});
    const [row] = await database.read((manager) =>
      manager.query<{ updated_at: unknown }[]>('SELECT updated_at FROM account_setting'),
    );
    expect(Number(row?.updated_at)).toBeGreaterThanOrEqual(before);
  });

  it.each(['MANOBODYNOBODYNOBODY', 'SASUBSUBSUBSUBSUBSUB', ''])('cannot be changed for %j, no account', async (id) => {
    await expect(change({ language: 'fr-FR' }, id)).rejects.toBeInstanceOf(NotFound);
  });
});

describe('a sentence for refused callers', () => {
  it.each(['', 'Goodbye.', "Sorry, we can't.", 'Tschüß – “bis bald” & danke', 'नमस्ते', 'می‌خواهم', 'x'.repeat(300)])(
    'may be %j',
    (text) => expect(isRefusalText(text)).toBe(true),
  );

  it.each([
    ' ',
    '\u00a0',
    '\ufeff',
    'say "no"',
    '<Dial>',
    'a > b',
    'two\nlines',
    'two\u2028lines',
    'a\u0000b',
    'a\u007fb',
    'a\u0085b',
    'a\ud800b',
    'a\ufffeb',
    'x'.repeat(301),
    5,
    null,
    undefined,
    ['Goodbye.'],
    { toString: () => 'Goodbye.' },
  ])('may not be %j', (text) => expect(isRefusalText(text)).toBe(false));
});

describe('a language', () => {
  it.each(['en-US', 'en', 'arb', 'es-419', 'cmn-CN'])('may be %s', (tag) => expect(isLanguage(tag)).toBe(true));

  it.each(['', 'EN', 'en-us', 'en_US', 'english', 'zh-Hans-CN', 'en-US\n', 'en-US"', null, 5, ['en']])(
    'may not be %j',
    (tag) => expect(isLanguage(tag)).toBe(false),
  );
});
