export { microsFromDecimal } from './amounts.js';
export { PlivoModule } from './plivo.module.js';
export { PlivoSignatureGuard, soundAccountOf, webhookOf, type VerifiedWebhook } from './signature.guard.js';
export { OF_UNKNOWN_ACCOUNTS, RefusedWebhooks } from './refused-webhooks.js';
export { hangupCauseInWords, isOfSetUp, legStatus, type LegStatus } from './hangup-causes.js';
export { readDialAction, readDialEvent, type DialAction, type DialEvent } from './dial-webhooks.js';
export { PlivoClient, type FindCalls, type PlaceCall } from './plivo-client.js';
export type { CallRecord, PlivoApplication, PlivoNumber } from './plivo-records.js';
export type { PlivoCredentials } from './plivo-transport.js';
export type { RecordingFacts } from './plivo-recordings.js';
export { MediaRefused, MediaUnavailable } from './recording-media.js';
export {
  ListingTooLong,
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
} from './plivo.errors.js';
export { v3Signer } from './signature-variants.js';
export { PlivoReached, PlivoUnreachable, WebhooksRefused } from './plivo.events.js';
export { plainText } from './plain-text.js';
export { signV2, signV3, type ParamList, type SignedRequest } from './signature.js';
export { type WebhookParams } from './webhook-params.js';
export {
  isHangup,
  readAnswerWebhook,
  readGatheredDigits,
  readHangupWebhook,
  readRecordingWebhook,
  type AnswerWebhook,
  type GatheredDigits,
  type HangupWebhook,
} from './webhooks.js';
export {
  connectXml,
  emptyXml,
  gatherDigitsXml,
  hangupXml,
  playAndHangupXml,
  playXml,
  redirectXml,
  refuseXml,
} from './xml.js';
