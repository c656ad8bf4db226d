export { CallbacksModule } from './callbacks.module.js';
export type { CallbackStatus } from './callback.entity.js';
export { FindCallbacks, type FoundCallback } from './find-callbacks.js';
export { PurgeCallbacks } from './purge-callbacks.js';
export { ReplayCallbacks } from './replay-callbacks.js';
