export { HealthModule } from './health.module.js';
export { Draining } from './draining.js';
export { closeWhileDraining } from './close-while-draining.js';
