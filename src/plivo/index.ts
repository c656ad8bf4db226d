export { PlivoModule } from './plivo.module.js';
export { PlivoSignatureGuard, webhookOf, type VerifiedWebhook } from './signature.guard.js';
export { hangupCauseInWords, hangupCauseName, legStatus, type LegOutcome, type LegStatus } from './hangup-causes.js';
export { microsFromDecimal } from './amounts.js';
export {
  readDialAction,
  readDialEvent,
  type DialAction,
  type DialDigits,
  type DialEvent,
  type DialHangup,
  type DialLeg,
  type DialProgress,
} from './dial-webhooks.js';
export { PlivoClient, type FindCalls, type PlaceCall } from './plivo-client.js';
export type { CallRecord, PlivoNumber } from './plivo-records.js';
export type { RecordingFacts, RecordingRecord } from './plivo-recordings.js';
export { MediaRefused, MediaUnavailable, type OpenedMedia } from './recording-media.js';
export type { PlivoCredentials } from './plivo-transport.js';
export {
  ListingTooLong,
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
} from './plivo.errors.js';
export { isSignedByAny, signV2, signV3, type ParamList, type SignatureClaim, type SignedRequest } from './signature.js';
export { webhookParams, type WebhookParams } from './webhook-params.js';
export {
  readAnswerWebhook,
  readGatheredDigits,
  readHangupWebhook,
  readRecordingWebhook,
  type AnswerWebhook,
  type CallDirection,
  type GatheredDigits,
  type HangupWebhook,
  type LegEnd,
  type RecordingWebhook,
  type WebhookCall,
} from './webhooks.js';
export {
  connectXml,
  emptyXml,
  gatherDigitsXml,
  hangupXml,
  playAndHangupXml,
  playXml,
  refuseXml,
  type CallRecording,
  type ConnectCall,
  type GatherDigits,
  type HangupReason,
  type Speech,
} from './xml.js';
