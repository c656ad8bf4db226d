export { HealthModule } from './health.module.js';
export { WatchingModule } from './watching.module.js';
export { Draining } from './draining.js';
export { watchHttp } from './watch-http.js';
export { closeWhileDraining } from './close-while-draining.js';
