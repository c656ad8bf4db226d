import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { ALERT_TYPES, type AlertType, type ListedSubscription } from '../../alerts/index.js';
import {
  authId,
  instant,
  listOf,
  orNull,
  pageSchema,
  shape,
  text,
  uuid,
  word,
  type Members,
} from '../../platform/openapi/schemas.js';
import { AccountAuthId, IfGiven, isoText, TextOf } from '../values.dto.js';

const LONGEST_URL = 1000;

export class NewSubscription {
  @ApiProperty({
    description:
      'Where alerts are POSTed to: https to a public name, unless CALLBACK_ALLOW_HTTP or CALLBACK_ALLOW_PRIVATE allow more; at most 1000 characters. Its fragment may set ' +
      'time limits and repeats as that of a callback URL.',
    example: 'https://ops.example.com/alerts',
  })
  @TextOf(1, LONGEST_URL)
  url!: string;

  @ApiProperty({ enum: ALERT_TYPES, isArray: true, description: 'What is told there, at least one, each once.' })
  @ArrayNotEmpty()
  @ArrayUnique({ message: 'events must name each event once' })
  @IsIn(ALERT_TYPES, { each: true, message: `events must be a list of ${ALERT_TYPES.join(', ')}` })
  @IsArray()
  events!: AlertType[];

  @ApiPropertyOptional({
    description:
      'Auth ID: only what is this account’s is told. Left out: everything, also what is no single account’s.',
  })
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

/** `last_outcome`: status code or class of failure of the latest attempt; null before the first. */
export function shownSubscription(subscription: ListedSubscription) {
  const { id, url, events, accountId, createdAt, lastAttemptAt, lastOutcome } = subscription;
  return {
    id,
    url,
    events,
    account: accountId,
    created_at: isoText(createdAt),
    last_attempt_at: isoText(lastAttemptAt),
    last_outcome: lastOutcome,
  };
}

type Shown = ReturnType<typeof shownSubscription>;

const members = (): Members<Shown> => ({
  id: uuid('Of the subscription.'),
  url: text('Where alerts are POSTed to.', 'https://ops.example.com/alerts'),
  events: listOf(word('An alert.', ALERT_TYPES), 'What is told there.'),
  account: orNull(authId("Only what is this account's is told; null: everything.")),
  created_at: instant('When it was made.'),
  last_attempt_at: orNull(instant('Of the latest attempt; null before the first.')),
  last_outcome: orNull(text('Status code or class of failure of the latest attempt.', '200')),
});

const SUBSCRIPTION = shape<Shown>('Subscription', members);
export const SUBSCRIPTIONS_PAGE = pageSchema('Subscriptions', SUBSCRIPTION);
export const NEW_SUBSCRIPTION = shape<Shown & { secret: string }>('AddedSubscription', () => ({
  ...members(),
  secret: text('Signs what is sent there; shown in this answer only.', 'whsec_…'),
}));
export const TEST_SENT = shape<{ id: string; type: string }>('SentTest', () => ({
  id: text('`webhook-id` of the test.', 'msg_…'),
  type: word('What it is.', ['subscription.test']),
}));
