export { HealthModule } from './health.module.js';
export { Draining } from './draining.js';
export { Metrics } from './metrics.js';
