import type { CallSettings } from '../../accounts/index.js';
import { LONGEST_PIN } from '../../number-pool/index.js';
import { connectXml, gatherDigitsXml, playAndHangupXml } from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import type { CallDecision } from './call-decision.js';
import { spokenRefusal } from './refusal-speech.js';

export const XML_TYPE = 'application/xml; charset=utf-8';

/** Plivo repeats these webhooks on any failure, five times, within 55 s. */
export const REPEAT_POLICY = '#ct=2000&rt=5000&rc=5&rp=all&tt=55000';

interface AnsweredCall {
  callId: string;
  accountId: string;
}

/** What Plivo is told to do about a call; `mostDigits` where it is asked for a PIN. */
export function answerXml(
  publicUrl: string,
  call: AnsweredCall & { settings: CallSettings },
  decision: CallDecision,
  mostDigits = LONGEST_PIN,
): string {
  switch (decision.decision) {
    case 'connect':
      return dialXml(publicUrl, call, decision);
    case 'ask-pin':
      return askForPin(publicUrl, call, decision.prompt, { attempt: 1, mostDigits });
    case 'play':
      return playAndHangupXml(decision.url);
    case 'refuse':
      return spokenRefusal(decision.reason, call.settings);
  }
}

/** `attempt`: the one that is asked for, from 1. `mostDigits`: with that many the PIN is typed, whether or not # follows. */
export function askForPin(
  publicUrl: string,
  { accountId, callId }: AnsweredCall,
  { settings }: SessionRecord,
  { attempt, mostDigits }: { attempt: number; mostDigits: number },
): string {
  const { incorrect_pin_play, pin_prompt_play, pin_retry_wait } = settings;
  return gatherDigitsXml({
    ...(attempt > 1 && incorrect_pin_play ? { play: incorrect_pin_play } : {}),
    promptUrl: pin_prompt_play ?? '',
    actionUrl: `${publicUrl}/plivo/${accountId}/calls/${callId}/pin/${attempt}${REPEAT_POLICY}`,
    numDigits: mostDigits,
    timeoutSeconds: pin_retry_wait ?? 5,
  });
}

function dialXml(
  publicUrl: string,
  { accountId, callId }: AnsweredCall,
  { seat, dial }: CallDecision & { decision: 'connect' },
): string {
  const { settings, virtualNumber, id } = seat.session;
  const [callerPlay, calleePlay] =
    seat.role === 'first'
      ? [settings.first_party_play_url, settings.second_party_play_url]
      : [settings.second_party_play_url, settings.first_party_play_url];
  const url = (what: string): string =>
    `${publicUrl}/plivo/${accountId}/sessions/${id}/calls/${callId}/${what}${REPEAT_POLICY}`;
  return connectXml({
    ...(callerPlay === '' ? {} : { play: callerPlay }),
    to: dial,
    callerId: virtualNumber as E164,
    timeLimitSeconds: settings.call_time_limit,
    ringTimeoutSeconds: settings.ring_timeout,
    eventUrl: url('dial-event'),
    actionUrl: url('dial-action'),
    ...(calleePlay === '' ? {} : { confirmSoundUrl: url('callee-sound') }),
    ...(settings.record ? { record: { format: settings.record_file_format, callbackUrl: url('recording') } } : {}),
  });
}
