export { RetentionModule } from './retention.module.js';
export { ForgetEndedSessions } from './forget-ended-sessions.js';
export { ForgetStrangers } from './forget-strangers.js';
