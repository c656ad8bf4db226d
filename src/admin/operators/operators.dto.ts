import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { THE_ADMIN } from '../access/known-operators.js';
import { ROLES, type Role } from '../access/roles.js';
import { IfGiven, isoText } from '../values.dto.js';
import type { ListedOperator } from './operators.js';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { instant, orNull, pageSchema, shape, text, word, type Schema } from '../../platform/openapi/schemas.js';

/**
 * Names stand in the audit, where no phone number may: so no seven digits in a row, however spaced and of whatever script. There a customer is named by its
 * Auth ID: no operator has such a name.
 */
const NAME =
  /^(?!.*\p{N}(?:[^\p{L}\p{N}]*\p{N}){6})(?![MS]A[A-Za-z0-9]{18}$)[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._@'-]{0,58}[\p{L}\p{M}\p{N}.])?$/u;
const MONTH_SECONDS = 30 * 86_400;

export class NewOperator {
  @ApiProperty({
    description: "Who it is, as the audit will say: 1 to 60 letters, digits and `. _ @ ' -`.",
    example: 'ann@example.com',
  })
  @IsString()
  @Matches(NAME, {
    message: "name must be 1 to 60 letters, digits, spaces and . _ @ ' -; no phone number and no Auth ID",
  })
  name!: string;

  @IsIn(ROLES, { message: `role must be one of ${ROLES.join(', ')}` })
  role!: Role;
}

export class Rotation {
  @ApiPropertyOptional({ description: 'For how long the token until now goes on opening.' })
  @IfGiven()
  @Min(0)
  @Max(MONTH_SECONDS)
  @IsInt()
  overlap_seconds: number = 0;
}

/** Of the admin of the settings neither is known. */
export const SHOWN_ADMIN = { ...THE_ADMIN, created_at: null, last_used_at: null, former_token_until: null };

/** `last_used_at` to the minute; `former_token_until`: until when the token before the last rotation opens, null when it does not. */
export function shownOperator({ id, name, role, createdAt, lastUsedAt, formerUntil }: ListedOperator, now: number) {
  return {
    id,
    name,
    role,
    created_at: isoText(createdAt),
    last_used_at: isoText(lastUsedAt),
    former_token_until: isoText(formerUntil !== null && formerUntil > now ? formerUntil : null),
  };
}

const OF_OPERATOR = (): { id: Schema; name: Schema; role: Schema } => ({
  id: text('UUID; `admin` for who holds ADMIN_TOKEN.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  name: text('As the audit says it.', 'ann@example.com'),
  role: word('What it may ask.', ROLES),
});
const TOKEN = (): Schema => text('Shown this once.', 'fP3xQ0m1cV7sYk2WbT9nLr4HdJ6aZ8uE5gXiKoBq');

const OPERATOR = shape<ReturnType<typeof shownOperator>>('Operator', () => ({
  ...OF_OPERATOR(),
  created_at: orNull(instant('Null for `admin`.')),
  last_used_at: orNull(instant('To the minute.')),
  former_token_until: orNull(instant('Until when the token before the last rotation opens; null when it does not.')),
}));
export const OPERATORS_PAGE = pageSchema('Operators', OPERATOR);
export const NEW_OPERATOR = shape<Record<'id' | 'name' | 'role' | 'token', string>>('NewOperatorAnswer', () => ({
  ...OF_OPERATOR(),
  token: TOKEN(),
}));
export const ROTATED_OPERATOR = shape<
  Record<'id' | 'name' | 'role' | 'token', string> & { former_token_until: string | null }
>('RotatedOperator', () => ({
  ...OF_OPERATOR(),
  token: TOKEN(),
  former_token_until: orNull(instant('Until when the token until now opens; null when it does not.')),
}));
