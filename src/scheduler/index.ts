export { SchedulerModule } from './scheduler.module.js';
export { Scheduler } from './scheduler.js';
