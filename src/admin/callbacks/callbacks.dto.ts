import { IsIn } from 'class-validator';
import type { CallbackStatus, FoundCallback } from '../../callbacks/index.js';
import { PageQuery } from '../page.dto.js';
import { AccountAuthId, After, IfGiven, IsoInstant, isoText, SessionUuid } from '../values.dto.js';
import { ApiProperty } from '@nestjs/swagger';
import {
  authId,
  count,
  instant,
  integer,
  listOf,
  object,
  optional,
  orNull,
  pageSchema,
  shape,
  text,
  uuid,
  word,
} from '../../platform/openapi/schemas.js';

const STATUSES = ['pending', 'delivered', 'parked'];

export class CallbacksQuery extends PageQuery {
  @IfGiven()
  @IsIn(STATUSES)
  status?: CallbackStatus;

  @IfGiven()
  @SessionUuid()
  session?: string;

  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiProperty({ description: 'Callbacks made from this instant on, ISO 8601.' })
  @IfGiven()
  @IsoInstant()
  since?: number;

  @ApiProperty({ description: 'Callbacks made before this instant, ISO 8601.' })
  @IfGiven()
  @After('since')
  @IsoInstant()
  until?: number;
}

export class CallbackQuery {
  @ApiProperty({ description: '`response_body`: what receivers answered, its first 1,024 bytes.' })
  @IfGiven()
  @IsIn(['response_body'])
  include?: string;
}

/** Instants of when callbacks were made. */
export class ReplayBody {
  @ApiProperty({ description: 'Callbacks made from this instant on, ISO 8601.' })
  @IfGiven()
  @IsoInstant()
  since?: number;

  @ApiProperty({ description: 'Callbacks made before this instant, ISO 8601.' })
  @IfGiven()
  @After('since')
  @IsoInstant()
  until?: number;

  @ApiProperty({ description: 'Those of this status.', default: 'parked' })
  @IfGiven()
  @IsIn(STATUSES)
  status?: CallbackStatus;

  @IfGiven()
  @SessionUuid()
  session?: string;

  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

/** A callback as operators see it: neither its URL nor the numbers in it. */
export function shownCallback({ callback, attempts }: FoundCallback) {
  return {
    id: callback.id,
    account: callback.accountId,
    session_uuid: callback.sessionId,
    call_id: callback.callId,
    stream: callback.stream,
    sequence_number: callback.sequence,
    event: callback.event,
    method: callback.method,
    status: callback.status,
    outcome: callback.outcome,
    created_at: isoText(callback.createdAt),
    next_attempt_at: callback.status === 'pending' ? isoText(callback.nextAttemptAt) : null,
    settled_at: isoText(callback.settledAt),
    attempts: attempts.map(({ number, startedAt, durationMs, status, error, answer }) => ({
      number,
      at: isoText(startedAt),
      duration_ms: durationMs,
      status,
      error,
      ...(answer !== undefined && { response_body: answer }),
    })),
  };
}

export const CALLBACK = shape<ReturnType<typeof shownCallback>>('Callback', () => ({
  id: uuid('Of the callback: its webhook-id.'),
  account: authId('Of the account.'),
  session_uuid: uuid('Of the session.'),
  call_id: orNull(uuid('Of the call that it tells of.')),
  stream: word('Each has a count and an order of its own.', ['status', 'recording', 'message']),
  sequence_number: count('From 1 in each session and stream.', 1),
  event: text('EventName.', 'SessionFirstPartyAnswer'),
  method: word('How it is sent.', ['GET', 'POST']),
  status: word('parked: not tried again.', STATUSES),
  outcome: orNull(text('How the last attempt ended.', 'delivered')),
  created_at: instant('When it was made.'),
  next_attempt_at: orNull(instant('Null unless pending.')),
  settled_at: orNull(instant('When it was delivered or parked.')),
  attempts: listOf(
    object({
      number: count('From 1.', 1),
      at: instant('When it began.'),
      duration_ms: integer('How long it took.', 42),
      status: orNull(integer('Of the answer.', 200)),
      error: orNull(text('Class of failure.', 'timeout')),
      response_body: optional(orNull(text('Its first 1,024 bytes, with `include=response_body`.', 'ok'))),
    }),
    'First to last.',
  ),
}));
export const CALLBACKS_PAGE = pageSchema('Callbacks', CALLBACK);
export const COUNTED = shape<{ callbacks: number }>('CountedCallbacks', () => ({
  callbacks: count('How many a replay with the same words would send now.', 12),
}));
export const QUEUED = shape<{ queued: number }>('QueuedCallbacks', () => ({ queued: count('How many.', 1) }));
