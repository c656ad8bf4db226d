export { AlertsModule } from './alerts.module.js';
export { ALERT_TYPES, type AlertType } from './alert.js';
export { Subscriptions, type ListedSubscription } from './subscriptions.js';
