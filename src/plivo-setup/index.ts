export { PlivoSetup, type Step } from './plivo-setup.js';
export type { SetupPlan } from './plan-setup.js';
