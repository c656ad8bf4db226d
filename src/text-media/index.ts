export { TextMediaModule } from './text-media.module.js';
export { DeleteMedia } from './delete-media.js';
export { listMediaFiles } from './list-media-files.js';
export { mediaOfForwards, type KeptMedia } from './media-rows.js';
export { SendWithMedia, type Sendable } from './send-with-media.js';
export { TakeMedia } from './take-media.js';
export * from './text-media.events.js';
