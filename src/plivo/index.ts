export { microsFromDecimal } from './amounts.js';
export { PlivoModule } from './plivo.module.js';
export {
  PlivoSignatureGuard,
  soundAccountOf,
  unverifiedParams,
  webhookOf,
  type VerifiedWebhook,
} from './signature.guard.js';
export { OF_UNKNOWN_ACCOUNTS, RefusedWebhooks } from './refused-webhooks.js';
export { CAUSES_OF_SET_UP, hangupCauseInWords, isOfSetUp, legStatus, type LegStatus } from './hangup-causes.js';
export { readDialAction, readDialEvent, type DialAction, type DialEvent } from './dial-webhooks.js';
export { plivoBase } from './plivo-base.js';
export { PlivoClient } from './plivo-client.js';
export type { ApplicationUrls, FindCalls, PlaceCall } from './plivo-orders.js';
export {
  readMessageReport,
  readMessageWebhook,
  type MessageReport,
  type MessageState,
  type MessageWebhook,
} from './message-webhooks.js';
export { mediaPlaceOf } from './message-media.js';
export { isShownAs, type MessageRecord, type SendMessage } from './plivo-messages.js';
export { piecesOf, textSize } from './text-units.js';
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
export { plivoAwaySince } from './plivo-reach.js';
export { PlivoReached, PlivoUnreachable, WebhooksRefused } from './plivo.events.js';
export { plainText } from './plain-text.js';
export { signatureSelfTest } from './signature-self-test.js';
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
