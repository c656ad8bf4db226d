/** What the one text of the service offers to what loads it: `start.ts` and the command line. */
export { atDatabase, migrateDatabase } from './at-database.js';
export { backUpInstallation, restoreInstallation } from './backups.js';
export { examineInstallation } from './examine-installation.js';
export { moveDatabase, undoDatabaseMove } from './move-database.js';
export { withPlivoSetup } from './set-up-plivo.js';
export { start } from './serve.js';
export * as work from './cli/work/index.js';
