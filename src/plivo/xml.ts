import { createRequire } from 'node:module';
import type { E164 } from '../telephony/phone.js';
import { dialable, integerIn, language, oneOf, speech, webUrl } from './xml-values.js';

export type HangupReason = 'rejected' | 'busy';

export interface Speech {
  text: string;
  language: string;
}

export interface CallRecording {
  format: 'mp3' | 'wav';
  /** Told when the file is ready, which is after the call. */
  callbackUrl: string;
}

export interface ConnectCall {
  /** Audio for the caller before anybody is dialled; it answers, and so bills, the caller's leg. */
  play?: string;
  to: E164;
  /** The virtual number: the only one the other side may see. */
  callerId: E164;
  timeLimitSeconds: number;
  ringTimeoutSeconds: number;
  eventUrl: string;
  actionUrl: string;
  /** Answers with `playXml`: audio for the called party before the two are joined. */
  confirmSoundUrl?: string;
  /** Answers with `playXml`: audio for the caller while it rings. Never `real`, which lets through networks' announcements of the dialled number. */
  dialMusicUrl?: string;
  record?: CallRecording;
}

export interface GatherDigits {
  /** Audio before the prompt, such as "that was wrong"; keys do not interrupt it. */
  play?: string;
  promptUrl: string;
  actionUrl: string;
  numDigits: number;
  timeoutSeconds: number;
}

type Attributes = Record<string, string | number | boolean>;

interface XmlElement {
  addDial(attributes: Attributes): XmlElement;
  addGetDigits(attributes: Attributes): XmlElement;
  addHangup(attributes: Attributes): XmlElement;
  addNumber(digits: string): XmlElement;
  addPlay(url: string, attributes?: Attributes): XmlElement;
  addRecord(attributes: Attributes): XmlElement;
  addRedirect(url: string, attributes: Attributes): XmlElement;
  addSpeak(text: string, attributes: Attributes): XmlElement;
  toXML(): string;
}

/** Only the builder: it loads in 0.09 s, the package's own entry, with its HTTP client, in 0.65 s. */
const { Response } = createRequire(import.meta.url)('plivo/dist/utils/plivoxml.js') as {
  Response: new () => XmlElement;
};

const LONGEST_CALL_SECONDS = 86_400;
const LONGEST_RING_SECONDS = 3600;
const MOST_LOOPS = 1000;

/** Connects the caller to exactly one number, with the virtual number as the only identity that is shown. */
export function connectXml(call: ConnectCall): string {
  const timeLimit = integerIn(call.timeLimitSeconds, 1, LONGEST_CALL_SECONDS);
  const shownNumber = dialable(call.callerId);
  const response = new Response();

  if (call.play !== undefined) response.addPlay(webUrl(call.play));
  if (call.record !== undefined) response.addRecord(recordingOf(call.record, timeLimit));
  const dial = response.addDial({
    callerId: shownNumber,
    // Without it Plivo shows the caller's own name, which may be the caller's own number.
    callerName: shownNumber,
    timeout: integerIn(call.ringTimeoutSeconds, 1, LONGEST_RING_SECONDS),
    timeLimit,
    callbackUrl: webUrl(call.eventUrl),
    callbackMethod: 'POST',
    action: webUrl(call.actionUrl),
    method: 'POST',
    redirect: true,
    ...(call.confirmSoundUrl === undefined ? {} : { confirmSound: webUrl(call.confirmSoundUrl) }),
    ...(call.dialMusicUrl === undefined ? {} : { dialMusic: webUrl(call.dialMusicUrl) }),
  });
  dial.addNumber(dialable(call.to));

  return response.toXML();
}

/** Ends the call. Without words or audio it is never answered, so it costs nothing. */
export function refuseXml(refusal: { say?: Speech; play?: string; reason?: HangupReason }): string {
  const response = new Response();
  if (refusal.say !== undefined)
    response.addSpeak(speech(refusal.say.text), { language: language(refusal.say.language) });
  if (refusal.play !== undefined) response.addPlay(webUrl(refusal.play));
  response.addHangup(refusal.reason === undefined ? {} : { reason: oneOf(refusal.reason, ['rejected', 'busy']) });
  return response.toXML();
}

export function hangupXml(reason?: HangupReason): string {
  return refuseXml(reason === undefined ? {} : { reason });
}

export function playAndHangupXml(url: string): string {
  return refuseXml({ play: url });
}

/** Hands the call on: from here on Plivo asks that URL what to do. */
export function redirectXml(url: string): string {
  const response = new Response();
  response.addRedirect(webUrl(url), { method: 'POST' });
  return response.toXML();
}

/** Nothing more to do: what follows the end of a Dial that went well. */
export function emptyXml(): string {
  return new Response().toXML();
}

/** What a confirm sound, or music for a waiting caller, answers with. */
export function playXml(url: string, times = 1): string {
  const response = new Response();
  response.addPlay(webUrl(url), times === 1 ? {} : { loop: integerIn(times, 1, MOST_LOOPS) });
  return response.toXML();
}

/**
 * Prompts once and collects digits; keys interrupt the prompt. The action is asked either way: with `Digits`, or without when nothing
 * was pressed, for which the Redirect stands.
 */
export function gatherDigitsXml(gather: GatherDigits): string {
  const action = webUrl(gather.actionUrl);
  const timeout = integerIn(gather.timeoutSeconds, 1, 60);
  const response = new Response();

  if (gather.play !== undefined) response.addPlay(webUrl(gather.play));
  const digits = response.addGetDigits({
    action,
    method: 'POST',
    redirect: true,
    timeout,
    digitTimeout: timeout,
    numDigits: integerIn(gather.numDigits, 1, 99),
    retries: 1,
    validDigits: '0123456789',
    finishOnKey: '#',
    // The digits are a PIN; by default Plivo keeps what was typed.
    log: false,
  });
  digits.addPlay(webUrl(gather.promptUrl));
  response.addRedirect(action, { method: 'POST' });

  return response.toXML();
}

/** `maxLength` cuts call recordings too and is 60 s unless said; it must exceed 1. */
function recordingOf(record: CallRecording, timeLimitSeconds: number): Attributes {
  return {
    startOnDialAnswer: true,
    redirect: false,
    fileFormat: oneOf(record.format, ['mp3', 'wav']),
    maxLength: Math.max(2, timeLimitSeconds),
    callbackUrl: webUrl(record.callbackUrl),
    callbackMethod: 'POST',
  };
}
