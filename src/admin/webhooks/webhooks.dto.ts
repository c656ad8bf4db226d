import { ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { OF_UNKNOWN_ACCOUNTS, type RefusedWebhooks } from '../../plivo/index.js';
import { IfGiven, isoText } from '../values.dto.js';

export class RefusedWebhooksQuery {
  @ApiPropertyOptional({
    description: `Auth ID, or \`${OF_UNKNOWN_ACCOUNTS}\` for webhooks whose path names no account; all where left out`,
  })
  @IfGiven()
  @Matches(/^[A-Za-z0-9]{1,20}$/, { message: 'account must be the Auth ID of an account' })
  account?: string;
}

/** Equal ones of a minute are one item; `at` is when the last of them came. `account` is null where the path names none. */
export function shownRefused(row: Awaited<ReturnType<RefusedWebhooks['list']>>[number]) {
  const { at, accountId, path, method, reason, signedUrl, count } = row;
  return { at: isoText(at), account: accountId || null, path, method, reason, signed_url: signedUrl, count };
}
