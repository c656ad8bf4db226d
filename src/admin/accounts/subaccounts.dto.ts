import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional, Matches, ValidateIf } from 'class-validator';
import { authId, instant, shape, text } from '../../platform/openapi/schemas.js';
import { ONE_LINE, TextOf } from '../values.dto.js';
import { MESSAGING_DEFAULT, NAME_TEXT, TOKEN } from './accounts.dto.js';

export class NewSubaccount {
  @ApiPropertyOptional({ description: 'Of a subaccount that exists at Plivo; chosen by us when left out.' })
  @IsOptional()
  @Matches(/^SA[A-Z0-9]{18}$/, { message: 'auth_id must be 20 characters: SA and 18 capital letters or digits' })
  auth_id?: string;

  @ApiPropertyOptional({
    description:
      "Its token at Plivo, with which its programs are let in; left out: one is issued, and Plivo is asked with the account's.",
  })
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,200}$/, { message: 'plivo_auth_token must be 1 to 200 printable characters' })
  plivo_auth_token?: string;

  @ApiProperty({ example: 'Riders' })
  @TextOf(1, 100)
  @Matches(ONE_LINE, { message: 'name must be one line of text' })
  name!: string;
}

export class SubaccountChange {
  @ApiProperty({
    oneOf: [{ type: 'boolean' }, { type: 'null' }],
    description:
      'Whether its new sessions have messaging where their request does not say, while the texts of its account are on; null: as messaging_default of the account.',
  })
  @ValidateIf((_body, value) => value !== null)
  @IsBoolean({ message: 'messaging_default must be true, false or null' })
  messaging_default!: boolean | null;
}

export const NEW_SUBACCOUNT = shape<Record<'auth_id' | 'auth_token' | 'account' | 'name' | 'created_at', string>>(
  'NewSubaccountAnswer',
  () => ({
    auth_id: text('Of the subaccount.', 'SAXXXXXXXXXXXXXXXXXX'),
    auth_token: TOKEN(),
    account: authId('Of the account.'),
    name: NAME_TEXT(),
    created_at: instant('Now.'),
  }),
);
export const CHANGED_SUBACCOUNT = shape<{
  auth_id: string;
  account: string;
  name: string;
  messaging_default: boolean | null;
}>('ChangedSubaccount', () => ({
  auth_id: text('Of the subaccount.', 'SAXXXXXXXXXXXXXXXXXX'),
  account: authId('Of the account.'),
  name: NAME_TEXT(),
  messaging_default: MESSAGING_DEFAULT(),
}));
