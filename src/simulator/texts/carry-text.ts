import { callingCodeOf, describeNumber, parseCaller, type E164 } from '../../telephony/phone.js';
import type { RentedNumber } from '../calls/account.js';
import type { ArrivedText } from '../calls/phones.js';
import { mediaHost } from '../calls/report-recordings.js';
import type { World } from '../calls/world.js';
import type { Activity } from '../rules/activity.js';
import type { WebhookKind } from '../rules/faults.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import { isSuccess } from '../webhooks/webhook-sender.js';
import { readTarget } from '../webhooks/webhook-target.js';
import { fetchMedia } from './fetch-media.js';
import type { TextBook } from './text-book.js';
import { inboundParams, reportParams, type Intent } from './text-params.js';
import type { HeldPicture, Text, TextFacts, TextState } from './text.js';

/** What carrying texts works with. */
export interface TextWorld extends World {
  readonly texts: TextBook;
  readonly activity: Activity;
}

/** One try, and three more. */
const PAUSES_MS = [0, 60_000, 120_000, 240_000];
const ANSWER_WITHIN_MS = 8000;
/** Unmistakable ones, of Plivo's own lists. */
const OUT = new Set(['STOP', 'STOPALL', 'STOP ALL', 'UNSUBSCRIBE', 'UNSUB', 'END', 'QUIT', 'CANCEL']);
const IN = new Set(['START', 'UNSTOP', 'YES', 'GO', 'RESUME']);
const HELP = new Set(['HELP', 'INFO']);

/** Somebody writes to one of the account's numbers. */
export function receiveText(
  world: TextWorld,
  { from, text, media, mediaCount }: { from: string; text: string; media: readonly HeldPicture[]; mediaCount: number },
  number: RentedNumber,
): Text {
  const sender = parseCaller(from) ?? from;
  const received = world.texts.add({
    direction: 'inbound',
    from: sender,
    to: number.number,
    text,
    mediaCount,
    media,
    rate: mediaCount > 0 ? world.settings.mms_inbound_rate : world.settings.text_inbound_rate,
    at: world.clock.now(),
    subaccount: number.subaccount,
    reports: null,
    log: 'true',
    expirySeconds: 0,
    request: null,
  });
  const intent = obeyed(world, received, sender);
  const to = world.account.messagesOf(number);
  if (to !== null) {
    const { authId } = mediaHost(world, number.subaccount);
    const params = inboundParams(world.settings, received, { intent, authId });
    void tell(world, received, { kind: 'message', ...to, params }).then((isTold) => {
      received.state = isTold ? 'delivered' : 'undelivered';
      world.changes.notify();
    });
  }
  world.changes.notify();
  return received;
}

/** The API was asked to send one: taken, whatever then becomes of it. */
export function sendText(world: TextWorld, facts: TextFacts): Text {
  const text = world.texts.add(facts);
  world.timers.after(0, () => void world.activity.during(() => carry(world, text)));
  world.changes.notify();
  return text;
}

async function carry(world: TextWorld, text: Text): Promise<void> {
  const { from, to, mediaUrls = [] } = text.facts;
  const fetched = mediaUrls.length > 0 ? await fetchMedia(mediaUrls) : { media: [], errorCode: null };
  if (text.isForgotten) return;
  text.media.push(...(fetched.media ?? []));
  const phone = world.phones.at(to);
  const refusal = refusalOf(world, from, phone.number) ?? fetched.errorCode;
  const { state, errorCode } = refusal === null ? phone.textOutcome : { state: 'failed' as const, errorCode: refusal };
  if (state === 'failed') [text.state, text.errorCode] = [state, errorCode];
  else {
    phone.texts.push({
      at: world.clock.now(),
      from,
      text: text.facts.text,
      message_uuid: text.uuid,
      ...shownMedia(fetched.media ?? []),
    });
    text.state = world.settings.text_reports === 'up-to-sent' ? 'sent' : state;
    if (state === 'undelivered') text.errorCode = errorCode;
  }
  world.changes.notify();
  report(world, text);
}

/** As phones show it. Of texts alone nothing is said of pictures. */
function shownMedia(media: readonly HeldPicture[]): Pick<ArrivedText, 'media'> {
  if (media.length === 0) return {};
  return { media: media.map(({ type, bytes }) => ({ type, content: bytes.toString('base64') })) };
}

/** Plivo's code where it, or a carrier, does not take a message; null where both do. */
function refusalOf({ settings, texts }: TextWorld, from: string, to: string): string | null {
  if (settings.text_unregistered === 'refused' && isUsLocal(from)) return '30';
  const isBlocked = settings.text_opt_outs === 'on' && texts.blocks(from, to, settings.text_opt_out_grace);
  return isBlocked ? '200' : null;
}

function isUsLocal(number: string): boolean {
  return describeNumber(number as E164).country === 'US' && !/^18(00|33|44|55|66|77|88)/.test(number);
}

function report(world: TextWorld, text: Text): void {
  const { reports } = text.facts;
  const habit = world.settings.text_reports;
  if (reports === null || habit === 'none') return;
  const states: TextState[] = [
    ...(habit === 'no-queued' ? [] : ['queued' as const]),
    ...(text.state === 'failed' ? [] : ['sent' as const]),
    ...(text.state === 'sent' ? [] : [text.state]),
  ];
  const told = states.map((state, place) => ({ state, sequence: place + 1 }));
  for (const one of habit === 'reversed' ? told.toReversed() : told)
    void tell(world, text, { kind: 'message-status', ...reports, params: reportParams(world.settings, text, one) });
}

/** Whether the application has taken it, at the first try or a later one. */
async function tell(
  world: TextWorld,
  text: Text,
  {
    kind,
    url,
    method,
    params,
  }: { kind: WebhookKind; url: string; method: WebhookMethod; params: Record<string, string> },
): Promise<boolean> {
  const read = readTarget(url);
  if (read === null) return false;
  const target = { ...read, retries: 0, readTimeoutMs: ANSWER_WITHIN_MS, totalTimeoutMs: ANSWER_WITHIN_MS };
  for (const pause of PAUSES_MS) {
    if (pause > 0) await world.timers.sleep(pause);
    const reply = await world.webhooks.send(text, { kind, target, method, params });
    if (isSuccess(reply)) return true;
    // What is lost on the way, Plivo believes to have delivered.
    if (text.isForgotten || text.webhooks.at(-1)?.outcome === 'lost') return false;
  }
  return false;
}

/** What Plivo itself does about words of opting out and in, in North America. */
function obeyed(world: TextWorld, { facts, uuid }: Text, sender: string): Intent {
  if (world.settings.text_opt_outs === 'off' || callingCodeOf(facts.to as E164) !== '1') return '';
  const word = facts.text.trim().toUpperCase();
  const intent = OUT.has(word) ? 'optout' : IN.has(word) ? 'optin' : HELP.has(word) ? 'help' : '';
  const { texts } = world.phones.at(sender);
  const answer = (said: string) =>
    texts.push({ at: facts.at, from: facts.to, text: said, message_uuid: `plivo-${uuid}` });
  if (intent === 'optout') {
    world.texts.setOptedOut(facts.to, sender, true);
    answer('You have been unsubscribed.');
  } else if (intent === 'optin' && world.texts.isOptedOut(facts.to, sender)) {
    world.texts.setOptedOut(facts.to, sender, false);
    answer('You have been subscribed again.');
  }
  return intent;
}
