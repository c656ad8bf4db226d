import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { CURRENCY } from '../../accounts/index.js';
import type { TextMoney } from '../../billing-stats/index.js';
import { describeNumber, parseCaller } from '../../telephony/phone.js';
import { areWordsKept, stateOfText, TEXT_STATES, type FoundText, type TextState } from '../../texts/index.js';
import {
  authId,
  count,
  flag,
  instant,
  integer,
  money,
  orNull,
  pageSchema,
  partyNumber,
  poolNumber,
  shape,
  text,
  uuid,
  word,
  type Members,
} from '../../platform/openapi/schemas.js';
import { PageQuery } from '../page.dto.js';
import {
  AccountAuthId,
  After,
  IfGiven,
  IsoInstant,
  isoText,
  moneyText,
  ONE_LINE,
  PastedNumber,
  SessionUuid,
  TextOf,
  withPlus,
} from '../values.dto.js';
import { IN_ANY_SPELLING } from '../reading/read-party.js';

/** Who wrote it to whom, as the masking API names it. */
const DIRECTIONS = ['first_to_second', 'second_to_first'] as const;
const ROLE_OF = { first_to_second: 'first', second_to_first: 'second' } as const;

export class MessagesQuery extends PageQuery {
  @ApiPropertyOptional({
    example: '+1 (415) 555-0123',
    description: `Who wrote it, or whom it was sent on to, ${IN_ANY_SPELLING}`,
  })
  @IfGiven()
  @PastedNumber()
  party?: string;

  @ApiPropertyOptional({
    description: 'The number that it was written to, in any spelling; also one that has left the pool.',
  })
  @IfGiven()
  @PastedNumber()
  virtual_number?: string;

  @ApiPropertyOptional({ description: 'Auth ID. Its default_country is that of national spellings.' })
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Texts of this session.' })
  @IfGiven()
  @SessionUuid()
  session?: string;

  @ApiPropertyOptional({ enum: TEXT_STATES, description: 'What became of it as a whole.' })
  @IfGiven()
  @IsIn(TEXT_STATES)
  state?: TextState;

  @ApiPropertyOptional({ enum: DIRECTIONS, description: 'Which party of its session wrote it.' })
  @IfGiven()
  @IsIn(DIRECTIONS)
  direction?: (typeof DIRECTIONS)[number];

  @ApiPropertyOptional({ description: 'First instant at which it came: ISO 8601, a date or a time.' })
  @IfGiven()
  @IsoInstant()
  from?: number;

  @ApiPropertyOptional({ description: 'Exclusive. ISO 8601.' })
  @IfGiven()
  @After('from')
  @IsoInstant()
  to?: number;

  @ApiPropertyOptional({ description: 'Without it the Accept header decides.' })
  @IfGiven()
  @IsIn(['json', 'csv'], { message: 'format must be json or csv' })
  format?: 'json' | 'csv';
}

export function roleOf({ direction }: MessagesQuery): 'first' | 'second' | undefined {
  return direction && ROLE_OF[direction];
}

export const TEXT_COLUMNS = [
  'message_uuid',
  'session_uuid',
  'account',
  'direction',
  'received_at',
  'updated_at',
  'state',
  'reason',
  'error_code',
  'virtual_number',
  'sender_country',
  'recipient_country',
  'parts',
  'media_count',
  'media_sent',
  'units',
  'provider_amount',
  'fees',
  'amount',
  'currency',
] as const;

/** A text as a row of CSV: of its people nothing but the countries of their numbers. */
export function textCells(
  found: FoundText,
  cost: TextMoney,
): Record<(typeof TEXT_COLUMNS)[number], string | number | null> {
  const { id: _, sender: __, recipient: ___, sender_role: role, has_text: ____, ...shown } = shownText(found, cost);
  return {
    ...shown,
    direction: DIRECTIONS.find((one) => ROLE_OF[one] === role) ?? null,
    sender_country: countryOf(found.sender),
    recipient_country: countryOf(found.recipient),
  };
}

function countryOf(digits: string | null): string | null {
  const number = digits === null ? null : parseCaller(digits);
  return (number !== null && describeNumber(number).country) || null;
}

/** A text in the forms of /admin, without a word of what was written. */
export function shownText(found: FoundText, { units, providerAmount, fees }: TextMoney) {
  const { text: told, forwards, sender, recipient } = found;
  const { state, reason, errorCode } = stateOfText(found);
  return {
    id: told.id,
    account: told.accountId,
    session_uuid: told.sessionId,
    message_uuid: told.messageUuid,
    sender_role: told.senderRole,
    sender: withPlus(sender),
    recipient: withPlus(recipient),
    virtual_number: withPlus(told.virtualNumber),
    received_at: isoText(told.receivedAt),
    updated_at: isoText(Math.max(told.receivedAt, ...forwards.map(({ updatedAt }) => updatedAt))),
    state,
    reason,
    error_code: errorCode,
    parts: forwards.length,
    has_text: areWordsKept(found),
    media_count: told.mediaCount,
    media_sent: forwards.reduce((sum, { mediaCount }) => sum + mediaCount, 0),
    units,
    provider_amount: moneyText(providerAmount),
    fees: moneyText(fees),
    amount: moneyText(providerAmount + fees),
    currency: CURRENCY,
  };
}

export const textMembers = (): Members<ReturnType<typeof shownText>> => ({
  id: uuid('Ours.'),
  account: authId('Of the account.'),
  session_uuid: orNull(uuid('Of the session.')),
  message_uuid: text("Plivo's, of what came in.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  sender_role: orNull(word('Which party wrote it.', ['first', 'second'])),
  sender: orNull(partyNumber('Who wrote it.')),
  recipient: orNull(partyNumber('Whom it was sent on to; null where it was refused.')),
  virtual_number: orNull(poolNumber('The number that it was sent to.')),
  received_at: orNull(instant('When it came.')),
  updated_at: orNull(instant('When something was learnt of it last.')),
  state: word('What became of it as a whole.', [...TEXT_STATES]),
  reason: orNull(text('A word for why it was refused or not sent.', 'too-many')),
  error_code: orNull(integer("Plivo's.", 80)),
  parts: count('Messages in which it was sent on.', 1),
  has_text: flag('Whether its words are kept: GET /admin/messages/{id}/text shows them, and the audit says to whom.'),
  media_count: count('Media that came with it.', 0),
  media_sent: count('Media that are, or were, to be sent on with it.', 0),
  units: count('Of both legs.', 2),
  provider_amount: money("Plivo's price and carriers'."),
  fees: money("The account's own."),
  amount: money('Both.'),
  currency: word('Of all amounts.', [CURRENCY]),
});
export const TEXTS_PAGE = pageSchema('AdminTexts', shape<ReturnType<typeof shownText>>('AdminText', textMembers));
export const TEXTS_CSV = {
  type: 'string',
  description: `With a header: ${TEXT_COLUMNS.join(', ')}. What is not known, or not yet, is empty.`,
  example: `${TEXT_COLUMNS.join()}\r\n`,
};

export class WordsQuery {
  @ApiProperty({ description: 'Why they are read; for the audit, without a number.', example: 'dispute 4711' })
  @Matches(ONE_LINE, { message: 'purpose must be one line of text' })
  @TextOf(1, 200)
  purpose!: string;
}

export const WORDS = shape<{ id: string; text: string }>('TextWords', () => ({
  id: uuid('Of the text.'),
  text: text('As it was sent on. Numbers in it are masked unless `reveal=true`.', 'I am at the door'),
}));
