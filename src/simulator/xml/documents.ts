import { endCall } from '../calls/call-ending.js';
import type { Call } from '../calls/call.js';
import { applicationError, type HangupCode } from '../calls/hangup-causes.js';
import { commonParams, type Params } from '../calls/webhook-params.js';
import type { World } from '../calls/world.js';
import type { WebhookKind } from '../rules/faults.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import { isSuccess, type Reply } from '../webhooks/webhook-sender.js';
import { readTarget } from '../webhooks/webhook-target.js';
import { InvalidXml, readDocument, type XmlElement } from './xml-reader.js';

/** What follows an element: the next one, another document's elements, or nothing, as the call is over. */
export type Step = { kind: 'next' } | { kind: 'run'; elements: readonly XmlElement[] } | { kind: 'over' };

export const NEXT: Step = { kind: 'next' };
export const OVER: Step = { kind: 'over' };

export interface DocumentSource {
  kind: WebhookKind;
  url: string;
  method: string;
  params: Params;
  /** The only elements that may stand in it; without it, all. */
  only?: readonly string[];
  codes: { unreachable: HangupCode; invalidXml: HangupCode; invalidUrl: HangupCode; invalidMethod: HangupCode };
}

const ANSWER_CODES = { unreachable: 7011, invalidXml: 8011, invalidUrl: 7011, invalidMethod: 7011 } as const;
export const ACTION_CODES = { unreachable: 7012, invalidXml: 8012, invalidUrl: 7022, invalidMethod: 7032 } as const;
export const REDIRECT_CODES = { unreachable: 7014, invalidXml: 8014, invalidUrl: 7024, invalidMethod: 7034 } as const;

const SOUNDS = ['Speak', 'Play', 'Wait'];

/** A document that redirects to itself would otherwise run for ever. */
const MOST_DOCUMENTS = 200;

/** Fetches the document that takes over the call; what cannot be fetched or run ends it with the code for that. */
export async function fetchNext(world: World, call: Call, source: DocumentSource): Promise<Step> {
  const { elements, code } = await fetchDocument(world, call, source);
  if (call.isOver) return OVER;
  if (elements !== null) return { kind: 'run', elements };
  endCall(world, call, applicationError(code));
  return OVER;
}

/** The first document: from the answer URL, or from the fallback URL where there is one. */
export async function fetchAnswer(world: World, call: Call, params: Params): Promise<Step> {
  const { answerUrl, answerMethod, fallbackUrl, fallbackMethod } = call.urls;
  const main = { kind: 'answer', url: answerUrl, method: answerMethod, params, codes: ANSWER_CODES } as const;
  if (fallbackUrl === null) return fetchNext(world, call, main);
  const { elements } = await fetchDocument(world, call, main);
  if (call.isOver) return OVER;
  if (elements !== null) return { kind: 'run', elements };
  return fetchNext(world, call, { ...main, url: fallbackUrl, method: fallbackMethod });
}

/** What a Dial lets one side hear: a document of sounds. Null, which Dial puts up with, when there is none to be had. */
export async function fetchSounds(
  world: World,
  call: Call,
  { kind, url }: { kind: 'confirm-sound' | 'dial-music'; url: string },
): Promise<readonly XmlElement[] | null> {
  const params = commonParams(world, call, 'DialRemoteSounds');
  const source = { kind, url, method: 'POST', params, codes: ACTION_CODES, only: SOUNDS };
  const { elements, code } = await fetchDocument(world, call, source);
  if (elements === null) call.note(world.clock.now(), 'sound.missing', { kind, code });
  return elements;
}

type Fetched = { elements: readonly XmlElement[]; code: null } | { elements: null; code: HangupCode };

async function fetchDocument(
  world: World,
  call: Call,
  { kind, url, method, params, codes, only }: DocumentSource,
): Promise<Fetched> {
  const target = readTarget(url, world.settings.url_fragments);
  if (target === null) return { elements: null, code: codes.invalidUrl };
  if (!isMethod(method)) return { elements: null, code: codes.invalidMethod };
  const reply = await world.webhooks.send(call, { kind, target, method, params });
  if (!isSuccess(reply)) return { elements: null, code: codes.unreachable };
  try {
    if (call.documents.length >= MOST_DOCUMENTS) throw new InvalidXml('too many documents in one call');
    const elements = read(reply, only);
    keepDocument(world, call, { url: target.url, xml: reply.body, error: null });
    return { elements, code: null };
  } catch (error) {
    if (!(error instanceof InvalidXml)) throw error;
    keepDocument(world, call, { url: target.url, xml: reply.body, error: error.message });
    return { elements: null, code: codes.invalidXml };
  }
}

function read({ contentType, body }: Reply, only?: readonly string[]): readonly XmlElement[] {
  if (!/^(application|text)\/xml\b/i.test(contentType)) throw new InvalidXml('the Content-Type is not XML');
  const elements = readDocument(body);
  const misplaced = elements.find(({ name }) => only?.includes(name) === false);
  if (misplaced !== undefined) throw new InvalidXml(`${misplaced.name} is not allowed in a sound`);
  return elements;
}

function keepDocument(world: World, call: Call, document: { url: string; xml: string; error: string | null }): void {
  const at = world.clock.now();
  call.documents.push({ at, ...document });
  call.note(at, document.error === null ? 'xml.received' : 'xml.refused', { error: document.error });
  world.changes.notify();
}

export function isMethod(text: string): text is WebhookMethod {
  return text === 'GET' || text === 'POST';
}
