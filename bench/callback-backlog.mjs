import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { AddCallback } from '../dist/src/callbacks/add-callback.js';
import { partyEvent } from '../dist/src/callbacks/contract.js';
import { openDatabase } from '../dist/src/data-source.js';
import { Clock } from '../dist/src/platform/clock.js';
import { readConfig } from '../dist/src/platform/settings/config.js';
import { Crypto } from '../dist/src/platform/crypto/crypto.js';
import { openDataFolder } from '../dist/src/platform/settings/data-folder.js';
import { Database } from '../dist/src/platform/database/database.js';
import { Jobs } from '../dist/src/platform/jobs/jobs.js';
import { createLogger } from '../dist/src/platform/logging/logger.js';
import { ACCOUNT } from './requests.mjs';

const WRITERS = 8;
const EVENT = 'SessionSecondPartyAnswer';

/**
 * Queues callbacks for `url`, as the service would, `perSession` for each of `sessions` sessions; the service must not be running. They are sealed with the
 * data folder's key and written by the service's own classes, one session a transaction.
 */
export async function queueCallbacks({ databaseUrl, dataFolder }, { url, sessions, perSession }) {
  const config = readConfig({
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataFolder,
    PROVIDER: 'simulator',
    PLIVO_AUTH_ID: ACCOUNT.authId,
    PLIVO_AUTH_TOKEN: ACCOUNT.authToken,
    LOG_LEVEL: 'error',
  });
  const dataSource = await openDatabase(config.database);
  const database = new Database(dataSource);
  const clock = new Clock();
  const log = createLogger(config.log);
  const crypto = new Crypto(openDataFolder(config).encryptionKeys);
  const addCallback = new AddCallback(clock, crypto, new Jobs(database, clock, config, log));
  let left = sessions;
  const worker = async () => {
    if (left-- <= 0) return;
    const session = { id: randomUUID(), accountId: ACCOUNT.authId, subaccountId: null, virtualNumber: '+14155600001' };
    await database.transaction(async (tx) => {
      for (let count = 0; count < perSession; count++) {
        const occasion = { at: clock.now(), callId: null, from: '+12125500001', to: '+16465550001' };
        await addCallback.run(tx, { session, stream: 'status', url, method: 'POST' }, partyEvent(EVENT, occasion));
      }
    });
    await worker();
  };
  await Promise.all(Array.from({ length: WRITERS }, worker));
  await dataSource.destroy();
}
