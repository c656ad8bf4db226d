import { ApiPropertyOptional } from '@nestjs/swagger';
import { OF_UNKNOWN_ACCOUNTS, type RefusedWebhooks } from '../../plivo/index.js';
import { AccountAuthId, IfGiven, isoText } from '../values.dto.js';
import { authId, count, instant, listOf, orNull, shape, text, word } from '../../platform/openapi/schemas.js';

export class RefusedWebhooksQuery {
  @ApiPropertyOptional({
    description: `Auth ID, or \`${OF_UNKNOWN_ACCOUNTS}\` for webhooks whose path names no account; all where left out`,
  })
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

/** Equal ones of a minute are one item; `at` is when the last of them came. `account` is null where the path names none. */
export function shownRefused(row: Awaited<ReturnType<RefusedWebhooks['list']>>[number]) {
  const { at, accountId, path, method, reason, signedUrl } = row;
  return {
    at: isoText(at),
    account: accountId || null,
    path,
    method,
    reason,
    signed_url: signedUrl,
    count: row.count,
  };
}

const REASONS = ['no-signature', 'v2-only', 'wrong-signature', 'unknown-account', 'nonce-reused', 'repeated-parameter'];
const REFUSED = shape<ReturnType<typeof shownRefused>>('RefusedWebhook', () => ({
  at: instant('When the last of them came.'),
  account: orNull(authId('Null where the path names none.')),
  path: text('As a pattern.', '/plivo/:authId/answer'),
  method: text('HTTP.', 'POST'),
  reason: word('wrong-signature: another token, another URL than signed_url, a changed body.', REASONS),
  signed_url: text(
    'The URL over which the signature had to be made, ids and query values left out.',
    'https://masking.example/plivo/MAXXXXXXXXXXXXXXXXXX/answer',
  ),
  count: count('How many of this minute.', 1),
}));
export const REFUSED_WEBHOOKS = shape<{ items: object[] }>('RefusedWebhooks', () => ({ items: listOf(REFUSED) }));
