import { utcMicroseconds } from '../calls/console-time.js';
import { rateWithFivePlaces } from '../calls/billing.js';
import type { Settings } from '../rules/settings.js';
import { mediaIdOf, type Text, type TextState } from './text.js';

export type Intent = '' | 'optout' | 'optin' | 'help';

/** What the application's message URL is told; there is no time in it. */
export function inboundParams(
  settings: Settings,
  text: Text,
  { intent, authId }: { intent: Intent; authId: string },
): Record<string, string> {
  const { from, to, mediaCount, rate } = text.facts;
  const isMms = mediaCount > 0;
  const media = Array.from({ length: mediaCount }, (_, place) => [
    `Media${place + (settings.media_numbering === 'from-1' ? 1 : 0)}`,
    `${settings.media_url}/v1/Account/${authId}/Message/${text.uuid}/Media/${mediaIdOf(text.uuid, place)}`,
  ]);
  return {
    MessageUUID: text.uuid,
    From: shown(settings, from),
    To: shown(settings, to),
    [isMms ? 'Body' : 'Text']: text.facts.text,
    Type: isMms ? 'mms' : 'sms',
    Units: String(text.units),
    TotalRate: rateWithFivePlaces(rate),
    TotalAmount: text.amount,
    PowerpackUUID: '',
    ...(isMms ? { MediaCount: String(mediaCount), ...(Object.fromEntries(media) as Record<string, string>) } : {}),
    ...(isMms ? {} : { MessageIntent: intent }),
  };
}

export function reportParams(
  settings: Settings,
  text: Text,
  { state, sequence }: { state: TextState; sequence: number },
): Record<string, string> {
  const isOver = state === text.state;
  return {
    MessageUUID: text.uuid,
    From: shown(settings, text.facts.from),
    To: shown(settings, text.shownTo),
    Type: text.facts.mediaCount > 0 ? 'mms' : 'sms',
    Status: state,
    Units: String(text.units),
    TotalRate: rateWithFivePlaces(text.facts.rate),
    TotalAmount: text.amount,
    ErrorCode: isOver ? text.errorCode : '000',
    ...(settings.text_report_sequence ? { Sequence: String(sequence) } : {}),
    QueuedTime: utcMicroseconds(text.facts.at),
    PowerpackUUID: '',
    ParentMessageUUID: text.uuid,
    PartInfo: '1 of 1',
  };
}

function shown({ plus_in_numbers: isPlus }: Settings, number: string): string {
  return isPlus && /^[1-9]\d{6,14}$/.test(number) ? `+${number}` : number;
}
