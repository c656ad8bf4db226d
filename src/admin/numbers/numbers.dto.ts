import { IsIn, IsOptional, Matches } from 'class-validator';
import {
  LEADS,
  TEXTING,
  type PooledNumber,
  type PoolFigure,
  type ShownStatus,
  type SyncResult,
  type VirtualNumberStatus,
} from '../../number-pool/index.js';
import { PageQuery } from '../page.dto.js';
import { AccountAuthId, IfGiven, TextOf } from '../values.dto.js';
import { ApiProperty } from '@nestjs/swagger';
import {
  authId,
  count,
  flag,
  instant,
  integer,
  listOf,
  optional,
  orNull,
  pageSchema,
  poolNumber,
  shape,
  text,
  word,
  type Members,
} from '../../platform/openapi/schemas.js';

const STATUSES: VirtualNumberStatus[] = ['active', 'draining', 'retired'];
const SHOWN_STATUSES: ShownStatus[] = [...STATUSES, 'elsewhere'];
const ONE_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,100}$/u;
const ONE_LINE_MESSAGE = { message: 'alias must be one line of at most 100 characters' };

export class NewNumber {
  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @AccountAuthId()
  account!: string;

  @ApiProperty({ description: 'E.164, with or without `+`.', example: '+14155550100' })
  @TextOf(1, 40)
  number!: string;

  @ApiProperty({ description: "Lent to this subaccount's sessions only." })
  @IsOptional()
  @TextOf(0, 20)
  subaccount?: string | null;

  @IfGiven()
  @Matches(ONE_LINE, ONE_LINE_MESSAGE)
  alias?: string;
}

export class NumberChange {
  @ApiProperty({ example: 'draining' })
  @IfGiven()
  @IsIn(STATUSES)
  status?: VirtualNumberStatus;

  @ApiProperty({ description: 'Null or empty: back to the main account.' })
  @IsOptional()
  @TextOf(0, 20)
  subaccount?: string | null;

  @IfGiven()
  @Matches(ONE_LINE, ONE_LINE_MESSAGE)
  alias?: string;
}

export class NumbersQuery extends PageQuery {
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiProperty({ description: 'ISO 3166 alpha-2.', example: 'US' })
  @IfGiven()
  @Matches(/^[A-Za-z]{2}$/, { message: 'country must be two letters' })
  country?: string;

  @IfGiven()
  @IsIn(SHOWN_STATUSES)
  status?: ShownStatus;
}

export class OneAccountQuery {
  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @AccountAuthId()
  account!: string;
}

export class PoolQuery {
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

const AS_OF = () =>
  orNull(instant('When live sessions were counted: at most a minute ago; null while they never were.'));
const COUNTED = (description: string) => orNull(count(description));

export const numberMembers = (): Members<PooledNumber> => ({
  number: poolNumber('E.164.'),
  account: authId('Of the account.'),
  subaccount: orNull(text('Auth ID; null: of the main account.', 'SAXXXXXXXXXXXXXXXXXX')),
  subaccount_known: orNull(flag('Whether the subaccount is registered here: if not, nobody is lent the number.')),
  country: text('ISO 3166 alpha-2; empty where unknown.', 'US'),
  status: word('elsewhere: active, and Plivo brings its calls to something else.', SHOWN_STATUSES),
  application: orNull(text('Of Plivo, by its name.', 'masking')),
  leads_to: orNull(word('Where Plivo brings its calls and their ends; null where it has not been asked.', LEADS)),
  texts: orNull(
    word(
      'Whether texts can be passed on over it. unregistered: carriers of North America filter what it sends. elsewhere: Plivo brings its texts to something else; null where it has not been asked.',
      TEXTING,
    ),
  ),
  alias: text('Chosen by operators.', 'support line'),
  live_sessions: COUNTED('Null while never counted.'),
  live_parties: COUNTED('Null while never counted.'),
  last_used_at: orNull(instant('When it was lent last.')),
});
export const NUMBER = shape<PooledNumber>('PooledNumber', numberMembers);
export const NUMBERS_PAGE = pageSchema<{ as_of: string | null }>('Pool', NUMBER, () => ({ as_of: AS_OF() }));
export const POOL_FIGURE = shape<PoolFigure>('PoolFigure', () => ({
  account: authId('Of the account.'),
  subaccount: orNull(text('Auth ID; null: of the main account.', 'SAXXXXXXXXXXXXXXXXXX')),
  country: text('ISO 3166 alpha-2.', 'US'),
  numbers: count('All but retired ones.', 10),
  available: count('Those that take new sessions.', 9),
  live_sessions: COUNTED('Null while never counted, as the figures that follow from it.'),
  max_sessions_first: COUNTED('The most live sessions of one first party.'),
  max_sessions_second: COUNTED('The most live sessions of one second party.'),
  numbers_needed: COUNTED('So that no session is refused.'),
  headroom: orNull(integer('Below 0, sessions may be refused.', 8)),
  refusals_24h: count(
    'Sessions refused since the beginning of the hour 24 h ago that one more number would have served.',
  ),
}));
export const POOL_FIGURES = pageSchema<{ as_of: string | null }>('PoolFigures', POOL_FIGURE, () => ({
  as_of: AS_OF(),
}));
export const IMPORTED = shape<{ added: number; unchanged: number }>('ImportedNumbers', () => ({
  added: count('Rows that were new.', 2),
  unchanged: count('Rows whose numbers were there.', 0),
}));
export const SYNCED = shape<SyncResult>('SyncedNumbers', () => ({
  added: count('New here.', 2),
  updated: count(
    'Of which something is otherwise now: its link, its note, where it leads, or that Plivo lists it again.',
    0,
  ),
  missing: listOf(poolNumber('E.164.'), 'Numbers that an earlier sync brought and Plivo no longer lists.'),
  doubted: optional(
    flag('There where the listing lacks most of the pool and has changed nothing yet: the next one decides.', true),
  ),
}));
