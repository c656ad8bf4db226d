export { AlertsModule } from './alerts.module.js';
export { ALERT_TYPES, type AlertType } from './alert.js';
export { TooManySubscriptions, UrlNotAllowed } from './subscriptions.errors.js';
export { Subscriptions, type ListedSubscription } from './subscriptions.js';
