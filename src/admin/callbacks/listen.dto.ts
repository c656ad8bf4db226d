import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { CallbackRequest, FollowedCallback } from '../../callbacks/index.js';
import { InvalidRequest, refusal } from '../../platform/errors.js';
import { parseUrl } from '../../platform/parse-url.js';
import { isPublicAddress } from '../../platform/outgoing/public-address.js';
import { AccountAuthId, IfGiven, isoText, TextOf } from '../values.dto.js';

export class ListenQuery {
  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @AccountAuthId()
  account!: string;

  @ApiPropertyOptional({
    description:
      'A URL of a machine of your own, where the callbacks are brought: each then comes with the request for it, signed with the tokens of the account.',
    example: 'http://127.0.0.1:3000/hook',
  })
  @IfGiven()
  @TextOf(1, 2000)
  sign_for?: string;

  @ApiPropertyOptional({ description: 'The `id` of the event that came last, to go on there after a cut connection.' })
  @IfGiven()
  @Matches(/^\d{1,15}\.[0-9a-f-]{36}$/, { message: 'after must be the id of an event' })
  after?: string;
}

export class TooManyCallbackListeners extends refusal(
  'too_many_callback_listeners',
  'too-many',
  'expected at most 20 listeners at this process: end another one',
  { retryAfterSeconds: 10 },
) {}

const OWN_NAMES = /^(?:localhost|host\.docker\.internal)$|\.(?:localhost|local|internal|test)$/;
const ADDRESS = /^\[?([\da-f:.]+)\]?$/i;

/**
 * Signatures open doors where they are believed. So they are made for machines that nobody else reaches alone, and never for this service, which would take one for Plivo's: the first
 * account's token is the one that it has there.
 */
export function readTarget(text: string | undefined, own: { publicUrl: string; port: number }): string | null {
  if (text === undefined) return null;
  const url = parseUrl(text);
  const isHttp = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isHttp || !isOwnMachine(url.hostname))
    throw refused('expected an http or https URL of a machine of your own: localhost, or a private address');
  const isService = Number(url.port || (url.protocol === 'https:' ? 443 : 80)) === own.port;
  if (isService || url.host === parseUrl(own.publicUrl)?.host)
    throw refused('expected another address than that of this service');
  return url.href;
}

function isOwnMachine(hostname: string): boolean {
  if (OWN_NAMES.test(hostname)) return true;
  const address = ADDRESS.exec(hostname)?.[1];
  return address !== undefined && /[.:]/.test(address) && !isPublicAddress(address);
}

function refused(text: string): InvalidRequest {
  return new InvalidRequest(`sign_for: ${text}`, { param: 'sign_for' });
}

/** `parameters` as the receiver reads them, numbers masked unless they are revealed; `request` null where no URL was named. */
export function shownFollowed(
  { id, accountId, sessionId, callId, stream, sequence, event, method, createdAt }: FollowedCallback,
  parameters: Record<string, string>,
  request: CallbackRequest | null,
) {
  return {
    id,
    account: accountId,
    session_uuid: sessionId,
    call_id: callId,
    stream,
    sequence_number: sequence,
    event,
    method,
    created_at: isoText(createdAt),
    parameters,
    request,
  };
}
