import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { testConfig } from '../../test/support/ground.js';
import { Clock } from '../platform/clock.js';
import type { Config } from '../platform/settings/config.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Secrets } from '../platform/settings/data-folder.js';
import type { Database } from '../platform/database/database.js';
import { AccountExists, LastToken, TooManyTokens } from './accounts.errors.js';
import { Accounts, hasSubaccount } from './accounts.js';
import { AccountSettings } from './account-settings.js';
import { Authenticate } from './authenticate.js';
import { ChangePlivoToken } from './change-plivo-token.js';
import { CreateAccount } from './create-account.js';
import { CreateSubaccount } from './create-subaccount.js';
import { Credentials } from './credentials.js';
import { DeleteAccount } from './delete-account.js';
import { DEMO_AUTH_ID } from './demo-account.js';
import { EnsureFirstAccount } from './ensure-first-account.js';
import { ListAccounts } from './list-accounts.js';
import { PlivoAccess, WebhookTokens } from './plivo-credentials.js';
import { IssueToken, ListTokens, RevokeToken } from './tokens.js';
import { VerifyEncryptionKey } from './verify-encryption-key.js';

const MAIN = 'MAMAINMAINMAINMAIN00';
const PLIVO = { name: 'Acme', plivoAuthId: 'MAPLIVOPLIVOPLIVO000', plivoAuthToken: 'plivo-secret' };

/** What one process has in memory. */
function process(database: Database, clock = new Clock(), key = 7, env: Record<string, string> = {}) {
  const crypto = new Crypto(Buffer.alloc(32, key));
  const credentials = new Credentials(database, crypto, clock, testConfig(env));
  const webhookTokens = new WebhookTokens(database, crypto, clock, testConfig(env));
  const settings = new AccountSettings(database, clock, testConfig(env));
  const ensureFirst = new EnsureFirstAccount(database, crypto, clock, credentials, webhookTokens, settings);
  return {
    settings,
    clock,
    webhookTokens,
    authenticate: new Authenticate(credentials),
    createAccount: new CreateAccount(crypto, clock, credentials, settings, webhookTokens),
    createSubaccount: new CreateSubaccount(new Accounts(), clock, credentials, crypto, webhookTokens),
    issueToken: new IssueToken(database, credentials),
    revokeToken: new RevokeToken(database, credentials),
    listTokens: new ListTokens(database),
    plivoAccess: new PlivoAccess(database, crypto),
    ensureFirst,
    deleteAccount: new DeleteAccount(database, credentials, webhookTokens, settings, ensureFirst),
    changePlivoToken: new ChangePlivoToken(database, crypto, ensureFirst, credentials, webhookTokens),
    verifyKey: new VerifyEncryptionKey(database, crypto),
  };
}

function withCredentials(authToken: string): Config {
  return { provider: { firstAccount: { authId: MAIN, authToken } } } as Config;
}
const demo = { provider: { firstAccount: null } } as Config;
const secrets = (demoAuthToken: string | null = null): Secrets => ({ demoAuthToken }) as Secrets;

