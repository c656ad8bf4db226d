import { DEMO_AUTH_ID, readPlivoCredentials } from './accounts/index.js';
import { openForReading } from './data-source.js';
import { untouchedNumbers } from './number-pool/index.js';
import { DatabaseRefused } from './open-installation.js';
import { PlivoSetup } from './plivo-setup/index.js';
import { plivoBase, PlivoClient, type PlivoCredentials } from './plivo/index.js';
import { Crypto } from './platform/crypto/crypto.js';
import { Database } from './platform/database/database.js';
import { whyDatabaseRefused } from './platform/database/why-refused.js';
import { ConfigProblems, readConfig, type Config } from './platform/settings/config.js';
import { lookIntoDataFolder } from './platform/settings/data-folder.js';
import { serviceWebhooks } from './simulator/index.js';

export interface SetupWish {
  /** Auth ID; the account of the settings where left out. */
  account?: string | undefined;
  /** Digits alone; all of the pool's numbers where left out. */
  only?: ReadonlySet<string> | undefined;
}

interface SetupRoom {
  setup: PlivoSetup;
  accountId: string;
  publicUrl: string;
}

/** Gives `act` what sets an account at Plivo up for the installation of these settings. The database is only read. */
export async function withPlivoSetup<Result>(
  env: NodeJS.ProcessEnv,
  { account, only }: SetupWish,
  act: (room: SetupRoom) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(env, false);
  const { publicUrl, publicUrlIsDefault } = config.http;
  if (config.provider.kind === 'plivo' && publicUrlIsDefault)
    throw new ConfigProblems([{ name: 'PUBLIC_URL', text: 'missing; Plivo is given URLs below it' }]);
  const accountId = account ?? config.provider.firstAccount?.authId ?? DEMO_AUTH_ID;
  const { credentials, except } = await whatIsStored(config, accountId);
  const plivo = new PlivoClient({ baseUrl: plivoBase(config) });
  try {
    const setup = new PlivoSetup(plivo, {
      accountId,
      credentials,
      publicUrl,
      urls: serviceWebhooks(publicUrl, accountId, config.plivo.urlFragments),
      dataDir: config.dataDir,
      only: only ?? null,
      except,
    });
    return await act({ setup, accountId, publicUrl });
  } finally {
    await plivo.onApplicationShutdown();
  }
}

/** The account's credentials at Plivo, and the numbers that are another account's here or were taken out of use. */
async function whatIsStored(
  config: Config,
  accountId: string,
): Promise<{ credentials: PlivoCredentials; except: ReadonlySet<string> }> {
  const { encryptionKeys, demoAuthToken } = lookIntoDataFolder(config);
  const dataSource = await openForReading(config.database).catch((error: unknown) => {
    const { found, remedy } = whyDatabaseRefused(error, config.database);
    throw new DatabaseRefused(`${found}. ${remedy}`);
  });
  try {
    const database = dataSource && new Database(dataSource);
    const except = (await database?.read((manager) => untouchedNumbers(manager, accountId))) ?? new Set<string>();
    const { firstAccount } = config.provider;
    if (firstAccount?.authId === accountId) return { credentials: firstAccount, except };
    if (accountId === DEMO_AUTH_ID && demoAuthToken !== null)
      return { credentials: { authId: accountId, authToken: demoAuthToken }, except };
    if (encryptionKeys === null)
      throw new ConfigProblems([
        { name: 'ENCRYPTION_KEY', text: 'missing; the tokens of other accounts are sealed with it' },
      ]);
    const stored = await database?.read((manager) =>
      readPlivoCredentials(manager, new Crypto(encryptionKeys), accountId),
    );
    if (!stored) throw new Error(`no account here has the auth_id ${accountId}`);
    return { credentials: stored, except };
  } finally {
    await dataSource?.destroy();
  }
}
