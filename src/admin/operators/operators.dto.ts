import { IsIn, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { THE_ADMIN } from '../access/known-operators.js';
import { ROLES, type Role } from '../access/roles.js';
import { IfGiven, isoText } from '../values.dto.js';
import type { ListedOperator } from './operators.js';

/** Names stand in the audit, where no phone number may: so no seven digits in a row, however spaced. */
const NAME = /^(?!.*\d(?:[^\p{L}]?\d){6})[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._@'-]{0,58}[\p{L}\p{M}\p{N}.])?$/u;
const MONTH_SECONDS = 30 * 86_400;

export class NewOperator {
  /** Who it is, as the audit will say: 1 to 60 letters, digits and `. _ @ ' -`, for example `ann@example.com`. */
  @IsString()
  @Matches(NAME, { message: "name must be 1 to 60 letters, digits, spaces and . _ @ ' -, and no phone number" })
  name!: string;

  @IsIn(ROLES, { message: `role must be one of ${ROLES.join(', ')}` })
  role!: Role;
}

export class Rotation {
  /** For how long the token until now goes on opening, 0 to 2592000 (30 days). */
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(MONTH_SECONDS)
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
