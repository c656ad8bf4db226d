export { CallRoutingModule } from './call-routing.module.js';
export { AnswerCall } from './answer-call.js';
export { ExplainRoute, type ExplainedRoute } from './explain-route.js';
export { FindCalls, type FoundCall, type FoundLeg } from './find-calls.js';
export { PurgeWebhookReceipts } from './purge-webhook-receipts.js';
export { SessionTimeline, type TimelineEntry } from './session-timeline.js';
export * from './call-routing.events.js';
