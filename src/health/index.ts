export { HealthModule } from './health.module.js';
export { Draining } from './draining.js';
