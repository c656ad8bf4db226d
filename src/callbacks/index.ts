export { CallbacksModule } from './callbacks.module.js';
export { describeCallbacks } from './describe-callbacks.js';
export type { CallbackStatus } from './callback.entity.js';
export type { FailingReceiver } from './callback.entity.js';
export { FailingReceivers } from './failing-receivers.js';
export { FindCallbacks, type FoundCallback, type ToldCallback } from './find-callbacks.js';
export { ForgetCallbacks } from './forget-callbacks.js';
export { PurgeCallbacks } from './purge-callbacks.js';
export { ReplayCallbacks } from './replay-callbacks.js';
