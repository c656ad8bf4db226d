import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsInt, Min } from 'class-validator';
import { CURRENCY } from '../../accounts/index.js';
import type { TimelineEntry } from '../../call-routing/index.js';
import {
  interactionMembers,
  NEVER,
  sessionMembers,
  type FoundSession,
  type Interaction,
  type SessionAnswer,
} from '../../sessions/index.js';
import { PageQuery } from '../page.dto.js';
import {
  AccountAuthId,
  After,
  IfGiven,
  IsoInstant,
  isoText,
  moneyText,
  PastedNumber,
  withPlus,
} from '../values.dto.js';
import {
  authId,
  count,
  flag,
  instant,
  listOf,
  money,
  optional,
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
import { IN_ANY_SPELLING } from '../reading/read-party.js';

/** What sessions are counted by. */
export class CountQuery {
  @ApiPropertyOptional({ description: 'Auth ID. Its `default_country` is that of national spellings.' })
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiPropertyOptional({ example: '+1 (415) 555-0123', description: `In either role, ${IN_ANY_SPELLING}` })
  @IfGiven()
  @PastedNumber()
  party?: string;

  @ApiPropertyOptional({ description: 'In any spelling; also one that has left the pool.' })
  @IfGiven()
  @PastedNumber()
  virtual_number?: string;

  @ApiPropertyOptional({ description: '`active` includes `in-progress`.' })
  @IfGiven()
  @IsIn(['active', 'in-progress', 'expired'])
  status?: 'active' | 'in-progress' | 'expired';

  @ApiPropertyOptional({ description: 'Opened from this instant on: ISO 8601, a date or a time.' })
  @IfGiven()
  @IsoInstant()
  from?: number;

  @ApiPropertyOptional({ description: 'Opened before this instant. ISO 8601.' })
  @IfGiven()
  @After('from')
  @IsoInstant()
  to?: number;
}

/** What sessions are sought by, page after page or as CSV. */
export class SessionsQuery extends IntersectionType(PageQuery, CountQuery) {
  @ApiPropertyOptional({ description: 'Without it the Accept header decides.' })
  @IfGiven()
  @IsIn(['json', 'csv'], { message: 'format must be json or csv' })
  format?: 'json' | 'csv';
}

/** A count beyond it is told as "at least so many", so that no look takes longer the more there are. */
export const MOST_COUNTED = 1000;

const SECONDS_WANTED = 'session_expiry must be a whole number of seconds, 60 or more';

export class SessionExtension {
  @ApiProperty({
    example: 86_400,
    minimum: 60,
    description: 'Seconds from now, at most MAX_SESSION_EXPIRY. Not earlier than it would end anyway.',
  })
  @IsInt({ message: SECONDS_WANTED })
  @Min(60, { message: SECONDS_WANTED })
  session_expiry!: number;
}

export const SESSION_COLUMNS = [
  'session_uuid',
  'account',
  'subaccount',
  'status',
  'created_time',
  'expiry_time',
  'virtual_number',
  'first_party',
  'second_party',
  'interactions',
  'total_call_count',
  'total_call_billed_duration',
  'last_interaction_time',
  'total_call_amount',
  'total_session_amount',
  'currency',
  'total_message_count',
  'total_message_units',
  'total_message_amount',
] as const;

/** A session as a row of CSV. What is not known, or not there, is empty. */
export function sessionCells(found: FoundSession): Record<(typeof SESSION_COLUMNS)[number], string | number | null> {
  const { interaction, total_message_count, total_message_units, total_message_amount, ...shown } = shownSession(found);
  return {
    ...shown,
    subaccount: found.session.subaccountId,
    interactions: interaction?.length ?? 0,
    total_message_count: total_message_count ?? null,
    total_message_units: total_message_units ?? null,
    total_message_amount: total_message_amount ?? null,
  };
}

/** The masking API's session object in the forms of /admin, with its account, and without the PINs, which are the customer's affair. */
export function shownSession(found: FoundSession) {
  const { session, interactions, answer } = found;
  const { first_party_pin: _first, second_party_pin: _second, ...open } = answer;
  const ends = interactions.flatMap((one) => one.endedAt ?? []);
  return {
    ...open,
    account: session.accountId,
    first_party: withPlus(answer.first_party),
    second_party: withPlus(answer.second_party),
    virtual_number: withPlus(answer.virtual_number),
    created_time: isoText(session.createdAt),
    modified_time: isoText(session.modifiedAt),
    expiry_time: session.expiresAt >= NEVER ? null : isoText(session.expiresAt),
    last_interaction_time: ends.length === 0 ? null : isoText(Math.max(...ends)),
    amount: exact(answer.amount),
    total_call_amount: exact(answer.total_call_amount),
    total_session_amount: exact(answer.total_session_amount),
    ...textsOf(found),
    currency: CURRENCY,
    interaction: answer.interaction?.map((shown, index) => shownInteraction(shown, interactions[index])) ?? null,
  };
}

/** Nothing for a session that never had texts. */
function textsOf({ answer, texts }: FoundSession) {
  if (answer.messaging === undefined) return {};
  return {
    total_message_amount: moneyText(texts?.amount ?? 0),
    last_message_time: texts?.lastAt == null ? null : isoText(texts.lastAt),
  };
}

function shownInteraction(shown: NonNullable<SessionAnswer['interaction']>[number], told: Interaction | undefined) {
  if (told === undefined) throw new Error('one interaction in, none out');
  return {
    ...shown,
    start_time: isoText(told.startedAt),
    end_time: isoText(told.endedAt),
    total_call_amount: exact(shown.total_call_amount),
  };
}

/** The masking API's numbers as decimal text: what it tells is what is told here. */
function exact(amount: number): string {
  return moneyText(Math.round(amount * 1_000_000));
}

export function shownEntry({ at, what, why, callId, callUuid }: TimelineEntry) {
  return {
    at: isoText(at),
    what,
    ...(why !== undefined && { why }),
    ...(callId !== undefined && { call_id: callId }),
    ...(callUuid !== undefined && { call_uuid: callUuid }),
  };
}

type ShownSession = ReturnType<typeof shownSession>;

export function shownMembers(): Members<ShownSession> {
  const { first_party_pin: _first, second_party_pin: _second, ...open } = sessionMembers();
  return {
    ...open,
    account: authId('Of the account.'),
    first_party: orNull(partyNumber('Of the first party.')),
    second_party: orNull(partyNumber('Of the second party.')),
    virtual_number: orNull(poolNumber('Whom both call.')),
    created_time: instant('When it was opened.'),
    modified_time: instant('When it was changed last.'),
    expiry_time: orNull(instant('Null for a session without an end.')),
    last_interaction_time: orNull(instant('Null before a call has ended.')),
    amount: money('Always 0.'),
    total_call_amount: money('Of all calls.'),
    total_session_amount: money("Of all calls and texts, and the account's fee for the session."),
    total_message_amount: optional(money('Of all texts; beside `messaging` alone.')),
    last_message_time: optional(orNull(instant('Null before the first; beside `messaging` alone.'))),
    currency: word('Of all amounts.', [CURRENCY]),
    interaction: orNull(listOf(INTERACTION, 'Calls; null before the first.')),
  };
}

const INTERACTION = shape<ReturnType<typeof shownInteraction>>('AdminInteraction', () => ({
  ...interactionMembers(),
  start_time: orNull(instant('When it began.')),
  end_time: orNull(instant('Null while it lasts.')),
  total_call_amount: money("Plivo's price."),
}));
export const SESSION = shape<ShownSession>('AdminSession', shownMembers);
export const SESSIONS_PAGE = pageSchema('AdminSessions', SESSION);
export const COUNTED = shape<{ sessions: number; is_all: boolean }>('CountedSessions', () => ({
  sessions: count(`How many there are, ${MOST_COUNTED} at the most.`, 12),
  is_all: flag('False where there may be more.'),
}));
const ENTRY = shape<ReturnType<typeof shownEntry>>('TimelineEntry', () => ({
  at: instant('When.'),
  what: text('In words.', 'session opened'),
  why: optional(text('In words.', 'by the client')),
  call_id: optional(uuid('Of the call.')),
  call_uuid: optional(text("Plivo's, of the leg.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f')),
}));
export const SESSION_WITH_TIMELINE = shape<ShownSession & { renewals: number; timeline: object[] }>(
  'AdminSessionWithTimeline',
  () => ({
    ...shownMembers(),
    renewals: count('How often a create has renewed it.'),
    timeline: listOf(ENTRY, 'What happened, when and why.'),
  }),
);
export const SESSIONS_CSV = {
  type: 'string',
  description: `With a header: ${SESSION_COLUMNS.join(', ')}. What is not there is empty.`,
  example: `${SESSION_COLUMNS.join()}\r\n`,
};