describeOnEachDatabase('accounts', (open) => {
  let database: Database;
  let here: ReturnType<typeof process>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    here = process(database);
    await database.transaction(async (tx) => {
      for (const table of ['account', 'account_setting', 'subaccount', 'subaccount_at_plivo', 'api_token', 'key_check'])
        await tx.query(`DELETE FROM ${table}`);
    });
  });

  const rows = (table: string): Promise<Record<string, unknown>[]> =>
    database.read((manager) => manager.query(`SELECT * FROM ${table}`));
  const newAccount = () => database.transaction((tx) => here.createAccount.run(tx, PLIVO));
  const issue = (ownerId: string) => database.transaction((tx) => here.issueToken.run(tx, ownerId));
  const revoke = (ownerId: string, id: string) => database.transaction((tx) => here.revokeToken.run(tx, ownerId, id));

  it('start with that of the settings', async () => {
    expect(await here.ensureFirst.run(withCredentials('first-token'), secrets())).toBe(MAIN);
    expect(await here.authenticate.run(MAIN, 'first-token')).toMatchObject({ accountId: MAIN, subaccountId: null });
    expect(await here.webhookTokens.of(MAIN)).toEqual({ accountId: MAIN, tokens: ['first-token'] });
    expect(await here.plivoAccess.of(MAIN)).toEqual({ authId: MAIN, authToken: 'first-token' });
  });

  it('may call where the settings of their first day say: the first one, those made later, and with them their subaccounts', async () => {
    const strict = process(database, here.clock, 7, { DEFAULT_ALLOWED_COUNTRIES: 'own' });
    await strict.ensureFirst.run(withCredentials('first-token'), secrets());
    const { authId } = await database.transaction((tx) => strict.createAccount.run(tx, PLIVO));
    await database.transaction((tx) => strict.createSubaccount.run(tx, authId, 'Branch'));
    const before = await newAccount();
    await strict.ensureFirst.run(withCredentials('another-token'), secrets());
    const allowed = (accountId: string) =>
      database.read(async (manager) => (await here.settings.read(manager, accountId)).allowed_countries);
    expect([await allowed(MAIN), await allowed(authId), await allowed(before.authId)]).toEqual(['own', 'own', null]);
    expect(await rows('account_setting')).toHaveLength(2);
  });

  it('are left as they are by a start that finds them', async () => {
    await here.ensureFirst.run(withCredentials('first-token'), secrets());
    const strict = process(database, here.clock, 7, { DEFAULT_ALLOWED_COUNTRIES: 'own' });
    await strict.ensureFirst.run(withCredentials('first-token'), secrets());
    expect(await rows('account_setting')).toEqual([]);
  });

  it('leave no way in by the demo account of a trial once calls are real', async () => {
    await here.ensureFirst.run(demo, secrets('demo-token'));
    const real = process(database, new Clock(), 7, { PLIVO_AUTH_ID: MAIN, PLIVO_AUTH_TOKEN: 'main-token' });
    expect(await real.authenticate.run(DEMO_AUTH_ID, 'demo-token')).toBeNull();
    expect(await real.webhookTokens.of(DEMO_AUTH_ID)).toBeNull();
    // Back with the simulator it is what it was.
    expect(await process(database).authenticate.run(DEMO_AUTH_ID, 'demo-token')).not.toBeNull();
  });

  it('start with a demo account where there are no credentials', async () => {
    await here.ensureFirst.run(demo, secrets('demo-token'));
    expect(await here.authenticate.run(DEMO_AUTH_ID, 'demo-token')).toMatchObject({ accountId: DEMO_AUTH_ID });
    expect(await rows('account')).toMatchObject([{ auth_id: DEMO_AUTH_ID, name: 'Demo' }]);
  });

  it('start once, however many processes start together and however often', async () => {
    const starts = Array.from({ length: 8 }, () => process(database));
    await Promise.all(starts.map(({ ensureFirst }) => ensureFirst.run(withCredentials('first-token'), secrets())));
    const before = [await rows('account'), await rows('api_token')];
    await here.ensureFirst.run(withCredentials('first-token'), secrets());
    expect([await rows('account'), await rows('api_token')]).toEqual(before);
    expect(before.map(({ length }) => length)).toEqual([1, 1]);
  });

  it('follow a changed PLIVO_AUTH_TOKEN at once and keep issued tokens', async () => {
    await here.ensureFirst.run(withCredentials('first-token'), secrets());
    const issued = await issue(MAIN);
    expect(await here.authenticate.run(MAIN, 'first-token')).not.toBeNull();
    expect(await here.webhookTokens.of(MAIN)).not.toBeNull();

    const starts = [here, process(database), process(database)];
    await Promise.all(starts.map(({ ensureFirst }) => ensureFirst.run(withCredentials('second-token'), secrets())));

    expect(await here.authenticate.run(MAIN, 'first-token')).toBeNull();
    expect(await here.authenticate.run(MAIN, 'second-token')).not.toBeNull();
    expect(await here.authenticate.run(MAIN, issued.authToken)).not.toBeNull();
    expect(await here.webhookTokens.of(MAIN)).toEqual({ accountId: MAIN, tokens: ['second-token'] });
    expect(await here.plivoAccess.of(MAIN)).toEqual({ authId: MAIN, authToken: 'second-token' });
    expect(await rows('api_token')).toHaveLength(2);
  });

  it('leave a revoked token of the settings revoked at the next start', async () => {
    await here.ensureFirst.run(withCredentials('first-token'), secrets());
    await issue(MAIN);
    const [settings] = (await here.listTokens.run(MAIN)).filter(({ origin }) => origin === 'settings');
    await revoke(MAIN, settings!.id);
    const next = process(database);
    await next.ensureFirst.run(withCredentials('first-token'), secrets());
    expect(await next.authenticate.run(MAIN, 'first-token')).toBeNull();
  });

  it('have an own token for REST and that of Plivo for webhooks', async () => {
    const { authId, authToken } = await newAccount();
    expect(authId).toMatch(/^MA[A-Z0-9]{18}$/);
    expect(authToken).toHaveLength(40);
    expect(await here.authenticate.run(authId, authToken)).toMatchObject({ accountId: authId, subaccountId: null });
    expect(await here.authenticate.run(authId, PLIVO.plivoAuthToken)).toBeNull();
    expect(await here.webhookTokens.of(authId)).toEqual({ accountId: authId, tokens: [PLIVO.plivoAuthToken] });
    expect(await here.plivoAccess.of(authId)).toEqual({ authId: PLIVO.plivoAuthId, authToken: PLIVO.plivoAuthToken });
  });

  it('hold no token in clear', async () => {
    const { authToken } = await newAccount();
    const stored = JSON.stringify([await rows('account'), await rows('api_token')]);
    expect(stored).not.toContain(authToken);
    expect(stored).not.toContain(PLIVO.plivoAuthToken);
  });

  it('do not open a token that was moved to another owner', async () => {
    const [one, two] = [await newAccount(), await newAccount()];
    await database.transaction((tx) =>
      tx.query('UPDATE api_token SET owner_id = ? WHERE owner_id = ?', [`${two.authId.slice(0, 19)}!`, two.authId]),
    );
    await database.transaction((tx) =>
      tx.query('UPDATE api_token SET owner_id = ? WHERE owner_id = ?', [two.authId, one.authId]),
    );
    await expect(process(database).authenticate.run(two.authId, one.authToken)).rejects.toThrow();
  });

  it('refuse an Auth ID that is taken, one of many racing for it excepted', async () => {
    const wanted = { ...PLIVO, authId: MAIN };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => database.transaction((tx) => here.createAccount.run(tx, wanted))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(AccountExists);
    expect(await rows('api_token')).toHaveLength(1);
  });

  it('registers a subaccount of Plivo with its own id and token', async () => {
    const wanted = { name: 'One', plivoAuthId: MAIN, plivoAuthToken: 'main-at-plivo' };
    const account = await database.transaction((tx) => here.createAccount.run(tx, wanted));
    const authId = 'SAATPLIVOATPLIVO0001';
    const register = (id: string, authToken?: string) =>
      database.transaction((tx) => here.createSubaccount.run(tx, account.authId, 'Team', { authId: id, authToken }));
    await here.webhookTokens.of(account.authId);

    expect(await register(authId, 'sub-at-plivo')).toMatchObject({ authId, authToken: 'sub-at-plivo' });

    expect(await here.authenticate.run(authId, 'sub-at-plivo')).toMatchObject({
      accountId: account.authId,
      subaccountId: authId,
    });
    const tokens = ['main-at-plivo', 'sub-at-plivo'];
    expect(await here.webhookTokens.of(account.authId)).toEqual({ accountId: account.authId, tokens });
    expect(await here.webhookTokens.of(authId)).toEqual({ accountId: account.authId, tokens });
    expect(await here.plivoAccess.of(account.authId, authId)).toEqual({ authId, authToken: 'sub-at-plivo' });
    await expect(register(authId, 'other')).rejects.toMatchObject({ code: 'account_exists' });

    const tokenless = await register('SAATPLIVOATPLIVO0002');
    expect(await here.authenticate.run(tokenless.authId, tokenless.authToken)).not.toBeNull();
    expect(await here.webhookTokens.of(tokenless.authId)).toMatchObject({ tokens: ['main-at-plivo'] });
    const mains = { authId: MAIN, authToken: 'main-at-plivo' };
    expect(await here.plivoAccess.of(account.authId, tokenless.authId)).toEqual(mains);
  });

  it('that are deleted have no webhook taken any more from then on, nor have their subaccounts; made anew they have at once', async () => {
    const [SUB, GONE] = ['SAATPLIVOATPLIVO0001', 'MAGONEGONEGONEGONE00'];
    const make = () => database.transaction((tx) => here.createAccount.run(tx, { ...PLIVO, authId: GONE }));
    await make();
    await database.transaction((tx) =>
      here.createSubaccount.run(tx, GONE, 'Team', { authId: SUB, authToken: 'theirs' }),
    );
    const taken = () => Promise.all([GONE, SUB].map(async (id) => (await here.webhookTokens.of(id)) !== null));
    // Until then nothing is remembered of what was changed a moment ago.
    here.clock.advance(5_000);
    expect(await taken()).toEqual([true, true]);

    await database.transaction(async (tx) => {
      await tx.query("UPDATE account SET status = 'disabled'");
      await here.deleteAccount.run(tx, GONE, async () => []);
    });
    expect(await taken()).toEqual([false, false]);

    here.clock.advance(5_000);
    expect(await taken()).toEqual([false, false]);
    await make();
    expect(await taken()).toEqual([true, false]);
  });

  describe('whose token changes at Plivo', () => {
    const SUB = 'SAATPLIVOATPLIVO0001';
    const register = (accountId: string, authToken?: string) =>
      database.transaction((tx) => here.createSubaccount.run(tx, accountId, 'Team', { authId: SUB, authToken }));
    const change = (ownerId: string, token: string) =>
      database.transaction((tx) => here.changePlivoToken.run(tx, ownerId, token));
    const taken = async ({ webhookTokens }: ReturnType<typeof process>, authId: string) =>
      (await webhookTokens.of(authId))?.tokens;

    it('take the former for nothing more: here at once, in other processes within 5 s', async () => {
      const { authId, authToken } = await newAccount();
      await register(authId, 'sub-at-plivo');
      const other = process(database);
      // Until then nothing is remembered of what was changed a moment ago.
      here.clock.advance(5_000);
      for (const one of [here, other]) for (const id of [authId, SUB]) await taken(one, id);

      await change(authId, 'renewed');

      expect(await taken(here, authId)).toEqual(['renewed', 'sub-at-plivo']);
      expect(await taken(here, SUB)).toEqual(['renewed', 'sub-at-plivo']);
      expect(await taken(other, authId)).toContain(PLIVO.plivoAuthToken);
      other.clock.advance(5_000);
      expect(await taken(other, authId)).toEqual(['renewed', 'sub-at-plivo']);
      expect(await taken(other, SUB)).toEqual(['renewed', 'sub-at-plivo']);
      expect(await other.plivoAccess.of(authId)).toEqual({ authId: PLIVO.plivoAuthId, authToken: 'renewed' });
      expect(await here.authenticate.run(authId, authToken)).not.toBeNull();
      expect(await here.authenticate.run(authId, 'renewed')).toBeNull();
    });

    it('have programs of a subaccount follow it', async () => {
      const { authId } = await newAccount();
      await register(authId, 'sub-at-plivo');
      const other = process(database);
      here.clock.advance(5_000);
      for (const one of [here, other]) {
        expect(await one.authenticate.run(SUB, 'sub-at-plivo')).not.toBeNull();
        for (const id of [authId, SUB]) await taken(one, id);
      }

      await change(SUB, 'renewed');

      other.clock.advance(5_000);
      for (const one of [here, other]) {
        expect(await one.authenticate.run(SUB, 'sub-at-plivo')).toBeNull();
        expect(await one.authenticate.run(SUB, 'renewed')).toMatchObject({ accountId: authId, subaccountId: SUB });
        for (const id of [authId, SUB]) expect(await taken(one, id)).toEqual([PLIVO.plivoAuthToken, 'renewed']);
        expect(await one.plivoAccess.of(authId, SUB)).toEqual({ authId: SUB, authToken: 'renewed' });
      }
      expect(await here.listTokens.run(SUB)).toHaveLength(1);
      const stored = JSON.stringify([await rows('api_token'), await rows('subaccount_at_plivo')]);
      expect(stored).not.toContain('renewed');
    });

    it('leave a subaccount’s issued token alone, and one that was revoked for programs revoked', async () => {
      const { authId } = await newAccount();
      await register(authId, 'sub-at-plivo');
      const issued = await issue(SUB);
      await change(SUB, 'second');
      for (const token of ['second', issued.authToken]) expect(await here.authenticate.run(SUB, token)).not.toBeNull();

      const ofPlivo = (await here.listTokens.run(SUB)).find(({ id }) => id !== issued.id);
      await revoke(SUB, ofPlivo!.id);
      await change(SUB, 'third');
      expect(await here.authenticate.run(SUB, 'third')).toBeNull();
      expect(await here.authenticate.run(SUB, issued.authToken)).not.toBeNull();
      expect(await taken(here, SUB)).toEqual([PLIVO.plivoAuthToken, 'third']);
    });

    it('let a token in beside the issued one where a subaccount had none at Plivo, but no third', async () => {
      const { authId } = await newAccount();
      const { authToken } = await register(authId);
      await change(SUB, 'at-plivo');
      for (const token of [authToken, 'at-plivo']) expect(await here.authenticate.run(SUB, token)).not.toBeNull();
      expect(await here.plivoAccess.of(authId, SUB)).toEqual({ authId: SUB, authToken: 'at-plivo' });

      const sub = await database.transaction((tx) => here.createSubaccount.run(tx, authId, 'Other'));
      await issue(sub.authId);
      await expect(change(sub.authId, 'third')).rejects.toBeInstanceOf(TooManyTokens);
      expect(await here.plivoAccess.of(authId, sub.authId)).toMatchObject({ authId: PLIVO.plivoAuthId });
    });

    it('change nothing the second time, and each of two changes at once is whole', async () => {
      const { authId } = await newAccount();
      await register(authId, 'sub-at-plivo');
      await change(SUB, 'sub-at-plivo');
      expect(await here.authenticate.run(SUB, 'sub-at-plivo')).not.toBeNull();

      await Promise.all(['one', 'two', 'three'].map((token) => change(SUB, token)));
      const { authToken } = await here.plivoAccess.of(authId, SUB);
      expect(await here.authenticate.run(SUB, authToken)).not.toBeNull();
      expect(await here.listTokens.run(SUB)).toHaveLength(1);
    });

    it('are refused where the settings hold the token, and where there is nobody', async () => {
      await here.ensureFirst.run(withCredentials('first-token'), secrets());
      await expect(change(MAIN, 'other')).rejects.toMatchObject({ code: 'token_of_settings', kind: 'conflict' });
      await expect(change('MAXXXXXXXXXXXXXXXXXX', 'other')).rejects.toMatchObject({ kind: 'not-found' });
      expect(await taken(here, MAIN)).toEqual(['first-token']);
    });
  });

  it('have subaccounts with credentials of their own', async () => {
    const account = await newAccount();
    const sub = await database.transaction((tx) => here.createSubaccount.run(tx, account.authId, 'Team'));
    expect(sub.authId).toMatch(/^SA[A-Z0-9]{18}$/);
    expect(await here.authenticate.run(sub.authId, sub.authToken)).toMatchObject({
      accountId: account.authId,
      subaccountId: sub.authId,
    });
    expect(await here.authenticate.run(sub.authId, account.authToken)).toBeNull();
    const belongs = (owner: string) => database.read((manager) => hasSubaccount(manager, owner, sub.authId));
    expect(await belongs(account.authId)).toBe(true);
    expect(await belongs((await newAccount()).authId)).toBe(false);
    expect(await new ListAccounts(database).run({ after: account.authId.slice(0, 19), limit: 1 })).toMatchObject([
      { authId: account.authId, name: 'Acme', subaccounts: [{ authId: sub.authId, name: 'Team' }] },
    ]);
  });

  it('refuse a subaccount of nobody', async () => {
    await expect(database.transaction((tx) => here.createSubaccount.run(tx, MAIN, 'Team'))).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  it('keep two tokens live until one is revoked', async () => {
    const { authId, authToken } = await newAccount();
    const second = await issue(authId);
    for (const token of [authToken, second.authToken])
      expect(await here.authenticate.run(authId, token)).not.toBeNull();
    await expect(issue(authId)).rejects.toBeInstanceOf(TooManyTokens);

    const first = (await here.listTokens.run(authId)).find(({ id }) => id !== second.id);
    here.clock.advance(60_000);
    expect(await here.authenticate.run(authId, authToken)).not.toBeNull();
    await revoke(authId, first!.id);
    expect(await here.authenticate.run(authId, authToken)).toBeNull();
    expect(await here.authenticate.run(authId, second.authToken)).toMatchObject({ credentialId: second.id });
    await expect(revoke(authId, second.id)).rejects.toBeInstanceOf(LastToken);
  });

  it('hold the limits when ten issue or revoke at once', async () => {
    const { authId } = await newAccount();
    const issued = await Promise.allSettled(Array.from({ length: 10 }, () => issue(authId)));
    expect(issued.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const ids = (await here.listTokens.run(authId)).map(({ id }) => id);
    const revoked = await Promise.allSettled(ids.map((id) => revoke(authId, id)));
    expect(revoked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('tell nothing about tokens of others', async () => {
    const [one, two] = [await newAccount(), await newAccount()];
    await issue(two.authId);
    const [token] = await here.listTokens.run(one.authId);
    await expect(revoke(two.authId, token!.id)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(here.listTokens.run(MAIN)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(issue(MAIN)).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('are known to other processes within 5 s of a change, and to this one at once', async () => {
    const { authId, authToken } = await newAccount();
    const second = await issue(authId);
    const other = process(database);
    expect(await other.authenticate.run(authId, authToken)).not.toBeNull();
    expect(await here.authenticate.run(authId, authToken)).not.toBeNull();

    const first = (await here.listTokens.run(authId)).find(({ id }) => id !== second.id);
    await revoke(authId, first!.id);
    expect(await here.authenticate.run(authId, authToken)).toBeNull();
    other.clock.advance(5_000);
    expect(await other.authenticate.run(authId, authToken)).toBeNull();
  });

  it.each(['', 'MA', 'ma', "MA' OR 1=1 --       ", `${MAIN}0`, '__proto__', 'SAXXXXXXXXXXXXXXXXXX'])(
    'are none for the Auth ID %j',
    async (authId) => {
      expect(await here.authenticate.run(authId, 'token')).toBeNull();
    },
  );

  it('refuse to start with another encryption key', async () => {
    await Promise.all([here.verifyKey.run(), process(database).verifyKey.run()]);
    await here.verifyKey.run();
    await expect(process(database, new Clock(), 8).verifyKey.run()).rejects.toThrow(/ENCRYPTION_KEY +is not the key/);
    expect(await rows('key_check')).toHaveLength(1);
  });
});
