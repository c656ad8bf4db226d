import type { CallSettings } from '../../accounts/index.js';
import { LONGEST_PIN } from '../../number-pool/index.js';
import { connectXml, gatherDigitsXml, playAndHangupXml, redirectXml } from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import type { CallDecision } from './call-decision.js';
import { spokenRefusal } from './refusal-speech.js';
import { cadenceOf } from './ring-tone.js';
import { SOUND_POLICY, webhookUrl, type WebhookTerms } from './webhook-url.js';

export const XML_TYPE = 'application/xml; charset=utf-8';

interface AnsweredCall {
  callId: string;
  accountId: string;
}

/**
 * What Plivo is told to do about a call. `isAnswered`: its caller's leg was answered before, by a prompt or because we called. `mostDigits`: where a PIN is
 * asked for.
 */
export function answerXml(
  terms: WebhookTerms,
  call: AnsweredCall & { settings: CallSettings; isAnswered: boolean },
  decision: CallDecision,
  mostDigits = LONGEST_PIN,
): string {
  switch (decision.decision) {
    case 'connect':
      return dialXml(terms, call, decision);
    case 'ask-pin':
      return askForPin(terms, call, decision.prompt, { attempt: 1, mostDigits });
    case 'play':
      return playAndHangupXml(decision.url);
    case 'refuse':
      return spokenRefusal(decision.reason, call.settings, call.isAnswered);
    case 'redirect':
      return redirectXml(decision.url);
  }
}

/** `attempt`: the one that is asked for, from 1. `mostDigits`: with that many the PIN is typed, whether or not # follows. */
export function askForPin(
  terms: WebhookTerms,
  { accountId, callId }: AnsweredCall,
  { settings }: SessionRecord,
  { attempt, mostDigits }: { attempt: number; mostDigits: number },
): string {
  const { incorrect_pin_play, pin_prompt_play, pin_retry_wait } = settings;
  return gatherDigitsXml({
    ...(attempt > 1 && incorrect_pin_play ? { play: incorrect_pin_play } : {}),
    promptUrl: pin_prompt_play ?? '',
    actionUrl: webhookUrl(terms, `${accountId}/calls/${callId}/pin/${attempt}`),
    numDigits: mostDigits,
    timeoutSeconds: pin_retry_wait ?? 5,
  });
}

function dialXml(
  terms: WebhookTerms,
  { accountId, callId, isAnswered }: AnsweredCall & { isAnswered: boolean },
  { seat, dial }: CallDecision & { decision: 'connect' },
): string {
  const { settings, virtualNumber, id } = seat.session;
  const [callerPlay, calleePlay] =
    seat.role === 'first'
      ? [settings.first_party_play_url, settings.second_party_play_url]
      : [settings.second_party_play_url, settings.first_party_play_url];
  const url = (what: string): string => webhookUrl(terms, `${accountId}/sessions/${id}/calls/${callId}/${what}`);
  const { calleeSound, ringTone } = terms.plivo;
  // Whose leg is not answered hears its own network ring. A Record may answer it: nothing documents whether it does.
  const needsRingTone = ringTone === 'auto' && (isAnswered || callerPlay !== '' || settings.record);
  const toneUrl = (): string =>
    webhookUrl(terms, `${accountId}/ring-tone/${cadenceOf(virtualNumber as E164)}`, SOUND_POLICY);
  return connectXml({
    ...(callerPlay === '' ? {} : { play: callerPlay }),
    to: dial,
    callerId: virtualNumber as E164,
    timeLimitSeconds: settings.call_time_limit,
    ringTimeoutSeconds: settings.ring_timeout,
    eventUrl: url('dial-event'),
    actionUrl: url('dial-action'),
    ...(calleePlay === '' || calleeSound === 'off' ? {} : { confirmSoundUrl: url('callee-sound') }),
    ...(needsRingTone ? { dialMusicUrl: toneUrl() } : {}),
    ...(settings.record ? { record: { format: settings.record_file_format, callbackUrl: url('recording') } } : {}),
  });
}
