import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateIf } from 'class-validator';
import { ONE_LINE, TextOf } from '../values.dto.js';
import { RETENTION_DAYS, type ListAccounts } from '../../accounts/index.js';
import {
  authId,
  flag,
  instant,
  integer,
  listOf,
  object,
  orNull,
  pageSchema,
  shape,
  text,
  word,
} from '../../platform/openapi/schemas.js';

export class NewAccount {
  @ApiPropertyOptional({ description: 'Chosen by us when left out.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @IsOptional()
  @Matches(/^MA[A-Z0-9]{18}$/, { message: 'auth_id must be 20 characters: MA and 18 capital letters or digits' })
  auth_id?: string;

  @ApiProperty({ example: 'Couriers' })
  @TextOf(1, 100)
  @Matches(ONE_LINE, { message: 'name must be one line of text' })
  name!: string;

  @ApiProperty({ description: 'Auth ID at Plivo.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @Matches(/^[A-Za-z0-9]{1,64}$/, { message: 'plivo_auth_id must be 1 to 64 letters or digits' })
  plivo_auth_id!: string;

  @ApiProperty({ description: 'Its token at Plivo.', example: 'a-token-of-plivo' })
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'plivo_auth_token must be 1 to 200 printable characters' })
  plivo_auth_token!: string;
}

export class AccountChange {
  @ApiPropertyOptional({ example: 'Couriers' })
  @ValidateIf((_body, value) => value !== undefined)
  @TextOf(1, 100)
  @Matches(ONE_LINE, { message: 'name must be one line of text' })
  name?: string;

  @ApiPropertyOptional({
    description:
      '`disabled`: its tokens open nothing (401), its numbers are no longer synced; calls of its live sessions go on.',
  })
  @ValidateIf((_body, value) => value !== undefined)
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';

  @ApiPropertyOptional({
    description:
      'Days for which sessions are kept after their end, 1 to 3650; null: as RETENTION_DAYS says. Shorter than before deletes at once what is older.',
    example: 30,
  })
  @IsOptional()
  @Min(RETENTION_DAYS.min)
  @Max(RETENTION_DAYS.max)
  @IsInt()
  retention_days?: number | null;
}

export class NewPlivoToken {
  @ApiProperty({ description: 'The token until now is forgotten.', example: 'a-token-of-plivo' })
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'plivo_auth_token must be 1 to 200 printable characters' })
  plivo_auth_token!: string;
}

type ListedAccount = Awaited<ReturnType<ListAccounts['run']>>[number];

export function shownAccount(account: ListedAccount, status: 'active' | 'disabled') {
  const { authId: id, name, plivoAuthId, retentionDays, createdAt, subaccounts } = account;
  return {
    auth_id: id,
    name,
    plivo_auth_id: plivoAuthId,
    status,
    retention_days: retentionDays,
    created_at: new Date(createdAt).toISOString(),
    subaccounts: subaccounts.map((one) => ({
      auth_id: one.authId,
      name: one.name,
      has_plivo_token: one.hasPlivoToken,
      messaging_default: one.messagingDefault,
      created_at: new Date(one.createdAt).toISOString(),
    })),
  };
}

export const NAME_TEXT = () => text('Chosen by operators.', 'Couriers');
const STATUS = () => word('disabled: its tokens open nothing.', ['active', 'disabled']);
const RETENTION = () => orNull(integer('Days for which sessions are kept after their end; null: RETENTION_DAYS.', 30));
export const MESSAGING_DEFAULT = () =>
  orNull(flag('Whether its new sessions have messaging where their request does not say; null: as its account.'));
export const TOKEN = () => text('Opens the masking API; shown this once.', 'fP3xQ0m1cV7sYk2WbT9nLr4HdJ6aZ8uE5gXiKoBq');

const ACCOUNT = shape<ReturnType<typeof shownAccount>>('Account', () => ({
  auth_id: authId('Of the account here.'),
  name: NAME_TEXT(),
  plivo_auth_id: authId('Of the account at Plivo.'),
  status: STATUS(),
  retention_days: RETENTION(),
  created_at: instant('When it was added.'),
  subaccounts: listOf(
    object({
      auth_id: text('Auth ID.', 'SAXXXXXXXXXXXXXXXXXX'),
      name: NAME_TEXT(),
      has_plivo_token: flag('Whether it is one of Plivo with a token there.'),
      messaging_default: MESSAGING_DEFAULT(),
      created_at: instant('When it was added.'),
    }),
  ),
}));
export const ACCOUNTS_PAGE = pageSchema('Accounts', ACCOUNT);
export const NEW_ACCOUNT = shape<Record<'auth_id' | 'auth_token' | 'name' | 'plivo_auth_id' | 'created_at', string>>(
  'NewAccountAnswer',
  () => ({
    auth_id: authId('Of the account here.'),
    auth_token: TOKEN(),
    name: NAME_TEXT(),
    plivo_auth_id: authId('Of the account at Plivo.'),
    created_at: instant('Now.'),
  }),
);
export const CHANGED_ACCOUNT = shape<{ auth_id: string; name: string; status: string; retention_days: number | null }>(
  'ChangedAccount',
  () => ({
    auth_id: authId('Of the account.'),
    name: NAME_TEXT(),
    status: STATUS(),
    retention_days: RETENTION(),
  }),
);
