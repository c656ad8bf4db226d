export { backUp, type BackedUp, type BackupOrder } from './back-up.js';
export { restore, type Restored, type RestoreOrder } from './restore.js';
