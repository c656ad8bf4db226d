import { endCall } from '../calls/call-ending.js';
import type { Call } from '../calls/call.js';
import { applicationError } from '../calls/hangup-causes.js';
import type { Params } from '../calls/webhook-params.js';
import type { World } from '../calls/world.js';
import type { WebhookKind } from '../rules/faults.js';
import { readTarget } from '../webhooks/webhook-target.js';
import { ACTION_CODES, fetchNext, isMethod, NEXT, OVER, type Step } from './documents.js';
import type { XmlElement } from './xml-reader.js';

/** What an element asks for when it is done. */
export interface Action {
  url: string;
  method: string;
  /** Whether the document that comes back replaces the rest of the one running. */
  takesOver: boolean;
}

export interface Report {
  kind: WebhookKind;
  params: Params;
}

export function readAction({ attributes }: XmlElement): Action | null {
  const url = attributes['action'];
  if (url === undefined || url === '') return null;
  return { url, method: attributes['method'] ?? 'POST', takesOver: attributes['redirect'] !== 'false' };
}

/** Reports to the action, and goes on with its document or with the next element. */
export function follow(world: World, call: Call, action: Action, report: Report): Promise<Step> | Step {
  if (action.takesOver) return takeOver(world, call, action, report);
  notify(world, call, action, report);
  return goOn(world, call, action);
}

export function takeOver(world: World, call: Call, action: Action, report: Report): Promise<Step> {
  return fetchNext(world, call, { ...report, url: action.url, method: action.method, codes: ACTION_CODES });
}

/** Posts in the background; nobody waits for the reply. */
export function notify(world: World, call: Call, { url, method }: Action, report: Report): void {
  const target = readTarget(url, world.settings.url_fragments);
  if (target !== null && isMethod(method)) void world.webhooks.send(call, { ...report, target, method });
}

/** An action that can never be reached ends the call even where its reply would not have mattered. */
export function goOn(world: World, call: Call, { url, method }: Action): Step {
  const isUrl = readTarget(url, world.settings.url_fragments) !== null;
  if (isUrl && isMethod(method)) return NEXT;
  endCall(world, call, applicationError(isUrl ? ACTION_CODES.invalidMethod : ACTION_CODES.invalidUrl));
  return OVER;
}
