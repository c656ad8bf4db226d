import type { BackedUp, BackupOrder, Restored, RestoreOrder } from '../backup/index.js';
import type { CheckResult } from '../doctor/index.js';
import type { Moved, MoveOrder } from '../move/index.js';
import type { PlivoSetup } from '../plivo-setup/index.js';
import type { Ground } from '../platform/platform.module.js';
import type * as work from './work/index.js';

/** What the command line uses of the service's text: `src/service.ts`. */
export interface ServiceText {
  start(env: NodeJS.ProcessEnv, args: readonly string[]): void;
  /** Runs on the database that the settings name; one that is not there, or behind this version, is refused. */
  atDatabase<Result>(env: NodeJS.ProcessEnv, act: (ground: Ground) => Promise<Result>): Promise<Result>;
  migrateDatabase(
    env: NodeJS.ProcessEnv,
    how: { isCheck: boolean },
  ): Promise<{ database: string; done: string[]; pending: string[] }>;
  /** Copies the installation of these settings while it runs. */
  backUpInstallation(
    env: NodeJS.ProcessEnv,
    wish: Pick<BackupOrder, 'to' | 'withRecordings' | 'signal' | 'tell'>,
  ): Promise<BackedUp>;
  restoreInstallation(env: NodeJS.ProcessEnv, wish: Pick<RestoreOrder, 'from' | 'signal' | 'tell'>): Promise<Restored>;
  moveDatabase(env: NodeJS.ProcessEnv, wish: { to: string } & Pick<MoveOrder, 'signal' | 'tell'>): Promise<Moved>;
  undoDatabaseMove(env: NodeJS.ProcessEnv): Promise<{ database: string }>;
  /** Looks at the installation of these settings, whether it runs or not; nothing is changed. */
  examineInstallation(env: NodeJS.ProcessEnv): Promise<{ checks: readonly CheckResult[]; exitCode: 0 | 1 | 3 }>;
  /** `act` gets what sets an account at Plivo up for the installation of these settings. `only`: digits alone. */
  withPlivoSetup<Result>(
    env: NodeJS.ProcessEnv,
    wish: { account?: string | undefined; only?: ReadonlySet<string> | undefined },
    act: (room: { setup: PlivoSetup; accountId: string; publicUrl: string }) => Promise<Result>,
  ): Promise<Result>;
  /** What commands do there, which needs the service's own modules. */
  work: typeof work;
}
