export { DEMO_NUMBERS } from './calls/account.js';
export { KeptAdvance } from './kept-advance.js';
export { serviceWebhooks } from './service-webhooks.js';
export { SimulatorModule } from './simulator.module.js';
export { Simulator } from './simulator.js';
