import { join } from 'node:path';
import type { Config } from '../platform/settings/config.js';
import { FolderStore } from './folder-store.js';
import type { RecordingStore } from './recording-store.js';
import { S3Store } from './s3-store.js';

/** The store that the settings name. */
export function storeOf({ recordings: { store }, dataDir }: Config): RecordingStore {
  return store.kind === 's3' ? new S3Store(store, join(dataDir, 'recordings')) : new FolderStore(store.folder);
}
