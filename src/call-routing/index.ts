export { CallRoutingModule } from './call-routing.module.js';
export { AnswerCall } from './answer-call.js';
export { PurgeWebhookReceipts } from './purge-webhook-receipts.js';
export * from './call-routing.events.js';
