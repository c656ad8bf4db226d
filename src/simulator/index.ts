export { DEMO_NUMBERS, type SimulatedNumber } from './calls/account.js';
export { serviceWebhooks } from './service-webhooks.js';
export { SimulatorModule } from './simulator.module.js';
export { Simulator, type SimulatorOptions } from './simulator.js';
