import { join } from 'node:path';
import type { EntityManager } from 'typeorm';
import { openAccounts, PlivoAccess } from '../accounts/index.js';
import { ReadListing } from '../number-pool/index.js';
import { plivoBase, PlivoClient } from '../plivo/index.js';
import { storeOf, type RecordingStore } from '../recording/index.js';
import type { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Connections } from '../platform/database/connections.js';
import { Database } from '../platform/database/database.js';
import type { Config } from '../platform/settings/config.js';
import { lookIntoDataFolder, type KeptSecrets } from '../platform/settings/data-folder.js';
import { within } from '../platform/within.js';
import { askIdentity, type Identity } from './ask-identity.js';

/** Others that are asked may be silent; what has not answered by then is told so. */
const LOOK_MS = 8_000;
const CLOSE_MS = 2_000;

/**
 * What is examined: an installation by its settings, from inside the running service or from a process beside it. Nothing is changed. The injection token of
 * the one that the service is.
 */
export abstract class Patient {
  abstract readonly config: Config;
  abstract readonly clock: Clock;
  /** Whether the process that looks is one of those that serve. */
  abstract readonly isServing: boolean;
  /** Null where it cannot be opened: `databaseError` says why, and is null where there is none yet. */
  abstract readonly database: Database | null;
  abstract readonly databaseError: unknown;
  abstract readonly kept: KeptSecrets;
  abstract readonly crypto: Crypto | null;
  abstract readonly plivo: PlivoClient;
  abstract readonly listing: ReadListing | null;
  abstract readonly access: PlivoAccess | null;
  abstract readonly store: RecordingStore;
  /** Of Node, without the v. */
  abstract readonly nodeVersion: string;
  /** What a move has left of this database; null where it may be served. */
  abstract readonly lookForMove: (manager: EntityManager) => Promise<{ found: string; remedy: string } | null>;
  abstract readonly identify: (baseUrl: string) => Promise<Identity>;
}

/** The service itself, as one of its processes sees it. */
export function patientFromInside(
  parts: Pick<Patient, 'config' | 'clock' | 'database' | 'crypto' | 'plivo' | 'access' | 'listing' | 'store'>,
): Patient {
  return {
    ...parts,
    isServing: true,
    // No process starts on one that was moved.
    lookForMove: async () => null,
    databaseError: null,
    kept: lookIntoDataFolder(parts.config),
    nodeVersion: process.versions.node,
    identify: askIdentity,
  };
}

/** What is needed beside the settings by a process that does not serve. */
export interface Outside {
  config: Config;
  clock: Clock;
  /** Opens the database for reading alone, null where there is none yet. Rejects where it cannot be reached. */
  open: () => Promise<Connections | null>;
  lookForMove: Patient['lookForMove'];
}

/** Looks at an installation from beside it, also while it does not run and while its database is away. `close` gives back what was opened. */
export async function patientFromOutside({
  config,
  clock,
  open,
  lookForMove,
}: Outside): Promise<Patient & { close(): Promise<void> }> {
  const kept = lookIntoDataFolder(config);
  const opened = await inTime(open(), LOOK_MS, 'ETIMEDOUT').then(
    (connections) => ({ connections, error: null as unknown }),
    (error: unknown) => ({ connections: null, error }),
  );
  const database = opened.connections && new Database(opened.connections);
  const crypto = kept.encryptionKeys && new Crypto(kept.encryptionKeys);
  const plivo = new PlivoClient({ baseUrl: plivoBase(config), deadlineMs: LOOK_MS });
  const access = database && crypto && new PlivoAccess(database, crypto);
  const store = storeOf(config);
  return {
    config,
    clock,
    isServing: false,
    lookForMove,
    database,
    databaseError: opened.error,
    kept,
    crypto,
    plivo,
    access,
    listing: access && new ReadListing(access, plivo, config),
    store,
    nodeVersion: process.versions.node,
    identify: askIdentity,
    close: async () => {
      await plivo.onApplicationShutdown();
      // One that is silent would not let go of its connections either.
      await inTime(opened.connections?.destroy() ?? Promise.resolve(), CLOSE_MS, 'late').catch(() => undefined);
      if ('onApplicationShutdown' in store)
        await (store as { onApplicationShutdown(): Promise<void> }).onApplicationShutdown();
    },
  };
}

/** What a look reads; committed rows alone. Rejects where the database is away. */
export function look<T>(database: Database, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  return inTime(database.read(work), LOOK_MS, 'the database did not answer in time');
}

/** The accounts that are served, as far as they are known: those of the settings where the database cannot say. */
export async function servedAccounts({ config, database }: Patient): Promise<string[]> {
  const first = config.provider.firstAccount?.authId;
  const fromSettings = first === undefined ? [] : [first];
  if (!database) return fromSettings;
  const stored = await look(database, (manager) => openAccounts(manager, config)).catch(() => fromSettings);
  return stored.length === 0 ? fromSettings : stored;
}

/** An account's credentials at Plivo; null where neither settings nor database have them. */
export async function credentialsOf(
  { config, access }: Patient,
  accountId: string,
): Promise<{ authId: string; authToken: string } | null> {
  const { firstAccount } = config.provider;
  if (firstAccount?.authId === accountId) return firstAccount;
  return (await access?.of(accountId).catch(() => null)) ?? null;
}

export function recordingsFolder({ recordings: { store }, dataDir }: Config): string {
  return store.kind === 'folder' ? store.folder : join(dataDir, 'recordings');
}

/** Rejects with `late` for a check that has waited too long. */
export function inTime<T>(work: Promise<T>, limitMs: number, late: string): Promise<T> {
  return within(limitMs, work, () => {
    throw new Error(late);
  });
}
